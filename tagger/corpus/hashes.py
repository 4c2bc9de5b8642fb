"""Hashes of strings and of sequences of steps, by which equal sentences are recognised."""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

# Multipliers of the hash; arbitrary odd numbers.
STEP_FACTOR, COLUMN_FACTOR = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)

Hashes = npt.NDArray[np.uint64]


def hashes_of(symbols: Sequence[str]) -> Hashes:
    """Hash strings; the same in every process and on every machine, since bundles store hashes made from these."""
    digests = b"".join(blake2b(symbol.encode("utf-8", "surrogatepass"), digest_size=8).digest() for symbol in symbols)
    return np.frombuffer(digests, "<u8").astype(np.uint64)


def combine_steps(steps: Hashes, starts: npt.NDArray[np.int64]) -> Hashes:
    """(sentences,) polynomial hashes modulo 2 ** 64 over the steps of each sentence.

    Args:
        steps: (steps,) hash of each step.
        starts: (sentences + 1,) index of each sentence's first step, and the number of steps.
    """
    lengths = np.diff(starts)
    position = np.arange(len(steps)) - np.repeat(starts[:-1], lengths)
    powers = np.cumprod(np.full(lengths.max(initial=0), STEP_FACTOR))
    sums = np.zeros(len(steps) + 1, np.uint64)
    np.cumsum(steps * powers[position], out=sums[1:])
    return np.diff(sums[starts])
