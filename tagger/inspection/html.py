"""The page of `tagger inspect`: layers as a table, states as heat maps, each with its numbers."""

from collections.abc import Collection, Iterable, Iterator, Sequence

import numpy as np

from tagger.encoding.arrays import Doubles
from tagger.inputs.cells import CELLS
from tagger.inputs.description import shape_text, size_text
from tagger.inspection.calculation import Calculation
from tagger.inspection.calculation_text import calculation_text
from tagger.inspection.gates import layer_gates
from tagger.inspection.heads import HeadSteps
from tagger.inspection.heat_map import HeatMap, Row, heat_map
from tagger.inspection.layer_outputs import grouped_outputs
from tagger.inspection.rows import number_text
from tagger.inspection.steps import LayerSteps, SentenceSteps
from tagger.inspection.subject import Subject
from tagger.inspection.weights import weight_tables
from tagger.reports.display_text import sentence_case, visible
from tagger.reports.page import render

HEIGHT = 5_000  # pixels of heat maps on a narrow page, about; more would make it longer than ten screens
CALCULATION_HEIGHT = 1_500
LABELS_SHOWN = 10
TOKENS_SHOWN = 30  # rows of the predictions of several heads
UNKNOWN_SHOWN = 10
HEADS_SHOWN = 10
LAYERS_SHOWN = 20
CALCULATIONS_SHOWN = 6

Maps = Iterable[tuple[str, HeatMap]]  # with the anchor of their section


def html_page(
    subject: Subject,
    steps: SentenceSteps | None,
    sections: Collection[str] = (),
    calculations: Sequence[Calculation] = (),
) -> str:
    """Render a page without requests or scripts; it is shorter than ten screens and 2 MB for any input.

    Args:
        subject: the layers and weights.
        steps: the states of a sentence; None without one.
        sections: any of `shapes`, `weights`, `returns`, `states` and `gates`; empty: all but weights and gates.
        calculations: calculations of a unit.
    """
    sections = sections or ("shapes", "returns", "states")
    layer = subject.recurrent[0]
    height = HEIGHT - (CALCULATION_HEIGHT if calculations else 0)
    maps, has_more = _fitting(_maps(subject, steps, sections), height)
    has_heads = steps is not None and "states" in sections
    several = steps.heads if steps and has_heads and len(steps.heads) > 1 else ()
    return render(
        "inspection/inspect.html",
        is_series=subject.is_series,
        subject=subject,
        steps=steps,
        has_heads=has_heads,
        sections=sections,
        cell=CELLS[layer.cell].keras_name,
        recurrent=layer,
        own_states=CELLS[layer.cell].memory,
        groups=grouped_outputs(layer, n_steps=subject.n_steps if steps is None else len(steps.tokens)),
        layers=subject.layers_in_terms[:LAYERS_SHOWN],
        maps={name: [each for anchor, each in maps if anchor == name] for name in ANCHORS},
        has_more=has_more,
        headings=ANCHORS,
        calculations=[list(calculation_text(each)) for each in calculations[:CALCULATIONS_SHOWN]],
        labels=[head for head in several if head.kind == "label"][:HEADS_SHOWN],
        columns=[head for head in several if head.kind != "label"][:HEADS_SHOWN],
        n_tokens=TOKENS_SHOWN,
        n_unknown=UNKNOWN_SHOWN,
        shape_text=shape_text,
        size_text=size_text,
    )


ANCHORS = {"tags": "Predictions", "states": "States at each step", "gates": "Gates at each step", "weights": "Weights"}


def _fitting(maps: Maps, height: int) -> tuple[list[tuple[str, HeatMap]], bool]:
    """The first maps that fit into a height in pixels, and whether there are more."""
    fitting: list[tuple[str, HeatMap]] = []
    for anchor, each in maps:
        height -= each.height
        if height < 0:
            return fitting, True
        fitting.append((anchor, each))
    return fitting, False


