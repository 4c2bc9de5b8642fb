"""`tagger bench` with a model, its output, and the cost of a process."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tagger.bench.process_cost import process_cost
from tagger.bench.tagging import TaggingSpeed
from tagger.bench.text import format_bench
from tagger.bench.training import TrainingSpeed
from tagger.cli import app
from tagger.errors import RunError
from tests.bundles import save_context_bundle, save_heads_bundle, save_numbers_bundle, save_series_bundle

TAGGING = TaggingSpeed(12345.6, 500, "dev", 0.416, "a sentence", 79.4, 1.25)


def bench(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["bench", *map(str, arguments)], prog_name="tagger")


@pytest.mark.parametrize("save", [save_context_bundle, save_numbers_bundle, save_heads_bundle, save_series_bundle])
def test_model_is_measured_whatever_its_inputs(save, tmp_path):
    result = bench(save(tmp_path / "bundle"), "--seconds", "0", "--quiet", "--format", "json")

    assert (result.exit_code, result.stderr) == (0, "")
    output = json.loads(result.stdout)
    assert output["training"] is None
    assert all(output["tagging"][name] > 0 for name in ("tokens_per_second", "tokens", "start", "megabytes"))


def test_labels_are_counted_beside_tokens_for_taggers_that_predict_them(tmp_path):
    (tmp_path / "in.txt").write_text("play chess now\nAda plays\nBryon\n")
    measured = {}
    for name, heads in (("label", ["intent"]), ("tags", ["pos", "lemma"])):
        result = bench(
            save_heads_bundle(tmp_path / name, heads),
            "--seconds", "0", "--format", "json", "--input", tmp_path / "in.txt",
        )  # fmt: skip
        measured[name] = json.loads(result.stdout)["tagging"]

    label = measured["label"]
    assert label["labels_per_second"] / label["tokens_per_second"] == pytest.approx(3 / 6)
    assert "labels_per_second" not in measured["tags"]


def test_sentences_of_an_input_file_are_tagged(tmp_path):
    (tmp_path / "in.txt").write_text("the cat purrs\nthe cat\n")

    result = bench(save_context_bundle(tmp_path / "bundle"), "--seconds", "0", "--input", tmp_path / "in.txt")

    rows = {line.split()[0]: line for line in result.stdout.splitlines() if line.startswith("  ")}
    assert [*rows] == ["speed", "start-up", "memory", "bundle"]
    assert rows["speed"].endswith(f"5 tokens: {tmp_path / 'in.txt'}")


def test_path_that_is_neither_config_nor_model_is_refused(tmp_path):
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "bad.toml").write_text("[data]\n")
    model = save_context_bundle(tmp_path / "bundle")

    for arguments, message in (
        ((tmp_path / "none",), "there is no such file or folder"),
        ((tmp_path / "bad.toml",), "data.train: missing"),
        ((model, "--input", tmp_path / "empty.txt"), "there is no sentence to tag"),
    ):
        result = bench(*arguments, "--seconds", "0", "--quiet")
        assert (result.exit_code, result.stdout) == (1, "")
        assert message in result.stderr
    assert bench(model, "--set", "training.epochs=1").exit_code == 2


def test_rows_are_aligned_with_notes():
    training = TrainingSpeed(283304, 5559.4, 20.2, 28901, 5.42, 20, 128.6, 868.4)

    assert (
        format_bench(training, TAGGING, "a machine")
        == """\
training
  speed           5,559 tokens/s  after the warm-up
  warm-up                   20 s  once at the start, to compile the network
  an epoch                5.42 s  28,901 tokens of train, then dev if any
  all 20 epochs          2.1 min  at most; training may stop earlier
  memory                  868 MB  at most, including TensorFlow and the data
  parameters             283,304  trainable numbers
tagging
  speed          12,346 tokens/s  500 tokens: dev
  start-up                0.42 s  median time of a process that tags a sentence
  memory                   79 MB  at most, in that process
  bundle                  1.2 MB  on disk

a machine"""
    )


def test_labels_have_a_row_of_their_own():
    training = TrainingSpeed(184, 3458, 3.4, 305, 0.09, 60, 8.8, 724, labels_per_second=680.2)

    lines = format_bench(training, replace(TAGGING, labels_per_second=1234.5), "a machine").splitlines()

    assert [line for line in lines if line.startswith("  labels")] == [
        "  labels            680 labels/s  labels of sentences, in the same time",
        "  labels          1,234 labels/s  a label for each sentence, in the same time",
    ]


def test_cost_of_a_process_has_its_output_and_a_failed_one_raises_its_stderr():
    cost = process_cost(["sh", "-c", "printf one; cat"], stdin=Path(__file__))

    assert cost.output.startswith('one"""')
    assert min(cost.seconds, cost.megabytes) > 0
    with pytest.raises(RunError, match=r"exit code 3\n  no such thing$"):
        process_cost(["sh", "-c", "echo no such thing >&2; exit 3"])
