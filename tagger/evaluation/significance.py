"""Whether two taggers differ by more than chance, on the same sentences: the paired permutation test.

The interval and p of a difference come from the same permutations, so that they always agree.
"""

import math
from dataclasses import dataclass

import numpy as np

from tagger.encoding.arrays import Doubles, Positions
from tagger.evaluation.bootstrap import SEED, blocks, in_order
from tagger.evaluation.headlines import headlines, named

PERMUTATIONS = 10_000
CERTAIN = 0.05  # the p below which a difference is called one
ROUNDING = 1e-12  # by which differences may be apart that are the same


@dataclass(frozen=True, slots=True)
class Difference:
    """One headline of two taggers, from 0 to 1.

    Args:
        first: of the one.
        second: of the other.
        interval: of second less first, 95 %; zero is outside exactly where p is below 0.05.
        p: of the paired permutation test over sentences, two-sided.
    """

    first: float
    second: float
    interval: tuple[float, float]
    p: float

    @property
    def difference(self) -> float:
        """How much higher the second is."""
        return self.second - self.first

    @property
    def is_certain(self) -> bool:
        """Whether so large a difference is rare by chance: zero is outside the interval."""
        return self.p < CERTAIN


def differences(
    first: Positions, second: Positions, *, permutations: int = PERMUTATIONS, seed: int = SEED
) -> dict[str, Difference]:
    """By name, how each headline that both taggers have differs, and how far chance takes such a difference.

    Each permutation lets the two swap their tags of every sentence, or not, by the toss of a coin (approximate
    randomisation: Noreen, 1989; Yeh, 2000). With k of n that put the headlines at least as far apart, either way, p is
    (k + 1) / (n + 1): the tags as they are count as one of them (Phipson & Smyth, 2010). The interval reaches as far to
    both sides of the difference as chance takes one of zero, at p = 0.05: the test, inverted.

    Args:
        first: (sentences, columns) counts of one tagger, see `count_sentences`; the order of sentences changes nothing.
        second: of the other, for the same sentences and the same tags.
        permutations: how many.
        seed: of the coins.
    """
    totals = first.sum(axis=0), second.sum(axis=0)
    before, after = (named(headlines(counts)) for counts in totals)
    rng = np.random.default_rng(seed)
    # Where the taggers count the same, a swap changes nothing.
    gains = second - first
    gains = in_order(gains[gains.any(axis=1)]).astype(np.float64)
    blocks_of_distances = []
    for size in blocks(permutations, max(gains.shape)):
        moved = rng.integers(0, 2, (size, len(gains))).astype(np.float64) @ gains
        blocks_of_distances.append(_distances(totals[0] + moved, totals[1] - moved))
    return {
        name: _difference(before[name], after[name], np.concatenate([block[name] for block in blocks_of_distances]))
        for name in before
        if name in after
    }


def _difference(first: float, second: float, distances: Doubles) -> Difference:
    """The difference with its interval and p.

    Args:
        first: the headline of the one tagger.
        second: of the other.
        distances: (permutations,) how far apart the two are after each.
    """
    # Where a swap leaves nothing to share there is no distance, and none that is less.
    farthest_first = -np.sort(-np.where(np.isnan(distances), np.inf, distances))
    n, difference = len(distances), second - first
    k = int((farthest_first >= abs(difference) - ROUNDING).sum())
    k_of_chance = math.ceil(CERTAIN * (n + 1) - 1 - ROUNDING)  # the least k whose p is not below 0.05
    margin = float(farthest_first[k_of_chance - 1]) if k_of_chance > 0 else math.inf
    ends = [0.0 if abs(end) <= ROUNDING else end for end in (difference - margin, difference + margin)]
    return Difference(first, second, (max(ends[0], -1.0), min(ends[1], 1.0)), (k + 1) / (n + 1))


def _distances(first: Doubles, second: Doubles) -> dict[str, Doubles]:
    """How far apart each headline is; NaN where one of them does not exist."""
    left, right = headlines(first), headlines(second)
    return {name: np.abs(right[name] - left[name]) for name in left}
