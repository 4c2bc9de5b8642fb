"""The calculation of a unit at a step as text: lines that can be checked with a pocket calculator."""

from collections.abc import Iterator, Sequence

from tagger.inspection.calculation import Calculation, GateSum, Term

TERMS_SHOWN = 8  # the largest; the rest is one number, unless all are wanted


def calculator_text(value: float) -> str:
    """Format a number with up to eight significant digits, as many as a pocket calculator has.

    >>> calculator_text(0.1), calculator_text(0.630313820)
    ('0.1', '0.63031382')
    """
    return f"{value + 0.0:.8g}"  # no -0


def calculation_text(calculation: Calculation, *, is_complete: bool = False) -> Iterator[str]:
    """Blocks on a unit at a step: a title, one for each gate, then the new states.

    Every line is an expression, its value, and its meaning. A sum is that of the values above it.

    Args:
        calculation: the numbers.
        is_complete: whether all terms are shown, however many there are.
    """
    where = f"{calculation.layer}, {calculation.direction}: unit {calculation.unit} at step {calculation.step}"
    yield f"{where}  {calculation.token}"
    for gate in calculation.gates:
        formula = "; σ(x) = 1 / (1 + e^-x)" if gate.activation == "σ" else ""
        yield f"{gate.name}{formula}\n{_aligned(_gate_lines(gate, is_complete))}"
    yield f"state after step {calculation.step}\n{_aligned(_state_lines(calculation))}"


def _gate_lines(gate: GateSum, is_complete: bool) -> Iterator[tuple[str, float, str]]:
    if gate.reset is not None:
        yield from _sum_lines(gate.reset_terms, gate.reset_bias, is_complete)
        yield "sum", gate.reset_total, "of the previous outputs"
        yield (
            f"{calculator_text(gate.reset)} × {calculator_text(gate.reset_total)}",
            gate.reset * gate.reset_total,
            ("reset gate × sum"),
        )
    yield from _sum_lines(gate.terms, gate.bias, is_complete)
    yield "sum", gate.total, "of all terms" if gate.reset is None else "of all values below the first sum"
    yield f"{gate.activation}({calculator_text(gate.total)})", gate.value, gate.name


def _sum_lines(terms: Sequence[Term], bias: float, is_complete: bool) -> Iterator[tuple[str, float, str]]:
    by_size = sorted(range(len(terms)), key=lambda i: -abs(terms[i].product))
    shown = sorted(by_size if is_complete else by_size[:TERMS_SHOWN])
    for i in shown:
        yield " × ".join(map(calculator_text, terms[i].factors)), terms[i].product, terms[i].source
    if len(shown) < len(terms):
        rest = sum(terms[i].product for i in by_size[TERMS_SHOWN:])
        yield "", rest, f"the other {len(terms) - len(shown)} terms, each smaller (--all shows them)"
    yield "", bias, "bias"


def _state_lines(calculation: Calculation) -> Iterator[tuple[str, float, str]]:
    values = {gate.name: gate.value for gate in calculation.gates}
    text = {name: calculator_text(value) for name, value in values.items()}
    previous, states = [*map(calculator_text, calculation.previous)], calculation.states
    match calculation.cell:
        case "lstm":
            sum_text = f"{text['forget gate']} × {previous[1]} + {text['input gate']} × {text['candidate']}"
            yield sum_text, states[1], "cell state = forget gate × previous cell state + input gate × candidate"
            product = f"{text['output gate']} × tanh({calculator_text(states[1])})"
            yield product, states[0], "hidden state = output gate × tanh(cell state)"
        case "gru":
            update = text["update gate"]
            sum_text = f"{update} × {previous[0]} + (1 - {update}) × {text['candidate']}"
            meaning = "hidden state = update gate × previous hidden state + (1 - update gate) × candidate"
            yield sum_text, states[0], meaning
        case _:
            yield text["activation"], states[0], "hidden state = activation"


def _aligned(lines: Iterator[tuple[str, float, str]]) -> str:
    rows = [(expression, calculator_text(value), meaning) for expression, value, meaning in lines]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return "\n".join(
        f"  {expression:<{widths[0]}} = {value:<{widths[1]}}  {meaning}" for expression, value, meaning in rows
    )
