"""Gates, weights, and the calculation of a unit, which a reader can check with a pocket calculator."""

import math
import re
from pathlib import Path

import numpy as np
import pytest

from tagger.inputs.cells import CELLS
from tagger.inspection.gates import layer_gates, previous_states
from tagger.inspection.steps import sentence_steps
from tagger.inspection.subject import model_subject, subject_of
from tests import ROOT
from tests.bundles import save_context_bundle, save_numbers_bundle
from tests.inspection.test_inspect import CONFIGS, inspect, inspected

STEPS = "0.5 -1.25 3\n0.125 2 -0.75\n-1 0.3 0.6\n"
LAYERS = [
    "simple_rnn units=2 inputs=3",
    "lstm units=2 inputs=3 bidirectional=true",
    "gru units=2 inputs=3 bidirectional=true",
    "gru units=2 inputs=3 reset_after=false",
    "lstm units=30,3 inputs=3",
    "gru units=30 inputs=3",
]
NUMBER = r"-?[\d.]+(?:e[+-]\d+)?"


@pytest.fixture
def steps_file(tmp_path: Path) -> Path:
    path = tmp_path / "steps.txt"
    path.write_text(STEPS)
    return path


class PrintedNumber:
    """A printed number with half a unit of its eighth digit, and calculations with such numbers."""

    def __init__(self, value: float, error: float) -> None:
        self.value, self.error = value, error

    def __add__(self, other: "PrintedNumber") -> "PrintedNumber":
        return PrintedNumber(self.value + other.value, self.error + other.error)

    def __mul__(self, other: "PrintedNumber") -> "PrintedNumber":
        error = abs(self.value) * other.error + abs(other.value) * self.error + self.error * other.error
        return PrintedNumber(self.value * other.value, error)

    def agrees(self, other: "PrintedNumber") -> bool:
        return abs(self.value - other.value) <= self.error + other.error + 1e-15


def printed(text: str) -> PrintedNumber:
    value = float(text)
    return PrintedNumber(value, 0.5 * 10 ** (math.floor(math.log10(abs(value))) - 7) if value else 0.0)


def computed(expression: str) -> PrintedNumber:
    """The value of sums and products of numbers, σ(number), tanh(number) and (1 - number)."""
    total = PrintedNumber(0, 0)
    for product in expression.split(" + "):
        result = PrintedNumber(1, 0)
        for factor in product.split(" × "):
            function, number = re.fullmatch(rf"(σ\(|tanh\(|\(1 - |)({NUMBER})\)?", factor).groups()  # type: ignore[union-attr]
            value = printed(number)
            if function == "σ(":
                value = PrintedNumber(1 / (1 + math.exp(-value.value)), value.error / 4)
            elif function == "tanh(":
                value = PrintedNumber(math.tanh(value.value), value.error)
            elif function:
                value = PrintedNumber(1 - value.value, value.error)
            result *= value
        total += result
    return total


def check_with_a_calculator(text: str) -> dict[str, PrintedNumber]:
    """Compute each line again, and return the values by their meaning."""
    lines = re.findall(rf"^  (.*?) += ({NUMBER}) +(.*)$", text, re.MULTILINE)
    total, values = PrintedNumber(0, 0), {}
    for expression, number, meaning in lines:
        value, again = printed(number), total if expression == "sum" else None
        if expression.strip() and expression != "sum":
            again = computed(expression)
        assert again is None or again.agrees(value), (expression, number, meaning)
        assert again is None or again.error < 1e-5  # the check is sharp
        total = PrintedNumber(0, 0) if expression == "sum" else total + value
        total = PrintedNumber(0, 0) if expression.startswith(("σ", "tanh")) else total
        values[meaning.partition(" = ")[0]] = value
    return values


