"""The recurrent cells, one record each: one step as its equations, in NumPy and as nodes of an ONNX graph.

In the equations x enters at a step, h is the hidden state and c the cell state of the step before, W, U and b are the
kernel, the recurrent kernel and the bias, σ is the logistic function. A weight holds its gates side by side, in Keras'
order.

A new cell is a record here, its Keras layer in `network/build.py` (with equations in `network/recurrence.py`, if its
loop is to be compiled), and a choice of the config's `model.cell`.

NumPy computes in double precision: in single precision the last digits of a sum depend on the order in which a
processor adds, and readers compare what they see with a textbook.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tagger.encoding.arrays import Doubles, Floats

if TYPE_CHECKING:  # it loads onnx, which tagging does without
    from tagger.inputs.nodes import Nodes

State = tuple[Doubles, ...]  # (batch, units) each: the hidden state; of an LSTM the cell state too


@dataclass(frozen=True, slots=True, eq=False)
class CellWeights:
    """The weights of a cell.

    Args:
        kernel: W, (inputs, gates * units).
        recurrent: U, (units, gates * units).
        bias: b, (gates * units,); of a GRU with `reset_after` (2, gates * units): of Wx, and of Uh.
    """

    kernel: Floats
    recurrent: Floats
    bias: Floats


@dataclass(frozen=True, slots=True)
class Cell:
    """A kind of recurrent cell.

    Args:
        keras_name: the class of its layer in Keras.
        n_gates: gates and candidate, each as wide as the units.
        states: the names of its states, the hidden state first.
        gates: the factor and the sum of its parameters, explained in words.
        memory: its states, explained in a sentence.
        step: x, state and weights to the next state.
        add_step: adds one step of a layer to the body of a loop, and to the graph around it what all steps share; takes
            a prefix of names, the names of the states, the units and whether a GRU resets after the product; gives the
            names of the next states. `{prefix}/x` (batch, gates * units) is Wx + b, `{prefix}/recurrent` is U,
            `{prefix}/recurrent_bias` its own bias, if any.
    """

    keras_name: str
    n_gates: int
    states: tuple[str, ...]
    gates: str
    memory: str
    step: Callable[[Doubles, State, CellWeights], State]
    add_step: Callable[["Nodes", "Nodes", str, list[str], int, bool], list[str]]


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

    With two biases the reset gate comes after the product, as in cuDNN: g = tanh(Wx + b + r * (Uh + b')).

    Source: Cho et al. (2014).
    """
    (h,) = state
    b_x, b_h = weights.bias if weights.bias.ndim == 2 else (weights.bias, np.zeros_like(weights.bias))
    x_z, x_r, x_g = np.split(x @ weights.kernel + b_x, 3, axis=-1)
    u_z, u_r, u_g = np.split(weights.recurrent, 3, axis=-1)
    b_z, b_r, b_g = np.split(b_h, 3)
    z, r = _sigmoid(x_z + h @ u_z + b_z), _sigmoid(x_r + h @ u_r + b_r)
    g = np.tanh(x_g + (r * (h @ u_g + b_g) if weights.bias.ndim == 2 else (r * h) @ u_g))
    return (z * h + (1 - z) * g,)


def _sigmoid(x: Doubles) -> Doubles:
    return np.asarray((1 + np.tanh(x / 2)) / 2)  # 1 / (1 + exp(-x)), without its overflow


def _add_simple_rnn_step(
    graph: "Nodes", body: "Nodes", prefix: str, states: list[str], units: int, reset_after: bool
) -> list[str]:
    product = body.node("MatMul", [states[0], f"{prefix}/recurrent"], f"{prefix}/step_product")
    total = body.node("Add", [product, f"{prefix}/x"], f"{prefix}/sum")
    return [body.node("Tanh", [total], f"{prefix}/h")]


