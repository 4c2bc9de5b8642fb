"""The weights of a network as tables with named rows and columns; those of a recurrent layer gate by gate."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from tagger.encoding.arrays import Floats
from tagger.inputs.cells import CELLS
from tagger.inspection.subject import Subject


class WeightTable(NamedTuple):
    """A weight, or the part of it that belongs to one gate.

    Args:
        name: name of the weight.
        gate: the gate; empty for a whole weight.
        rows: names of the rows; one empty name for a bias.
        columns: names of the columns.
        values: (rows, columns).
    """

    name: str
    gate: str
    rows: Sequence[str]
    columns: Sequence[str]
    values: Floats

    @property
    def title(self) -> str:
        """The name, and the gate if any."""
        return f"{self.name}, {self.gate}" if self.gate else self.name


def weight_tables(subject: Subject) -> Iterator[WeightTable]:
    """All weights of a subject that has them, in the order of its layers."""
    weights, names = subject.weights or {}, _Names(subject)
    layers = {f"{each.name}/{direction}": each for each in subject.recurrent for direction in each.directions}
    for name in (weight.name for layer in subject.layers for weight in layer.weights):
        values = weights[name]
        matrix = values.reshape(-1, values.shape[-1])
        layer = layers.get(name.rpartition("/")[0])
        if layer is None:
            rows, columns = names.rows(name, len(matrix)), names.columns(name, matrix.shape[1])
            yield WeightTable(name, "", rows, columns, matrix)
            continue
        rows = names.rows_of_layer(name, len(matrix))
        for i, gate in enumerate(CELLS[layer.cell].gate_names):
            part = matrix[:, i * layer.units : (i + 1) * layer.units]
            yield WeightTable(name, gate, rows, _numbered("unit", layer.units), part)


class _Names:
    """Names of rows and columns, from the vocabularies and tags of a subject if it has them."""

    def __init__(self, subject: Subject) -> None:
        inputs = subject.bundle.architecture.inputs if subject.bundle else ()
        self.symbols = {each.name: each.vocabulary.symbols for each in inputs if each.vocabulary is not None}
        self.tags = {each.name: each.spelled_tags for each in subject.bundle.targets} if subject.bundle else {}
        self.first, self.input_names = subject.recurrent[0].name, subject.input_names

    def rows(self, name: str, n_rows: int) -> Sequence[str]:
        owner, _, part = name.rpartition("/")
        if name in self.symbols:  # a table of vectors
            return ["padding", "unknown", *self.symbols[name]]
        if part == "transitions":
            return [f"from {tag}" for tag in self.tags.get(owner, _numbered("tag", n_rows))]
        return [""] if n_rows == 1 else _numbered("input", n_rows)

    def columns(self, name: str, n_columns: int) -> Sequence[str]:
        tags = self.tags.get(name.rpartition("/")[0])
        return tags if tags is not None and len(tags) == n_columns else _numbered("", n_columns)

    def rows_of_layer(self, name: str, n_rows: int) -> Sequence[str]:
        match name.rpartition("/")[2]:
            case "kernel" if name.startswith(f"{self.first}/") and self.input_names:
                return self.input_names
            case "kernel":
                return _numbered("input", n_rows)
            case "recurrent":
                return _numbered("previous output", n_rows)
        return [""] if n_rows == 1 else ["of the input", "of the previous output"]


def _numbered(noun: str, n: int) -> list[str]:
    return [f"{noun} {i}".strip() for i in range(1, n + 1)]


def as_arrays(subject: Subject) -> dict[str, Floats]:
    """The weights by name, in the order of the layers."""
    weights = subject.weights or {}
    return {
        weight.name: np.asarray(weights[weight.name])
        for layer in subject.layers
        for weight in layer.weights
        if weight.name in weights
    }
