"""`tagger inspect` with configs, saved taggers and single layers."""

import json
import re
from pathlib import Path
from typing import Any

import html5lib
import numpy as np
import pytest
from typer.testing import CliRunner, Result

from tagger.cli import app
from tagger.corpus.layout import Layout
from tagger.corpus.sentence import Sentence
from tagger.encoding.lexicon import Lexicon
from tagger.heads.softmax import Softmax
from tagger.heads.target import TagTarget
from tagger.inputs.encoder import Encoder
from tagger.inspection.layer_option import parse_layer
from tagger.inspection.layer_outputs import all_layer_outputs
from tagger.tagging.architecture import Architecture
from tagger.tagging.bundle import Bundle
from tagger.tagging.tagger import Tagger
from tests import ROOT
from tests.bundles import (
    PROVENANCE,
    random_weights,
    save,
    save_context_bundle,
    save_numbers_bundle,
    save_spans_bundle,
    save_steps_bundle,
    save_words_bundle,
)
from tests.networks import DEEP, NETWORKS, name_of, words
from tests.pages import without_script
from tests.processes import modules_after

CONFIGS = ROOT / "configs"
SERIES = "0.1 4.2 1.5 1.1 2.8\n1.0 3.1 2.5 0.7 1.1\n0.3 2.1 1.5 2.1 0.1\n2.2 1.4 0.5 0.9 1.1\n"
FORWARD = [0.35906473, 0.55111325, 0.59115744, 0.6303138]  # printed by Keras, in single precision
BACKWARD = [0.7038734, 0.58863586, 0.3951699, 0.21942244]
LSTM = "lstm units=3 inputs=5 bidirectional=true"


def inspect(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["inspect", *map(str, arguments)], prog_name="tagger")


