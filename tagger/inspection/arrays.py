"""The numbers of an inspection as named arrays, as records, and as a CSV file with a row for each step."""

import csv
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TextIO

from tagger.encoding.arrays import Doubles, Floats
from tagger.inspection.gates import layer_gates
from tagger.inspection.steps import LayerSteps, SentenceSteps
from tagger.inspection.subject import Subject
from tagger.inspection.weights import weight_tables

FIELDS = ("array", "step", "token", "row", "column", "value")


class NamedArray(NamedTuple):
    """A matrix with names.

    Args:
        name: its name, such as `lstm_1/forward/hidden state`.
        has_steps: whether its rows are the steps of the sentence.
        rows: the token of each step, or the name of each row.
        columns: names of the columns.
        values: (rows, columns).
    """

    name: str
    has_steps: bool
    rows: Sequence[str]
    columns: Sequence[str]
    values: Doubles | Floats


def named_arrays(subject: Subject, steps: SentenceSteps | None, sections: Collection[str]) -> Iterator[NamedArray]:
    """The arrays of some sections.

    Args:
        subject: the layers and weights.
        steps: the states of a sentence; None without one.
        sections: any of `weights`, `gates` and `states`; the latter include what heads score.
    """
    if steps and "states" in sections:
        yield from _head_arrays(steps)
    if steps:
        for layer in steps.layers:
            for name, values in _layer_arrays(layer, sections):
                columns = [f"unit {i}" for i in range(1, values.shape[1] + 1)]
                yield NamedArray(f"{layer.layer.name}/{name}", True, steps.tokens, columns, values)
    if "weights" in sections:
        for table in weight_tables(subject):
            yield NamedArray(table.title, False, table.rows, table.columns, table.values)


def _head_arrays(steps: SentenceSteps) -> Iterator[NamedArray]:
    for head in steps.heads:
        has_steps = head.kind != "label"
        rows = steps.tokens if has_steps else ("",)
        for name, values in (("probabilities", head.probabilities), ("scores", head.scores)):
            yield NamedArray(f"{head.name}/{name}", has_steps, rows, head.tags, values)


def _layer_arrays(layer: LayerSteps, sections: Collection[str]) -> Iterator[tuple[str, Doubles]]:
    if "states" in sections:
        for series in layer.states:
            yield f"{series.direction}/{series.kind} state", series.values
        if layer.output_note:
            yield "output", layer.output
    if "gates" in sections:
        for gate in layer_gates(layer):
            yield f"{gate.direction}/{gate.name}", gate.values


def records(arrays: Iterable[NamedArray]) -> Iterator[dict[str, Any]]:
    """A record with the keys `FIELDS` for each number; keys that do not apply are None."""
    for array in arrays:
        for i, (row, values) in enumerate(zip(array.rows, array.values.tolist(), strict=True), 1):
            step, token, name = (i, row, None) if array.has_steps else (None, None, row or None)
            for column, value in zip(array.columns, values, strict=True):
                yield dict(zip(FIELDS, (array.name, step, token, name, column, value), strict=True))


def write_csv(arrays: Iterable[NamedArray], tokens: Sequence[str], file: TextIO) -> None:
    """Write a table with a row for each step: its number, its token, and a column for each column of the arrays.

    Arrays without steps are left out. Numbers have nine significant digits.
    """
    arrays = [array for array in arrays if array.has_steps]
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["step", "token", *(f"{array.name}/{column}" for array in arrays for column in array.columns)])
    for i, token in enumerate(tokens):
        numbers = (f"{value:.9g}" for array in arrays for value in array.values[i].tolist())
        writer.writerow([i + 1, token, *numbers])
