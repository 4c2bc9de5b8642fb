"""Numbers: columns of measured values, standardised by train's mean and deviation or as they are."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from tagger.corpus.sentences import Sentences
from tagger.encoding.arrays import Array, Doubles, Floats, Weights
from tagger.errors import DataError
from tagger.inputs.description import STEPS, Layer
from tagger.inputs.fitting import FittedInput, TrainingData

if TYPE_CHECKING:
    from tagger import config
    from tagger.inputs import Input
    from tagger.inputs.nodes import Nodes


@dataclass(frozen=True, slots=True)
class Numbers:
    """All numeric columns.

    Args:
        columns: their names.
        mean: per column, of train; None where they enter as they are.
        deviation: per column, of train, 1 for a column that never changes; None as above.
    """

    kind: ClassVar = "numbers"
    name: ClassVar = "numbers"
    vocabulary: ClassVar = None
    columns: tuple[str, ...]
    mean: tuple[float, ...] | None = None
    deviation: tuple[float, ...] | None = None

    @property
    def width(self) -> int:
        """Numbers of a step."""
        return len(self.columns)

    def encode_steps(self, sentences: Sentences) -> Floats:
        """(steps, columns).

        Raises:
            DataError: a number is too large for single precision.
        """
        numbers = np.empty(0) if sentences.numbers is None else sentences.numbers
        numbers = numbers.reshape(-1, self.width)  # where there is no step, their width is not known before
        with np.errstate(over="ignore"):
            if self.mean is not None and self.deviation is not None:
                numbers = (numbers - np.asarray(self.mean)) / np.asarray(self.deviation)
            encoded = numbers.astype(np.float32)
        if not np.isfinite(encoded).all():
            column = self.columns[int(np.argmin(np.isfinite(encoded).all(axis=0)))]
            raise DataError(f"column {column}: a number is too large to compute with")
        return encoded

    def describe(self, unread: Collection[str] = ()) -> list[Layer]:
        shape, note = (*STEPS, self.width), "columns of the file as they are, or standardised"
        return [Layer(self.name, "Numbers", shape, shape, note=note)]

    def add_nodes(self, graph: "Nodes", weights: Weights) -> str:
        numbers = graph.input(self.name, "float32", "batch", "time", self.width)
        return graph.node("Transpose", [numbers], f"{self.name}/time_first", perm=[1, 0, 2])

    def compute(self, inputs: Mapping[str, Array], weights: Weights) -> Doubles:
        return np.asarray(inputs[self.name], np.float64)

    def required(self) -> dict[str, object]:
        return {"columns": self.columns, "standardize": self.mean is not None}


def fit(features: "config.Features", data: TrainingData, known: Mapping[str, "Input"]) -> list[FittedInput]:
    """The numeric columns of the config, with train's mean and deviation; an earlier tagger's scaling stays."""
    if not features.numeric:
        return []
    columns, rows, before = tuple(map(str, features.numeric)), data.sentences.numbers, known.get("numbers")
    if not features.standardize or rows is None:
        return [FittedInput(Numbers(columns))]
    if isinstance(before, Numbers) and before.mean is not None:
        return [FittedInput(Numbers(columns, before.mean, before.deviation))]
    # By its range, as the deviation of a column that never changes may be a little more than 0.
    changes = rows.max(axis=0) > rows.min(axis=0)
    deviation = np.where(changes, rows.std(axis=0), 1.0)
    return [FittedInput(Numbers(columns, tuple(rows.mean(axis=0).tolist()), tuple(deviation.tolist())))]
