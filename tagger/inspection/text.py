"""The text of `tagger inspect` for a terminal."""

from collections.abc import Iterator

from tagger.encoding.arrays import Doubles
from tagger.inputs.cells import CELLS
from tagger.inputs.description import Layer, shape_text, size_text
from tagger.inspection.heads_text import heads_text
from tagger.inspection.layer_outputs import OutputsGroup, grouped_outputs
from tagger.inspection.rows import UNITS_SHOWN, number_text, row_text, units_heading, units_note, wrapped
from tagger.inspection.steps import LayerSteps, SentenceSteps
from tagger.inspection.subject import Subject

SHAPES = "in shapes, batch is the number of sentences, time the steps of the longest one"


def format_text(subject: Subject, steps: SentenceSteps | None) -> str:
    """Describe the layers, the outputs of the first recurrent layer, and the states of a sentence, if any."""
    blocks = [*_layers(subject), *_outputs(subject, None if steps is None else len(steps.tokens))]
    if steps is not None:
        for layer in steps.layers:
            blocks += _states(layer, steps)
        blocks += heads_text(steps)
    return "\n\n".join(blocks)


def _layers(subject: Subject) -> Iterator[str]:
    yield f"{subject.name}: {subject.kind}\n{SHAPES}"
    for layer in subject.layers:
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


def _states(layer: LayerSteps, steps: SentenceSteps) -> Iterator[str]:
    name = layer.layer.name
    for series in layer.states:
        table = _table(f"{name}, {series.direction}: {series.kind} state at each step", series.values, steps)
        yield "\n".join([*table, _numbers("final", series.final, ""), *wrapped(series.end_text)])
    if note := layer.output_note:
        yield "\n".join(_table(f"{name}: output at each step, {note}", layer.output, steps))


def _table(title: str, values: Doubles, steps: SentenceSteps) -> list[str]:
    n_units = values.shape[1]
    title += units_note(n_units)
    return [
        title,
        units_heading("step", n_units, steps.heading),
        *(_numbers(str(i + 1), values[i], token) for i, token in enumerate(steps.tokens)),
    ]


def _numbers(name: str, values: Doubles, token: str) -> str:
    return row_text(name, map(number_text, values[:UNITS_SHOWN]), token)
