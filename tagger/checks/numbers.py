"""Findings about the numbers of measured series: missing values, and columns that say nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from tagger.checks.findings import Finding, Split, finding_at
from tagger.corpus.counted import counted
from tagger.corpus.file_notes import MAX_LISTED

Missing = Literal["error", "forward", "mean"]  # `features.numeric_missing`


@dataclass(frozen=True, slots=True)
class MissingValues:
    """The missing values of a column in a split.

    Args:
        column: name of the column.
        steps: steps without a value, as indices.
        n_steps: number of all steps of the split.
    """

    column: str
    steps: Sequence[int]
    n_steps: int

    @property
    def text(self) -> str:
        """Count and share: `column force: 12 of 4,000 values missing (0.3 %)`."""
        n = len(self.steps)
        return f"column {self.column}: {n:,} of {self.n_steps:,} values missing ({n / self.n_steps:.2%})"


def missing_values(split: Split, columns: Sequence[str]) -> Iterator[MissingValues]:
    """The missing values of each column that has some.

    Args:
        split: sentences with numbers.
        columns: names of the numeric columns.
    """
    numbers = split.flat.numbers
    if numbers is None or not len(numbers):
        return
    for name, is_missing in zip(columns, np.isnan(numbers).T, strict=True):
        if is_missing.any():
            yield MissingValues(name, np.flatnonzero(is_missing).tolist(), len(numbers))


def missing_notes(splits: Sequence[Split], columns: Sequence[str], missing: Missing | None) -> list[str]:
    """A line for each column and split with missing values: count, share, first line and what fills them.

    Args:
        splits: splits of a data set.
        columns: names of the numeric columns.
        missing: how a config fills them; None: there is no config.
    """
    how = {None: "", "forward": "filled by the value of the step before", "mean": "filled by the mean of train"}
    filled = how.get(missing, "")
    return [
        f"{split.name}: {each.text}, first line {split.line(each.steps[0]):,}{f'; {filled}' if filled else ''}"
        for split in splits
        for each in missing_values(split, columns)
    ]


def number_findings(splits: Sequence[Split], columns: Sequence[str], missing: Missing | None) -> list[Finding]:
    """Missing values that nothing fills, columns without any value, and constant columns.

    Args:
        splits: splits of a data set; the training data is named `train`.
        columns: names of the numeric columns.
        missing: how a config fills missing values; None: there is no config, and they are no error.
    """
    findings: list[Finding] = []
    missing_in_train: set[str] = set()
    train = next((split for split in splits if split.name == "train"), None)
    empty = {each.column for each in missing_values(train, columns) if len(each.steps) == each.n_steps} if train else ()
    for split in splits:
        for each in missing_values(split, columns):
            if split is train:
                missing_in_train.add(each.column)
            elif each.column in empty:  # reported for train, and its remedy is the remedy here
                continue
            findings += _missing_findings(
                split, each, missing, in_train=train is None or each.column in missing_in_train
            )
    if train is not None and train.flat.numbers is not None and len(train.flat.numbers) > 1:
        for name, values in zip(columns, train.flat.numbers.T, strict=True):
            present = values[~np.isnan(values)]
            if len(present) and (present == present[0]).all():
                findings.append(_constant(train, name, float(present[0])))
    return findings


def _constant(train: Split, name: str, value: float) -> Finding:
    return finding_at(
        "constant", "train", [train.flag(0)],
        f"column {name} is {value:g} in every step",
        "A constant channel says nothing about the states, and another value in dev, test or later is unlike all that "
        "was learned: remove it from features.numeric, or check the sensor.",
        count=len(train.flat.tokens),
    )  # fmt: skip


def _missing_findings(
    split: Split, each: MissingValues, missing: Missing | None, *, in_train: bool
) -> Iterator[Finding]:
    tokens = [split.flag(step) for step in each.steps[:MAX_LISTED]]
    if len(each.steps) == each.n_steps and split.name == "train":
        yield finding_at(
            "no-numbers", split.name, tokens,
            f"column {each.column} has no number: all {counted(each.n_steps, 'value')} are missing",
            "There is nothing to learn from it: remove it from features.numeric.",
            count=each.n_steps, is_error=missing is not None,
        )  # fmt: skip
    elif missing == "error":
        yield finding_at(
            "missing-numbers", split.name, tokens, each.text,
            'Training would stop here. features.numeric_missing = "forward" fills them by the value of the step '
            'before, "mean" by the mean of train; both tell the network where.',
            count=len(each.steps), is_error=True,
        )  # fmt: skip
    elif missing is not None and not in_train:
        yield finding_at(
            "missing-numbers", split.name, tokens, f"{each.text}, and none in train",
            "They are filled, but the network has no input that says where: it has learned from whole series only.",
            count=len(each.steps),
        )  # fmt: skip
