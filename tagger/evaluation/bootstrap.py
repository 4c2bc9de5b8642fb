"""Confidence intervals of headline scores by bootstrap over sentences (Efron, 1979)."""

from collections.abc import Iterator

import numpy as np

from tagger.encoding.arrays import Doubles, Positions

DRAWS = 1000
SEED = 1
LEVEL = 0.95
MAX_SENTENCES = 1_000_000  # sentences drawn in one block, which bounds its memory


def resampled_sums(counts: Positions, *, draws: int = DRAWS, seed: int = SEED) -> Doubles:
    """Draw as many sentences as there are, with replacement, and sum their counts.

    Sentences are drawn, not tokens, as errors within a sentence depend on each other.

    Args:
        counts: (sentences, columns) counts per sentence; their order does not matter.
        draws: number of draws.
        seed: random seed.

    Returns:
        (draws, columns) sums.
    """
    rng, n = np.random.default_rng(seed), len(counts)
    rows = sorted_rows(counts).astype(np.float64)
    sums = []
    for size in block_sizes(draws, n):
        chosen = rng.integers(n, size=(size, n)) + n * np.arange(size)[:, None]
        times = np.bincount(chosen.ravel(), minlength=size * n).reshape(size, n)
        sums.append(times.astype(np.float64) @ rows)
    return np.concatenate(sums)


def interval(value: float, drawn: Doubles) -> tuple[float, float]:
    """Return the 95 % confidence interval of a ratio, from 0 to 1.

    It is the percentile interval, shifted so that the mean of the draws is the ratio itself: draws lack some of the
    rarest tags, so that the unshifted interval of macro F1 can exclude macro F1.

    Args:
        value: the ratio over all sentences.
        drawn: (draws,) the ratio of each draw; NaN where it is undefined, which is left out.
    """
    shifted = drawn - np.nanmean(drawn) + value
    ends = np.nanquantile(shifted, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    first, last = np.clip(np.round(ends, 12), 0, 1).tolist()
    return first, last


def sorted_rows(counts: Positions) -> Positions:
    """Sort rows, so that the order of sentences does not affect which are drawn."""
    order: Positions = np.lexsort(counts.T[::-1])
    return counts[order]


def block_sizes(n_draws: int, n_sentences: int) -> Iterator[int]:
    """Split a number of draws into blocks that fit into memory, and yield their sizes."""
    size = max(1, MAX_SENTENCES // max(1, n_sentences))
    while n_draws > 0:
        yield min(size, n_draws)
        n_draws -= size
