"""`tagger inspect` with labels, strings and several heads."""

import math
from pathlib import Path

import numpy as np
import pytest

from tagger.corpus.layout import AnswerColumn, Layout
from tagger.corpus.sentence import Sentence
from tagger.encoding.lexicon import Lexicon
from tagger.heads.pooling import Pool
from tagger.heads.softmax import Softmax
from tagger.heads.target import TagTarget
from tagger.inputs.encoder import Encoder
from tagger.inputs.recurrent import Merge
from tagger.tagging.architecture import Architecture
from tagger.tagging.bundle import Bundle
from tagger.tagging.tagger import Tagger
from tests.bundles import PROVENANCE, random_weights, save, save_heads_bundle, save_series_bundle
from tests.inspection.test_inspect import inspect, inspected, page
from tests.networks import words

STEPS = "1 0 0 0 0\n0 1 0 0 0\n"
HIDDEN = [0.0274438, 0.0505224]  # of an LSTM of 3 units with all weights 0.1, for these steps
CHAIN = "lstm units=3 inputs=5 return_sequences=false dense=10"
SENTENCE = "Ada Byron plays Chess"


@pytest.fixture
def steps_file(tmp_path: Path) -> Path:
    path = tmp_path / "steps.txt"
    path.write_text(STEPS)
    return path


def save_label_bundle(
    folder: Path,
    pool: Pool,
    *,
    n_labels: int = 3,
    units: tuple[int, ...] = (4, 4),
    merge: Merge = "concat",
    bidirectional: bool = True,
    residual: bool = False,
    temperature: float = 1.0,
) -> Path:
    """Save a tagger of a label with random weights."""
    head = Softmax(n_labels, "topic", pool)
    architecture = Architecture((words(6, 3),), "lstm", units, bidirectional, merge, True, (head,), residual=residual)
    labels = tuple(f"L{i}" for i in range(n_labels))
    target = TagTarget(labels, Lexicon("L0", None), name="topic", kind="label", temperature=temperature)
    layout = Layout("csv", answers=(AnswerColumn("topic", "label", "topic"),))
    bundle = Bundle(architecture, Encoder(architecture.inputs), (target,), layout, PROVENANCE)
    return save(bundle, random_weights(architecture), folder, [Sentence(("a", "b"))])


# Layers


@pytest.mark.parametrize(
    ("units", "counts", "n_parameters"),
    [("3", [144, 40], 184), ("128,256,512", [70_144, 394_240, 1_574_912, 5_130], 2_044_426)],
)
def test_layers_below_a_dense_layer_have_the_number_of_parameters_of_textbooks(units, counts, n_parameters):
    output = inspected("--layer", f"lstm units={units} inputs=8 return_sequences=false dense=10")

    assert [layer["parameters"] for layer in output["layers"]] == counts
    assert output["parameters"] == n_parameters


def test_last_layer_without_sequences_and_dense_layer_have_no_steps():
    layers = inspected("--layer", "lstm units=3,5 inputs=8 return_sequences=False dense=10")["layers"]

    assert [(layer["name"], layer["output"]) for layer in layers] == [
        ("lstm_1", ["batch", "time", 3]),
        ("lstm_2", ["batch", 5]),
        ("dense", ["batch", 10]),
    ]


def test_dense_layer_above_sequences_and_both_directions_has_steps():
    layers = inspected("--layer", "gru units=3 inputs=8 bidirectional=true dense=10")["layers"]

    assert layers[-1]["input"] == ["batch", "time", 6]
    assert layers[-1]["formula"] == "Dense: (inputs + 1) × tags = (6 + 1) × 10 = 70"


LABEL = 'label = "topic"'
TAGS = 'tag = "tag"'


