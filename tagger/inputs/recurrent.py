"""A recurrent layer: its sizes, its description, and in NumPy its steps, one after the other.

NumPy shows the states that ONNX Runtime keeps to itself, and holds that engine to account in tests.
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
        name: the prefix of its weights' names.
        cell: a key of `CELLS`.
        inputs: numbers that enter at each step.
        units: numbers in a state of one direction.
        bidirectional: whether a second direction reads from the end.
        merge: how the outputs of the two directions become one.
        reset_after: GRU only: the reset gate is applied after the product with the recurrent weights, as in cuDNN.
        norm: the name of the layer normalisation (Ba et al., 2016) of what enters; None: there is none.
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
        """The names of its directions."""
        return ("forward", "backward") if self.bidirectional else ("forward",)

    @property
    def width(self) -> int:
        """Numbers that leave at each step."""
        return self.units * (2 if self.bidirectional and self.merge == "concat" else 1)

    @property
    def gate_width(self) -> int:
        """Numbers that enter the gates of one direction at each step."""
        return CELLS[self.cell].n_gates * self.units

    @property
    def has_two_biases(self) -> bool:
        """Whether the recurrent product has a bias of its own."""
        return self.cell == "gru" and self.reset_after

    def describe(self, *, inputs: Size | None = None) -> Layer:
        """The layer on paper; `inputs` stands in place of its own number where that is not known."""
        inputs = self.inputs if inputs is None else inputs
        cell, bias = CELLS[self.cell], (2, self.gate_width) if self.has_two_biases else (self.gate_width,)
        shapes = {"kernel": (inputs, self.gate_width), "recurrent": (self.units, self.gate_width), "bias": bias}
        directions = "2 × " if self.bidirectional else ""
        gates = f"{cell.n_gates} × " if cell.n_gates > 1 else ""
        notes = [
            cell.gates,
            "with reset_after the input and the last output have a bias each, hence + 2" if self.has_two_biases else "",
            "twice, as each direction has weights of its own" if self.bidirectional else "",
            "what enters is added to what leaves" if self.residual else "",
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
            letters=f"{directions}{gates}(units + inputs + {1 + self.has_two_biases}) × units",
            sizes=(("units", self.units), ("inputs", inputs)),
            note="; ".join(filter(None, notes)),
        )


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
    layer: Recurrent, steps: Floats | Doubles, lengths: Lengths, weights: Weights
) -> dict[str, Direction]:
    """The states of a recurrent layer, by direction.

    Args:
        layer: what it does.
        steps: (batch, time, inputs) right-padded; what stands after a sentence's end is never read.
        lengths: (batch,) steps of each sentence.
        weights: of all layers, by name.
    """
    directions: dict[str, Direction] = {}
    for direction in layer.directions:
        cell_weights = CellWeights(*(weights[f"{layer.name}/{direction}/{part}"] for part in PARTS))
        directions[direction] = _read(
            layer, np.asarray(steps, np.float64), lengths, cell_weights, is_backward=direction == "backward"
        )
    return directions


def _read(layer: Recurrent, steps: Doubles, lengths: Lengths, weights: CellWeights, *, is_backward: bool) -> Direction:
    """Take the steps from the first on, or from the last on; at padding the state stays as it is."""
    n_rows, time, _ = steps.shape
    cell = CELLS[layer.cell]
    state: State = (np.zeros((n_rows, layer.units)),) * len(cell.states)
    history = [np.zeros((n_rows, time, layer.units)) for _ in state]
    for t in reversed(range(time)) if is_backward else range(time):
        is_step = (t < lengths)[:, None]
        after = cell.step(np.where(is_step, steps[:, t], 0), state, weights)
        state = tuple(np.where(is_step, new, old) for new, old in zip(after, state, strict=True))
        for all_steps, part in zip(history, state, strict=True):
            all_steps[:, t] = part
    return Direction(history[0], history[1] if len(history) == 2 else None, state)


def merge_directions(layer: Recurrent, parts: list[Doubles]) -> Doubles:
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
