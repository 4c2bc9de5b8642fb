"""Features of a step that are one of some known symbols: affixes and shape of its word, other columns of the file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Literal, cast, get_args

from tagger.corpus.sentence import Sentence
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

    def ids(self, sentences: Iterable[Sentence]) -> Iterator[int]:
        """The id of each step."""
        id_of = self.vocabulary.id_of
        return (id_of(value) for value in values(self.kind, self.number, sentences))


def symbols_named(name: str, vocabulary: Vocabulary) -> Symbols:
    """The feature of an input's name.

    Raises:
        ValueError: no feature has it.
    """
    kind, _, number = name.partition("_")
    if kind not in get_args(Kind):
        raise ValueError(f"no feature is called {name!r}")
    return Symbols(cast(Kind, kind), int(number or 0), vocabulary)


def values(kind: Kind, number: int, sentences: Iterable[Sentence]) -> Iterator[str]:
    """What such a feature tells of each step; a word that is shorter than an affix is its own."""
    if kind == "column":
        return (row[number - 1] for sentence in sentences for row in sentence.columns or ())
    tokens = (token for sentence in sentences for token in sentence.tokens)
    if kind == "shape":
        return map(shape, tokens)
    part = slice(number) if kind == "prefix" else slice(-number, None)
    return (token.lower()[part] for token in tokens)


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
