"""Findings: certain and likely errors in tagged sentences and their files."""

from tagger.checks.files import byte_findings, log_row_findings, row_findings
from tagger.checks.findings import Finding, Location, Split, errors_first, in_series_terms, summary_lines
from tagger.checks.heads import answer_findings, rule_notes, token_findings
from tagger.checks.numbers import missing_notes, number_findings
from tagger.checks.sentences import sentence_findings
from tagger.checks.times import time_findings

__all__ = [
    "Finding",
    "Location",
    "Split",
    "answer_findings",
    "byte_findings",
    "errors_first",
    "in_series_terms",
    "log_row_findings",
    "missing_notes",
    "number_findings",
    "row_findings",
    "rule_notes",
    "sentence_findings",
    "summary_lines",
    "time_findings",
    "token_findings",
]