@pytest.mark.parametrize("step", [1, 3])
@pytest.mark.parametrize("layer", LAYERS)
def test_every_printed_number_of_a_unit_follows_from_the_printed_ones_before_it(steps_file, layer, step):
    options = ("--layer", layer, "--input", steps_file, "--seed", 3)

    text = inspect(*options, "--step", step, "--unit", 2).stdout
    layers = inspected(*options)["steps"]["layers"]

    parts = re.split(r"\n\n(?=\w+, (?:for|back)ward: unit)", text)[1:]
    hidden = [series for each in layers for series in each["states"] if series["state"] == "hidden"]
    assert len(parts) == len(hidden)
    for part, series in zip(parts, hidden, strict=True):
        assert check_with_a_calculator(part)["hidden state"].agrees(PrintedNumber(series["values"][step - 1][1], 1e-8))


def test_all_terms_are_shown_if_asked_for(steps_file):
    options = ("--layer", "lstm units=30 inputs=3", "--input", steps_file, "--step", 3)

    short, long = inspect(*options).stdout, inspect(*options, "--all").stdout

    assert short.count("the other 25 terms, each smaller") == 4
    assert "each smaller" not in long
    assert long.count(" previous output ") == 4 * 30
    assert check_with_a_calculator(long).keys() >= {"forget gate", "cell state", "hidden state"}


def test_calculation_names_words_and_numbers(tmp_path):
    words = inspect(CONFIGS / "svo-tiny.toml", "John loves", "--step", 2).stdout
    (tmp_path / "steps.txt").write_text("1 2\n")
    numbers = inspect(save_numbers_bundle(tmp_path / "b"), "-i", tmp_path / "steps.txt", "--step", 1).stdout

    assert re.search(r"× 1 += .* word loves$", words, re.MULTILINE)
    assert re.search(r"^  1 × 0 .* channel x$", numbers, re.MULTILINE)


def test_calculation_in_json_has_all_terms(tmp_path):
    model = save_context_bundle(tmp_path / "bundle")

    output = inspected(model, "the cat", "--step", 2, "--unit", 4)

    first, *_ = output["calculations"]
    assert [each["direction"] for each in output["calculations"]] == ["forward", "backward"]  # layer 2 has 3 units
    gate = first["gates"][1]
    assert gate["name"] == "forget gate"
    total = sum(term["product"] for term in gate["terms"]) + gate["bias"]
    assert gate["sum"] == pytest.approx(total, abs=1e-7)
    assert first["states"][0] == output["steps"]["layers"][0]["states"][0]["values"][1][3]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--step", 4), "--step 4: the sentence has the steps 1 to 3"),
        (("--step", 0), "--step 0: the sentence has the steps 1 to 3"),
        (("--step", 1, "--unit", 3), "--unit 3: the layers have the units 1 to 2"),
    ],
)
def test_missing_step_or_unit_is_refused(steps_file, options, message):
    result = inspect("--layer", "gru units=2 inputs=3", "--input", steps_file, *options)

    assert (result.exit_code, result.stderr) == (1, f"error: {message}\n")


@pytest.mark.parametrize("layer", LAYERS)
def test_gates_and_previous_states_give_the_states(layer):
    subject = subject_of(None, layer, needs_weights=True)
    steps = sentence_steps(subject, [[float(x) for x in line.split()] for line in STEPS.splitlines()])

    for each in steps.layers:
        for direction in each.layer.directions:
            gates = {gate.name: gate.values for gate in layer_gates(each) if gate.direction == direction}
            assert tuple(gates) == CELLS[each.layer.cell].gate_names
            states = CELLS[each.layer.cell].next_state(gates, previous_states(each, direction))
            shown = [series.values for series in each.states if series.direction == direction]
            for values, expected in zip(states, shown, strict=True):
                np.testing.assert_allclose(values, expected, atol=1e-14)