@pytest.mark.parametrize(
    ("answers", "units", "used"),
    [
        (LABEL, "[3]", ["false"]),
        (TAGS, "[3]", ["true"]),
        (f"{LABEL}\n{TAGS}", "[3]", ["false", "true"]),
        (LABEL, "[3, 3]", ["true"]),
    ],
)
def test_return_sequences_is_marked_where_a_head_or_layer_reads_them(tmp_path, answers, units, used):
    config = tmp_path / "config.toml"
    config.write_text(f'[data]\ntrain = "none.tsv"\n{answers}\n[model]\nunits = {units}\nbidirectional = false\n')

    lines = inspect(config, "--show", "returns").stdout.splitlines()

    marked = [line.split()[0] for line in lines if line.endswith("(used by this network)")]
    assert marked == [f"return_sequences={value}" for value in used]


@pytest.mark.parametrize(
    ("pool", "kind"), [("last", "LastOutput"), ("mean", "GlobalAveragePooling1D"), ("max", "GlobalMaxPooling1D")]
)
def test_label_of_a_config_has_a_pooling_layer_and_a_dense_layer(tmp_path, pool, kind):
    config = tmp_path / "config.toml"
    config.write_text(
        f'[data]\ntrain = "none.tsv"\n[heads.topic]\nlabel = "topic"\npool = "{pool}"\n'
        "[model]\nunits = [3]\nbidirectional = false\n"
    )

    *_, pooling, dense = inspected(config)["layers"]

    assert (pooling["name"], pooling["kind"], pooling["output"]) == ("topic.pool", kind, ["batch", 3])
    assert (dense["name"], dense["output"]) == ("topic", ["batch", "labels"])
    assert dense["formula"] == "Dense: (inputs + 1) × labels = (3 + 1) × labels"


# What heads read and predict


def test_label_of_constant_weights_is_that_of_a_worked_example(steps_file):
    (head,) = inspected("--layer", CHAIN, "--input", steps_file, "--constant", 0.1)["steps"]["heads"]

    np.testing.assert_allclose(head["input"], [HIDDEN[1]] * 3, atol=1e-6)
    np.testing.assert_allclose(head["scores"], [3 * 0.1 * HIDDEN[1]] * 10, atol=1e-6)
    np.testing.assert_allclose(head["probabilities"], [0.1] * 10)


@pytest.mark.parametrize("merge", ["concat", "sum", "mul", "ave"])
@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("pool", ["last", "mean", "max"])
def test_label_is_that_of_the_tagger_whatever_the_head_reads(tmp_path, pool, bidirectional, residual, merge):
    model = save_label_bundle(
        tmp_path / "bundle", pool, merge=merge, residual=residual, bidirectional=bidirectional, temperature=2.5
    )
    (tagged,) = Tagger.load(model).tag([SENTENCE])

    (head,) = inspected(model, "--sentence", SENTENCE)["steps"]["heads"]

    assert head["best"] == tagged.label
    assert max(head["probabilities"]) == pytest.approx(tagged.label_confidence, abs=1e-5)
    odds = [math.exp(score / 2.5) for score in head["scores"]]
    np.testing.assert_allclose(head["probabilities"], np.array(odds) / sum(odds), atol=1e-6)


@pytest.mark.parametrize("pool", ["mean", "max"])
def test_pooled_vector_is_the_mean_or_highest_output_over_all_steps(tmp_path, pool):
    model = save_label_bundle(tmp_path / "bundle", pool)

    steps = inspected(model, "--sentence", SENTENCE)["steps"]

    expected = getattr(np, pool)(steps["layers"][-1]["output"], axis=0)
    np.testing.assert_allclose(steps["heads"][0]["input"], expected, atol=1e-7)


def test_vector_of_both_directions_is_the_final_hidden_state_of_each(tmp_path):
    steps = inspected(save_label_bundle(tmp_path / "bundle", "last"), "--sentence", SENTENCE)["steps"]

    forward, backward = (each["final"] for each in steps["layers"][-1]["states"] if each["state"] == "hidden")
    assert steps["heads"][0]["input"] == [*forward, *backward]


