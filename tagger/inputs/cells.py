"""Recurrent cells, one record each: the equations of one step, in NumPy and as nodes of an ONNX graph.

In the equations x is the input of a step, h the hidden state and c the cell state of the previous step, h' and c' are
the next states, W is the kernel, U the recurrent kernel, b the bias, σ the logistic function, and * multiplies element
by element. Each gate has a W, U and b of its own; in the arrays they stand side by side, in Keras' order.

A new cell is a record here, a Keras layer in `network/build.py` (with equations in `network/recurrence.py` if its loop
is to be compiled), and a choice of `model.cell` in the config.

NumPy computes in double precision, so that the states shown agree with a textbook to the last digit: in single
precision the last digits of a sum depend on the order in which a processor adds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tagger.encoding.arrays import Doubles, Floats

if TYPE_CHECKING:
    from tagger.inputs.nodes import Nodes

State = tuple[Doubles, ...]  # (batch, units) each: the hidden state and, in an LSTM, the cell state
Gates = dict[str, Doubles]  # (batch, units) each, after the activation, by name


@dataclass(frozen=True, slots=True, eq=False)
class CellWeights:
    """Weights of a cell.

    Args:
        kernel: W, (inputs, gates * units).
        recurrent: U, (units, gates * units).
        bias: b, (gates * units,); in a GRU with `reset_after` (2, gates * units), one of Wx and one of Uh.
    """

    kernel: Floats
    recurrent: Floats
    bias: Floats


@dataclass(frozen=True, slots=True)
class Cell:
    """A kind of recurrent cell.

    Args:
        keras_name: name of its layer class in Keras.
        gate_names: names of its gates, the candidate included, in the order of the arrays; each is as wide as the
            units.
        states: names of its states, the hidden state first.
        gates: explanation of its number of parameters, as a phrase.
        memory: explanation of its states, as a sentence.
        compute_gates: computes the gates from x (batch, inputs), the state and the weights.
        next_state: computes the next state from the gates and the state.
        add_step: adds one step to the body of an ONNX loop, and constants that all steps share to the graph around it.
            It takes the graph, the body, a prefix of names, the names of the states, the units and `reset_after`, and
            returns the names of the next states. `{prefix}/x` (batch, gates * units) is Wx + b, `{prefix}/recurrent`
            is U, and `{prefix}/recurrent_bias` the bias of Uh, if it has one.
    """

    keras_name: str
    gate_names: tuple[str, ...]
    states: tuple[str, ...]
    gates: str
    memory: str
    compute_gates: Callable[[Doubles, State, CellWeights], Gates]
    next_state: Callable[[Gates, State], State]
    add_step: Callable[["Nodes", "Nodes", str, list[str], int, bool], list[str]]

    @property
    def n_gates(self) -> int:
        """Number of gates, the candidate included."""
        return len(self.gate_names)

    def step(self, x: Doubles, state: State, weights: CellWeights) -> State:
        """Compute the next state from x (batch, inputs), the state and the weights."""
        return self.next_state(self.compute_gates(x, state, weights), state)


SIGMOID_GATES = ("input gate", "forget gate", "output gate", "update gate", "reset gate")  # others have a tanh


def _simple_rnn_gates(x: Doubles, state: State, weights: CellWeights) -> Gates:
    """The only sum of a simple recurrent network: h' = tanh(Wx + Uh + b).

    Source: Elman (1990).
    """
    (h,) = state
    return {"activation": np.tanh(x @ weights.kernel + h @ weights.recurrent + weights.bias)}


def _simple_rnn_state(gates: Gates, state: State) -> State:
    return (gates["activation"],)


def _lstm_gates(x: Doubles, state: State, weights: CellWeights) -> Gates:
    """Gates i, f, o = σ(Wx + Uh + b) and candidate g = tanh(Wx + Uh + b) of an LSTM.

    Source: Hochreiter & Schmidhuber (1997), with the forget gate f of Gers et al. (2000).
    """
    h, _ = state
    i, f, g, o = np.split(x @ weights.kernel + h @ weights.recurrent + weights.bias, 4, axis=-1)
    return {"input gate": _sigmoid(i), "forget gate": _sigmoid(f), "candidate": np.tanh(g), "output gate": _sigmoid(o)}


def _lstm_state(gates: Gates, state: State) -> State:
    """The next state of an LSTM: c' = f * c + i * g and h' = o * tanh(c')."""
    c = gates["forget gate"] * state[1] + gates["input gate"] * gates["candidate"]
    return gates["output gate"] * np.tanh(c), c


def _gru_gates(x: Doubles, state: State, weights: CellWeights) -> Gates:
    """Gates z, r = σ(Wx + Uh + b) and candidate g = tanh(Wx + U(r * h) + b) of a GRU.

    With two biases (`reset_after`) the reset gate is applied after the product, as in cuDNN:
    g = tanh(Wx + b + r * (Uh + b')).

    Source: Cho et al. (2014).
    """
    (h,) = state
    b_x, b_h = weights.bias if weights.bias.ndim == 2 else (weights.bias, np.zeros_like(weights.bias))
    x_z, x_r, x_g = np.split(x @ weights.kernel + b_x, 3, axis=-1)
    u_z, u_r, u_g = np.split(weights.recurrent, 3, axis=-1)
    b_z, b_r, b_g = np.split(b_h, 3)
    z, r = _sigmoid(x_z + h @ u_z + b_z), _sigmoid(x_r + h @ u_r + b_r)
    g = np.tanh(x_g + (r * (h @ u_g + b_g) if weights.bias.ndim == 2 else (r * h) @ u_g))
    return {"update gate": z, "reset gate": r, "candidate": g}


def _gru_state(gates: Gates, state: State) -> State:
    """The next state of a GRU: h' = z * h + (1 - z) * g."""
    z = gates["update gate"]
    return (z * state[0] + (1 - z) * gates["candidate"],)


def _sigmoid(x: Doubles) -> Doubles:
    return np.asarray((1 + np.tanh(x / 2)) / 2)  # equals 1 / (1 + exp(-x)), but cannot overflow


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


GATE_FORMULA = "each is a weighted sum of the previous output, the input and a bias"
CELLS: dict[str, Cell] = {
    "simple_rnn": Cell(
        "SimpleRNN", ("activation",), ("hidden state",),
        gates="each unit is a weighted sum of all units' previous outputs, all inputs and a bias",
        memory="A SimpleRNN has one state: the hidden state is both its output and its memory.",
        compute_gates=_simple_rnn_gates, next_state=_simple_rnn_state, add_step=_add_simple_rnn_step,
    ),
    "lstm": Cell(
        "LSTM", ("input gate", "forget gate", "candidate", "output gate"), ("hidden state", "cell state"),
        gates=f"4: input gate, forget gate, output gate and candidate; {GATE_FORMULA}",
        memory="An LSTM has two states: the hidden state is its output, the cell state its memory.",
        compute_gates=_lstm_gates, next_state=_lstm_state, add_step=_add_lstm_step,
    ),
    "gru": Cell(
        "GRU", ("update gate", "reset gate", "candidate"), ("hidden state",),
        gates=f"3: update gate, reset gate and candidate; {GATE_FORMULA}",
        memory="A GRU has one state: the hidden state is both its output and its memory; there is no cell state.",
        compute_gates=_gru_gates, next_state=_gru_state, add_step=_add_gru_step,
    ),
}  # fmt: skip
