"""The gates of a recurrent layer at each step, computed again from its inputs and states."""

from dataclasses import dataclass

import numpy as np

from tagger.encoding.arrays import Doubles
from tagger.inputs.cells import CELLS, Gates, State
from tagger.inspection.steps import LayerSteps


@dataclass(frozen=True, slots=True, eq=False)
class GateSeries:
    """A gate in one direction, step by step.

    Args:
        direction: `forward` or `backward`.
        name: the gate; the only sum of a SimpleRNN is its `activation`.
        values: (time, units) after the activation.
    """

    direction: str
    name: str
    values: Doubles


def layer_gates(layer: LayerSteps) -> list[GateSeries]:
    """All gates of a layer, direction by direction, in the order of the arrays."""
    return [
        GateSeries(direction, name, values)
        for direction in layer.layer.directions
        for name, values in _gates(layer, direction).items()
    ]


def previous_states(layer: LayerSteps, direction: str) -> State:
    """(time, units) states before each step, in the order in which the direction reads: zeros at its first step."""
    return tuple(
        _before(series.values, is_backward=direction == "backward")
        for series in layer.states
        if series.direction == direction
    )


def _gates(layer: LayerSteps, direction: str) -> Gates:
    cell = CELLS[layer.layer.cell]
    return cell.compute_gates(layer.inputs, previous_states(layer, direction), layer.weights[direction])


def _before(states: Doubles, *, is_backward: bool) -> Doubles:
    start = np.zeros_like(states[:1])
    return np.concatenate([states[1:], start] if is_backward else [start, states[:-1]])
