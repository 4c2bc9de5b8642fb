"""The text of `tagger inspect` for a terminal."""

from collections.abc import Iterable, Iterator
from textwrap import wrap

import numpy as np

from tagger.encoding.arrays import Doubles
from tagger.inputs.cells import CELLS
from tagger.inputs.description import Layer, shape_text, size_text
from tagger.inspection.layer_outputs import OutputsGroup, grouped_outputs
from tagger.inspection.steps import LayerSteps, SentenceSteps, number_text
from tagger.inspection.subject import Subject

WIDTH = 100  # characters per line of wrapped text
UNITS_SHOWN = 8  # more do not fit in a line; JSON has all
TAGS_SHOWN = 10
SHAPES = "in shapes, batch is the number of sentences, time the steps of the longest one"


def format_text(subject: Subject, steps: SentenceSteps | None) -> str:
    """Describe the layers, the outputs of the first recurrent layer, and the states of a sentence, if any."""
    blocks = [*_layers(subject), *_outputs(subject, None if steps is None else len(steps.tokens))]
    if steps is not None:
        for layer in steps.layers:
            blocks += _states(layer, steps)
        if steps.tags:
            blocks.append(_probabilities(steps))
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
    yield from _wrapped(layer.note, indent=2)


def _outputs(subject: Subject, n_steps: int | None) -> Iterator[str]:
    layer = subject.recurrent[0]
    title = f"Outputs of a layer of {layer.units} {CELLS[layer.cell].keras_name} units"
    rest = "; the other recurrent layers have the same outputs, with their units" if len(subject.recurrent) > 1 else ""
    yield "\n".join(
        [
            f"{title} by return_sequences and return_state ({layer.name}{rest})",
            *_wrapped(CELLS[layer.cell].memory),
        ]
    )
    for group in grouped_outputs(layer, n_steps=n_steps or subject.n_steps):
        yield "\n".join(_group(group, in_network=len(subject.layers) > 1))


def _group(group: OutputsGroup, *, in_network: bool) -> Iterator[str]:
    yield group.title + (", as in this layer" if group.is_own else "")
    for note in group.notes:
        yield from _wrapped(note, indent=2)
    for case in group.cases:
        is_used = in_network and group.is_own and case.return_sequences and not case.return_state
        switches = f"  return_sequences={case.return_sequences} return_state={case.return_state}".lower()
        yield switches + ("  (used by this network)" if is_used else "")
        for name, shape in case.outputs:
            yield f"    {name:<21}  {shape_text(shape)}"
        yield from _wrapped(case.explanation, indent=4)


def _states(layer: LayerSteps, steps: SentenceSteps) -> Iterator[str]:
    name = layer.layer.name
    for series in layer.states:
        table = _table(f"{name}, {series.direction}: {series.kind} state at each step", series.values, steps)
        yield "\n".join([*table, _numbers("final", series.final, ""), *_wrapped(series.end_text)])
    if note := layer.output_note:
        yield "\n".join(_table(f"{name}: output at each step, {note}", layer.output, steps))


def _table(title: str, values: Doubles, steps: SentenceSteps) -> list[str]:
    n_units = values.shape[1]
    if n_units > UNITS_SHOWN:
        title += f", the first {UNITS_SHOWN} of {n_units} units (--format json has all)"
    heading = _row("step", (f"unit {i}" for i in range(1, min(n_units, UNITS_SHOWN) + 1)), steps.heading)
    return [title, heading, *(_numbers(str(i + 1), values[i], token) for i, token in enumerate(steps.tokens))]


def _probabilities(steps: SentenceSteps) -> str:
    lines = ["probability of each tag at each step; * marks the predicted tag"]
    if len(steps.tags) <= TAGS_SHOWN:
        lines.append(_row("step", steps.tags, "token"))
        for i, (token, best) in enumerate(zip(steps.tokens, steps.best, strict=True)):
            cells = [
                f"{'*' if tag == best else ''}{p:.4f}"
                for tag, p in zip(steps.tags, steps.probabilities[i], strict=True)
            ]
            lines.append(_row(str(i + 1), cells, token))
    else:
        lines[0] += f"; the most probable of {len(steps.tags)} tags (--format json has all)"
        for i, (token, best) in enumerate(zip(steps.tokens, steps.best, strict=True)):
            most_probable = np.argsort(-steps.probabilities[i], kind="stable")[:4]
            cells = [
                f"{'*' if steps.tags[tag] == best else ''}{steps.tags[tag]} {steps.probabilities[i, tag]:.4f}"
                for tag in most_probable
            ]
            lines.append(f"{i + 1:>5}  {'  '.join(f'{cell:<16}' for cell in cells)}  {token}")
    return "\n".join(lines)


def _numbers(name: str, values: Doubles, token: str) -> str:
    return _row(name, map(number_text, values[:UNITS_SHOWN]), token)


def _row(name: str, cells: Iterable[str], token: str) -> str:
    """A row with its token last, because not all scripts have letters of one width."""
    return f"{name:>5}  {'  '.join(f'{cell:>12}' for cell in cells)}  {token}".rstrip()


def _wrapped(text: str, *, indent: int = 0) -> list[str]:
    return wrap(text, WIDTH, initial_indent=" " * indent, subsequent_indent=" " * indent)