def inspected(*arguments: object) -> dict[str, Any]:
    """The printed JSON."""
    result = inspect(*arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr
    output: dict[str, Any] = json.loads(result.stdout)
    return output


@pytest.fixture
def series(tmp_path: Path) -> Path:
    path = tmp_path / "series.txt"
    path.write_text(SERIES)
    return path


# Layers


def test_parameters_of_the_smallest_config_are_shown_with_formulas():
    result = inspect(CONFIGS / "svo-tiny.toml")

    assert result.exit_code == 0
    assert "LSTM: 4 × (units + inputs + 1) × units = 4 × (3 + 4 + 1) × 3 = 96\n" in result.stdout
    assert "Dense: (inputs + 1) × tags = (3 + 1) × 3 = 12\n" in result.stdout
    assert "parameters of all layers: 96 + 12 = 108\n" in result.stdout


@pytest.mark.parametrize(
    ("text", "n_parameters"),
    [
        ("simple_rnn units=3 inputs=4", 24),
        ("lstm units=512 inputs=256", 1_574_912),
        ("gru units=9 inputs=10 reset_after=false", 540),
        ("gru units=9 inputs=10", 567),
        ("lstm units=3 inputs=4 bidirectional=true", 192),
    ],
)
def test_layers_have_the_number_of_parameters_of_textbooks(text, n_parameters):
    assert inspected("--layer", text)["parameters"] == n_parameters


@pytest.mark.parametrize("architecture", NETWORKS, ids=name_of)
def test_weights_and_formulas_agree_with_the_network(architecture):
    layers = architecture.describe()

    assert sum(layer.n_parameters or 0 for layer in layers) == architecture.n_parameters
    shapes = {weight.name: weight.shape for layer in layers for weight in layer.weights}
    assert shapes == {name: values.shape for name, values in random_weights(architecture).items()}
    for layer in layers:
        if layer.formula:
            *_, numbers, result = layer.formula.partition(": ")[2].split(" = ")
            assert (
                eval(numbers.replace("×", "*").replace(",", "")) == int(result.replace(",", "")) == layer.n_parameters
            )


def test_input_shape_of_each_layer_is_the_output_shape_of_the_previous_one():
    layers = DEEP[-1].describe()

    from_input = layers[[layer.name for layer in layers].index("input") :]
    assert [layer.output for layer in from_input[:-1]] == [layer.input for layer in from_input[1:]]


def test_config_without_its_data_is_described_with_names_of_unknown_sizes(tmp_path):
    config = tmp_path / "config.toml"
    config.write_text(
        '[data]\ntrain = "none.tsv"\n[model]\nunits = [3]\nbidirectional = false\n[features]\naffixes = false\n'
    )

    result = inspect(config)

    assert result.exit_code == 0
    assert (
        "none.tsv: there is no such file (data.train); sizes that depend on the data are shown as names"
        in result.stderr
    )
    assert "Embedding: ids × dim = ids × 100\n" in result.stdout
    assert "LSTM: 4 × (units + inputs + 1) × units = 4 × (3 + 107 + 1) × 3 = 1,332\n" in result.stdout
    assert "Dense: (inputs + 1) × tags = (3 + 1) × tags\n" in result.stdout
    assert "parameters of all layers: ? + 1,332 + ? = unknown without the data\n" in result.stdout


def test_one_hot_words_without_data_leave_the_size_of_the_first_layer_unknown(tmp_path):
    config = tmp_path / "config.toml"
    config.write_text('[data]\ntrain = "none.tsv"\n[features]\nwords = { kind = "onehot", min_count = 3 }\n')

    layers = {layer["name"]: layer for layer in inspected(config)["layers"]}

    assert layers["words"]["output"] == ["batch", "time", "words"]
    assert layers["input"]["output"] == ["batch", "time", "inputs"]
    assert layers["lstm_1"]["parameters"] is None
    assert layers["lstm_1"]["output"] == ["batch", "time", 200]


# Outputs of a layer


def test_bidirectional_lstm_with_sequences_and_states_returns_five_arrays():
    (case,) = (
        each
        for each in inspected("--layer", "lstm units=3 inputs=4 bidirectional=true steps=5")["returns"]
        if each["bidirectional"] and each["merge"] == "concat" and each["return_sequences"] and each["return_state"]
    )

    assert [(output["name"], output["shape"]) for output in case["outputs"]] == [
        ("output", ["batch", 5, 6]),
        ("forward hidden state", ["batch", 3]),
        ("forward cell state", ["batch", 3]),
        ("backward hidden state", ["batch", 3]),
        ("backward cell state", ["batch", 3]),
    ]


@pytest.mark.parametrize(("cell", "n_outputs"), [("simple_rnn", 2), ("lstm", 3), ("gru", 2)])
def test_one_direction_with_sequences_and_states_returns_its_output_and_each_state(cell, n_outputs):
    (case,) = (
        each
        for each in all_layer_outputs(parse_layer(f"{cell} units=3 inputs=4").layers[0])
        if not each.layer.bidirectional and each.return_sequences and each.return_state
    )

    assert len(case.outputs) == n_outputs


def test_every_combination_is_listed_once():
    returns = inspected("--layer", "gru units=2 inputs=2")["returns"]

    keys = ("bidirectional", "merge", "return_sequences", "return_state")
    assert len(returns) == len({tuple(case[key] for key in keys) for case in returns}) == (1 + 4) * 4


# Steps


def test_constant_weights_give_the_states_of_a_worked_example(series):
    steps = inspected("--layer", LSTM, "--input", series, "--constant", 0.1)["steps"]

    states = {(states["direction"], states["state"]): states for states in steps["layers"][0]["states"]}
    for direction, expected, end in (("forward", FORWARD, 4), ("backward", BACKWARD, 1)):
        hidden = states[direction, "hidden"]
        np.testing.assert_allclose(hidden["values"], np.repeat(expected, 3).reshape(4, 3), atol=1e-6)
        assert (hidden["final_at_step"], hidden["final_equals_step"]) == (end, True)
        assert hidden["final"] == hidden["values"][end - 1]
    np.testing.assert_allclose(steps["layers"][0]["output"], np.repeat([FORWARD, BACKWARD], 3, axis=0).T, atol=1e-6)


def test_text_shows_where_each_direction_ends(series):
    text = inspect("--layer", LSTM, "--input", series, "--constant", 0.1).stdout

    for step, value, which in ((4, "0.630314", "forward output at step 4, the last"),
                               (1, "0.703873", "backward output at step 1, the first")):  # fmt: skip
        row = "      ".join(["", value, value, value])
        assert f"    {step}{row}  " in text
        assert f"final{row}\n" in text
        assert f"the {which}, is the final hidden state" in text.replace("\n", " ")


@pytest.mark.parametrize(
    ("merge", "merged"), [("sum", np.add), ("mul", np.multiply), ("ave", lambda a, b: (a + b) / 2)]
)
def test_merged_outputs_are_shown_after_the_states(series, merge, merged):
    options = ("--layer", f"{LSTM} merge={merge}", "--input", series, "--constant", 0.1)

    output = inspected(*options)["steps"]["layers"][0]["output"]

    np.testing.assert_allclose(
        output, np.repeat(merged(np.array(FORWARD), np.array(BACKWARD)), 3).reshape(4, 3), atol=1e-6
    )
    assert f"lstm: output at each step, both directions merged by {merge}\n" in inspect(*options).stdout


@pytest.mark.parametrize(
    ("save_bundle", "options", "sentence"),
    [
        (save_words_bundle, {}, "John loves NASA"),
        (save_context_bundle, {}, "The cat purrs !"),
        (save_spans_bundle, {"decode": "valid", "crf": True}, "Ada Byron wrote Byron"),
        (save_spans_bundle, {"decode": "free"}, "Byron Ada wrote"),
    ],
)
def test_saved_tagger_is_shown_with_its_predicted_tags_and_probabilities(tmp_path, save_bundle, options, sentence):
    model = save_bundle(tmp_path / "bundle", **options)
    (tagged,) = Tagger.load(model).tag([sentence])

    steps = inspected(model, "--sentence", sentence)["steps"]

    best = [row[steps["tags"].index(tag)] for row, tag in zip(steps["probabilities"], steps["best"], strict=True)]
    assert tuple(steps["best"]) == tagged.tags
    assert tuple(steps["tokens"]) == tagged.tokens
    np.testing.assert_allclose(best, tagged.confidence, atol=1e-5)
    np.testing.assert_allclose(np.sum(steps["probabilities"], axis=1), 1, atol=1e-5)


def test_tagger_of_numbers_reads_a_table_and_a_plain_file_of_numbers_alike(tmp_path):
    model = save_numbers_bundle(tmp_path / "bundle")
    (tmp_path / "steps.csv").write_text("x,y\n1.5,0\n-2,7\n")
    (tmp_path / "steps.txt").write_text("1.5 0\n-2; 7\n\n9 9\n")

    table, plain = (inspected(model, "--input", tmp_path / name)["steps"] for name in ("steps.csv", "steps.txt"))

    assert table["best"] == plain["best"] == ["high", "low"]
    assert table["layers"] == plain["layers"]


def test_constant_weights_replace_those_of_a_tagger(tmp_path):
    model = save_context_bundle(tmp_path / "bundle")

    steps = inspected(model, "--sentence", "the cat", "--constant", 0)["steps"]

    np.testing.assert_allclose(steps["probabilities"], 1 / 4)


def test_states_of_a_config_with_constant_weights_are_shown():
    steps = inspected(CONFIGS / "svo-tiny.toml", "--sentence", "John loves Jane", "--constant", 0.1)["steps"]

    assert steps["tokens"] == ["John", "loves", "Jane"]
    assert [states["state"] for states in steps["layers"][0]["states"]] == ["hidden", "cell"]


def wide_bundle(folder: Path) -> Path:
    """A bundle with 70 units and 70 tags."""
    architecture = Architecture((words(3, 2),), "gru", (70,), True, "ave", True, (Softmax(70),))
    target = TagTarget(tuple(f"T{i}" for i in range(70)), Lexicon(majority="T0", forms={"a": "T0"}))
    bundle = Bundle(architecture, Encoder(architecture.inputs), (target,), Layout(), PROVENANCE)
    return save(bundle, random_weights(architecture), folder, [Sentence(("a",))])


def test_text_of_a_wide_tagger_shows_some_units_and_tags_and_says_so(tmp_path):
    text = inspect(wide_bundle(tmp_path / "bundle"), "--sentence", "a b").stdout

    assert "the first 8 of 70 units (--all shows all)" in text
    assert "the most probable of 70 tags (--format json has all)" in text
    assert max(map(len, text.splitlines())) < 160


# The page


def page(tmp_path: Path, *arguments: object) -> str:
    """The page for some arguments without its script, checked to be valid HTML without requests."""
    result = inspect(*arguments, "--html", tmp_path / "page.html")
    assert result.exit_code == 0, result.stderr
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    html5lib.HTMLParser(strict=True).parse(text)
    text = without_script(text)
    assert "http" not in text.replace("http-equiv", "")
    assert "<script" not in text
    return text


def test_page_shows_states_as_numbers(tmp_path, series):
    text = page(tmp_path, "--layer", LSTM, "--input", series, "--constant", 0.1)

    assert text.count(">0.630314</td>") == text.count(">0.703873</td>") == 2 * 3
    assert "The backward output at step 1, the first, is the final hidden state" in text


def test_page_escapes_tokens(tmp_path):
    text = page(tmp_path, save_words_bundle(tmp_path / "bundle"), "--sentence", "John <script> كلب")

    assert "&lt;" in text
    assert '<bdi class="token">كلب</bdi>' in text
    assert text.count("predicted: ") == 5  # one each for John, <, script, > and the Arabic word


def test_page_of_a_config_has_layers_and_no_states(tmp_path):
    text = page(tmp_path, CONFIGS / "svo-tiny.toml")

    assert "LSTM: 4 × (units + inputs + 1) × units = 4 × (3 + 4 + 1) × 3 = 96" in text
    assert "States at each step" not in text


def test_page_of_a_wide_tagger_draws_all_units_and_some_tags_and_says_so(tmp_path):
    text = page(tmp_path, wide_bundle(tmp_path / "bundle"), "--sentence", "a b")

    assert "gru_1, forward: hidden state: 70 by 2 numbers" in text
    assert "The 20 most probable of 70 tags; JSON has all." in text


# Errors


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected a cell first, simple_rnn, lstm or gru, got ''"),
        ("dense units=3", "expected a cell first, simple_rnn, lstm or gru, got 'dense'"),
        ("lstm units=3", "inputs is missing"),
        ("lstm inputs=3", "units is missing"),
        ("lstm units=0 inputs=3", "units should be a whole number greater than 0, got '0'"),
        ("lstm units=3 inputs=x", "inputs should be a whole number greater than 0, got 'x'"),
        ("lstm units=3 inputs=3 units=4", "units is set twice"),
        ("lstm units", "expected key=value, got 'units'"),
        ("lstm unit=3 inputs=3", "unknown key 'unit'; did you mean units?"),
        ("lstm units=3 inputs=3 merge=max", "merge should be concat, sum, mul or ave, got 'max'"),
        ("lstm units=3 inputs=3 bidirectional=yes", "bidirectional should be true or false, got 'yes'"),
        ("lstm units=3 inputs=3 reset_after=false", "reset_after is an option of gru, not of lstm"),
    ],
)
def test_invalid_layer_is_refused_with_an_example(text, message):
    result = inspect("--layer", text)

    assert result.exit_code == 1
    assert result.stderr.startswith(f"error: --layer: {message}\n\nhint: for example --layer ")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "there is no step in the file"),
        ("1 2\nx 2\n", ":2: expected numbers, got 'x 2'"),
        ("1 2 3\n", ":1: expected 2 numbers, one per input, got 3"),
        ("1 nan\n", ":1: expected finite numbers, got '1 nan'"),
        ("1 1e300\n", ":1: expected finite numbers, got '1 1e300'"),
    ],
)
def test_invalid_file_of_numbers_is_refused_with_the_line(tmp_path, content, message):
    (tmp_path / "steps.txt").write_text(content)

    result = inspect("--layer", "gru units=2 inputs=2", "--constant", 1, "--input", tmp_path / "steps.txt")

    assert result.exit_code == 1
    assert message in result.stderr


