"""A reference network: the equations of the cells in NumPy, one step at a time, in double precision."""

from collections.abc import Callable
from typing import Any

import numpy as np

from tagger.encoding.arrays import Array, Doubles, Floats, Ids, Weights
from tagger.inputs.affixes import Affix
from tagger.inputs.casing import CASINGS, Casing
from tagger.inputs.characters import Characters
from tagger.inputs.columns import ColumnInput
from tagger.inputs.numbers import Numbers
from tagger.inputs.recurrent import Recurrent
from tagger.inputs.words import WordInput
from tagger.tagging.architecture import NORM_EPSILON, Architecture


def sigmoid(x: Doubles) -> Doubles:
    return np.asarray(1 / (1 + np.exp(-x)))


def states(layer: Recurrent, steps: Doubles, kernel: Floats, recurrent: Floats, bias: Floats) -> Doubles:
    """States of a layer in one direction: (time, inputs) to (time, units), with weights in Keras' order.

    LSTM: i, f, c, o of Hochreiter & Schmidhuber (1997) with the forget gate of Gers et al. (2000);
    GRU: z, r, h of Cho et al. (2014), the reset gate before or after the recurrent product.
    """
    hidden, cell, hidden_states = np.zeros(layer.units), np.zeros(layer.units), []
    for step in steps:
        if layer.cell == "simple_rnn":
            hidden = np.tanh(step @ kernel + hidden @ recurrent + bias)
        elif layer.cell == "lstm":
            i, f, c, o = np.split(step @ kernel + hidden @ recurrent + bias, 4)
            cell = sigmoid(f) * cell + sigmoid(i) * np.tanh(c)
            hidden = sigmoid(o) * np.tanh(cell)
        else:
            input_bias, recurrent_bias = bias if layer.reset_after else (bias, np.zeros_like(bias))
            z, r, h = np.split(step @ kernel + input_bias, 3)
            z_kernel, r_kernel, h_kernel = np.split(recurrent, 3, axis=1)
            z_bias, r_bias, h_bias = np.split(recurrent_bias, 3)
            z = sigmoid(z + hidden @ z_kernel + z_bias)
            r = sigmoid(r + hidden @ r_kernel + r_bias)
            if layer.reset_after:
                candidate = np.tanh(h + r * (hidden @ h_kernel + h_bias))
            else:
                candidate = np.tanh(h + (r * hidden) @ h_kernel)
            hidden = z * hidden + (1 - z) * candidate
        hidden_states.append(hidden)
    return np.stack(hidden_states)


def characters_by_hand(characters: Characters, weights: Weights, ids: Ids) -> Doubles:
    """Vector of one word, (width,)."""
    steps = weights["characters"][ids].astype(np.float64)
    if characters.encoder == "lstm":
        last = []
        for direction, order in (("forward", 1), ("backward", -1)):
            layer_weights = (weights[f"characters/{direction}/{weight}"] for weight in ("kernel", "recurrent", "bias"))
            last.append(states(characters.lstm, steps[::order], *layer_weights)[-1])
        return np.concatenate(last)
    padded = np.pad(steps, ((1, 1), (0, 0)))
    filters = [np.einsum("kd,kdu->u", padded[i : i + 3], weights["characters/kernel"]) for i in range(len(ids))]
    return np.asarray(np.maximum(np.stack(filters) + weights["characters/bias"], 0).max(0))


def _input_vectors(network_input: Any, weights: Weights, inputs: dict[str, Array], row: int, length: int) -> Array:
    """Vectors of one input for one sentence of a batch, (length, width)."""
    if isinstance(network_input, Characters):
        forms = inputs["forms"][row, :length]
        words = zip(inputs["characters"][forms], inputs["form_lengths"][forms], strict=True)
        return np.stack([characters_by_hand(network_input, weights, ids[:n]) for ids, n in words])
    values = inputs[network_input.name][row, :length]
    match network_input:
        case Numbers():
            return values
        case Casing():
            return np.asarray(np.eye(len(CASINGS) + 1)[values.astype(int), 1:])
        case WordInput(dim=None):
            return np.asarray(np.eye(len(network_input.vocabulary))[values.astype(int), 2:])
        case WordInput() | Affix() | ColumnInput():
            return np.asarray(weights[network_input.name][values.astype(int)])
    raise ValueError(network_input)


def logits_by_hand(
    architecture: Architecture, weights: Weights, inputs: dict[str, Array], row: int, length: int
) -> dict[str, Doubles]:
    """Logits of each head for one sentence of a batch, (length, tags) or (1, labels)."""
    parts = [_input_vectors(each, weights, inputs, row, length) for each in architecture.inputs]
    steps = np.concatenate(parts, axis=1, dtype=np.float64)
    merges: dict[str, Callable[[Doubles, Doubles], Any]]
    merges = {
        "sum": np.add,
        "mul": np.multiply,
        "ave": lambda a, b: (a + b) / 2,
        "concat": lambda *both: np.concatenate(both, -1),
    }
    for i, layer in enumerate(architecture.layers, 1):
        layer_input, both = steps, []
        if layer.norm:
            centred = steps - steps.mean(-1, keepdims=True)
            steps = centred / np.sqrt(np.square(centred).mean(-1, keepdims=True) + NORM_EPSILON)
            steps = steps * weights[f"norm_{i}/scale"] + weights[f"norm_{i}/offset"]
        for direction in layer.directions:
            name = f"{layer.cell}_{i}/{direction}"
            order = slice(None, None, -1 if direction == "backward" else None)
            layer_weights = (weights[f"{name}/{weight}"] for weight in ("kernel", "recurrent", "bias"))
            both.append(states(layer, steps[order], *layer_weights)[order])
        steps = merges[layer.merge](*both) if layer.bidirectional else both[0]
        steps = steps + layer_input if layer.residual else steps
    ends = [outputs[-1 if i == 0 else 0] for i, outputs in enumerate(both)]
    read: dict[str | None, Doubles] = {
        None: steps,
        "last": np.array([merges[layer.merge](*ends) if layer.bidirectional else ends[0]]),
        "mean": np.array([sum(steps) / length]),
        "max": np.array([[max(column) for column in steps.T]]),
    }
    return {
        head.name: read[head.pool] @ weights[f"{head.name}/kernel"] + weights[f"{head.name}/bias"]
        for head in architecture.heads
    }