def _add_lstm_step(
    graph: "Nodes", body: "Nodes", prefix: str, states: list[str], units: int, reset_after: bool
) -> list[str]:
    hidden, cell = states
    product = body.node("MatMul", [hidden, f"{prefix}/recurrent"], f"{prefix}/step_product")
    total = body.node("Add", [product, f"{prefix}/x"], f"{prefix}/sum")
    raw_i, raw_f, raw_g, raw_o = body.split("Split", [total], [f"{prefix}/raw_{gate}" for gate in "ifgo"], axis=1)
    i, f, o = (
        body.node("Sigmoid", [raw], f"{prefix}/{gate}") for raw, gate in ((raw_i, "i"), (raw_f, "f"), (raw_o, "o"))
    )
    kept = body.node("Mul", [f, cell], f"{prefix}/kept")
    added = body.node("Mul", [i, body.node("Tanh", [raw_g], f"{prefix}/g")], f"{prefix}/added")
    cell = body.node("Add", [kept, added], f"{prefix}/c")
    return [body.node("Mul", [o, body.node("Tanh", [cell], f"{prefix}/squashed")], f"{prefix}/h"), cell]


def _add_gru_step(
    graph: "Nodes", body: "Nodes", prefix: str, states: list[str], units: int, reset_after: bool
) -> list[str]:
    (hidden,) = states
    parts = graph.constant(f"{prefix}/parts", np.array([2 * units, units], np.int64))
    x_zr, x_g = body.split("Split", [f"{prefix}/x", parts], [f"{prefix}/x_zr", f"{prefix}/x_g"], axis=1)
    if reset_after:
        product = body.node("MatMul", [hidden, f"{prefix}/recurrent"], f"{prefix}/step_product")
        total = body.node("Add", [product, f"{prefix}/recurrent_bias"], f"{prefix}/sum")
        h_zr, h_g = body.split("Split", [total, parts], [f"{prefix}/h_zr", f"{prefix}/h_g"], axis=1)
    else:
        names = [f"{prefix}/recurrent_zr", f"{prefix}/recurrent_g"]
        u_zr, u_g = graph.split("Split", [f"{prefix}/recurrent", parts], names, axis=1)
        h_zr = body.node("MatMul", [hidden, u_zr], f"{prefix}/h_zr")
    both = body.node("Sigmoid", [body.node("Add", [x_zr, h_zr], f"{prefix}/raw_zr")], f"{prefix}/zr")
    z, r = body.split("Split", [both], [f"{prefix}/z", f"{prefix}/r"], axis=1)
    if reset_after:
        h_g = body.node("Mul", [r, h_g], f"{prefix}/h_g_reset")
    else:
        h_g = body.node("MatMul", [body.node("Mul", [r, hidden], f"{prefix}/h_reset"), u_g], f"{prefix}/h_g")
    g = body.node("Tanh", [body.node("Add", [x_g, h_g], f"{prefix}/raw_g")], f"{prefix}/g")
    change = body.node("Mul", [z, body.node("Sub", [hidden, g], f"{prefix}/difference")], f"{prefix}/change")
    return [body.node("Add", [g, change], f"{prefix}/h")]


WEIGHS = "each weighs the last output, the input and a bias"
CELLS: dict[str, Cell] = {
    "simple_rnn": Cell(
        "SimpleRNN", 1, ("hidden state",),
        gates="each unit weighs every unit's last output, every input and a bias",
        memory="A SimpleRNN keeps one state: the hidden state is its output and all its memory.",
        step=simple_rnn_step, add_step=_add_simple_rnn_step,
    ),
    "lstm": Cell(
        "LSTM", 4, ("hidden state", "cell state"),
        gates=f"4: input, forget and output gate, and the candidate; {WEIGHS}",
        memory="An LSTM keeps two states: the hidden state is its output, the cell state the memory behind it.",
        step=lstm_step, add_step=_add_lstm_step,
    ),
    "gru": Cell(
        "GRU", 3, ("hidden state",),
        gates=f"3: update and reset gate, and the candidate; {WEIGHS}",
        memory="A GRU keeps one state: the hidden state is its output and all its memory; there is no cell state.",
        step=gru_step, add_step=_add_gru_step,
    ),
}  # fmt: skip
