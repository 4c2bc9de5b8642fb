"""The segments of one series, runs of one state, as arrays and as a table."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tagger.corpus.counted import counted
from tagger.encoding.arrays import Doubles, Positions
from tagger.evaluation.segments import Segments, segments_of
from tagger.reports.display_text import visible
from tagger.reports.figures import FigureTable
from tagger.reports.segment_errors import MAX_PARTS, steps_text

MAX_SEGMENTS = 60  # rows of a table
NAME = 40  # characters of a state, or of a time, in a table


class States(NamedTuple):
    """The states of a series: distinct names, and (steps,) the index of each step's state."""

    names: tuple[str, ...]
    ids: Positions

    def name_at(self, step: int) -> str:
        """The state of a step, from 0."""
        return self.names[int(self.ids[step])]


def states_of(states: Sequence[str], names: Sequence[str] = ()) -> States:
    """Index the states of a series.

    Args:
        states: the state of each step.
        names: names that get the first indices.
    """
    index = {name: i for i, name in enumerate(names)}
    for state in dict.fromkeys(states):
        index.setdefault(state, len(index))
    return States(tuple(index), np.fromiter(map(index.__getitem__, states), np.int64, len(states)))


def find_segments(states: States) -> Segments:
    """The segments of a series."""
    n = len(states.ids)
    return segments_of(states.ids, np.zeros(n, np.int64), np.arange(n))


def segment_table(
    predicted: States, confidence: Doubles | None, gold: States | None, times: Sequence[str] | None, series: str
) -> FigureTable:
    """A table of the first segments: the gold ones with what is predicted there, else the predicted ones.

    Args:
        predicted: predicted states.
        confidence: (steps,) confidence of each predicted state; None if unknown.
        gold: gold states; None if unknown.
        times: the time of each step; None if it has none.
        series: name of the series, which stands in the caption.
    """
    runs = find_segments(predicted)
    shown = find_segments(gold) if gold else runs
    header = ["state", "from", "to", *(["time from", "time to"] if times else []), "steps"]
    rows = []
    for start, stop in zip(shown.start[:MAX_SEGMENTS].tolist(), shown.stop[:MAX_SEGMENTS].tolist(), strict=True):
        row = [(gold or predicted).name_at(start), f"{start + 1:,}", f"{stop:,}"]
        row += [visible(times[start], NAME), visible(times[stop - 1], NAME)] if times else []
        row.append(f"{stop - start:,}")
        if gold:
            row.append(_predicted_in(start, stop, runs, predicted, gold.name_at(start)))
        if confidence is not None:
            row.append(f"{confidence[start:stop].mean():.3f}")
        rows.append(row)
    header += [*(["predicted"] if gold else []), *([] if confidence is None else ["mean confidence"])]
    kind, n = "gold" if gold else "predicted", len(shown.start)
    caption = f"{counted(n, f'{kind} segment')} ({series}); steps count from 1"
    if n > MAX_SEGMENTS:
        caption = f"The first {MAX_SEGMENTS} of {caption}"
    return FigureTable(caption, header, rows, is_user_text=True)


def _predicted_in(start: int, stop: int, runs: Segments, predicted: States, gold: str) -> str:
    """The predicted states in the steps from `start` to before `stop`."""
    first, last = np.searchsorted(runs.stop, start, "right"), np.searchsorted(runs.start, stop, "left")
    if last - first == 1 and predicted.name_at(start) == gold:
        return "right"
    parts = []
    for i in range(int(first), min(int(first) + MAX_PARTS, int(last))):
        low, high = max(int(runs.start[i]), start), min(int(runs.stop[i]), stop)
        parts.append(f"{visible(predicted.name_at(low), NAME)} in {steps_text(low + 1, high)}")
    more = int(last - first) - MAX_PARTS
    return ", ".join(parts) + (f" and {counted(more, 'more run')}" if more > 0 else "")
