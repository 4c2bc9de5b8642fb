"""The page of `tagger inspect`: layers as tables, states as heat maps with numbers as text."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tagger.encoding.arrays import Doubles
from tagger.inputs.cells import CELLS
from tagger.inputs.description import shape_text, size_text
from tagger.inspection.heads import HeadSteps
from tagger.inspection.layer_outputs import grouped_outputs
from tagger.inspection.rows import number_text
from tagger.inspection.steps import LayerSteps, SentenceSteps, StateSeries
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
        heading: the step's number, from 1, or the name of another row, such as "final state".
        token: the step's token, or the label of a row of labels; None for other rows.
        fields: the numbers.
        kind: CSS class: `end` for the step where the direction ends, `final` for the final state.
    """

    heading: str
    token: str | None
    fields: Sequence[Field]
    kind: str = ""


class HeatMap(NamedTuple):
    """A table of numbers.

    Args:
        title: its caption.
        note: sentences below it; may be empty.
        columns: headings of the columns of numbers.
        rows: a row for each step and perhaps for the final state, for each label, or for each part of a vector.
        heading: heading of the column of names of rows.
    """

    title: str
    note: str
    columns: Sequence[str]
    rows: Sequence[StepRow]
    heading: str = "step"


def html_page(subject: Subject, steps: SentenceSteps | None) -> str:
    """Render a page without requests or scripts; at most `COLUMNS_SHOWN` units or tags are shown."""
    layer = subject.recurrent[0]
    several = steps.heads if steps and len(steps.heads) > 1 else ()
    return render(
        "inspection/inspect.html",
        subject=subject,
        steps=steps,
        cell=CELLS[layer.cell].keras_name,
        recurrent=layer,
        own_states=CELLS[layer.cell].memory,
        groups=grouped_outputs(layer, n_steps=subject.n_steps if steps is None else len(steps.tokens)),
        maps=[] if steps is None else [(each.layer.name, _maps(each, steps.tokens)) for each in steps.layers],
        probabilities=_probabilities(steps.heads[0], steps.tokens) if steps and steps.is_plain else None,
        heads=[(head, _head_maps(head, steps.tokens)) for head in steps.heads] if steps and not steps.is_plain else [],
        labels=[head for head in several if head.kind == "label"],
        columns=[head for head in several if head.kind != "label"],
        shape_text=shape_text,
        size_text=size_text,
    )


def _maps(layer: LayerSteps, tokens: tuple[str, ...]) -> list[HeatMap]:
    maps = [_state_map(series, tokens) for series in layer.states]
    if note := layer.output_note:
        maps.append(_map(f"output: {note}", layer.output, tokens))
    return maps


def _state_map(series: StateSeries, tokens: tuple[str, ...]) -> HeatMap:
    states = _map(f"{series.direction}: {series.kind} state", series.values, tokens)
    final = StepRow("final state", None, _fields(series.final[:COLUMNS_SHOWN], scale=_scale(series.values)), "final")
    marked = [row._replace(kind="end") if i == series.end else row for i, row in enumerate(states.rows)]
    return states._replace(note=f"{states.note} {sentence_case(series.end_text)}.".strip(), rows=[*marked, final])


def _map(title: str, values: Doubles, tokens: tuple[str, ...]) -> HeatMap:
    scale = _scale(values)
    shown = values[:, :COLUMNS_SHOWN]
    rows = [StepRow(str(i), token, _fields(shown[i - 1], scale=scale)) for i, token in enumerate(tokens, start=1)]
    return HeatMap(title, _units_note(values.shape[1]), _units(values.shape[1]), rows)


def _units(n_units: int) -> list[str]:
    return [f"unit {i}" for i in range(1, min(n_units, COLUMNS_SHOWN) + 1)]


def _units_note(n_units: int) -> str:
    return f"The first {COLUMNS_SHOWN} of {n_units} units; JSON has all." if n_units > COLUMNS_SHOWN else ""


def _head_maps(head: HeadSteps, tokens: tuple[str, ...]) -> list[HeatMap]:
    return [_probabilities(head, tokens)] if head.pool is None else [_labels(head), _vector(head)]


def _vector(head: HeadSteps) -> HeatMap:
    """The vector that the head of a label reads."""
    scale = max(_scale(part.values) for part in head.parts)
    rows = [StepRow(part.source, None, _fields(part.values[:COLUMNS_SHOWN], scale=scale)) for part in head.parts]
    n_units = len(head.parts[0].values)
    note = f"{sentence_case(head.vector_note)}. {_units_note(n_units)}".strip()
    return HeatMap("the vector that the head reads", note, _units(n_units), rows, "outputs")


def _labels(head: HeadSteps) -> HeatMap:
    """The labels, the most probable first."""
    scores, rows = head.scores[0], []
    for i in head.most_probable(0, COLUMNS_SHOWN):
        score = Field(number_text(scores[i]), round(scores[i] / _scale(scores) * LEVELS))
        (probability,) = _fields(head.probabilities[0, i : i + 1], scale=1.0)
        is_chosen = head.tags[i] == head.best[0]
        rows.append(StepRow("", head.tags[i], [score, probability._replace(is_chosen=is_chosen)]))
    notes = ["The predicted label has a frame and a star."]
    if head.temperature != 1:
        notes.append(f"Each score is divided by {number_text(head.temperature)}, the temperature, before softmax.")
    if len(rows) < len(head.tags):
        notes.append(f"The {len(rows)} most probable of {len(head.tags)} labels; JSON has all.")
    return HeatMap("score and probability of each label", " ".join(notes), ["score", "probability"], rows, "label")


def _probabilities(head: HeadSteps, tokens: tuple[str, ...]) -> HeatMap:
    # Of many tags, those with a high probability at some step matter most.
    most_probable = np.argsort(-head.probabilities.max(axis=0), kind="stable")[:COLUMNS_SHOWN]
    shown = sorted({*most_probable.tolist(), *map(head.tags.index, head.best)})
    note = f"The predicted {head.noun} has a frame and a star."
    if len(shown) < len(head.tags):
        note += f" The {len(shown)} most probable of {len(head.tags)} {head.noun}s; JSON has all."
    rows = []
    for i, (token, best) in enumerate(zip(tokens, head.best, strict=True)):
        fields = _fields(head.probabilities[i, shown], scale=1.0)
        marked = [field._replace(is_chosen=head.tags[j] == best) for j, field in zip(shown, fields, strict=True)]
        rows.append(StepRow(str(i + 1), token, marked))
    return HeatMap(f"probability of each {head.noun}", note, [visible(head.tags[j]) for j in shown], rows)


def _fields(values: Doubles, *, scale: float) -> list[Field]:
    has_all_digits = len(values) <= FEW_COLUMNS
    return [
        Field(number_text(value) if has_all_digits else f"{value:.3f}", round(value / scale * LEVELS))
        for value in values.tolist()
    ]


def _scale(values: Doubles) -> float:
    """The value of the strongest colour: 1, the bound of hidden states, or more if a cell state exceeds it."""
    return max(1.0, float(np.abs(values).max()))
