"""The network in NumPy: the ONNX engine's computation in double precision, with all intermediate states."""

from dataclasses import dataclass

import numpy as np

from tagger.encoding.arrays import Doubles, Lengths, Weights
from tagger.encoding.batches import Batch
from tagger.heads.dense import dense
from tagger.heads.pooling import pooled
from tagger.inputs.recurrent import Direction, Recurrent, layer_directions, merge_directions
from tagger.tagging.architecture import NORM_EPSILON, Architecture


@dataclass(frozen=True, slots=True, eq=False)
class LayerStates:
    """Inputs, states and output of a recurrent layer for a batch.

    Args:
        layer: the layer.
        inputs: (batch, time, inputs) after layer normalisation, if any.
        directions: all states, by direction.
        output: (batch, time, width) with the residual added, if any.
    """

    layer: Recurrent
    inputs: Doubles
    directions: dict[str, Direction]
    output: Doubles


def network_states(
    architecture: Architecture, weights: Weights, batch: Batch
) -> tuple[tuple[LayerStates, ...], dict[str, Doubles]]:
    """Compute the states of each recurrent layer and the logits of a batch.

    Args:
        architecture: the network.
        weights: arrays by name, with the shapes of `Architecture.describe`.
        batch: the sentences.

    Returns:
        The layers' states, and the logits of each head: (batch, time, tags), or (batch, 1, labels). States and logits
        of tags are undefined after a sentence's end.
    """
    parts = [each.compute(batch.inputs, weights) for each in architecture.inputs]
    steps = np.concatenate(parts, axis=-1)
    layers: list[LayerStates] = []
    for layer in architecture.layers:
        layers.append(layer_states(layer, weights, steps, batch.lengths))
        steps = layers[-1].output
    logits: dict[str, Doubles] = {}
    for head in architecture.heads:
        values = (
            steps if head.pool is None else pooled(head.pool, steps, last_outputs(layers[-1]), batch.lengths)[:, None]
        )
        logits[head.name] = dense(head.name, values, weights)
    return tuple(layers), logits


def last_outputs(states: LayerStates) -> Doubles:
    """(batch, width) outputs of the last step that each direction of a layer reads."""
    return merge_directions(states.layer, [direction.final[0] for direction in states.directions.values()])


def layer_states(layer: Recurrent, weights: Weights, steps: Doubles, lengths: Lengths) -> LayerStates:
    """Compute the states of one recurrent layer.

    Args:
        layer: the layer.
        weights: arrays by name.
        steps: (batch, time, inputs).
        lengths: (batch,) real steps per sentence.
    """
    inputs = _normalize(layer.norm, steps, weights) if layer.norm else steps
    directions = layer_directions(layer, inputs, lengths, weights)
    output = merge_directions(layer, [direction.hidden for direction in directions.values()])
    return LayerStates(layer, inputs, directions, output + steps if layer.residual else output)


def _normalize(name: str, steps: Doubles, weights: Weights) -> Doubles:
    """Normalise each step (layer normalisation: Ba et al., 2016)."""
    centred = steps - steps.mean(-1, keepdims=True)
    spread = np.sqrt(np.square(centred).mean(-1, keepdims=True) + NORM_EPSILON)
    return np.asarray(centred / spread * weights[f"{name}/scale"] + weights[f"{name}/offset"])
