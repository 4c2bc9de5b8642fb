"""What a network is made of, as plain data: Keras builds it, ONNX repeats it, and it counts its own parameters."""

from dataclasses import dataclass
from typing import Literal

from tagger.encoding.casing import CASINGS

Cell = Literal["simple_rnn", "lstm", "gru"]
Merge = Literal["concat", "sum", "mul", "ave"]

GATES = {"simple_rnn": 1, "lstm": 4, "gru": 3}


@dataclass(frozen=True, slots=True)
class Words:
    """The input of word ids.

    Args:
        n_ids: known words, padding and unknown.
        dim: of the vectors that are learned; None: one-hot, as wide as the known words, unknown and padding zero.
    """

    n_ids: int
    dim: int | None

    @property
    def width(self) -> int:
        """Numbers that a word becomes."""
        return self.n_ids - 2 if self.dim is None else self.dim

    @property
    def n_parameters(self) -> int:
        """Numbers that are learned."""
        return 0 if self.dim is None else self.n_ids * self.dim


@dataclass(frozen=True, slots=True)
class Recurrent:
    """A recurrent layer.

    Args:
        name: by which its weights are found.
        inputs: numbers that come in at each step.
        merge: how the two directions become one; it counts only where there are two.
        reset_after: GRU only: the reset gate is applied after the product with the recurrent weights, as cuDNN does.
    """

    name: str
    cell: Cell
    inputs: int
    units: int
    bidirectional: bool
    merge: Merge
    reset_after: bool

    @property
    def directions(self) -> tuple[str, ...]:
        """The names of its directions."""
        return ("forward", "backward") if self.bidirectional else ("forward",)

    @property
    def width(self) -> int:
        """Numbers that go out at each step."""
        return self.units * (2 if self.bidirectional and self.merge == "concat" else 1)

    @property
    def n_parameters(self) -> int:
        """Gates × (units + inputs + biases) × units, once per direction."""
        biases = 2 if self.cell == "gru" and self.reset_after else 1
        return len(self.directions) * GATES[self.cell] * (self.units + self.inputs + biases) * self.units


@dataclass(frozen=True, slots=True)
class Architecture:
    """A tagger's network: inputs side by side, recurrent layers, and a dense softmax head at every step.

    Args:
        words: None where words do not enter.
        casing: whether the class of casing enters, one-hot.
        n_numbers: numeric columns.
        cell, units, bidirectional, merge, reset_after: as in the config's [model].
        n_tags: width of the head.
    """

    words: Words | None
    casing: bool
    n_numbers: int
    cell: Cell
    units: tuple[int, ...]
    bidirectional: bool
    merge: Merge
    reset_after: bool
    n_tags: int

    @property
    def input_width(self) -> int:
        """Numbers that enter the first recurrent layer at each step."""
        return (self.words.width if self.words else 0) + (len(CASINGS) if self.casing else 0) + self.n_numbers

    @property
    def layers(self) -> tuple[Recurrent, ...]:
        """The recurrent layers, from the input up."""
        layers: list[Recurrent] = []
        for i, units in enumerate(self.units, 1):
            inputs = layers[-1].width if layers else self.input_width
            layers.append(
                Recurrent(
                    f"{self.cell}_{i}", self.cell, inputs, units, self.bidirectional, self.merge, self.reset_after
                )
            )
        return tuple(layers)

    def table(self) -> list[tuple[str, int, int]]:
        """Each layer's name, width and number of parameters."""
        rows: list[tuple[str, int, int]] = []
        if self.words:
            rows.append(("words", self.words.width, self.words.n_parameters))
        if self.casing:
            rows.append(("casing", len(CASINGS), 0))
        if self.n_numbers:
            rows.append(("numbers", self.n_numbers, 0))
        rows += [(layer.name, layer.width, layer.n_parameters) for layer in self.layers]
        return [*rows, ("head", self.n_tags, (self.layers[-1].width + 1) * self.n_tags)]

    @property
    def n_parameters(self) -> int:
        """Numbers that are learned, in all layers."""
        return sum(n_parameters for _, _, n_parameters in self.table())
