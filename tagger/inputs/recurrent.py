"""Recurrent layers: settings, description, and a step-by-step computation in NumPy.

The computation shows the states, which ONNX Runtime does not return, and is an independent check of it in tests.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tagger.encoding.arrays import Doubles, Floats, Lengths, Weights
from tagger.inputs.cells import CELLS, CellWeights, State
from tagger.inputs.description import STEPS, Layer, Size, Weight

Merge = Literal["concat", "sum", "mul", "ave"]
PARTS = ("kernel", "recurrent", "bias")  # the weights of one direction, in Keras' order


@dataclass(frozen=True, slots=True)
class Recurrent:
    """A recurrent layer.

    Args:
        name: prefix of the names of its weights.
        cell: a key of `CELLS`.
        inputs: width of its input.
        units: width of a state of one direction.
        bidirectional: whether a second direction reads the sentence from its end.
        merge: how the outputs of the two directions are combined.
        reset_after: GRU only: the reset gate is applied after the product with the recurrent kernel, as in cuDNN.
        norm: name of the layer normalisation (Ba et al., 2016) of its input; None: the input is not normalised.
        residual: whether the input is added to the output (He et al., 2016).
    """

    name: str
    cell: str
    inputs: int
    units: int
    bidirectional: bool
    merge: Merge
    reset_after: bool
    norm: str | None = None
    residual: bool = False

    @property
    def directions(self) -> tuple[str, ...]:
        """Names of its directions."""
        return ("forward", "backward") if self.bidirectional else ("forward",)

    @property
    def width(self) -> int:
        """Width of its output."""
        return self.units * (2 if self.bidirectional and self.merge == "concat" else 1)

    @property
    def gate_width(self) -> int:
        """Width of the gates of one direction, side by side."""
        return CELLS[self.cell].n_gates * self.units

    @property
    def has_two_biases(self) -> bool:
        """Whether Uh, the product of the recurrent kernel and the state, has a bias of its own."""
        return self.cell == "gru" and self.reset_after

    def describe(self, *, inputs: Size | None = None) -> Layer:
        """Description of the layer; `inputs` replaces its input width, for example by a name if it is not known."""
        inputs = self.inputs if inputs is None else inputs
        cell, bias = CELLS[self.cell], (2, self.gate_width) if self.has_two_biases else (self.gate_width,)
        shapes = {"kernel": (inputs, self.gate_width), "recurrent": (self.units, self.gate_width), "bias": bias}
        directions = "2 × " if self.bidirectional else ""
        gates = f"{cell.n_gates} × " if cell.n_gates > 1 else ""
        notes = [
            cell.gates,
            "with reset_after the input and the previous output have a bias each, hence + 2"
            if self.has_two_biases
            else "",
            "2 ×, since each direction has its own weights" if self.bidirectional else "",
            "the input is added to the output" if self.residual else "",
        ]
        return Layer(
            name=self.name,
            kind=("Bidirectional " if self.bidirectional else "") + cell.keras_name,
            input=(*STEPS, inputs),
            output=(*STEPS, self.width),
            weights=tuple(
                Weight(f"{self.name}/{direction}/{part}", shapes[part])
                for direction in self.directions
                for part in PARTS
            ),
            symbolic_formula=f"{directions}{gates}(units + inputs + {1 + self.has_two_biases}) × units",
            sizes=(("units", self.units), ("inputs", inputs)),
            note="; ".join(filter(None, notes)),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Direction:
    """States of one direction of a layer.

    Args:
        hidden: (batch, time, units) hidden state at each step; undefined after a sentence's end.
        cell: (batch, time, units) cell state at each step; None if the cell has none.
        final: states after the last step that the direction reads, (batch, units) each; the backward direction ends at
            the first step of a sentence.
    """

    hidden: Doubles
    cell: Doubles | None
    final: State


def layer_directions(
    layer: Recurrent, steps: Floats | Doubles, lengths: Lengths, weights: Weights
) -> dict[str, Direction]:
    """Compute the states of each direction of a layer.

    Args:
        layer: settings of the layer.
        steps: (batch, time, inputs) right-padded; padding is ignored, and may be NaN.
        lengths: (batch,) steps per sentence.
        weights: weights of the whole network.
    """
    directions: dict[str, Direction] = {}
    for direction in layer.directions:
        cell_weights = CellWeights(*(weights[f"{layer.name}/{direction}/{part}"] for part in PARTS))
        directions[direction] = _run(
            layer, np.asarray(steps, np.float64), lengths, cell_weights, is_backward=direction == "backward"
        )
    return directions


def _run(layer: Recurrent, steps: Doubles, lengths: Lengths, weights: CellWeights, *, is_backward: bool) -> Direction:
    """Run one direction over the steps; padding leaves the state unchanged."""
    n_rows, time, _ = steps.shape
    cell = CELLS[layer.cell]
    state: State = (np.zeros((n_rows, layer.units)),) * len(cell.states)
    history = [np.zeros((n_rows, time, layer.units)) for _ in state]
    for t in reversed(range(time)) if is_backward else range(time):
        is_step = (t < lengths)[:, None]
        next_state = cell.step(np.where(is_step, steps[:, t], 0), state, weights)
        state = tuple(np.where(is_step, new, old) for new, old in zip(next_state, state, strict=True))
        for all_steps, part in zip(history, state, strict=True):
            all_steps[:, t] = part
    return Direction(history[0], history[1] if len(history) == 2 else None, state)


def merge_directions(layer: Recurrent, parts: list[Doubles]) -> Doubles:
    """Combine the outputs of the directions, (…, units) each, to (…, width)."""
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