def test_input_that_the_network_does_not_read_is_refused(tmp_path):
    layer = inspect("--layer", LSTM, "--sentence", "John", "--constant", 0.1)
    numbers = inspect(save_numbers_bundle(tmp_path / "numbers"), "--sentence", "John")
    empty = inspect(save_words_bundle(tmp_path / "words"), "--sentence", " ")

    assert [layer.exit_code, numbers.exit_code, empty.exit_code] == [1, 1, 1]
    assert "a single layer reads numbers, not words" in layer.stderr
    assert "this network reads numbers (x, y), which a text does not have" in numbers.stderr
    assert "the sentence is empty" in empty.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "expected one of CONFIG, MODEL and --layer"),
        ([CONFIGS / "svo-tiny.toml", "--layer", "lstm units=1 inputs=1"], "expected one of CONFIG, MODEL and --layer"),
        ([CONFIGS / "svo-tiny.toml", "--constant", 1], "--constant needs a TEXT or --input"),
        ([CONFIGS / "svo-tiny.toml", "--step", 1], "--step, --show states and --show gates need a TEXT or --input"),
        ([CONFIGS / "svo-tiny.toml", "--format", "csv"], "--format csv is for states and gates"),
        ([CONFIGS / "svo-tiny.toml", "a", "--seed", 1, "--constant", 1], "--seed is for random weights"),
        (["--layer", "lstm units=1 inputs=1", "--set", "model.cell=gru"], "--set needs a config"),
        ([CONFIGS / "svo-tiny.toml", "--sentence", "a", "--input", "b"], "TEXT and --input exclude each other"),
    ],
)
def test_command_line_with_too_little_or_too_much_is_refused(arguments, message):
    result = inspect(*arguments)

    assert result.exit_code == 2
    assert message in " ".join(result.stderr.replace("│", " ").split())


