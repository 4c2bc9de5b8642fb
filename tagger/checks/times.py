"""Findings about the times of measured series: time that runs backwards, and gaps in the sampling."""

import math
from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np
import numpy.typing as npt

from tagger.checks.findings import Finding, Location, Split, finding_at
from tagger.corpus.counted import counted

Doubles = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]

MOSTLY = 0.9  # share of steps at which values rise, if they are times
GAP = 1.5  # a step longer than so many usual ones is a gap


def time_findings(split: Split, numeric: Sequence[str], token: object) -> Iterator[Finding]:
    """Report steps whose time is before that of the step above, and longer steps than usual.

    Args:
        split: measured series, whose tokens are their times, if they have any.
        numeric: names of the numeric columns.
        token: column of the tokens; no time if it is an input.
    """
    flat = split.flat
    if flat.numbers is None or str(token) in numeric or (read := _times(flat.forms)) is None:
        return
    times, unit = read
    is_inside = np.ones(len(flat.tokens), bool)
    is_inside[flat.starts[:-1]] = False
    steps = np.flatnonzero(is_inside)
    durations = times[flat.tokens[steps]] - times[flat.tokens[steps - 1]]
    if not len(steps) or (durations > 0).mean() < MOSTLY:  # no times
        return
    usual = float(np.median(durations[durations > 0]))
    backwards, gaps = steps[durations < 0], steps[durations > GAP * usual]
    if len(backwards):
        yield finding_at(
            "time-backwards", split.name, _flagged(split, backwards),
            f"time runs backwards at {counted(len(backwards), 'step')}",
            "Are the rows in order, and does each series have an id of its own (data.sentence)? Steps are read in the "
            "order of the file, whatever their times.",
            count=len(backwards),
        )  # fmt: skip
    if len(gaps):
        yield finding_at(
            "time-gaps", split.name, _flagged(split, gaps),
            f"{counted(len(gaps), 'gap')} in the sampling: steps longer than the usual {usual:g}{unit}",
            "A network counts steps, not seconds: it reads a gap as one step. Start a new series there, fill the gap "
            "with rows of missing values, or make the time since the step before a numeric column.",
            count=len(gaps),
        )  # fmt: skip


def _times(forms: Sequence[str]) -> tuple[Doubles, str] | None:
    """(forms,) times and their unit: seconds, or none if all are numbers; None if a form is no time."""
    for parse, unit in ((float, ""), (_seconds, " s")):
        try:
            times = np.array([parse(form.strip()) for form in forms])
        except (ValueError, OverflowError):
            continue
        return (times, unit) if len(times) and np.isfinite(times).all() else None
    return None


def _seconds(text: str) -> float:
    """Seconds of a date and time in ISO 8601, or of a time of day such as 12:30:05.5."""
    hours, *rest = text.split(":")
    if rest and hours.isdecimal() and len(rest) <= 2:
        return math.fsum(float(part) * 60.0**-i for i, part in enumerate([hours, *rest])) * 3600
    time = datetime.fromisoformat(text)
    return (
        time.replace(tzinfo=None) - (time.utcoffset() or datetime.min - datetime.min) - datetime.min
    ).total_seconds()


def _flagged(split: Split, steps: Positions) -> Iterator[Location]:
    forms, tokens = split.flat.forms, split.flat.tokens
    for step in steps.tolist():
        yield split.flag(step, f"{forms[tokens[step]]} after {forms[tokens[step - 1]]}")
