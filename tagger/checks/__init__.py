"""Findings: faults, certain or likely, of sentences and the files that they came from."""

from tagger.checks.files import byte_findings, row_findings, warn_of_rows
from tagger.checks.findings import Finding, Place, Split, brief, errors_first
from tagger.checks.sentences import find

__all__ = [
    "Finding",
    "Place",
    "Split",
    "brief",
    "byte_findings",
    "errors_first",
    "find",
    "row_findings",
    "warn_of_rows",
]