def test_text_shows_where_each_direction_of_the_vector_ends(tmp_path):
    text = inspect(save_label_bundle(tmp_path / "bundle", "last"), "--sentence", SENTENCE).stdout

    (block,) = (part for part in text.split("\n\n") if part.startswith("topic: the vector that the head reads"))
    _, _, forward, backward, note = block.split("\n", 4)
    assert forward.endswith("  forward, at step 4")
    assert backward.endswith("  backward, at step 1")
    assert note.replace("\n", " ").endswith("(return_sequences=false); forward, then backward")


def test_merged_vector_is_shown_after_the_directions(tmp_path):
    text = inspect(save_label_bundle(tmp_path / "bundle", "last", merge="sum"), "--sentence", SENTENCE).stdout

    (block,) = (part for part in text.split("\n\n") if part.startswith("topic: the vector that the head reads"))
    rows = [line.split() for line in block.split("\n")[2:5]]
    forward, backward, merged = (np.array(row[:4], float) for row in rows)
    assert [" ".join(row[4:]) for row in rows] == ["forward, at step 4", "backward, at step 1", "merged by sum"]
    np.testing.assert_allclose(merged, forward + backward, atol=1e-5)


def test_labels_are_listed_with_the_most_probable_first(tmp_path):
    text = inspect(save_heads_bundle(tmp_path / "bundle"), "--sentence", SENTENCE).stdout

    assert (
        """\
intent: score and probability of each label; * marks the predicted label
              score   probability  label
            2.00000       *0.7311  play
            1.00000        0.2689  other
"""
        in text
    )


def test_temperature_is_named_where_it_changes_probabilities(tmp_path):
    with_one, with_another = (
        inspect(save_label_bundle(tmp_path / str(t), "mean", temperature=t), "--sentence", "a").stdout for t in (1, 2.5)
    )

    assert "is divided by" not in with_one
    assert with_another.endswith("each score is divided by 2.50000, the temperature, before softmax\n")


def test_many_labels_and_units_are_cut_and_the_text_and_page_say_so(tmp_path):
    model = save_label_bundle(tmp_path / "bundle", "mean", n_labels=70, units=(70,))

    text = inspect(model, "--sentence", "a b").stdout
    html = page(tmp_path, model, "--sentence", "a b")

    assert "the 10 most probable of 70 labels (--format json has all)" in text
    assert "topic: the vector that the head reads, the first 8 of 140 units (--all shows all)" in text
    assert "The 10 most probable of 70 labels; JSON has all." in html
    assert "topic, the vector that the head reads: 1 by 140 numbers" in html


def test_series_with_a_label_is_read_from_a_plain_file_of_numbers(tmp_path):
    model = save_series_bundle(tmp_path / "bundle")
    (tmp_path / "steps.txt").write_text("1.5 0\n0.6 7\n")

    (head,) = inspected(model, "--input", tmp_path / "steps.txt")["steps"]["heads"]

    vector = (math.tanh(0.05) + math.tanh(-0.04)) / 2
    np.testing.assert_allclose(head["input"], [vector], atol=1e-7)
    np.testing.assert_allclose(head["scores"], [10 * vector, -10 * vector], atol=1e-6)
    assert head["best"] == "high"


# Several heads


def test_every_head_has_the_predictions_of_the_tagger(tmp_path):
    model = save_heads_bundle(tmp_path / "bundle")
    (tagged,) = Tagger.load(model).tag([SENTENCE])

    heads = {head["name"]: head for head in inspected(model, "--sentence", SENTENCE)["steps"]["heads"]}

    assert {name: head["kind"] for name, head in heads.items()} == {
        "intent": "label", "pos": "tag", "names": "tag", "lemma": "string",
    }  # fmt: skip
    assert heads["intent"]["best"] == tagged["intent"] == "play"
    for name in ("pos", "names"):
        assert tuple(heads[name]["best"]) == tagged[name]
        confidence = np.max(heads[name]["probabilities"], axis=1)
        np.testing.assert_allclose(confidence, tagged.answers[name].confidence, atol=1e-5)
    assert tuple(heads["lemma"]["strings"]) == tagged["lemma"] == ("Ada", "Byron", "play", "chess")
    assert heads["lemma"]["best"] == ["keep", "keep", "lower/end-1", "lower"]


