"""What a recurrent layer gives back, for each way to ask: names, shapes, and why."""

from dataclasses import dataclass, replace
from itertools import groupby, product
from typing import get_args

from tagger.inputs.cells import CELLS
from tagger.inputs.description import Shape, Size
from tagger.inputs.recurrent import Merge, Recurrent

TWO_DIRECTIONS = (
    "The forward direction ends at the last step, the backward direction at the first; "
    "their outputs are merged, their states never are."
)
MERGES: dict[Merge, str] = {
    "concat": "concat: both directions' outputs side by side, twice as wide as the units.",
    "sum": "sum: both directions' outputs added, number by number, as wide as the units.",
    "mul": "mul: both directions' outputs multiplied, number by number, as wide as the units.",
    "ave": "ave: the mean of both directions' outputs, number by number, as wide as the units.",
}


@dataclass(frozen=True, slots=True)
class Returns:
    """Names and shapes of a layer's outputs for one combination of its switches, in Keras' order, and why."""

    layer: Recurrent
    return_sequences: bool
    return_state: bool
    outputs: tuple[tuple[str, Shape], ...]
    why: str


def all_returns(layer: Recurrent, *, n_steps: int | None = None) -> list[Returns]:
    """Every combination of the two switches, of one direction and two, and of the merges; None steps are `time`."""
    found = []
    merges: list[tuple[bool, Merge]] = [(False, "concat"), *((True, merge) for merge in get_args(Merge))]
    for bidirectional, merge in merges:
        turned = replace(layer, bidirectional=bidirectional, merge=merge)
        for return_sequences, return_state in product((False, True), repeat=2):
            found.append(_returns(turned, "time" if n_steps is None else n_steps, return_sequences, return_state))
    return found


@dataclass(frozen=True, slots=True)
class ReturnsGroup:
    """The combinations of directions and merges that give the same shapes for the same reasons, told once.

    `is_own` is whether the layer's own are among them.
    """

    title: str
    notes: tuple[str, ...]
    is_own: bool
    returns: tuple[Returns, ...]


def grouped_returns(layer: Recurrent, *, n_steps: int | None = None) -> list[ReturnsGroup]:
    """All of `all_returns`, arguments as there; the first group has one direction, the others both."""
    groups = []
    all_found = all_returns(layer, n_steps=n_steps)
    for (bidirectional, _), found in groupby(all_found, key=lambda each: (each.layer.bidirectional, each.layer.width)):
        alike = list(found)
        merges = list(dict.fromkeys(each.layer.merge for each in alike))
        is_own = bidirectional == layer.bidirectional and (not bidirectional or layer.merge in merges)
        title = f"both directions, merge {' or '.join(merges)}" if bidirectional else "one direction"
        notes = (TWO_DIRECTIONS, *(MERGES[merge] for merge in merges)) if bidirectional else ()
        groups.append(
            ReturnsGroup(title, notes, is_own, tuple(each for each in alike if each.layer.merge == merges[0]))
        )
    return groups


def _returns(layer: Recurrent, n_steps: Size, return_sequences: bool, return_state: bool) -> Returns:
    output: Shape = ("batch", n_steps, layer.width) if return_sequences else ("batch", layer.width)
    states: list[tuple[str, Shape]] = []
    if return_state:
        for direction in layer.directions:
            prefix = f"{direction} " if layer.bidirectional else ""
            states += [(f"{prefix}{name}", ("batch", layer.units)) for name in CELLS[layer.cell].states]
    return Returns(
        layer,
        return_sequences,
        return_state,
        (("output", output), *states),
        _why(layer, return_sequences, return_state),
    )


def _why(layer: Recurrent, return_sequences: bool, return_state: bool) -> str:
    final = "both directions' final hidden states, merged" if layer.bidirectional else "the final hidden state"
    match return_sequences, return_state:
        case False, False:
            return f"{final}: enough where a whole sentence gets one answer, its class for example"
        case True, False:
            every = "both directions' hidden states, merged" if layer.bidirectional else "the hidden state"
            return f"{every}, at every step: a tagger needs one for each tag, a further layer for each step"
        case False, True:
            again = "each apart" if layer.bidirectional else "the hidden state is the output once more"
            return f"{final}, and what to start another layer from: the states as they ended, {again}"
    ends = "the first step's backward half" if layer.merge == "concat" else "what is merged into the first"
    also = f", {ends} the backward one" if layer.bidirectional else ""
    where = "the last step's forward half" if layer.merge == "concat" else "what is merged into the last step"
    last = where if layer.bidirectional else "the last step's output"
    return f"every step's output, and the states as they ended: {last} is the final hidden state{also}"