@pytest.mark.parametrize("constant", ["1e39", "nan"])
def test_constant_outside_single_precision_is_refused(series, constant):
    result = inspect("--layer", LSTM, "--input", series, "--constant", constant)

    assert result.exit_code == 1
    assert "--constant: expected a finite number of single precision" in result.stderr


def test_largest_numbers_of_single_precision_do_not_overflow(tmp_path):
    (tmp_path / "steps.txt").write_text("3e38 3e38\n-3e38 -3e38\n")

    output = inspected("--layer", "simple_rnn units=1 inputs=2", "--input", tmp_path / "steps.txt", "--constant", 10)

    assert output["steps"]["layers"][0]["output"] == [[1], [-1]]


def test_path_that_is_neither_a_config_nor_a_tagger_is_refused(tmp_path):
    missing, empty = inspect(tmp_path / "none.toml"), inspect(tmp_path)

    assert (missing.exit_code, empty.exit_code) == (1, 1)
    assert "none.toml: there is no such file or folder" in missing.stderr
    assert f"error: {tmp_path}" in empty.stderr


def test_inspect_loads_no_tensorflow(tmp_path):
    model = str(save_words_bundle(tmp_path / "bundle"))
    for arguments in (
        ("configs/svo-tiny.toml",),
        (model, "--sentence", "John loves Jane", "--html", str(tmp_path / "page.html")),
        ("--layer", "gru units=9 inputs=10"),
    ):
        assert not modules_after("inspect", *arguments) & {"tensorflow", "keras", "sklearn", "matplotlib"}


def test_a_network_of_numbers_is_described_in_the_words_for_series(tmp_path):
    (tmp_path / "steps.csv").write_text("id,x,y\n7,1,2\n7,3,4\n")
    model = save_steps_bundle(tmp_path / "model")
    shapes, states = inspect(model), inspect(model, "--input", tmp_path / "steps.csv")

    assert "Dense: (inputs + 1) × states = " in shapes.stdout
    assert "a score for each state" in shapes.stdout
    assert "probability of each state at each step; * marks the predicted state" in states.stdout
    assert "the first series is shown" in states.stderr
    for text in (shapes.stdout, inspect(model, "--show", "returns").stdout):
        assert not re.search(r"\b(sentences?|tags?)\b", text)
