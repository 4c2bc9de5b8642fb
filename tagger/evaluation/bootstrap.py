"""How far a number would move with other sentences: the bootstrap (Efron, 1979)."""

from collections.abc import Iterator

import numpy as np

from tagger.encoding.arrays import Doubles, Positions

DRAWS = 1000
SEED = 1
LEVEL = 0.95
CELLS = 1_000_000  # sentences of a block of draws, which bounds the memory that it takes


def resampled(counts: Positions, *, draws: int = DRAWS, seed: int = SEED) -> Doubles:
    """(draws, columns) sums of counts over as many sentences as there are, drawn with replacement.

    Sentences are drawn and not tokens, as the tokens of a sentence go right and wrong together.

    Args:
        counts: (sentences, columns) that add up over sentences; their order changes nothing.
        draws: how many.
        seed: of the draws.
    """
    rng, n = np.random.default_rng(seed), len(counts)
    rows = in_order(counts).astype(np.float64)
    drawn = []
    for size in blocks(draws, n):
        chosen = rng.integers(n, size=(size, n)) + n * np.arange(size)[:, None]
        times = np.bincount(chosen.ravel(), minlength=size * n).reshape(size, n)
        drawn.append(times.astype(np.float64) @ rows)
    return np.concatenate(drawn)


def interval(value: float, drawn: Doubles) -> tuple[float, float]:
    """The 95 % interval of a ratio, from 0 to 1.

    It is the percentile interval, moved so that the mean of the draws is the number itself: a draw lacks some of the
    rarest tags, which would put an interval of macro F1 beside its number.

    Args:
        value: of all sentences.
        drawn: (draws,) the number of each draw; NaN where a draw has nothing to share, which does not count.
    """
    moved = drawn - np.nanmean(drawn) + value
    ends = np.nanquantile(moved, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    first, last = np.clip(np.round(ends, 12), 0, 1).tolist()
    return first, last


def in_order(counts: Positions) -> Positions:
    """The rows sorted, so that the order of sentences does not decide which are drawn."""
    order: Positions = np.lexsort(counts.T[::-1])
    return counts[order]


def blocks(n_draws: int, n_sentences: int) -> Iterator[int]:
    """Sizes that add up to the number of draws, each as many as go into memory together."""
    size = max(1, CELLS // max(1, n_sentences))
    while n_draws > 0:
        yield min(size, n_draws)
        n_draws -= size
