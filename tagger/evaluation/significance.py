"""Significance of the difference between two taggers on the same sentences, by a paired permutation test.

Interval and p-value come from the same permutations, so that they always agree.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from tagger.encoding.arrays import Doubles, Flags, Positions
from tagger.evaluation.bootstrap import SEED, block_sizes, sorted_rows
from tagger.evaluation.headlines import FIRST_TAG, SENTENCES, SENTENCES_RIGHT, defined_headlines, headlines

PERMUTATIONS = 10_000
SIGNIFICANCE_LEVEL = 0.05
ROUNDING = 1e-12  # differences closer than this are equal


@dataclass(frozen=True, slots=True)
class Difference:
    """Difference between two taggers in one headline score.

    Args:
        first: score of the first tagger, from 0 to 1.
        second: score of the second tagger, from 0 to 1.
        interval: 95 % confidence interval of second minus first; it excludes zero exactly if p is below 0.05.
        p: two-sided p-value of the paired permutation test over sentences.
    """

    first: float
    second: float
    interval: tuple[float, float]
    p: float

    @property
    def difference(self) -> float:
        """Second score minus first score."""
        return self.second - self.first

    @property
    def is_significant(self) -> bool:
        """Whether p is below 0.05: such a difference is rare by chance."""
        return self.p < SIGNIFICANCE_LEVEL

    @property
    def better(self) -> Literal["first", "second"] | None:
        """The tagger with the significantly higher score; None without a significant difference."""
        if not self.is_significant:
            return None
        return "second" if self.difference > 0 else "first"


def differences(
    first: Positions, second: Positions, *, permutations: int = PERMUTATIONS, seed: int = SEED
) -> dict[str, Difference]:
    """Test the difference in each headline score that both taggers have.

    Each permutation swaps the two taggers' tags of each sentence with probability 0.5 (approximate randomisation:
    Noreen, 1989; Yeh, 2000). If k of n permutations differ at least as much as the taggers, in either direction, p is
    (k + 1) / (n + 1), as the unpermuted tags count as one permutation (Phipson & Smyth, 2010). The interval inverts the
    test: its half-width is the smallest difference with p below 0.05.

    Args:
        first: (sentences, columns) counts of the first tagger, see `count_sentences`; their order does not matter.
        second: counts of the second tagger, for the same sentences and the same tags.
        permutations: number of permutations.
        seed: random seed.

    Returns:
        The differences by name of the score.
    """
    totals = first.sum(axis=0), second.sum(axis=0)
    before, after = (defined_headlines(headlines(counts)) for counts in totals)
    rng = np.random.default_rng(seed)
    # Swapping sentences with equal counts changes nothing.
    gains = second - first
    gains = sorted_rows(gains[gains.any(axis=1)]).astype(np.float64)
    distances = []
    for size in block_sizes(permutations, max(gains.shape)):
        moved = rng.integers(0, 2, (size, len(gains))).astype(np.float64) @ gains
        distances.append(_distances(totals[0] + moved, totals[1] - moved))
    return {
        name: _difference(before[name], after[name], np.concatenate([block[name] for block in distances]))
        for name in before
        if name in after
    }


def joint_difference(first: Flags, second: Flags) -> Difference:
    """Test the difference in the fraction of right sentences, as `differences` does.

    Args:
        first: (sentences,) whether the first tagger has a sentence right, at least one sentence.
        second: the same of the second tagger, for the same sentences.
    """
    counts = [np.zeros((len(first), FIRST_TAG), np.int64) for _ in range(2)]
    for table, is_right in zip(counts, (first, second), strict=True):
        table[:, SENTENCES], table[:, SENTENCES_RIGHT] = 1, is_right
    return differences(*counts)["sentence_accuracy"]


def _difference(first: float, second: float, distances: Doubles) -> Difference:
    """Compute the interval and the p-value of a difference.

    Args:
        first: score of the first tagger.
        second: score of the second tagger.
        distances: (permutations,) absolute differences after each permutation; NaN where undefined.
    """
    # An undefined distance counts as the largest, so that it never makes a difference significant.
    farthest_first = -np.sort(-np.where(np.isnan(distances), np.inf, distances))
    n, difference = len(distances), second - first
    k = int((farthest_first >= abs(difference) - ROUNDING).sum())
    smallest_k = math.ceil(SIGNIFICANCE_LEVEL * (n + 1) - 1 - ROUNDING)  # smallest k for which p >= 0.05
    margin = float(farthest_first[smallest_k - 1]) if smallest_k > 0 else math.inf
    ends = [0.0 if abs(end) <= ROUNDING else end for end in (difference - margin, difference + margin)]
    return Difference(first, second, (max(ends[0], -1.0), min(ends[1], 1.0)), (k + 1) / (n + 1))


def _distances(first: Doubles, second: Doubles) -> dict[str, Doubles]:
    """Return the absolute difference in each headline score; NaN where one of them is undefined."""
    before, after = headlines(first), headlines(second)
    return {name: np.abs(after[name] - before[name]) for name in before}
