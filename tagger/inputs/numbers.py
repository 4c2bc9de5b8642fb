"""Numbers: columns of measured values, optionally standardised by the mean and deviation of train.

Missing values are filled, and an indicator says where: whether a value is missing can be informative, and a network
then learns how far to trust a filled one (Che et al., 2018, Recurrent neural networks for multivariate time series with
missing values; Lipton et al., 2016, Directly modeling missing data in sequences with RNNs).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from tagger.corpus.sentences import Sentences
from tagger.encoding.arrays import Array, Doubles, Flags, Floats, Weights
from tagger.errors import ConfigError, DataError
from tagger.inputs.description import STEPS, Layer
from tagger.inputs.fitting import OPTIONAL, FittedInput, TrainingData

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
        missing: how a missing value, NaN, is filled: `forward` by the last value of the same series, and by `fill`
            before the first; `mean` by `fill`; `error` if none may be missing.
        fill: mean of each column in train; empty if `missing` is `error`.
        indicators: indices of the columns with an indicator, those that miss values in train.
    """

    kind: ClassVar = "numbers"
    name: ClassVar = "numbers"
    vocabulary: ClassVar = None
    columns: tuple[str, ...]
    mean: tuple[float, ...] | None = None
    deviation: tuple[float, ...] | None = None
    missing: Literal["error", "forward", "mean"] = field(default="error", metadata={OPTIONAL: True})
    fill: tuple[float, ...] = field(default=(), metadata={OPTIONAL: True})
    indicators: tuple[int, ...] = field(default=(), metadata={OPTIONAL: True})

    @property
    def width(self) -> int:
        """Number of features per step: the columns, then the indicators."""
        return len(self.columns) + len(self.indicators)

    def encode_steps(self, sentences: Sentences) -> Floats:
        """Encode all steps: (steps, width) float32.

        Raises:
            DataError: a value is too large for single precision.
        """
        numbers = np.empty(0) if sentences.numbers is None else sentences.numbers
        numbers = numbers.reshape(-1, len(self.columns))  # an array without steps has no width yet
        is_missing = np.isnan(numbers)
        if self.missing != "error" and is_missing.any():
            numbers = self._filled(numbers, is_missing, sentences)
        with np.errstate(over="ignore"):
            if self.mean is not None and self.deviation is not None:
                numbers = (numbers - np.asarray(self.mean)) / np.asarray(self.deviation)
            encoded = numbers.astype(np.float32)
        if not np.isfinite(encoded).all():
            column = self.columns[int(np.argmin(np.isfinite(encoded).all(axis=0)))]
            raise DataError(f"column {column}: a value is too large for single precision")
        if not self.indicators:
            return encoded
        return np.concatenate([encoded, is_missing[:, list(self.indicators)].astype(np.float32)], axis=1)

    def _filled(self, numbers: Doubles, is_missing: Flags, sentences: Sentences) -> Doubles:
        """(steps, columns) numbers with missing ones filled."""
        filled = np.where(is_missing, np.asarray(self.fill), numbers)
        if self.missing == "forward":
            steps = np.arange(len(numbers))
            first = np.repeat(sentences.starts[:-1], sentences.lengths)  # first step of the series of each step
            for column in np.flatnonzero(is_missing.any(axis=0)).tolist():
                last = np.maximum.accumulate(np.where(is_missing[:, column], -1, steps))  # last step with a value
                has_last = last >= first
                filled[has_last, column] = numbers[last[has_last], column]
        return filled

    def describe(self, unknown_sizes: Collection[str] = ()) -> list[Layer]:
        shape, note = (*STEPS, self.width), "columns of the file, unchanged or standardised"
        if self.indicators:
            note += f"; 1 where {', '.join(self.columns[i] for i in self.indicators)} is missing, else 0"
        return [Layer(self.name, "Numbers", shape, shape, note=note)]

    def add_nodes(self, graph: "Nodes", weights: Weights) -> str:
        numbers = graph.input(self.name, "float32", "batch", "time", self.width)
        return graph.node("Transpose", [numbers], f"{self.name}/time_first", perm=[1, 0, 2])

    def compute(self, inputs: Mapping[str, Array], weights: Weights) -> Doubles:
        return np.asarray(inputs[self.name], np.float64)

    def settings_to_match(self) -> dict[str, object]:
        missing = {} if self.missing == "error" else {"numeric_missing": self.missing}
        return {"columns": self.columns, "standardize": self.mean is not None, **missing}


def fit(features: "config.Features", data: TrainingData, known: Mapping[str, "Input"]) -> list[FittedInput]:
    """Fit the numeric columns of the config to train.

    Scaling, and for missing values their fill and indicators, are those of the initial tagger, if it has them.

    Raises:
        ConfigError: a column has no number in train.
    """
    if not features.numeric:
        return []
    columns, rows, before = tuple(map(str, features.numeric)), data.sentences.numbers, known.get("numbers")
    numbers = Numbers(columns)
    if rows is None:
        return [FittedInput(numbers)]
    if len(rows) and (empty := [name for i, name in enumerate(columns) if np.isnan(rows[:, i]).all()]):
        raise ConfigError(
            f"features.numeric: column {empty[0]} has no number in train: all are missing",
            f"remove it from features.numeric: {', '.join(map(repr, empty))}",
        )
    if features.standardize and isinstance(before, Numbers) and before.mean is not None:
        numbers = replace(numbers, mean=before.mean, deviation=before.deviation)
    elif features.standardize:
        # The computed deviation of a constant column may be slightly above 0, so such columns are found by their range.
        changes = np.nanmax(rows, axis=0) > np.nanmin(rows, axis=0)
        deviation = np.where(changes, np.nanstd(rows, axis=0), 1.0)
        mean = np.nanmean(rows, axis=0)
        numbers = replace(numbers, mean=tuple(mean.tolist()), deviation=tuple(deviation.tolist()))
    if isinstance(before, Numbers) and before.missing == features.numeric_missing != "error":
        return [FittedInput(replace(numbers, missing=before.missing, fill=before.fill, indicators=before.indicators))]
    if features.numeric_missing != "error":
        numbers = replace(
            numbers,
            missing=features.numeric_missing,
            fill=tuple(np.nanmean(rows, axis=0).tolist()),
            indicators=tuple(np.flatnonzero(np.isnan(rows).any(axis=0)).tolist()),
        )
    return [FittedInput(numbers)]
