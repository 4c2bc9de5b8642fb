"""The page of `tagger inspect`: layers as tables, states as heat maps with numbers as text."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tagger.encoding.arrays import Doubles
from tagger.inputs.cells import CELLS
from tagger.inputs.description import shape_text, size_text
from tagger.inspection.layer_outputs import grouped_outputs
from tagger.inspection.steps import LayerSteps, SentenceSteps, StateSeries, number_text
from tagger.inspection.subject import Subject
from tagger.reports.display_text import sentence_case, visible
from tagger.reports.page import render

LEVELS = 9  # shades on each side of zero
COLUMNS_SHOWN = 64  # all units of a wide layer would not fit on a phone
FEW_COLUMNS = 8  # up to so many columns are shown with all digits


class Field(NamedTuple):
    """A number of a heat map, its colour level from -`LEVELS` to `LEVELS`, and whether it is marked."""

    text: str
    level: int
    is_chosen: bool = False


class StepRow(NamedTuple):
    """A row of a heat map.

    Args:
        heading: the step's number, from 1, or "final state".
        token: the step's token; None for the final state.
        fields: the numbers.
        kind: CSS class: `end` for the step where the direction ends, `final` for the final state.
    """

    heading: str
    token: str | None
    fields: Sequence[Field]
    kind: str = ""


class HeatMap(NamedTuple):
    """A table of numbers with a row for each step and perhaps for the final state; the note may be empty."""

    title: str
    note: str
    columns: Sequence[str]
    rows: Sequence[StepRow]


def html_page(subject: Subject, steps: SentenceSteps | None) -> str:
    """Render a page without requests or scripts; at most `COLUMNS_SHOWN` units or tags are shown."""
    layer = subject.recurrent[0]
    return render(
        "inspection/inspect.html",
        subject=subject,
        steps=steps,
        cell=CELLS[layer.cell].keras_name,
        recurrent=layer,
        own_states=CELLS[layer.cell].memory,
        groups=grouped_outputs(layer, n_steps=subject.n_steps if steps is None else len(steps.tokens)),
        in_network=len(subject.layers) > 1,
        maps=[] if steps is None else [(each.layer.name, _maps(each, steps.tokens)) for each in steps.layers],
        probabilities=_probabilities(steps) if steps and steps.tags else None,
        shape_text=shape_text,
        size_text=size_text,
    )


def _maps(layer: LayerSteps, tokens: tuple[str, ...]) -> list[HeatMap]:
    maps = [_state_map(series, tokens) for series in layer.states]
    if note := layer.output_note:
        maps.append(_map(f"output: {note}", layer.output, tokens))
    return maps


def _state_map(series: StateSeries, tokens: tuple[str, ...]) -> HeatMap:
    title, note, columns, rows = _map(f"{series.direction}: {series.kind} state", series.values, tokens)
    final = StepRow("final state", None, _fields(series.final[:COLUMNS_SHOWN], scale=_scale(series.values)), "final")
    marked = [row._replace(kind="end") if i == series.end else row for i, row in enumerate(rows)]
    return HeatMap(title, f"{note} {sentence_case(series.end_text)}.".strip(), columns, [*marked, final])


def _map(title: str, values: Doubles, tokens: tuple[str, ...]) -> HeatMap:
    n_columns = values.shape[1]
    note = f"The first {COLUMNS_SHOWN} of {n_columns} units; JSON has all." if n_columns > COLUMNS_SHOWN else ""
    shown, scale = values[:, :COLUMNS_SHOWN], _scale(values)
    rows = [StepRow(str(i), token, _fields(shown[i - 1], scale=scale)) for i, token in enumerate(tokens, start=1)]
    columns = [f"unit {i}" for i in range(1, shown.shape[1] + 1)]
    return HeatMap(title, note, columns, rows)


def _probabilities(steps: SentenceSteps) -> HeatMap:
    # Of many tags, those with a high probability at some step matter most.
    most_probable = np.argsort(-steps.probabilities.max(axis=0), kind="stable")[:COLUMNS_SHOWN]
    shown = sorted({*most_probable.tolist(), *map(steps.tags.index, steps.best)})
    note = "The predicted tag has a frame and a star."
    if len(shown) < len(steps.tags):
        note += f" The {len(shown)} most probable of {len(steps.tags)} tags; JSON has all."
    rows = []
    for i, (token, best) in enumerate(zip(steps.tokens, steps.best, strict=True)):
        fields = _fields(steps.probabilities[i, shown], scale=1.0)
        marked = [field._replace(is_chosen=steps.tags[j] == best) for j, field in zip(shown, fields, strict=True)]
        rows.append(StepRow(str(i + 1), token, marked))
    return HeatMap("probability of each tag", note, [visible(steps.tags[j]) for j in shown], rows)


def _fields(values: Doubles, *, scale: float) -> list[Field]:
    has_all_digits = len(values) <= FEW_COLUMNS
    return [
        Field(number_text(value) if has_all_digits else f"{value:.3f}", round(value / scale * LEVELS))
        for value in values.tolist()
    ]


def _scale(values: Doubles) -> float:
    """The value of the strongest colour: 1, the bound of hidden states, or more if a cell state exceeds it."""
    return max(1.0, float(np.abs(values).max()))
