"""The recurrent cells in NumPy: one step of each as its equations, then a layer as its steps, one after the other.

It shows the states that ONNX Runtime keeps to itself, and holds that engine to account in tests. In the equations x is
what enters at a step, h the hidden state and c the cell state of the step before, W, U and b the kernel, the recurrent
kernel and the bias, σ the logistic function. A weight holds its gates side by side, in the order that Keras has.

Everything is computed in double precision: in single precision the last digits of a sum depend on the order in which a
processor adds, and readers compare what they see with a textbook.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tagger.encoding.batches import Doubles, Floats, Lengths
from tagger.tagging.architecture import Cell, Recurrent

if TYPE_CHECKING:  # the graph's module loads onnx
    from tagger.tagging.graph import Weights

State = tuple[Doubles, ...]  # (batch, units) each: the hidden state; of an LSTM the cell state too
N_STATES: dict[Cell, int] = {"simple_rnn": 1, "lstm": 2, "gru": 1}


@dataclass(frozen=True, slots=True, eq=False)
class CellWeights:
    """What a cell has learned.

    Args:
        kernel: W, (inputs, gates * units).
        recurrent: U, (units, gates * units).
        bias: b, (gates * units,); of a GRU with `reset_after` (2, gates * units): of Wx, and of Uh.
    """

    kernel: Floats
    recurrent: Floats
    bias: Floats


def simple_rnn_step(x: Doubles, state: State, weights: CellWeights) -> State:
    """No gates: h' = tanh(Wx + Uh + b) (Elman, 1990)."""
    (h,) = state
    return (np.tanh(x @ weights.kernel + h @ weights.recurrent + weights.bias),)


def lstm_step(x: Doubles, state: State, weights: CellWeights) -> State:
    """Gates i, f, o = σ(Wx + Uh + b), candidate g = tanh(Wx + Uh + b); c' = f * c + i * g; h' = o * tanh(c').

    Source: Hochreiter & Schmidhuber (1997), with the forget gate f of Gers et al. (2000).
    """
    h, c = state
    i, f, g, o = np.split(x @ weights.kernel + h @ weights.recurrent + weights.bias, 4, axis=-1)
    c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
    return _sigmoid(o) * np.tanh(c), c


def gru_step(x: Doubles, state: State, weights: CellWeights) -> State:
    """Gates z, r = σ(Wx + Uh + b), candidate g = tanh(Wx + U(r * h) + b); h' = z * h + (1 - z) * g.

    Source: Cho et al. (2014).
    """
    (h,) = state
    x_z, x_r, x_g = np.split(x @ weights.kernel + weights.bias, 3, axis=-1)
    u_z, u_r, u_g = np.split(weights.recurrent, 3, axis=-1)
    z, r = _sigmoid(x_z + h @ u_z), _sigmoid(x_r + h @ u_r)
    g = np.tanh(x_g + (r * h) @ u_g)
    return (z * h + (1 - z) * g,)


def gru_reset_after_step(x: Doubles, state: State, weights: CellWeights) -> State:
    """As `gru_step`, but g = tanh(Wx + b + r * (Uh + b')): the reset gate comes after the product, as in cuDNN."""
    (h,) = state
    b_x, b_h = weights.bias
    x_z, x_r, x_g = np.split(x @ weights.kernel + b_x, 3, axis=-1)
    h_z, h_r, h_g = np.split(h @ weights.recurrent + b_h, 3, axis=-1)
    z, r = _sigmoid(x_z + h_z), _sigmoid(x_r + h_r)
    g = np.tanh(x_g + r * h_g)
    return (z * h + (1 - z) * g,)


def _sigmoid(x: Doubles) -> Doubles:
    return np.asarray((1 + np.tanh(x / 2)) / 2)  # 1 / (1 + exp(-x)), without its overflow


Step = Callable[[Doubles, State, CellWeights], State]
STEPS: dict[Cell, Step] = {"simple_rnn": simple_rnn_step, "lstm": lstm_step, "gru": gru_step}


@dataclass(frozen=True, slots=True, eq=False)
class Direction:
    """All states of a layer in one direction.

    Args:
        hidden: (batch, time, units) at each step; undefined after a sentence's end.
        cell: the same of the cell state; None where the cell has none.
        final: what the direction ended with, (batch, units) each: forward after a sentence's last step, backward after
            its first.
    """

    hidden: Doubles
    cell: Doubles | None
    final: State


def layer_directions(
    layer: Recurrent, steps: Floats | Doubles, lengths: Lengths, weights: "Weights"
) -> dict[str, Direction]:
    """The states of a recurrent layer, by direction.

    Args:
        layer: what it does.
        steps: (batch, time, inputs) right-padded; what stands after a sentence's end is never read.
        lengths: (batch,) steps of each sentence.
        weights: of all layers, by name, as `build_graphs` takes them.
    """
    step = gru_reset_after_step if layer.cell == "gru" and layer.reset_after else STEPS[layer.cell]
    found: dict[str, Direction] = {}
    for direction in layer.directions:
        of_cell = CellWeights(
            *(weights[f"{layer.name}/{direction}/{part}"] for part in ("kernel", "recurrent", "bias"))
        )
        start = (np.zeros((len(steps), layer.units)),) * N_STATES[layer.cell]
        entering = np.asarray(steps, np.float64)
        found[direction] = _read(step, entering, lengths, start, of_cell, is_backward=direction == "backward")
    return found


def _read(
    step: Step, steps: Doubles, lengths: Lengths, state: State, weights: CellWeights, *, is_backward: bool
) -> Direction:
    """Takes the steps from the first on, or from the last on; at padding the state stays as it is."""
    n_rows, time, _ = steps.shape
    history = [np.zeros((n_rows, time, part.shape[-1])) for part in state]
    for t in reversed(range(time)) if is_backward else range(time):
        is_step = (t < lengths)[:, None]
        after = step(np.where(is_step, steps[:, t], 0), state, weights)
        state = tuple(np.where(is_step, new, old) for new, old in zip(after, state, strict=True))
        for of_all_steps, part in zip(history, state, strict=True):
            of_all_steps[:, t] = part
    return Direction(history[0], history[1] if len(history) == 2 else None, state)


def merged(layer: Recurrent, parts: list[Doubles]) -> Doubles:
    """The outputs of a layer's directions as one, (…, units) each to (…, width)."""
    if len(parts) == 1:
        return parts[0]
    forward, backward = parts
    match layer.merge:
        case "concat":
            return np.concatenate([forward, backward], axis=-1)
        case "sum":
            return forward + backward
        case "mul":
            return forward * backward
        case "ave":
            return np.asarray((forward + backward) / 2)


def layer_output(layer: Recurrent, directions: dict[str, Direction]) -> Doubles:
    """(batch, time, width) what a layer gives at every step, its directions merged."""
    return merged(layer, [direction.hidden for direction in directions.values()])


def returned(
    layer: Recurrent, directions: dict[str, Direction], *, return_sequences: bool, return_state: bool
) -> list[Doubles]:
    """The arrays that Keras gives for a layer with these two switches, in its order.

    Without `return_sequences` the output is (batch, width): each direction's final hidden state, merged. The states are
    (batch, units) each, the forward direction's first, and never merged.
    """
    if return_sequences:
        output = layer_output(layer, directions)
    else:
        output = merged(layer, [direction.final[0] for direction in directions.values()])
    states = [part for direction in directions.values() for part in direction.final]
    return [output, *states] if return_state else [output]
