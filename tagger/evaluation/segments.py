"""Segment scores of series: a segment is a run of steps with one state, and is right if it overlaps a gold one enough.

A predicted segment matches a gold one of the same state and series if their intersection over union (IoU) is at least a
threshold: F1@IoU of Lea et al. (2017), "Temporal convolutional networks for action segmentation and detection". The
matching is greedy, one to one, by the largest IoU. From 0.5 on there is no choice: two gold segments of one state have
a step of another state between them, so a predicted one that covers both has an IoU below 0.5 with one of them
(Kirillov et al., 2019, "Panoptic segmentation", for masks). Counting overlaps is therefore enough.

All states count, also one of rest. A step whose gold state is ignored belongs to no segment and ends those beside it.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from tagger.encoding.arrays import Doubles, Flags, Positions
from tagger.evaluation.spans import precision_recall_f1
from tagger.evaluation.steps import ScoredSteps

THRESHOLDS = {"iou_50": 0.5, "iou_75": 0.75}  # IoU from which segments match, by the name in `metrics.json`
PERCENTILE = 90  # of the distances of onsets and offsets


class Segments(NamedTuple):
    """Segments in order; all arrays are (segments,).

    Args:
        state: index of the state among the tags.
        series: index of the series among the sentences.
        start: position of the first step in its series, from 0.
        stop: position after the last step.
        has_onset: whether the step before is scored; not at the start of a series, where the state began earlier.
        has_offset: whether the step after is scored.
    """

    state: Positions
    series: Positions
    start: Positions
    stop: Positions
    has_onset: Flags
    has_offset: Flags

    @property
    def length(self) -> Positions:
        """(segments,) number of steps."""
        return self.stop - self.start

    @property
    def is_whole(self) -> Flags:
        """(segments,) whether neither end is cut off."""
        return self.has_onset & self.has_offset


def segments_of(states: Positions, series: Positions, position: Positions) -> Segments:
    """Find the segments of scored steps.

    Args:
        states: (steps,) index of each step's state.
        series: (steps,) index of its series, ascending.
        position: (steps,) its position there, ascending within a series.
    """
    is_joined = np.zeros(len(states) + 1, bool)  # whether a step continues the one before; one more for the end
    is_joined[1:-1] = (series[1:] == series[:-1]) & (position[1:] == position[:-1] + 1)
    is_first = ~is_joined[:-1]
    is_first[1:] |= states[1:] != states[:-1]
    first, last = np.flatnonzero(is_first), np.flatnonzero(np.append(is_first, True)[1:])
    return Segments(
        states[first], series[first], position[first], position[last] + 1, is_joined[first], is_joined[last + 1]
    )


@dataclass(frozen=True, eq=False)
class SegmentCounts:
    """Gold and predicted segments, and which of them match.

    Args:
        tags: all states.
        gold: gold segments.
        predicted: predicted segments.
        pairs: (overlaps, 2) indices of a gold and a predicted segment of the same state that share steps.
        iou: (overlaps,) intersection over union of each pair, above 0 to 1.
    """

    tags: tuple[str, ...]
    gold: Segments
    predicted: Segments
    pairs: Positions
    iou: Doubles

    def matches(self, threshold: float = 0.5) -> Positions:
        """(matches, 2) indices of gold and predicted segments that match; the threshold is at least 0.5."""
        return self.pairs[self.iou >= threshold]

    def by_series(self, n_series: int) -> Positions:
        """(series, 4) numbers of predicted and gold segments, and of matches at an IoU of 0.5 and of 0.75."""
        of_matches = (self.gold.series[self.matches(threshold)[:, 0]] for threshold in THRESHOLDS.values())
        columns = (self.predicted.series, self.gold.series, *of_matches)
        return np.column_stack([np.bincount(column, minlength=n_series) for column in columns])

    @cached_property
    def shortest(self) -> Positions:
        """(states,) length of the shortest gold segment of each state that is not cut off.

        A state without one has that of all states, and without any the length 1.
        """
        length, state = self.gold.length[self.gold.is_whole], self.gold.state[self.gold.is_whole]
        shortest = np.full(len(self.tags), length.min() if len(length) else 1)
        for i in np.unique(state):
            shortest[i] = length[state == i].min()
        return shortest

    @cached_property
    def is_spurious(self) -> Flags:
        """(predicted segments,) whether one matches none, and is whole and shorter than any gold one of its state."""
        is_matched = np.zeros(len(self.predicted.state), bool)
        is_matched[self.matches()[:, 1]] = True
        is_short = self.predicted.length < self.shortest[self.predicted.state]
        return ~is_matched & self.predicted.is_whole & is_short

    def delays(self) -> tuple[Positions, Positions]:
        """Delays of onsets and of offsets in steps, above 0 if predicted too late, over matches at an IoU of 0.5.

        The ends of a series are no onset and no offset.
        """
        gold, predicted = self.matches().T
        with_onset, with_offset = self.gold.has_onset[gold], self.gold.has_offset[gold]
        onsets = (self.predicted.start[predicted] - self.gold.start[gold])[with_onset]
        return onsets, (self.predicted.stop[predicted] - self.gold.stop[gold])[with_offset]

    def to_json(self) -> dict[str, Any]:
        """Convert to a JSON object, as in `metrics.json`: scores of all segments and by state, delays and counts."""
        n = len(self.tags)
        n_gold, n_predicted = (np.bincount(each.state, minlength=n) for each in (self.gold, self.predicted))
        n_spurious = np.bincount(self.predicted.state[self.is_spurious], minlength=n)
        right = {
            name: np.bincount(self.gold.state[self.matches(threshold)[:, 0]], minlength=n)
            for name, threshold in THRESHOLDS.items()
        }
        states: dict[str, dict[str, Any]] = {
            tag: {
                "gold": int(n_gold[i]),
                "predicted": int(n_predicted[i]),
                **{
                    name: precision_recall_f1(int(r[i]), int(n_predicted[i]), int(n_gold[i]))
                    for name, r in right.items()
                },
                "shortest": int(self.shortest[i]),
                "spurious": int(n_spurious[i]),
            }
            for i, tag in enumerate(self.tags)
            if n_gold[i] + n_predicted[i]
        }
        totals = {}
        for name, r in right.items():
            scores = precision_recall_f1(int(r.sum()), int(n_predicted.sum()), int(n_gold.sum()))
            f1s = [state[name]["f1"] for state in states.values()]
            totals[name] = {**scores, "macro_f1": sum(f1s) / max(len(f1s), 1)}
        onsets, offsets = self.delays()
        return {
            "gold": int(n_gold.sum()),
            "predicted": int(n_predicted.sum()),
            **totals,
            "spurious": int(n_spurious.sum()),
            "onset": _distribution(onsets),
            "offset": _distribution(offsets),
            "states": states,
        }


def count_segments(steps: ScoredSteps) -> SegmentCounts:
    """Find and match the segments of scored steps, in time that grows with the number of steps."""
    gold, predicted = (segments_of(states, steps.sentence, steps.position) for states in (steps.gold, steps.predicted))
    is_right = steps.is_right
    numbers = (np.repeat(np.arange(len(each.state)), each.length)[is_right] for each in (gold, predicted))
    pairs, shared = np.unique(np.column_stack([*numbers]), axis=0, return_counts=True)
    union = gold.length[pairs[:, 0]] + predicted.length[pairs[:, 1]] - shared
    return SegmentCounts(steps.tags, gold, predicted, pairs, shared / union)


def _distribution(delays: Positions) -> dict[str, float | int | None]:
    """Number of delays, their median, and the distance that 90 % do not exceed; None without any."""
    if not len(delays):
        return {"segments": 0, "median": None, "percentile_90": None}
    distance = np.percentile(np.abs(delays), PERCENTILE)
    return {"segments": len(delays), "median": float(np.median(delays)), "percentile_90": float(distance)}
