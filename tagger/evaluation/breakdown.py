"""Accuracy by sentence length and by position in the sentence."""

from typing import Any

import numpy as np

from tagger.encoding.arrays import Positions
from tagger.evaluation.steps import ScoredSteps

STARTS = (1, 6, 11, 21, 41, 81)  # first length or position of each bin; the last bin ends with the longest sentence


def by_length(steps: ScoredSteps) -> list[dict[str, Any]]:
    """Return sentences, tokens and accuracy by sentence length, as `metrics.json` has them; empty bins are left out."""
    n_sentences = np.bincount(_bins(steps.lengths), minlength=len(STARTS)).tolist()
    bins = _accuracies(steps, steps.lengths[steps.sentence], _longest(steps))
    return [{"from": row["from"], "to": row["to"], "sentences": n_sentences[i], **row} for i, row in bins.items()]


def by_position(steps: ScoredSteps) -> list[dict[str, Any]]:
    """Return tokens and accuracy by position from 1, as `metrics.json` has them; empty bins are left out."""
    return list(_accuracies(steps, steps.position + 1, _longest(steps)).values())


def _longest(steps: ScoredSteps) -> int:
    return int(steps.lengths.max(initial=0))


def _accuracies(steps: ScoredSteps, values: Positions, longest: int) -> dict[int, dict[str, Any]]:
    """Return range, tokens and accuracy of each bin that has tokens, by its index."""
    bins = _bins(values)
    tokens = np.bincount(bins, minlength=len(STARTS)).tolist()
    right = np.bincount(bins[steps.is_right], minlength=len(STARTS)).tolist()
    ends = [*(start - 1 for start in STARTS[1:]), longest]
    return {
        i: {"from": start, "to": min(end, longest), "tokens": tokens[i], "accuracy": right[i] / tokens[i]}
        for i, (start, end) in enumerate(zip(STARTS, ends, strict=True))
        if tokens[i]
    }


def _bins(values: Positions) -> Positions:
    return np.searchsorted(STARTS, values, side="right") - 1
