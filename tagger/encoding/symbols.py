"""Features of a step that are one of some known symbols: affixes and shape of its word, other columns of the file."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Literal, cast, get_args

import numpy as np

from tagger.encoding.batches import Ids
from tagger.encoding.vocabulary import Vocabulary

Kind = Literal["prefix", "suffix", "shape", "column"]


@dataclass(frozen=True, slots=True)
class Symbols:
    """One such feature.

    Args:
        kind: what it tells of a step.
        number: the length of a prefix or suffix in characters, the place of a column among a sentence's `columns` from
            1; 0 for the shape.
        vocabulary: of train.
    """

    kind: Kind
    number: int
    vocabulary: Vocabulary

    @property
    def name(self) -> str:
        """Of the network's input."""
        return f"{self.kind}_{self.number}" if self.number else self.kind

    def ids(self, given: Sequence[str]) -> Ids:
        """The id of each word, or of each cell of a column."""
        found = map(self.vocabulary.id_of, values(self.kind, self.number, given))
        return np.fromiter(found, np.int32, len(given))


def symbols_named(name: str, vocabulary: Vocabulary) -> Symbols:
    """The feature of an input's name.

    Raises:
        ValueError: no feature has it.
    """
    kind, _, number = name.partition("_")
    if kind not in get_args(Kind):
        raise ValueError(f"no feature is called {name!r}")
    return Symbols(cast(Kind, kind), int(number or 0), vocabulary)


def values(kind: Kind, number: int, given: Iterable[str]) -> Iterator[str]:
    """What such a feature tells of words, or of a column's cells; a word that is shorter than an affix is its own."""
    if kind == "column":
        return iter(given)
    if kind == "shape":
        return map(shape, given)
    part = slice(number) if kind == "prefix" else slice(-number, None)
    return (token.lower()[part] for token in given)


@lru_cache(maxsize=1 << 16)
def shape(token: str) -> str:
    """A token with its letters and digits told by kind, and not more than two alike in a row.

    >>> [shape(token) for token in ("Paris", "EU", "1,000", "B2B", "U.S.", "e-mail", "北京")]
    ['Xxx', 'XX', 'd,dd', 'XdX', 'X.X.', 'x-xx', 'oo']
    """
    kinds = (_kind(character) for character in token)
    return "".join(kind * min(2, sum(1 for _ in run)) for kind, run in groupby(kinds))


def _kind(character: str) -> str:
    if character.isupper():
        return "X"
    if character.islower():
        return "x"
    if character.isdigit():
        return "d"
    return "o" if character.isalpha() else character
