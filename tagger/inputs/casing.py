"""Casing: one of seven classes of how a word is written, such as lower or title case."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from tagger.encoding.arrays import Array, Doubles, Ids, Weights
from tagger.inputs.description import Layer
from tagger.inputs.embedding import add_onehot, describe_onehot, onehot
from tagger.inputs.fitting import FittedInput, TrainingData

if TYPE_CHECKING:
    from tagger import config
    from tagger.inputs import Input
    from tagger.inputs.nodes import Nodes

CASINGS = ("lower", "upper", "title", "mixed", "number", "alphanumeric", "other")  # ids from 1; 0 is padding


@dataclass(frozen=True, slots=True)
class Casing:
    """The casing of each word, one-hot."""

    kind: ClassVar = "casing"
    name: ClassVar = "casing"
    vocabulary: ClassVar = None
    width: ClassVar = len(CASINGS)

    def encode_forms(self, forms: Sequence[str]) -> Ids:
        return np.fromiter(map(casing_id, forms), np.int32, len(forms))

    def describe(self, unknown_sizes: Collection[str] = ()) -> list[Layer]:
        return [describe_onehot(self.name, self.width, "the casing of the word: lower, upper, title and so on")]

    def add_nodes(self, graph: "Nodes", weights: Weights) -> str:
        return add_onehot(graph, graph.input(self.name, "int32", "forms"), n_ids=self.width + 1, first=1)

    def compute(self, inputs: Mapping[str, Array], weights: Weights) -> Doubles:
        return onehot(inputs[self.name], n_ids=self.width + 1, first=1)

    def settings_to_match(self) -> dict[str, object]:
        return {}


def fit(features: "config.Features", data: TrainingData, known: Mapping[str, "Input"]) -> list[FittedInput]:
    """The casing input, if the config requests it."""
    return [FittedInput(Casing())] if features.casing else []


@lru_cache(maxsize=1 << 16)
def casing_id(token: str) -> int:
    """Id of a token's casing, from 1.

    >>> [CASINGS[casing_id(token) - 1] for token in ("we", "EU", "A", "Paris", "iPad", "1,000", "B2B", "--", "日本")]
    ['lower', 'upper', 'title', 'title', 'mixed', 'number', 'alphanumeric', 'other', 'other']
    """
    return CASINGS.index(_casing(token)) + 1


def _casing(token: str) -> str:
    if any(character.isdigit() for character in token):
        return "alphanumeric" if any(character.isalpha() for character in token) else "number"
    if token.islower():
        return "lower"
    if token.isupper() and len(token) > 1:
        return "upper"
    if token[:1].isupper() and not any(character.isupper() for character in token[1:]):
        return "title"
    return "mixed" if any(character.isupper() for character in token) else "other"
