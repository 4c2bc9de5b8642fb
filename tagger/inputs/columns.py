"""Columns: a learned vector for each distinct cell of further columns of the file."""

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
from tagger.inputs.fitting import FittedInput, TrainingData, frequent_symbols

if TYPE_CHECKING:
    from tagger import config
    from tagger.inputs import Input
    from tagger.inputs.nodes import Nodes


@dataclass(frozen=True, slots=True)
class ColumnInput:
    """One column whose cells are symbols.

    Args:
        vocabulary: known cells.
        number: position among the `columns` of a sentence, from 1.
        column: name of the column, or its index in the file.
        dim: width of the vectors.
    """

    kind: ClassVar = "column"
    vocabulary: Vocabulary
    number: int
    column: str
    dim: int

    @property
    def name(self) -> str:
        """Name of the network's input."""
        return f"column_{self.number}"

    @property
    def width(self) -> int:
        """Number of features per step."""
        return self.dim

    def encode_steps(self, sentences: Sentences) -> Ids:
        if sentences.columns is None:
            raise ValueError(f"the sentences have no column {self.column}")
        n_steps = len(sentences.tokens)
        cells = sentences.columns.reshape(n_steps, -1)[:, self.number - 1] if n_steps else np.empty(0, np.int32)
        ids_of_cells = np.fromiter(map(self.vocabulary.id_of, sentences.cells), np.int32, len(sentences.cells))
        return ids_of_cells[cells]

    def describe(self, unknown_sizes: Collection[str] = ()) -> list[Layer]:
        return [describe_embedding(self.name, sized("ids", len(self.vocabulary), unknown_sizes), self.dim)]

    def add_nodes(self, graph: "Nodes", weights: Weights) -> str:
        ids = graph.input(self.name, "int32", "batch", "time")
        time_first = graph.node("Transpose", [ids], f"{self.name}/time_first", perm=[1, 0])
        return add_vectors(graph, self.name, time_first, weights)

    def compute(self, inputs: Mapping[str, Array], weights: Weights) -> Doubles:
        return vectors(self.name, inputs[self.name], weights)

    def settings_to_match(self) -> dict[str, object]:
        return {"column": self.column, "dim": self.dim}


def fit(features: "config.Features", data: TrainingData, known: Mapping[str, "Input"]) -> list[FittedInput]:
    """Fit the columns that the config names to train; cells that the initial tagger knows keep their ids.

    Raises:
        ConfigError: all cells of a column are `_`.
    """
    if not (settings := features.columns):
        return []
    fitted = []
    for number, name in enumerate(map(str, settings.names), 1):
        before = known.get(f"column_{number}")
        counts = count_symbols(data.sentences.cell_counts(number - 1).items())
        counts = frequent_symbols(counts, 1, before.vocabulary if before else None)
        if counts.keys() == {"_"}:
            raise ConfigError(f"features.columns: `{name}` is `_` at every token of train, so it says nothing")
        column = ColumnInput(Vocabulary(tuple(counts)), number, name, settings.dim)
        fitted.append(FittedInput(column, tuple(counts.values()), settings.unknown_rate))
    return fitted
