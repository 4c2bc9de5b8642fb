"""Affixes: prefixes and suffixes of a word, and its shape, a learned vector each."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from tagger.encoding.arrays import Array, Doubles, Ids, Weights
from tagger.encoding.vocabulary import Vocabulary, count_symbols
from tagger.inputs.description import Layer, sized
from tagger.inputs.embedding import add_vectors, describe_embedding, vectors
from tagger.inputs.fitting import FittedInput, TrainingData, frequent

if TYPE_CHECKING:
    from tagger import config
    from tagger.inputs import Input
    from tagger.inputs.nodes import Nodes

Part = Literal["prefix", "suffix", "shape"]


@dataclass(frozen=True, slots=True)
class Affix:
    """One part of a word.

    Args:
        vocabulary: the known values of the part.
        part: which one.
        length: of a prefix or suffix, in characters; 0 for the shape.
        dim: of the vectors.
    """

    kind: ClassVar = "affix"
    vocabulary: Vocabulary
    part: Part
    length: int
    dim: int

    @property
    def name(self) -> str:
        """The name of the network's input."""
        return f"{self.part}_{self.length}" if self.length else self.part

    @property
    def width(self) -> int:
        """Numbers that a word becomes."""
        return self.dim

    def encode_forms(self, forms: Sequence[str]) -> Ids:
        return np.fromiter(map(self.vocabulary.id_of, parts(self.part, self.length, forms)), np.int32, len(forms))

    def describe(self, unread: Collection[str] = ()) -> list[Layer]:
        return [describe_embedding(self.name, sized("ids", len(self.vocabulary), unread), self.dim)]

    def add_nodes(self, graph: "Nodes", weights: Weights) -> str:
        return add_vectors(graph, self.name, graph.input(self.name, "int32", "forms"), weights)

    def compute(self, inputs: Mapping[str, Array], weights: Weights) -> Doubles:
        return vectors(self.name, inputs[self.name], weights)

    def required(self) -> dict[str, object]:
        return {"dim": self.dim}


def fit(features: "config.Features", data: TrainingData, known: Mapping[str, "Input"]) -> list[FittedInput]:
    """The parts that the config asks for, with their frequent values in train; an earlier tagger's keep their ids."""
    if not (settings := features.affixes):
        return []
    wanted: list[tuple[Part, int]] = []
    for length in settings.lengths:
        wanted += [("prefix", length), ("suffix", length)]
    if settings.shape:
        wanted.append(("shape", 0))
    forms, fitted = data.sentences.form_counts(), []
    for part, length in wanted:
        before = known.get(f"{part}_{length}" if length else part)
        counts = count_symbols(zip(parts(part, length, forms), forms.values(), strict=True))
        counts = frequent(counts, settings.min_count, before.vocabulary if before else None)
        affix = Affix(Vocabulary(tuple(counts)), part, length, settings.dim)
        fitted.append(FittedInput(affix, tuple(counts.values()), settings.dropout))
    return fitted


def parts(part: Part, length: int, forms: Iterable[str]) -> Iterator[str]:
    """That part of each word; a word that is shorter than an affix is its own."""
    if part == "shape":
        return map(shape, forms)
    characters = slice(length) if part == "prefix" else slice(-length, None)
    return (form.lower()[characters] for form in forms)


@lru_cache(maxsize=1 << 16)
def shape(token: str) -> str:
    """The kinds of a token's characters, runs cut to two; what is neither letter nor digit stands for itself.

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
