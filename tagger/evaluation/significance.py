"""Whether two taggers differ by more than chance, on the same sentences."""

import math
from dataclasses import dataclass

import numpy as np

from tagger.encoding.arrays import Doubles, Positions
from tagger.evaluation.bootstrap import SEED, blocks, in_order, interval, resampled
from tagger.evaluation.headlines import headlines, named

PERMUTATIONS = 10_000
FEW = 25  # changed tokens, below which the chi-squared distribution is no match for the binomial one
ROUNDING = 1e-12  # by which differences may be apart that are the same


@dataclass(frozen=True, slots=True)
class Difference:
    """One headline of two taggers, from 0 to 1.

    Args:
        first: of the one.
        second: of the other.
        interval: of second less first, 95 %, by paired bootstrap over sentences.
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


@dataclass(frozen=True, slots=True)
class McNemar:
    """The tokens that only one of two taggers gets right (McNemar, 1947).

    It takes tokens for independent, which those of a sentence are not: the permutation test over sentences is the one
    to go by.

    Args:
        mended: wrong by the first, right by the second.
        broken: right by the first, wrong by the second.
    """

    mended: int
    broken: int

    @property
    def is_exact(self) -> bool:
        """Whether p is that of the binomial test; else of chi-squared with Edwards' correction (1948)."""
        return self.mended + self.broken < FEW

    @property
    def p(self) -> float:
        """How probable it is, two-sided, that so many more go one way, where both ways are equally likely."""
        n = self.mended + self.broken
        if self.is_exact:
            tail = sum(math.comb(n, k) for k in range(min(self.mended, self.broken) + 1))
            return min(1.0, 2 * tail / float(2**n))
        statistic = max(0, abs(self.mended - self.broken) - 1) ** 2 / n
        return math.erfc(math.sqrt(statistic / 2))


def differences(first: Positions, second: Positions) -> dict[str, Difference]:
    """By name, how each headline that both taggers have differs.

    Args:
        first: (sentences, columns) counts of one tagger, see `count_sentences`.
        second: of the other, for the same sentences and the same tags.
    """
    before, after = (named(headlines(counts.sum(axis=0))) for counts in (first, second))
    if not before:
        return {}
    drawn = [headlines(totals) for totals in np.split(resampled(np.hstack([first, second])), 2, axis=1)]
    p = permutation_test(first, second)
    return {
        name: Difference(
            before[name],
            after[name],
            interval(after[name] - before[name], drawn[1][name] - drawn[0][name], low=-1, high=1),
            p[name],
        )
        for name in before
        if name in after
    }


def permutation_test(
    first: Positions, second: Positions, *, permutations: int = PERMUTATIONS, seed: int = SEED
) -> dict[str, float]:
    """By name of the headline, how probable so large a difference is where it does not matter which tagger is which.

    Each permutation lets the two swap their tags of every sentence, or not, by the toss of a coin, and counts if the
    headlines are then at least as far apart, either way. With k of n that are, p is (k + 1) / (n + 1): the tags as they
    are count as one of them (Phipson & Smyth, 2010).

    Args:
        first: (sentences, columns) counts of one tagger; the order of sentences changes nothing.
        second: of the other.
        permutations: how many.
        seed: of the coins.
    """
    rng = np.random.default_rng(seed)
    totals = first.sum(axis=0), second.sum(axis=0)
    observed = _distances(*totals)
    # Where the taggers count the same, a swap changes nothing.
    gains = second - first
    gains = in_order(gains[gains.any(axis=1)]).astype(np.float64)
    n_as_far = dict.fromkeys(observed, 0)
    for size in blocks(permutations, len(gains)):
        moved = rng.integers(0, 2, (size, len(gains))).astype(np.float64) @ gains
        for name, distances in _distances(totals[0] + moved, totals[1] - moved).items():
            # Where a swap leaves nothing to share there is no distance, and none that is less.
            n_as_far[name] += size - int((distances < observed[name] - ROUNDING).sum())
    return {name: (k + 1) / (permutations + 1) for name, k in n_as_far.items()}


def _distances(first: Positions | Doubles, second: Positions | Doubles) -> dict[str, Doubles]:
    """How far apart each headline is; NaN where one of them does not exist."""
    left, right = headlines(first), headlines(second)
    return {name: np.abs(right[name] - left[name]) for name in left}
