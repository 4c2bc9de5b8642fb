"""Scores of all pairs of neighbouring tags as a matrix, as a CRF learns them."""

from functools import cached_property

import numpy as np

from tagger.encoding.arrays import Doubles, Ids, Positions
from tagger.heads.chain import Chain

TINY = 1e-290  # a sum of exponentials below this has lost digits, or has forbidden terms only
ONE_THREAD = 2**18  # multiplications in a matrix product that OpenBLAS does not split among threads
MAX_PAIRS = 2**22  # pairs of tags whose scores are added at once


class Matrix:
    """The scores of a chain, with the methods of `Constraints`."""

    def __init__(self, chain: Chain) -> None:
        self.starts, self.ends = chain.starts, chain.ends
        self._to = np.ascontiguousarray(chain.transitions.T, np.float64)  # (to, from): max reads adjacent memory

    def before(self, tags: Ids | Positions) -> Doubles:
        """(rows, tags) score of each tag before the tag of each row; `tags` are (rows,) ids."""
        return self._to[tags]

    def best_before(self, prefixes: Doubles) -> Doubles:
        """(rows, tags) the highest sum of the scores, (rows, tags), and those before each tag."""
        n_rows = max(1, MAX_PAIRS // self._to.size)
        parts = [
            (prefixes[start : start + n_rows, None, :] + self._to).max(-1) for start in range(0, len(prefixes), n_rows)
        ]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def log_sums_before(self, prefixes: Doubles) -> Doubles:
        """As `best_before`, but the logarithm of the sum of the exponentials; the highest score of a row is 0."""
        return self._log_product(prefixes, self._to, self._weights.T)

    def log_sums_after(self, suffixes: Doubles) -> Doubles:
        """As `log_sums_before`, of all tags that come after each tag."""
        return self._log_product(suffixes, self._to.T, self._weights)

    def _log_product(self, states: Doubles, pairs: Doubles, weights: Doubles) -> Doubles:
        """(rows, tags) log(exp(states) @ exp(pairs.T)).

        Args:
            states: (rows, others), highest value 0.
            pairs: (tags, others) scores.
            weights: (others, tags) exponentials of the scores, less the highest.
        """
        sums = _one_thread_product(np.exp(states), weights)
        logs = np.log(np.maximum(sums, TINY)) + self._highest
        if sums.min() < TINY:  # these few sums are computed in logarithms, which lose no digits
            rows, tags = np.nonzero(sums < TINY)
            logs[rows, tags] = np.logaddexp.reduce(states[rows] + pairs[tags], axis=1)
        return logs

    @cached_property
    def _highest(self) -> float:
        """The highest score of a pair; 0 if all are forbidden."""
        highest = float(self._to.max())
        return highest if np.isfinite(highest) else 0.0

    @cached_property
    def _weights(self) -> Doubles:
        """(to, from) exponentials of the scores, less the highest."""
        return np.exp(self._to - self._highest)


def _one_thread_product(states: Doubles, weights: Doubles) -> Doubles:
    """Multiply matrices in parts small enough for one thread: to synchronise threads is 100 times slower."""
    width = max(1, ONE_THREAD // states.size)
    parts = [states @ weights[:, start : start + width] for start in range(0, weights.shape[1], width)]
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)
