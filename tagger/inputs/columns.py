"""Columns: symbols that stand beside the token in the file, a learned vector each."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from tagger.corpus.sentences import Sentences
from tagger.encoding.arrays import Array, Doubles, Ids, Weights
from tagger.encoding.vocabulary import Vocabulary, count_symbols
from tagger.errors import ConfigError
from tagger.inputs.description import Layer, sized
from tagger.inputs.embedding import add_vectors, describe_embedding, vectors
from tagger.inputs.fitting import FittedInput, TrainingData, frequent

if TYPE_CHECKING:
    from tagger import config
    from tagger.inputs import Input
    from tagger.inputs.nodes import Nodes


@dataclass(frozen=True, slots=True)
class ColumnInput:
    """One column.

    Args:
        vocabulary: the known cells.
        number: its place among a sentence's `columns`, from 1.
        column: its name, or its index in the file.
        dim: of the vectors.
    """

    kind: ClassVar = "column"
    vocabulary: Vocabulary
    number: int
    column: str
    dim: int

    @property
    def name(self) -> str:
        """The name of the network's input."""
        return f"column_{self.number}"

    @property
    def width(self) -> int:
        """Numbers that a cell becomes."""
        return self.dim

    def encode_steps(self, sentences: Sentences) -> Ids:
        if sentences.columns is None:
            raise ValueError(f"sentences have no column {self.column}")
        n_steps = len(sentences.tokens)
        cells = sentences.columns.reshape(n_steps, -1)[:, self.number - 1] if n_steps else np.empty(0, np.int32)
        ids = np.fromiter(map(self.vocabulary.id_of, sentences.cells), np.int32, len(sentences.cells))
        return ids[cells]

    def describe(self, unread: Collection[str] = ()) -> list[Layer]:
        return [describe_embedding(self.name, sized("ids", len(self.vocabulary), unread), self.dim)]

    def add_nodes(self, graph: "Nodes", weights: Weights) -> str:
        ids = graph.input(self.name, "int32", "batch", "time")
        time_first = graph.node("Transpose", [ids], f"{self.name}/time_first", perm=[1, 0])
        return add_vectors(graph, self.name, time_first, weights)

    def compute(self, inputs: Mapping[str, Array], weights: Weights) -> Doubles:
        return vectors(self.name, inputs[self.name], weights)

    def required(self) -> dict[str, object]:
        return {"column": self.column, "dim": self.dim}


def fit(features: "config.Features", data: TrainingData, known: Mapping[str, "Input"]) -> list[FittedInput]:
    """The columns that the config names, with all their cells in train; those of an earlier tagger keep their ids.

    Raises:
        ConfigError: a column is `_` everywhere.
    """
    if not (settings := features.columns):
        return []
    fitted = []
    for number, name in enumerate(map(str, settings.names), 1):
        before = known.get(f"column_{number}")
        counts = count_symbols(data.sentences.cell_counts(number - 1).items())
        counts = frequent(counts, 1, before.vocabulary if before else None)
        if counts.keys() == {"_"}:
            raise ConfigError(f"features.columns: `{name}` is `_` at every word of train: there is nothing to see")
        column = ColumnInput(Vocabulary(tuple(counts)), number, name, settings.dim)
        fitted.append(FittedInput(column, tuple(counts.values()), settings.dropout))
    return fitted
