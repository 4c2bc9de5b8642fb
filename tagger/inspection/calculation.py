"""One unit of a recurrent layer at one step: each number that its gates and its next state are made of."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tagger.encoding.arrays import Doubles, Floats
from tagger.errors import DataError
from tagger.inputs.cells import CELLS, SIGMOID_GATES
from tagger.inspection.gates import previous_states
from tagger.inspection.steps import LayerSteps, SentenceSteps


@dataclass(frozen=True, slots=True)
class Term:
    """A summand of a gate: the product of its factors.

    Args:
        source: where it comes from, such as "input 2" or "previous output 1".
        factors: a weight, and the number that it weighs; or a weight, the reset gate and a number.
    """

    source: str
    factors: tuple[float, ...]

    @property
    def product(self) -> float:
        """The product of the factors."""
        return float(np.prod(self.factors))


@dataclass(frozen=True, slots=True)
class GateSum:
    """A gate of one unit: its activation of a sum.

    Args:
        name: the gate.
        terms: weights times inputs, and weights times previous outputs, unless these are in `reset_terms`.
        bias: the bias.
        reset: the reset gate, if it multiplies a sum of its own (GRU with `reset_after`); None: there is no such sum.
        reset_terms: the terms of that sum: weights times previous outputs.
        reset_bias: its bias.
        value: the gate after the activation.
    """

    name: str
    terms: tuple[Term, ...]
    bias: float
    reset: float | None
    reset_terms: tuple[Term, ...]
    reset_bias: float
    value: float

    @property
    def activation(self) -> str:
        """`σ` or `tanh`."""
        return "σ" if self.name in SIGMOID_GATES else "tanh"

    @property
    def reset_total(self) -> float:
        """The sum that the reset gate multiplies; 0 without one."""
        return sum(term.product for term in self.reset_terms) + self.reset_bias

    @property
    def total(self) -> float:
        """The sum before the activation."""
        return sum(term.product for term in self.terms) + self.bias + (self.reset or 0.0) * self.reset_total


@dataclass(frozen=True, slots=True)
class Calculation:
    """The calculation of one unit at one step.

    Args:
        layer: name of the layer.
        cell: a key of `CELLS`.
        direction: `forward` or `backward`.
        step: the step, from 1.
        unit: the unit, from 1.
        token: the token of the step.
        gates: its gates, in the order of the arrays.
        previous: its states before the step: hidden state and, in an LSTM, cell state.
        states: its states after the step.
    """

    layer: str
    cell: str
    direction: str
    step: int
    unit: int
    token: str
    gates: tuple[GateSum, ...]
    previous: tuple[float, ...]
    states: tuple[float, ...]


def calculations(steps: SentenceSteps, step: int, unit: int, input_names: Sequence[str] = ()) -> list[Calculation]:
    """Collect the calculation of a unit at a step, for each layer and direction that has this unit.

    Args:
        steps: the states of a sentence.
        step: the step, from 1.
        unit: the unit, from 1.
        input_names: names of the inputs of the first layer; empty: they are numbered.

    Raises:
        DataError: the sentence has no such step, or no layer has such a unit.
    """
    if not 1 <= step <= len(steps.tokens):
        raise DataError(f"--step {step}: the sentence has the steps 1 to {len(steps.tokens)}")
    most = max(layer.layer.units for layer in steps.layers)
    if not 1 <= unit <= most:
        raise DataError(f"--unit {unit}: the layers have the units 1 to {most}")
    return [
        _calculation(layer, direction, step, unit, steps.tokens[step - 1], names)
        for layer, names in zip(steps.layers, _names(steps, input_names), strict=True)
        if unit <= layer.layer.units
        for direction in layer.layer.directions
    ]


def _names(steps: SentenceSteps, input_names: Sequence[str]) -> list[Sequence[str]]:
    """Names of the inputs of each layer: those of the first, then the outputs of the layer below."""
    first = input_names or [f"input {i}" for i in range(1, steps.layers[0].inputs.shape[1] + 1)]
    below = [layer.layer for layer in steps.layers[:-1]]
    return [first, *([f"{layer.name} output {i}" for i in range(1, layer.width + 1)] for layer in below)]


def _calculation(
    layer: LayerSteps, direction: str, step: int, unit: int, token: str, names: Sequence[str]
) -> Calculation:
    cell, weights = CELLS[layer.layer.cell], layer.weights[direction]
    x = layer.inputs[step - 1]
    previous = tuple(state[step - 1] for state in previous_states(layer, direction))
    values = {
        name: gate[0]
        for name, gate in cell.compute_gates(x[None], tuple(state[None] for state in previous), weights).items()
    }
    biases = np.atleast_2d(weights.bias)
    gates = []
    for i, name in enumerate(cell.gate_names):
        column = i * layer.layer.units + unit - 1
        recurrent = weights.recurrent[:, column]
        is_reset = layer.layer.cell == "gru" and name == "candidate"
        has_own_sum = is_reset and layer.layer.has_two_biases
        factors = [values["reset gate"]] if is_reset and not has_own_sum else []
        names_of_outputs = [f"previous output {j}" for j in range(1, len(recurrent) + 1)]
        outputs = _terms(names_of_outputs, recurrent, *factors, previous[0])
        gates.append(
            GateSum(
                name,
                terms=(*_terms(names, weights.kernel[:, column], x), *(() if has_own_sum else outputs)),
                bias=float(biases[:, column].sum() if not has_own_sum else biases[0, column]),
                reset=float(values["reset gate"][unit - 1]) if has_own_sum else None,
                reset_terms=outputs if has_own_sum else (),
                reset_bias=float(biases[1, column]) if has_own_sum else 0.0,
                value=float(values[name][unit - 1]),
            )
        )
    return Calculation(
        layer.layer.name,
        layer.layer.cell,
        direction,
        step,
        unit,
        token,
        tuple(gates),
        previous=tuple(float(state[unit - 1]) for state in previous),
        states=tuple(
            float(series.values[step - 1, unit - 1]) for series in layer.states if series.direction == direction
        ),
    )


def _terms(names: Sequence[str], *factors: Doubles | Floats) -> tuple[Term, ...]:
    """The terms of a sum, from arrays of as many factors as names."""
    rows = zip(*(values.tolist() for values in factors), strict=True)
    return tuple(Term(name, row) for name, row in zip(names, rows, strict=True))
