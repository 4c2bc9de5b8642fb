"""A whole network in NumPy, with all its states: what the ONNX engine computes, step by step, in double precision."""

from dataclasses import dataclass

import numpy as np

from tagger.encoding.arrays import Doubles, Lengths, Weights
from tagger.encoding.batches import Batch
from tagger.heads.dense import dense
from tagger.inputs.recurrent import Direction, Recurrent, layer_directions, merge_directions
from tagger.tagging.architecture import NORM_EPSILON, Architecture


@dataclass(frozen=True, slots=True, eq=False)
class LayerStates:
    """What a recurrent layer does with a batch.

    Args:
        layer: what it is.
        entering: (batch, time, inputs) what it reads, normalised where the layer normalises.
        directions: all its states, by direction.
        output: (batch, time, width) what it gives on, with the residual where there is one.
    """

    layer: Recurrent
    entering: Doubles
    directions: dict[str, Direction]
    output: Doubles


def network_states(
    architecture: Architecture, weights: Weights, batch: Batch
) -> tuple[tuple[LayerStates, ...], Doubles]:
    """The states of each recurrent layer, and (batch, time, tags) logits; both undefined after a sentence's end.

    Weights come by name, in the shapes that `Architecture.describe` gives.
    """
    parts = [each.compute(batch.inputs, weights) for each in architecture.inputs]
    steps = np.concatenate(parts, axis=-1)
    layers: list[LayerStates] = []
    for layer in architecture.layers:
        layers.append(layer_states(layer, weights, steps, batch.lengths))
        steps = layers[-1].output
    return tuple(layers), dense(architecture.head.name, steps, weights)


def layer_states(layer: Recurrent, weights: Weights, steps: Doubles, lengths: Lengths) -> LayerStates:
    """One recurrent layer on (batch, time, inputs) steps of sentences of some lengths."""
    entering = _normalized(layer.norm, steps, weights) if layer.norm else steps
    directions = layer_directions(layer, entering, lengths, weights)
    output = merge_directions(layer, [direction.hidden for direction in directions.values()])
    return LayerStates(layer, entering, directions, output + steps if layer.residual else output)


def _normalized(name: str, steps: Doubles, weights: Weights) -> Doubles:
    """Layer normalisation of each step (Ba et al., 2016)."""
    centred = steps - steps.mean(-1, keepdims=True)
    spread = np.sqrt(np.square(centred).mean(-1, keepdims=True) + NORM_EPSILON)
    return np.asarray(centred / spread * weights[f"{name}/scale"] + weights[f"{name}/offset"])
