"""Pretrained word vectors as the first rows of an embedding."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tagger.corpus.vectors import Vector
from tagger.encoding.arrays import Flags, Floats
from tagger.encoding.vocabulary import UNKNOWN


@dataclass(frozen=True, slots=True)
class WordVectors:
    """What a network's word vectors begin with.

    Args:
        rows: (ids, dim); words that the file lacks have random ones, of the same size.
        is_known: (ids,) whether a row is the file's.
    """

    rows: Floats
    is_known: Flags


def find_vector(word: str, vectors: dict[str, Vector]) -> Vector | None:
    """A word's vector, or that of its lower-case form."""
    return vectors.get(word, vectors.get(word.lower()))


def fill_rows(words: Iterable[str], vectors: dict[str, Vector], dim: int, *, n_first: int, seed: int) -> WordVectors:
    """The rows of some words, in the order of their ids; where a word has no vector, it is drawn at random.

    The first `n_first`, the words of train, say how large random vectors are, so that no others decide anything of it.
    """
    found = [find_vector(word, vectors) for word in words]
    known = np.array([row for row in found if row is not None], np.float32).reshape(-1, dim)
    n_sizing = sum(row is not None for row in found[:n_first])
    size = float(known[:n_sizing].std()) if n_sizing else 0.1
    rows = np.random.default_rng(seed).normal(0, size, (len(found) + UNKNOWN + 1, dim)).astype(np.float32)
    is_known = np.array([False] * (UNKNOWN + 1) + [row is not None for row in found])
    rows[is_known] = known
    return WordVectors(rows, is_known)
