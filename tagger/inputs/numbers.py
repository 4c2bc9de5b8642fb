"""Numbers: columns of measured values, optionally standardised by the mean and deviation of train."""

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
        columns: names of the columns.
        mean: mean of each column in train; None if the columns are not standardised.
        deviation: standard deviation of each column in train, 1 for a constant column; None if `mean` is.
    """

    kind: ClassVar = "numbers"
    name: ClassVar = "numbers"
    vocabulary: ClassVar = None
    columns: tuple[str, ...]
    mean: tuple[float, ...] | None = None
    deviation: tuple[float, ...] | None = None

    @property
    def width(self) -> int:
        """Number of features per step."""
        return len(self.columns)

    def encode_steps(self, sentences: Sentences) -> Floats:
        """Encode all steps: (steps, columns) float32.

        Raises:
            DataError: a value is too large for single precision.
        """
        numbers = np.empty(0) if sentences.numbers is None else sentences.numbers
        numbers = numbers.reshape(-1, self.width)  # an array without steps has no width yet
        with np.errstate(over="ignore"):
            if self.mean is not None and self.deviation is not None:
                numbers = (numbers - np.asarray(self.mean)) / np.asarray(self.deviation)
            encoded = numbers.astype(np.float32)
        if not np.isfinite(encoded).all():
            column = self.columns[int(np.argmin(np.isfinite(encoded).all(axis=0)))]
            raise DataError(f"column {column}: a value is too large for single precision")
        return encoded

    def describe(self, unknown_sizes: Collection[str] = ()) -> list[Layer]:
        shape, note = (*STEPS, self.width), "columns of the file, unchanged or standardised"
        return [Layer(self.name, "Numbers", shape, shape, note=note)]

    def add_nodes(self, graph: "Nodes", weights: Weights) -> str:
        numbers = graph.input(self.name, "float32", "batch", "time", self.width)
        return graph.node("Transpose", [numbers], f"{self.name}/time_first", perm=[1, 0, 2])

    def compute(self, inputs: Mapping[str, Array], weights: Weights) -> Doubles:
        return np.asarray(inputs[self.name], np.float64)

    def settings_to_match(self) -> dict[str, object]:
        return {"columns": self.columns, "standardize": self.mean is not None}


def fit(features: "config.Features", data: TrainingData, known: Mapping[str, "Input"]) -> list[FittedInput]:
    """Fit the numeric columns of the config to train; the scaling of the initial tagger is kept."""
    if not features.numeric:
        return []
    columns, rows, before = tuple(map(str, features.numeric)), data.sentences.numbers, known.get("numbers")
    if not features.standardize or rows is None:
        return [FittedInput(Numbers(columns))]
    if isinstance(before, Numbers) and before.mean is not None:
        return [FittedInput(Numbers(columns, before.mean, before.deviation))]
    # The computed deviation of a constant column may be slightly above 0, so constant columns are found by their range.
    changes = rows.max(axis=0) > rows.min(axis=0)
    deviation = np.where(changes, rows.std(axis=0), 1.0)
    return [FittedInput(Numbers(columns, tuple(rows.mean(axis=0).tolist()), tuple(deviation.tolist())))]
