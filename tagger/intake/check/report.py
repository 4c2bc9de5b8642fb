"""What `tagger check` found, as text for a newcomer and as JSON."""

import textwrap
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from tagger.checks.characters import shown
from tagger.checks.findings import Finding, number_of
from tagger.corpus.summary import Summary
from tagger.intake.check import Checked

N_SHOWN = 3  # places of a finding in the text
WIDTH = 116  # characters of a line of advice


def to_json(checked: Checked) -> dict[str, Any]:
    """All that was found, as plain data."""
    findings = [
        {**asdict(finding), "places": [place._asdict() for place in finding.places]} for finding in checked.findings
    ]
    return {
        "errors": checked.n_errors,
        "warnings": len(checked.findings) - checked.n_errors,
        "splits": [asdict(split) for split in checked.splits],
        "notes": list(checked.notes),
        "findings": findings,
    }


def format_text(checked: Checked) -> str:
    """A table of the splits, then what was found with the first places of each, for people."""
    blocks = []
    if checked.splits:
        blocks.append("\n".join([*_table(checked.splits), *checked.notes]))
    n_errors = checked.n_errors
    n_warnings = len(checked.findings) - n_errors
    blocks += map(_block, checked.findings)
    blocks.append(f"{number_of('error', n_errors)}, {number_of('warning', n_warnings)}")
    return "\n\n".join(blocks)


def _table(splits: Sequence[Summary]) -> list[str]:
    header = ["split", "sentences", "tokens", "words", "unseen", "tags", "median", "99 %", "longest", "at line", "file"]
    rows = [header, *map(_row, splits)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) if i in (0, len(header) - 1) else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return [
        *lines,
        "words: different ones, as written; unseen: tokens whose word train lacks; median, 99 %, longest: tokens of a "
        "sentence",
        *(f"{split.name} begins, read as {split.format}: {shown(split.begins)}" for split in splits),
    ]


def _row(split: Summary) -> list[str]:
    unseen = (
        "" if split.unseen_tokens is None else f"{split.unseen_tokens:,} ({split.unseen_tokens / split.tokens:.1%})"
    )
    lengths = (f"{n:,}" for n in (split.median, split.percentile_99, split.longest))
    counts = (f"{n:,}" for n in (split.sentences, split.tokens, split.words))
    return [split.name, *counts, unseen, f"{len(split.tags):,}", *lengths, str(split.longest_line), split.path]


def _block(finding: Finding) -> str:
    lines = [f"{finding.level}: {finding.what}  [{finding.key}]"]
    shown = finding.places[:N_SHOWN] if finding.key != "config" else finding.places
    lines += [f"  {place}{f'  {place.note}' if place.note else ''}" for place in shown]
    if (n_more := finding.count - len(shown)) > 0:
        lines.append(f"  and {n_more:,} more")
    for i, advice in enumerate(finding.advice.split("\n")):
        width = len(advice) + 4 if "OLD" in advice else WIDTH  # a command that is broken into lines cannot be typed
        lines += textwrap.wrap(advice, width, initial_indent="    " if i else "  > ", subsequent_indent="    ")
    return "\n".join(lines)
