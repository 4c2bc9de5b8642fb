"""Accuracy by the length of the sentence and by the place in it."""

from typing import Any

import numpy as np

from tagger.encoding.arrays import Positions
from tagger.evaluation.steps import ScoredSteps

STARTS = (1, 6, 11, 21, 41, 81)  # of the bins, in tokens; the last one ends with the longest sentence


def by_length(steps: ScoredSteps) -> list[dict[str, Any]]:
    """Sentences, tokens and accuracy of sentences of like length, short ones first; bins without any are left out."""
    lengths = np.array([len(sentence) for sentence in steps.sentences], np.int64)
    n_sentences = np.bincount(_bins(lengths), minlength=len(STARTS)).tolist()
    bins = _accuracies(steps, lengths[steps.sentence], _longest(steps))
    return [{"from": row["from"], "to": row["to"], "sentences": n_sentences[i], **row} for i, row in bins.items()]


def by_position(steps: ScoredSteps) -> list[dict[str, Any]]:
    """Tokens and accuracy of like places in a sentence, counted from 1; bins without any token are left out."""
    return list(_accuracies(steps, steps.position + 1, _longest(steps)).values())


def _longest(steps: ScoredSteps) -> int:
    return max(map(len, steps.sentences), default=0)


def _accuracies(steps: ScoredSteps, values: Positions, longest: int) -> dict[int, dict[str, Any]]:
    """Range, tokens and accuracy of each bin that has tokens, by its index."""
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
