"""Errors of series as segments: each gold segment with wrong steps in one line, with its place in time."""

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from tagger.corpus.counted import counted
from tagger.reports.error_analysis import Outcome

MAX_PARTS = 3  # wrongly predicted runs shown of a segment


class Part(NamedTuple):
    """Consecutive steps with one wrong predicted state; steps count from 1, `last` is the last one."""

    state: str
    first: int
    last: int


class SegmentError(NamedTuple):
    """A gold segment with wrong steps.

    Args:
        state: its state.
        first: its first step in the series, from 1.
        last: its last step.
        series: number of the series, from 1.
        time: the tokens of its first and last step, if those of the series ascend, as times do.
        parts: the wrong steps, in order.
    """

    state: str
    first: int
    last: int
    series: int
    time: tuple[str, str] | None
    parts: Sequence[Part]

    @property
    def n_wrong(self) -> int:
        """Number of wrong steps."""
        return sum(part.last - part.first + 1 for part in self.parts)

    @property
    def predicted(self) -> str:
        """The wrongly predicted runs, the first `MAX_PARTS` of them."""
        shown = ", ".join(f"{part.state} in {steps_text(part.first, part.last)}" for part in self.parts[:MAX_PARTS])
        more = f" and {counted(len(self.parts) - MAX_PARTS, 'more run')}" if len(self.parts) > MAX_PARTS else ""
        return f"{shown}{more}"

    def __str__(self) -> str:
        """The error in one line."""
        time = f" (t = {self.time[0]} to {self.time[1]})" if self.time else ""
        noun = "step" if self.first == self.last else "steps"
        where = f"{noun} {steps_text(self.first, self.last)} of series {self.series:,}"
        return f"state {self.state}, {where}{time}: predicted {self.predicted}"


def segment_errors(
    outcomes: Sequence[Outcome], *, ignore: Collection[str] = (), numbers: Sequence[int] | None = None
) -> list[SegmentError]:
    """The gold segments with wrong steps, those with the most wrong steps first, then in order.

    Args:
        outcomes: series with gold and predicted states.
        ignore: gold states that are never wrong.
        numbers: number of each series, from 1; default: their order.
    """
    numbers = range(1, len(outcomes) + 1) if numbers is None else numbers
    pairs = zip(numbers, outcomes, strict=True)
    errors = [error for number, outcome in pairs for error in _errors(number, outcome, ignore)]
    return sorted(errors, key=lambda error: -error.n_wrong)


def ascends(tokens: Sequence[str]) -> bool:
    """Whether tokens ascend, as times do: as numbers if all are, else as texts of one length, such as dates."""
    if len(tokens) < 2:
        return False
    try:
        return all(a < b for a, b in pairwise(map(float, tokens)))
    except ValueError:
        return len({*map(len, tokens)}) == 1 and all(a < b for a, b in pairwise(tokens))


def _errors(number: int, outcome: Outcome, ignore: Collection[str]) -> Iterator[SegmentError]:
    is_time = ascends(outcome.tokens)
    steps = enumerate(zip(outcome.gold, outcome.predicted, strict=True))
    for state, run in groupby(steps, key=lambda step: step[1][0]):
        segment = [(i, predicted) for i, (_, predicted) in run]
        parts = []
        for predicted, wrong in groupby(segment, key=lambda step: step[1]):
            places = [i for i, _ in wrong]
            if predicted != state:
                parts.append(Part(predicted, places[0] + 1, places[-1] + 1))
        if parts and state not in ignore:
            first, last = segment[0][0], segment[-1][0]
            time = (outcome.tokens[first], outcome.tokens[last]) if is_time else None
            yield SegmentError(state, first + 1, last + 1, number, time, parts)


def steps_text(first: int, last: int) -> str:
    """`3`, or `3 to 5`."""
    return f"{first:,}" if first == last else f"{first:,} to {last:,}"