def _maps(subject: Subject, steps: SentenceSteps | None, sections: Collection[str]) -> Maps:
    if steps and "states" in sections:
        for head in steps.heads:
            prefix = "" if steps.is_plain else f"{head.name}, "
            yield from (("tags", each) for each in _head_maps(head, steps.tokens, prefix))
        for layer in steps.layers:
            yield from (("states", each) for each in _state_maps(layer, steps.tokens))
    if steps and "gates" in sections:
        for layer in steps.layers:
            for gate in layer_gates(layer):
                title = f"{layer.layer.name}, {gate.direction}: {gate.name}"
                yield "gates", heat_map(title, steps.tokens, _units(gate.values), gate.values)
    if "weights" in sections:
        for table in weight_tables(subject):
            yield "weights", heat_map(table.title, table.rows, table.columns, table.values, heading="")


def _state_maps(layer: LayerSteps, tokens: Sequence[str]) -> Iterator[HeatMap]:
    for series in layer.states:
        title = f"{layer.layer.name}, {series.direction}: {series.kind} state"
        yield heat_map(
            title,
            tokens,
            _units(series.values),
            series.values,
            note=f"{sentence_case(series.end_text)}.",
            end=series.end,
            final=series.final,
        )
    if note := layer.output_note:
        yield heat_map(f"{layer.layer.name}, output: {note}", tokens, _units(layer.output), layer.output)


def _units(values: Doubles) -> list[str]:
    return [f"unit {i}" for i in range(1, values.shape[1] + 1)]


def _head_maps(head: HeadSteps, tokens: Sequence[str], prefix: str) -> Iterator[HeatMap]:
    if head.pool is not None:
        yield _labels(head, prefix)
        names, values = [part.source for part in head.parts], np.array([part.values for part in head.parts])
        note = f"{sentence_case(head.vector_note)}."
        title = f"{prefix}the vector that the head reads"
        yield heat_map(title, names, _units(values), values, note=note, heading="outputs")
        return
    # Of many tags, those with a high probability at some step matter most.
    most_probable = np.argsort(-head.probabilities.max(axis=0), kind="stable")[: 2 * LABELS_SHOWN]
    shown = sorted(most_probable.tolist())
    note = f"The predicted {head.noun} has a frame and a star." if len(tokens) <= TOKENS_SHOWN else ""
    if len(shown) < len(head.tags):
        note += f" The {len(shown)} most probable of {len(head.tags)} {head.noun}s; JSON has all."
    ids = {tag: i for i, tag in enumerate(head.tags)}
    yield heat_map(
        f"{prefix}probability of each {head.noun}",
        tokens,
        [visible(head.tags[i], 40) for i in shown],
        head.probabilities[:, shown],
        note=note.strip(),
        chosen=[shown.index(ids[tag]) if ids[tag] in shown else -1 for tag in head.best],
    )


def _labels(head: HeadSteps, prefix: str) -> HeatMap:
    """The labels, the most probable first."""
    ids = head.most_probable(0, LABELS_SHOWN)
    notes = ["The predicted label has a star."]
    if head.temperature != 1:
        notes.append(f"Each score is divided by {number_text(head.temperature)}, the temperature, before softmax.")
    if len(ids) < len(head.tags):
        notes.append(f"The {len(ids)} most probable of {len(head.tags)} labels; JSON has all.")
    title = f"{prefix}score and probability of each label"
    values = np.stack([head.scores[0, ids], head.probabilities[0, ids]], axis=1)
    chosen = [1 if head.tags[i] == head.best[0] else -1 for i in ids]
    labels = [head.tags[i] for i in ids]
    table = heat_map(title, labels, ["score", "probability"], values, heading="label", chosen=chosen).table
    rows = [Row("", row.token, row.fields) for row in (table.rows if table else ())]
    return HeatMap(title, " ".join(notes), table and table._replace(rows=rows), None)
