"""Affixes: a learned vector for each prefix and suffix of a word, and for its shape."""

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
from tagger.inputs.fitting import FittedInput, TrainingData, frequent_symbols

if TYPE_CHECKING:
    from tagger import config
    from tagger.inputs import Input
    from tagger.inputs.nodes import Nodes

Part = Literal["prefix", "suffix", "shape"]


@dataclass(frozen=True, slots=True)
class Affix:
    """One part of a word: a prefix or suffix of one length, or the shape.

    Args:
        vocabulary: known values of the part.
        part: the kind of part.
        length: length of the prefix or suffix in characters; 0 for the shape.
        dim: width of the vectors.
    """

    kind: ClassVar = "affix"
    vocabulary: Vocabulary
    part: Part
    length: int
    dim: int

    @property
    def name(self) -> str:
        """Name of the network's input."""
        return f"{self.part}_{self.length}" if self.length else self.part

    @property
    def width(self) -> int:
        """Number of features per step."""
        return self.dim

    def encode_forms(self, forms: Sequence[str]) -> Ids:
        return np.fromiter(map(self.vocabulary.id_of, parts(self.part, self.length, forms)), np.int32, len(forms))

    def describe(self, unknown_sizes: Collection[str] = ()) -> list[Layer]:
        return [describe_embedding(self.name, sized("ids", len(self.vocabulary), unknown_sizes), self.dim)]

    def add_nodes(self, graph: "Nodes", weights: Weights) -> str:
        return add_vectors(graph, self.name, graph.input(self.name, "int32", "forms"), weights)

    def compute(self, inputs: Mapping[str, Array], weights: Weights) -> Doubles:
        return vectors(self.name, inputs[self.name], weights)

    def settings_to_match(self) -> dict[str, object]:
        return {"dim": self.dim}


def fit(features: "config.Features", data: TrainingData, known: Mapping[str, "Input"]) -> list[FittedInput]:
    """Fit the parts that the config requests to train; values that the initial tagger knows keep their ids."""
    if not (settings := features.affixes):
        return []
    requested: list[tuple[Part, int]] = []
    for length in settings.lengths:
        requested += [("prefix", length), ("suffix", length)]
    if settings.shape:
        requested.append(("shape", 0))
    forms, fitted = data.sentences.form_counts(), []
    for part, length in requested:
        before = known.get(f"{part}_{length}" if length else part)
        counts = count_symbols(zip(parts(part, length, forms), forms.values(), strict=True))
        counts = frequent_symbols(counts, settings.min_count, before.vocabulary if before else None)
        affix = Affix(Vocabulary(tuple(counts)), part, length, settings.dim)
        fitted.append(FittedInput(affix, tuple(counts.values()), settings.unknown_rate))
    return fitted


def parts(part: Part, length: int, forms: Iterable[str]) -> Iterator[str]:
    """The part of each word; the affix of a word shorter than `length` is the whole word."""
    if part == "shape":
        return map(shape, forms)
    characters = slice(length) if part == "prefix" else slice(-length, None)
    return (form.lower()[characters] for form in forms)


@lru_cache(maxsize=1 << 16)
def shape(token: str) -> str:
    """A token with each character replaced by its kind, and runs of a kind shortened to two.

    Upper-case letters become X, lower-case letters x, other letters o, digits d; other characters are kept.

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