def test_text_of_strings_has_the_predicted_string_and_the_script_in_words(tmp_path):
    text = inspect(save_heads_bundle(tmp_path / "bundle", ("lemma",)), "--sentence", "Ada plays").stdout

    assert "    2  *lower/end-1 0.9756  lower 0.0179         keep 0.0066          plays → play\n" in text
    assert "  lower/end-1: lower-case; remove 1 character at the end\n" in text
    assert "predictions of all heads" not in text


def test_table_at_the_end_has_the_predictions_of_all_heads(tmp_path):
    text = inspect(save_heads_bundle(tmp_path / "bundle"), "--sentence", SENTENCE).stdout

    assert text.endswith(
        """\
predictions of all heads
  intent: play
 step           pos         names         lemma  token
    1          NOUN         B-per           Ada  Ada
    2          NOUN         I-per         Byron  Byron
    3          VERB             O          play  plays
    4             X             O         chess  Chess
"""
    )


def test_constant_weights_replace_those_of_every_head(tmp_path):
    model = save_heads_bundle(tmp_path / "bundle")

    heads = inspected(model, "--sentence", "Ada plays", "--constant", 0)["steps"]["heads"]

    by_name = {head["name"]: head["probabilities"] for head in heads}
    np.testing.assert_allclose(by_name["intent"], [1 / 2] * 2)
    np.testing.assert_allclose(by_name["pos"], np.full((2, 3), 1 / 3))


def test_page_has_a_table_for_each_head(tmp_path):
    text = page(tmp_path, save_heads_bundle(tmp_path / "bundle"), "--sentence", SENTENCE)

    for title in (
        "intent, score and probability of each label",
        "intent, the vector that the head reads",
        "pos, probability of each tag",
        "names, probability of each tag",
        "lemma, probability of each edit script",
    ):
        assert f"<strong>{title}</strong>" in text
    assert "<td><bdi>NOUN</bdi></td><td><bdi>B-per</bdi></td><td><bdi>Ada</bdi></td>" in text
    assert "<p>intent: <strong><bdi>play</bdi></strong></p>" in text
    assert text.count("predicted: ") == 1 + 3 * 4


def test_page_of_a_single_label_does_not_list_it_twice(tmp_path):
    text = page(tmp_path, save_heads_bundle(tmp_path / "bundle", ("intent",)), "--sentence", SENTENCE)

    assert "Predictions at each step" not in text
    assert text.count("<bdi>play</bdi>") + text.count('<bdi class="token">play</bdi>') == 1


def test_page_of_a_chain_has_its_scores(tmp_path, steps_file):
    text = page(tmp_path, "--layer", CHAIN, "--input", steps_file, "--constant", 0.1)

    assert text.count(">0.0151567</td>") == 10


# Errors


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lstm units=3,x inputs=3", "units should be a whole number greater than 0, got 'x'"),
        ("lstm units=3, inputs=3", "units should be a whole number greater than 0, got ''"),
        ("lstm units=3 inputs=3 dense=0", "dense should be a whole number greater than 0, got '0'"),
        ("lstm units=3 inputs=3 return_sequences=no", "return_sequences should be true or false, got 'no'"),
        ("lstm units=3 inputs=3 return_sequence=no", "unknown key 'return_sequence'; did you mean return_sequences?"),
    ],
)
def test_invalid_chain_of_layers_is_refused(text, message):
    result = inspect("--layer", text)

    assert result.exit_code == 1
    assert result.stderr.startswith(f"error: --layer: {message}\n\nhint: for example --layer ")


def test_text_for_a_chain_of_layers_is_refused():
    result = inspect("--layer", CHAIN, "--sentence", "John", "--constant", 0.1)

    assert result.exit_code == 1
    assert "a chain of layers reads numbers, not words" in result.stderr