def test_only_what_is_asked_for_is_shown(tmp_path):
    model = save_context_bundle(tmp_path / "bundle")
    marks = {
        "shapes": "parameters of all layers",
        "weights": "lstm_1/backward/recurrent, forget gate",
        "returns": "return_sequences=true return_state=true",
        "states": "lstm_2, backward: cell state at each step",
        "gates": "lstm_2, backward: output gate at each step",
    }

    for section in marks:
        text = inspect(model, "the cat", "--show", section).stdout
        assert [name for name, mark in marks.items() if mark in text] == [section]
    both = inspect(model, "the cat", "--show", "gates", "--show", "weights").stdout
    assert [name for name, mark in marks.items() if mark in both] == ["weights", "gates"]
    assert inspect(model, "the cat").stdout == inspect(model, "the cat", "--show", "states").stdout
    assert inspect(model).stdout == inspect(model, "--show", "shapes").stdout


def test_json_has_gates_and_weights_if_asked_for(tmp_path):
    model = save_context_bundle(tmp_path / "bundle")

    output = inspected(model, "the cat", "--show", "gates", "--show", "weights")

    subject = model_subject(model)
    assert output.keys() == {"name", "kind", "parameters", "weights", "steps"}
    assert {gate["gate"] for gate in output["steps"]["layers"][0]["gates"]} == {*CELLS["lstm"].gate_names}
    for name, values in (subject.weights or {}).items():
        np.testing.assert_array_equal(np.array(output["weights"][name], np.float32), values)


def test_weights_are_shown_by_gate_with_names_of_rows(tmp_path):
    text = inspect(CONFIGS / "svo-tiny.toml", "--show", "weights", "--constant", 0.5).stdout

    assert """\
lstm_1/forward/bias, forget gate
             unit 1        unit 2        unit 3
            1.00000       1.00000       1.00000
""" in text  # fmt: skip
    assert "0.500000      0.500000      0.500000  word John\n" in text
    assert "head/kernel\n                  O             S             V\n" in text


def test_large_weights_are_cut_unless_all_are_wanted():
    options = ("--layer", "lstm units=9 inputs=12", "--show", "weights")

    short, long = inspect(*options).stdout, inspect(*options, "--all").stdout

    assert "lstm/forward/kernel, candidate, the first 10 of 12 rows and the first 8 of 9 columns (--all" in short
    assert "input 12" not in short
    assert long.count("  input 12\n") == 4
    assert "--all" not in long


def test_steps_of_a_long_series_are_cut_unless_all_are_wanted(tmp_path):
    (tmp_path / "steps.txt").write_text("1\n" * 100)
    options = ("--layer", "simple_rnn units=1 inputs=1", "--input", tmp_path / "steps.txt")

    short, long = inspect(*options).stdout, inspect(*options, "--all").stdout

    assert "    …  60 steps (--all shows them)\n   91  " in short
    assert len(long.splitlines()) == len(short.splitlines()) + 59


@pytest.mark.parametrize("kind", ["onehot", "embedding"])
def test_unknown_words_are_named(tmp_path, kind):
    config = tmp_path / "config.toml"
    words = f'words = {{ kind = "{kind}" }}\ncasing = false\naffixes = false'
    config.write_text(f'[data]\ntrain = "{ROOT}/data/svo/tiny.tsv"\n[features]\n{words}\n[model]\nunits = [2]\n')

    text, steps = inspect(config, "John hugs Jane").stdout, inspected(config, "John hugs Jane")["steps"]

    note = {"onehot": "an unknown word is a row of zeros", "embedding": "all unknown words share one vector"}[kind]
    assert f"unknown: hugs (step 2); {note}" in text
    assert steps["unknown"] == [2]
    if kind == "onehot":
        assert steps["layers"][0]["input"][1] == [0] * 4


def test_csv_has_a_row_for_each_step_and_a_column_for_each_number(tmp_path):
    model = save_context_bundle(tmp_path / "bundle")

    header, *rows = inspect(model, 'the "," cat', "--format", "csv", "--show", "gates").stdout.splitlines()

    assert header.startswith("step,token,lstm_1/forward/input gate/unit 1,")
    assert header.count(",") == 1 + 2 * 4 * (5 + 3)
    assert rows[2].startswith('3,",",0.')
