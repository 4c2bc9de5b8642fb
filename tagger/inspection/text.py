"""The text of `tagger inspect` for a terminal."""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice

from tagger.corpus.terms import in_terms
from tagger.encoding.arrays import Doubles
from tagger.inputs.cells import CELLS
from tagger.inputs.description import Layer, shape_text, size_text
from tagger.inspection.calculation import Calculation
from tagger.inspection.calculation_text import calculation_text
from tagger.inspection.gates import layer_gates
from tagger.inspection.heads_text import heads_text
from tagger.inspection.layer_outputs import OutputsGroup, grouped_outputs
from tagger.inspection.rows import (
    ALL,
    SHORT,
    Limits,
    cut_steps,
    number_text,
    row_text,
    units_heading,
    units_note,
    wrapped,
)
from tagger.inspection.steps import LayerSteps, SentenceSteps
from tagger.inspection.subject import Subject
from tagger.inspection.weights import WeightTable, weight_tables

SHAPES = "in shapes, batch is the number of sentences, time the steps of the longest one"
UNKNOWN_SHOWN = 10  # tokens


def format_text(
    subject: Subject,
    steps: SentenceSteps | None,
    sections: Collection[str],
    calculations: Sequence[Calculation] = (),
    *,
    is_complete: bool = False,
) -> str:
    """Describe a subject.

    Args:
        subject: the layers and weights.
        steps: the states of a sentence; None without one.
        sections: what to show: any of `shapes`, `weights`, `returns`, `states` and `gates`.
        calculations: calculations of a unit to show.
        is_complete: whether all steps, units and terms are shown, however many there are.
    """
    limits = ALL if is_complete else SHORT
    blocks = [*_heading(subject, steps, has_shapes="shapes" in sections)]
    if "shapes" in sections:
        blocks += _layers(subject)
    if "returns" in sections:
        blocks += _outputs(subject, None if steps is None else len(steps.tokens))
    if "weights" in sections:
        blocks += ["\n".join(_weight(table, limits)) for table in weight_tables(subject)]
    if steps:
        for layer in steps.layers:
            blocks += _gates(layer, steps, limits) if "gates" in sections else ()
            blocks += _states(layer, steps, limits) if "states" in sections else ()
        blocks += heads_text(steps, limits) if "states" in sections else ()
    for calculation in calculations:
        blocks += calculation_text(calculation, is_complete=is_complete)
    return "\n\n".join(blocks)


def _heading(subject: Subject, steps: SentenceSteps | None, *, has_shapes: bool) -> Iterator[str]:
    lines = [f"{subject.name}: {subject.kind}"]
    lines += [in_terms(SHAPES, is_series=subject.is_series)] if has_shapes else []
    lines += wrapped(f"sizes that the config leaves open, with their defaults: {', '.join(subject.defaults)}") * bool(
        subject.defaults
    )
    lines += [subject.weights_note] if subject.weights_note else []
    if steps and steps.unknown:
        tokens = [f"{steps.tokens[i]} (step {i + 1})" for i in steps.unknown[:UNKNOWN_SHOWN]]
        n_more = len(steps.unknown) - len(tokens)
        more = f" and {n_more:,} more" if n_more else ""
        lines += wrapped(f"unknown: {', '.join(tokens)}{more}; {steps.unknown_note}")
    yield "\n".join(lines)


def _layers(subject: Subject) -> Iterator[str]:
    for layer in subject.layers_in_terms:
        yield "\n".join(_layer_lines(layer))
    counts = [layer.n_parameters for layer in subject.layers if layer.weights]
    if len(subject.layers) > 1:
        added = " + ".join("?" if count is None else size_text(count) for count in counts)
        total = "unknown without the data" if subject.n_parameters is None else size_text(subject.n_parameters)
        yield f"parameters of all layers: {added} = {total}"


def _layer_lines(layer: Layer) -> Iterator[str]:
    yield f"{layer.name}  {layer.kind}"
    yield f"  shape    {shape_text(layer.input)} to {shape_text(layer.output)}"
    width = max((len(weight.name) for weight in layer.weights), default=0)
    for weight in layer.weights:
        count = "" if weight.n_parameters is None else f"  {weight.n_parameters:>11,}"
        yield f"  weight   {weight.name:<{width}}  {shape_text(weight.shape):<14}{count}".rstrip()
    yield f"  {layer.formula}" if layer.formula else "  no parameters"
    yield from wrapped(layer.note, indent=2)


def _outputs(subject: Subject, n_steps: int | None) -> Iterator[str]:
    layer = subject.recurrent[0]
    title = f"Outputs of a layer of {layer.units} {CELLS[layer.cell].keras_name} units"
    rest = "; the other recurrent layers have the same outputs, with their units" if len(subject.recurrent) > 1 else ""
    yield "\n".join(
        [
            f"{title} by return_sequences and return_state ({layer.name}{rest})",
            *wrapped(CELLS[layer.cell].memory),
        ]
    )
    for group in grouped_outputs(layer, n_steps=n_steps or subject.n_steps):
        yield "\n".join(_group(group, subject))


def _group(group: OutputsGroup, subject: Subject) -> Iterator[str]:
    yield group.title + (", as in this layer" if group.is_own else "")
    for note in group.notes:
        yield from wrapped(note, indent=2)
    for case in group.cases:
        is_used = group.is_own and subject.uses(case.return_sequences) and not case.return_state
        switches = f"  return_sequences={case.return_sequences} return_state={case.return_state}".lower()
        yield switches + ("  (used by this network)" if is_used else "")
        for name, shape in case.outputs:
            yield f"    {name:<21}  {shape_text(shape)}"
        yield from wrapped(case.explanation, indent=4)


def _weight(table: WeightTable, limits: Limits) -> Iterator[str]:
    n_rows, n_columns = table.values.shape
    cuts = [
        f"the first {limit} of {n:,} {noun}"
        for n, limit, noun in ((n_rows, limits.rows, "rows"), (n_columns, limits.units, "columns"))
        if n > limit
    ]
    yield table.title + (f", {' and '.join(cuts)} (--all shows all)" if cuts else "")
    yield row_text("", islice(table.columns, limits.units), "")
    for name, values in islice(zip(table.rows, table.values, strict=True), limits.rows):
        yield row_text("", map(number_text, values[: limits.units]), name)


def _gates(layer: LayerSteps, steps: SentenceSteps, limits: Limits) -> Iterator[str]:
    for gate in layer_gates(layer):
        title = f"{layer.layer.name}, {gate.direction}: {gate.name} at each step"
        yield "\n".join(_table(title, gate.values, steps, limits))


def _states(layer: LayerSteps, steps: SentenceSteps, limits: Limits) -> Iterator[str]:
    name = layer.layer.name
    for series in layer.states:
        table = _table(f"{name}, {series.direction}: {series.kind} state at each step", series.values, steps, limits)
        yield "\n".join([*table, _numbers("final", series.final, "", limits), *wrapped(series.end_text)])
    if note := layer.output_note:
        yield "\n".join(_table(f"{name}: output at each step, {note}", layer.output, steps, limits))


def _table(title: str, values: Doubles, steps: SentenceSteps, limits: Limits) -> list[str]:
    n_units = values.shape[1]
    rows = [_numbers(str(i + 1), values[i], token, limits) for i, token in enumerate(steps.tokens)]
    return [
        f"{title}{units_note(n_units, limits)}",
        units_heading("step", n_units, steps.heading, limits),
        *cut_steps(rows, limits),
    ]


def _numbers(name: str, values: Doubles, token: str, limits: Limits) -> str:
    return row_text(name, map(number_text, values[: limits.units]), token)
