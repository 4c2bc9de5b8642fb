"""What was found, as a page: layers as tables, states as heat maps whose numbers are text."""

from dataclasses import dataclass

import numpy as np

from tagger.encoding.arrays import Doubles
from tagger.inputs.cells import CELLS
from tagger.inputs.description import shape_text, size_text
from tagger.inspection.returns import grouped_returns
from tagger.inspection.steps import LayerSteps, SentenceSteps, StateSeries, number_text
from tagger.inspection.subject import Subject
from tagger.reports.legible import visible
from tagger.reports.page import render

LEVELS = 9  # of colour, on each side of zero
COLUMNS_SHOWN = 64  # a page with all units of a wide layer would be too much for a phone
FEW_COLUMNS = 8  # up to so many stand with all their digits


@dataclass(frozen=True, slots=True)
class Field:
    """A number of a heat map.

    Args:
        text: as it is shown.
        level: of its colour: from -`LEVELS`, the least, over 0 to `LEVELS`, the most.
    """

    text: str
    level: int


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Numbers at each step.

    Args:
        title: what they are.
        note: on them; empty where there is nothing to say.
        columns: their headings.
        rows: for each step, its number, its token, and a field for each column.
        final: a last row, the state that is left; None where there is none.
        end: the step, from 1, that equals the last row; 0 where there is none.
        chosen: for each step, the column that is chosen; None where none is.
    """

    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, str, tuple[Field, ...]], ...]
    final: tuple[Field, ...] | None = None
    end: int = 0
    chosen: tuple[int, ...] | None = None


def html_page(subject: Subject, steps: SentenceSteps | None) -> str:
    """One file without requests or scripts; of more than `COLUMNS_SHOWN` units or tags, the first ones are shown."""
    layer = subject.recurrent[0]
    return render(
        "inspection/inspect.html",
        subject=subject,
        steps=steps,
        cell=CELLS[layer.cell].keras_name,
        recurrent=layer,
        own_states=CELLS[layer.cell].memory,
        groups=grouped_returns(layer, n_steps=subject.n_steps if steps is None else len(steps.tokens)),
        in_network=len(subject.layers) > 1,
        maps=[] if steps is None else [(found.layer.name, _maps(found, steps.tokens)) for found in steps.layers],
        probabilities=_probabilities(steps) if steps and steps.tags else None,
        shape_text=shape_text,
        size_text=size_text,
    )


def _maps(layer: LayerSteps, tokens: tuple[str, ...]) -> list[HeatMap]:
    maps = [_of_states(series, tokens) for series in layer.states]
    if what := layer.output_differs:
        maps.append(_map(f"output: {what}", layer.output, tokens))
    return maps


def _of_states(series: StateSeries, tokens: tuple[str, ...]) -> HeatMap:
    found = _map(f"{series.direction}: {series.kind} state", series.values, tokens)
    final = _fields(series.final, scale=_scale(series.values))
    return HeatMap(
        found.title,
        f"{found.note} {_sentence(series.end_in_words)}".strip(),
        found.columns,
        found.rows,
        final,
        series.end + 1,
    )


def _map(title: str, values: Doubles, tokens: tuple[str, ...]) -> HeatMap:
    n_columns = values.shape[1]
    note = f"The first {COLUMNS_SHOWN} of {n_columns} units; JSON has all." if n_columns > COLUMNS_SHOWN else ""
    columns = tuple(f"unit {i}" for i in range(1, min(n_columns, COLUMNS_SHOWN) + 1))
    return HeatMap(title, note, columns, _rows(values, tokens, scale=_scale(values)))


def _probabilities(steps: SentenceSteps) -> HeatMap:
    ids = {tag: i for i, tag in enumerate(steps.tags)}
    chosen = [ids[tag] for tag in steps.best]
    # Where there are many tags, those that are likely somewhere say most.
    likeliest = np.argsort(-steps.probabilities.max(axis=0), kind="stable")[:COLUMNS_SHOWN]
    shown = sorted({*likeliest.tolist(), *chosen})
    note = "The tag that is chosen has a frame and a star."
    if len(shown) < len(steps.tags):
        note += f" The {len(shown)} likeliest of {len(steps.tags)} tags; JSON has all."
    return HeatMap(
        title="probability of each tag",
        note=note,
        columns=tuple(visible(steps.tags[i]) for i in shown),
        rows=_rows(steps.probabilities[:, shown], steps.tokens, scale=1.0),
        chosen=tuple(shown.index(i) for i in chosen),
    )


def _rows(values: Doubles, tokens: tuple[str, ...], *, scale: float) -> tuple[tuple[int, str, tuple[Field, ...]], ...]:
    return tuple((i + 1, token, _fields(values[i], scale=scale)) for i, token in enumerate(tokens))


def _fields(values: Doubles, *, scale: float) -> tuple[Field, ...]:
    in_full = len(values) <= FEW_COLUMNS
    return tuple(
        Field(number_text(value) if in_full else f"{value:.3f}", round(value / scale * LEVELS))
        for value in values[:COLUMNS_SHOWN].tolist()
    )


def _scale(values: Doubles) -> float:
    """What has the fullest colour: 1, which no hidden state exceeds, or more where a cell state does."""
    return max(1.0, float(np.abs(values).max()))


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
