"""Pretrained word vectors as the initial rows of an embedding."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tagger.corpus.vectors import Vector
from tagger.encoding.arrays import Flags, Floats
from tagger.encoding.vocabulary import UNKNOWN


@dataclass(frozen=True, slots=True)
class WordVectors:
    """Initial word vectors of a network.

    Args:
        rows: (ids, dim) vectors; rows of words that are not in the file are random.
        is_known: (ids,) whether a row is from the file.
    """

    rows: Floats
    is_known: Flags


def find_vector(word: str, vectors: dict[str, Vector]) -> Vector | None:
    """Vector of a word, else of its lower-case form, else None."""
    return vectors.get(word, vectors.get(word.lower()))


def fill_rows(words: Iterable[str], vectors: dict[str, Vector], dim: int, *, n_first: int, seed: int) -> WordVectors:
    """The embedding's rows for `words`, in the order of their ids; words without a vector get a random one.

    Random vectors have the standard deviation of the pretrained vectors of the first `n_first` words, those of train.
    So words of other splits do not influence them.
    """
    pretrained = [find_vector(word, vectors) for word in words]
    known = np.array([row for row in pretrained if row is not None], np.float32).reshape(-1, dim)
    n_known_first = sum(row is not None for row in pretrained[:n_first])
    size = float(known[:n_known_first].std()) if n_known_first else 0.1
    rows = np.random.default_rng(seed).normal(0, size, (len(pretrained) + UNKNOWN + 1, dim)).astype(np.float32)
    is_known = np.array([False] * (UNKNOWN + 1) + [row is not None for row in pretrained])
    rows[is_known] = known
    return WordVectors(rows, is_known)
