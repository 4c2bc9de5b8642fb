"""The result of `tagger check` as text and as JSON."""

import textwrap
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from tagger.checks.characters import quoted
from tagger.checks.findings import Finding
from tagger.corpus.counted import counted
from tagger.corpus.summary import Summary
from tagger.corpus.terms import in_terms
from tagger.intake.check import CheckResult
from tagger.terminal_text import one_line

N_LOCATIONS = 3  # locations per finding in the text
OF_WORDS = ("words", "unseen")  # columns of the table
WIDTH = 80  # characters of a line of advice


def to_json(result: CheckResult) -> dict[str, Any]:
    """The whole result as plain data."""
    return {
        "errors": result.n_errors,
        "warnings": len(result.findings) - result.n_errors,
        "splits": [asdict(split) for split in result.splits],
        "notes": list(result.notes),
        "findings": [_finding_to_json(finding) for finding in result.findings],
    }


def _finding_to_json(finding: Finding) -> dict[str, Any]:
    return {
        "key": finding.key,
        "level": finding.level,
        "split": finding.split,
        "count": finding.count,
        "what": finding.message,
        "advice": finding.advice,
        "places": [location._asdict() for location in finding.locations],
    } | ({} if finding.head is None else {"head": finding.head})


def format_text(result: CheckResult) -> str:
    """A table of the splits, then the findings with their first locations."""
    blocks = []
    if result.splits:
        blocks.append("\n".join([*_table(result.splits, is_series=result.is_series), *result.notes]))
    n_errors = result.n_errors
    n_warnings = len(result.findings) - n_errors
    blocks += map(_block, result.findings)
    blocks.append(f"{counted(n_errors, 'error')}, {counted(n_warnings, 'warning')}")
    return "\n\n".join(blocks)


def _table(splits: Sequence[Summary], *, is_series: bool) -> list[str]:
    """A row for each split; a series has no words to count."""
    header = ["split", "sentences", "tokens", "words", "unseen", "tags", "median", "99 %", "longest", "at line", "file"]
    rows = [[in_terms(name, is_series=is_series) for name in header], *map(_row, splits)]
    if is_series:
        rows = [[cell for name, cell in zip(header, row, strict=True) if name not in OF_WORDS] for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) if i in (0, len(row) - 1) else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return [
        *lines,
        "median, 99 %, longest: steps per series"
        if is_series
        else "words: distinct words; unseen: tokens whose word train lacks; median, 99 %, longest: tokens per sentence",
        *(f"{split.name}, read as {split.format}, begins: {quoted(split.begins)}" for split in splits),
    ]


def _row(split: Summary) -> list[str]:
    unseen = (
        "" if split.unseen_tokens is None else f"{split.unseen_tokens:,} ({split.unseen_tokens / split.tokens:.1%})"
    )
    lengths = (f"{n:,}" for n in (split.median, split.percentile_99, split.longest))
    counts = (f"{n:,}" for n in (split.sentences, split.tokens, split.words))
    path = one_line(split.path)
    return [split.name, *counts, unseen, f"{len(split.tags):,}", *lengths, str(split.longest_line), path]


def _block(finding: Finding) -> str:
    lines = [one_line(f"{finding.level}: {finding.headline}  [{finding.key}]")]
    locations = finding.locations[:N_LOCATIONS] if finding.key != "config" else finding.locations
    lines += [one_line(f"  {location}{f'  {location.note}' if location.note else ''}") for location in locations]
    if (n_more := finding.count - len(locations)) > 0:
        lines.append(f"  and {n_more:,} more")
    for i, advice in enumerate(finding.advice.split("\n")):
        width = len(advice) + 4 if ">NEW" in advice else WIDTH  # a command must stay on one line
        lines += textwrap.wrap(advice, width, initial_indent="    " if i else "  > ", subsequent_indent="    ")
    return "\n".join(lines)
