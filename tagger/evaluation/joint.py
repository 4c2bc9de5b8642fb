"""Joint accuracy: the share of sentences in which the answers of all heads are right."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from tagger.encoding.arrays import Flags, Positions
from tagger.evaluation.bootstrap import interval, resampled_sums
from tagger.evaluation.headlines import SENTENCES_RIGHT
from tagger.evaluation.metrics import Evaluation


@dataclass(frozen=True, eq=False)
class JointAccuracy:
    """The sentences that have a scored answer of every head, at least one.

    Args:
        is_right: (sentences,) whether each has its label, all its tags and all its strings right.
    """

    is_right: Flags

    @property
    def n_sentences(self) -> int:
        """Number of these sentences."""
        return len(self.is_right)

    @property
    def accuracy(self) -> float:
        """Fraction of them with every answer right."""
        return int(self.is_right.sum()) / self.n_sentences

    @property
    def counts(self) -> Positions:
        """(sentences, 2) a 1 for each sentence, and whether it is right, as numbers that add up."""
        return np.column_stack([np.ones(self.n_sentences, np.int64), self.is_right])

    @cached_property
    def interval(self) -> tuple[float, float]:
        """95 % confidence interval of the accuracy, by bootstrap over sentences."""
        n_drawn, n_right = resampled_sums(self.counts).T
        return interval(self.accuracy, n_right / n_drawn)

    def to_json(self) -> dict[str, Any]:
        """Convert to a JSON object, as in `metrics.json`."""
        return {"sentences": self.n_sentences, "accuracy": self.accuracy, "interval": self.interval}


def joint_accuracy(evaluations: Sequence[tuple[Evaluation, Positions]], n_sentences: int) -> JointAccuracy | None:
    """Join the evaluations of several heads; None if no sentence has a scored answer of each.

    Args:
        evaluations: of each head: its evaluation, and the (sentences,) indices of the evaluated sentences in the whole.
        n_sentences: number of sentences in the whole.
    """
    n_scored, n_right = np.zeros(n_sentences, np.int64), np.zeros(n_sentences, np.int64)
    for evaluation, positions in evaluations:
        scored = positions[evaluation.steps.indices]
        n_scored[scored] += 1
        n_right[scored] += evaluation.sentence_counts[:, SENTENCES_RIGHT]
    is_right = n_right[n_scored == len(evaluations)] == len(evaluations)
    return JointAccuracy(is_right) if len(is_right) else None
