"""The outputs of a recurrent layer for each `return_sequences` and `return_state`: names, shapes and an explanation."""

from dataclasses import dataclass, replace
from itertools import groupby, product
from typing import get_args

from tagger.inputs.cells import CELLS
from tagger.inputs.description import Shape, Size
from tagger.inputs.recurrent import Merge, Recurrent

TWO_DIRECTIONS = (
    "The forward direction ends at the last step, the backward direction at the first; "
    "their outputs are merged, their states are not."
)
MERGES: dict[Merge, str] = {
    "concat": "concat: the outputs of both directions side by side, twice as wide as the units.",
    "sum": "sum: the outputs of both directions added element by element, as wide as the units.",
    "mul": "mul: the outputs of both directions multiplied element by element, as wide as the units.",
    "ave": "ave: the mean of both directions' outputs element by element, as wide as the units.",
}


@dataclass(frozen=True, slots=True)
class LayerOutputs:
    """The outputs of a layer for one combination of its switches.

    Args:
        layer: the layer, with its directions and merge.
        return_sequences: whether it returns the output of each step.
        return_state: whether it returns its final states.
        outputs: names and shapes, in Keras' order.
        explanation: the outputs in words, and their use.
    """

    layer: Recurrent
    return_sequences: bool
    return_state: bool
    outputs: tuple[tuple[str, Shape], ...]
    explanation: str


def all_layer_outputs(layer: Recurrent, *, n_steps: int | None = None) -> list[LayerOutputs]:
    """List the outputs for both switches, one direction and two, and all merges; None steps are shown as `time`."""
    merges: list[tuple[bool, Merge]] = [(False, "concat"), *((True, merge) for merge in get_args(Merge))]
    return [
        _layer_outputs(
            replace(layer, bidirectional=bidirectional, merge=merge),
            "time" if n_steps is None else n_steps,
            return_sequences,
            return_state,
        )
        for bidirectional, merge in merges
        for return_sequences, return_state in product((False, True), repeat=2)
    ]


@dataclass(frozen=True, slots=True)
class OutputsGroup:
    """Directions and merges whose outputs have the same shapes and explanations, listed for the first merge.

    Args:
        title: directions and merges.
        notes: sentences on them.
        is_own: whether they include those of the layer itself.
        cases: outputs for each combination of the two switches.
    """

    title: str
    notes: tuple[str, ...]
    is_own: bool
    cases: tuple[LayerOutputs, ...]


def grouped_outputs(layer: Recurrent, *, n_steps: int | None = None) -> list[OutputsGroup]:
    """Group the result of `all_layer_outputs`: one direction first, then both directions by the width of the output."""
    groups = []
    everything = all_layer_outputs(layer, n_steps=n_steps)
    for (bidirectional, _), group in groupby(everything, key=lambda each: (each.layer.bidirectional, each.layer.width)):
        members = list(group)
        merges = list(dict.fromkeys(each.layer.merge for each in members))
        is_own = bidirectional == layer.bidirectional and (not bidirectional or layer.merge in merges)
        title = f"both directions, merge {' or '.join(merges)}" if bidirectional else "one direction"
        notes = (TWO_DIRECTIONS, *(MERGES[merge] for merge in merges)) if bidirectional else ()
        cases = tuple(each for each in members if each.layer.merge == merges[0])
        groups.append(OutputsGroup(title, notes, is_own, cases))
    return groups


def _layer_outputs(layer: Recurrent, n_steps: Size, return_sequences: bool, return_state: bool) -> LayerOutputs:
    output: Shape = ("batch", n_steps, layer.width) if return_sequences else ("batch", layer.width)
    states: list[tuple[str, Shape]] = []
    if return_state:
        for direction in layer.directions:
            prefix = f"{direction} " if layer.bidirectional else ""
            states += [(f"{prefix}{name}", ("batch", layer.units)) for name in CELLS[layer.cell].states]
    explanation = _explanation(layer, return_sequences, return_state)
    return LayerOutputs(layer, return_sequences, return_state, (("output", output), *states), explanation)


def _explanation(layer: Recurrent, return_sequences: bool, return_state: bool) -> str:
    final = "the final hidden states of both directions, merged" if layer.bidirectional else "the final hidden state"
    match return_sequences, return_state:
        case False, False:
            return f"{final}: enough for one answer for the whole sequence, such as its class"
        case True, False:
            hidden = "the hidden states of both directions, merged," if layer.bidirectional else "the hidden state"
            return f"{hidden} at every step: a tagger needs all of them, and so does a further layer"
        case False, True:
            states = "separate for each direction" if layer.bidirectional else "the hidden state is the output again"
            return f"{final}, and the final states, from which another layer can start: {states}"
    if not layer.bidirectional:
        return "the output of every step, and the final states: the last step's output is the final hidden state"
    part = "half of" if layer.merge == "concat" else "part merged into"
    return (
        f"the output of every step, and the final states: the forward {part} the last step is the final hidden "
        f"state of the forward direction, the backward {part} the first step that of the backward direction"
    )
