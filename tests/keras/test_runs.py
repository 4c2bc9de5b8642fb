"""Whole runs: `tagger train` from config to bundle, with errors and interrupts."""

import csv
import json
import logging
import os
import resource
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

import tagger
from tagger.config import load_config, parse_config
from tagger.corpus.layout import Layout
from tagger.corpus.sentences import Sentences
from tagger.corpus.spelling import Notation, Spelling
from tagger.corpus.tags import convert_tags
from tagger.errors import ConfigError, DataError, TaggerError
from tagger.network.losses import token_loss
from tagger.reading.whole_files import read_tagged
from tagger.tagging.input import read_input
from tagger.tagging.tagger import Tagger
from tagger.training.prepare import prepare
from tagger.training.train import train

ROOT = Path(__file__).parents[2]
QUICK = {"cell": "simple_rnn", "bidirectional": False}  # a third of the default network's time to build


def small(**training):
    """A config that trains a small network on two sentences."""
    data = ROOT / "data" / "svo"
    return parse_config(
        {
            "data": {"train": str(data / "tiny.tsv"), "dev": str(data / "tiny.tsv"), "test": str(data / "tiny.tsv")},
            "features": {"words": {"dim": 8}, "affixes": False},
            "model": {"units": [8], **QUICK},
            "training": {"epochs": 3, "adversarial": 0.0, **training},
        }
    )


@pytest.fixture(scope="module")
def small_run(tmp_path_factory):
    """A run of the small config, for tests that read its folder."""
    return train(small(), tmp_path_factory.mktemp("small") / "run")


@pytest.mark.parametrize("changes", [[], ["model.cell=gru", "model.reset_after=false"]])
def test_smallest_tagger_learns_its_two_sentences(changes, tmp_path):
    run = train(load_config(ROOT / "configs" / "svo-tiny.toml", changes), tmp_path / "run")
    saved = tagger.Tagger.load(run.folder)

    assert [tagged.tags for tagged in saved.tag(["John loves Jane", ["Jane", "loves", "Alex"]])] == [
        ("S", "V", "O")
    ] * 2


def test_run_folder_bundle_and_metrics_have_the_documented_content(small_run):
    run = small_run
    metrics = json.loads((run.folder / "metrics.json").read_text())

    assert sorted(path.name for path in run.folder.iterdir()) == [
        "bundle", "config.toml", "data.json", "history.csv", "log.txt", "metrics.json", "predictions", "report.html",
    ]  # fmt: skip
    assert sorted(path.name for path in (run.folder / "bundle").iterdir()) == [
        "README.md", "SHA256SUMS", "ambiguous.txt", "bundle.json", "forms.onnx", "forms.txt", "golden.jsonl",
        "tagger.onnx", "tags.txt", "trained_on.bin", "words.txt",
    ]  # fmt: skip
    assert parse_config(tomllib.loads((run.folder / "config.toml").read_text())) == prepare(small()).config
    assert set(metrics) == {"dev", "test", "training"}
    assert set(metrics["test"]) == {
        "sentences", "tokens", "accuracy", "sentence_accuracy", "seen_accuracy", "seen_tokens", "unseen_accuracy",
        "unseen_tokens", "ambiguous_accuracy", "ambiguous_tokens", "macro_f1", "weighted_f1", "intervals",
        "baseline_accuracy", "baselines", "beats_baselines", "tags", "confusion", "spans", "by_length", "by_position",
        "calibration",
    }  # fmt: skip
    assert set(metrics["training"]) == {
        "epochs", "best_epoch", "metric", "dev_loss", "seconds", "tokens_per_second", "parameters", "confidence",
    }  # fmt: skip
    assert len((run.folder / "history.csv").read_text().splitlines()) == 1 + metrics["training"]["epochs"]
    assert (
        (run.folder / "predictions" / "test.tsv")
        .read_text()
        .startswith("token\tgold\tpredicted\tconfidence\tseen\nJohn\tS\t")
    )


def test_bundle_has_no_path_of_this_machine(small_run):
    described = (small_run.folder / "bundle" / "bundle.json").read_text()

    assert str(small_run.folder.parent) not in described
    assert str(ROOT) not in described


def test_score_of_a_split_is_that_of_the_saved_bundle(small_run):
    tagged = Tagger.load(small_run.folder).tag([["John", "loves", "Jane"], ["Jane", "loves", "Alex"]])
    right = sum(tag == gold for sentence in tagged for tag, gold in zip(sentence.tags, "SVO", strict=True))

    assert small_run.evaluations["test"].accuracy == pytest.approx(right / 6)


def test_dev_can_be_a_fraction_of_train(tmp_path):
    config = small().model_copy(update={"data": small().data.model_copy(update={"dev": 0.5})})

    assert train(config, tmp_path / "run").evaluations["dev"].n_sentences == 1


def test_test_split_can_be_left_unscored_and_is_not_trained_on(tmp_path):
    config = small()
    config = config.model_copy(update={"data": config.data.model_copy(update={"test": 0.5})})
    run = train(config, tmp_path / "run", scores_test=False)

    assert {*run.evaluations} == {"dev"}
    assert json.loads((run.folder / "metrics.json").read_text())["test"] is None
    assert [path.name for path in (run.folder / "predictions").iterdir()] == ["dev.tsv"]
    assert json.loads((run.folder / "data.json").read_text())["splits"]["train"]["sentences"] == 1
    assert (run.folder / "report.html").is_file()


def test_tagger_of_numbers_is_trained_and_evaluated_on_csv(tmp_path):
    path = tmp_path / "steps.csv"
    path.write_text(
        "id,x,y,state\n" + "".join(f"{i // 5},{i % 5},{-i % 5},{'low' if i % 5 < 3 else 'high'}\n" for i in range(50))
    )
    config = parse_config(
        {
            "data": {"train": str(path), "test": str(path), "sentence": "id", "token": "x", "tag": "state"},
            "features": {"words": False, "casing": False, "numeric": ["x", "y"]},
            "model": {"units": [8], **QUICK},
            "training": {"epochs": 60, "learning_rate": 0.03, "batch_size": 2, "adversarial": 0.0},
        }
    )
    run = train(config, tmp_path / "run")

    assert run.evaluations["test"].accuracy == 1.0
    assert run.evaluations["test"].to_json()["unseen_tokens"] is None


def test_tagger_of_more_columns_is_trained_and_tags_a_file_that_has_them(tmp_path):
    path, untagged = tmp_path / "train.tsv", tmp_path / "new.tsv"
    path.write_text("word\tkind\ttag\n" + "a\tup\tHIGH\na\tdown\tLOW\n\na\tdown\tLOW\na\tup\tHIGH\n\n" * 10)
    untagged.write_text("word\tkind\tother\nb\tdown\t?\nb\tup\t?\n")
    config = parse_config(
        {
            "data": {"train": str(path), "test": str(path), "token": "word", "tag": "tag"},
            "features": {"words": {"dim": 4}, "columns": {"names": ["kind"], "dim": 4}},
            "model": {"units": [8], **QUICK},
            "training": {"epochs": 40, "learning_rate": 0.03, "batch_size": 4, "adversarial": 0.0},
        }
    )
    run = train(config, tmp_path / "run")
    saved = Tagger.load(run.folder)
    sentences = read_input(untagged, saved.bundle.layout)

    assert run.evaluations["test"].accuracy == 1.0
    assert [tagged.tags for tagged in saved.tag(sentences)] == [("LOW", "HIGH")]
    with pytest.raises(DataError, match=r"reads more columns than the token \(kind\)"):
        saved.tag(["a b"])


@pytest.mark.parametrize("metric", ["auto", "span_f1"])
def test_dev_without_spans_of_a_span_task_is_scored_by_accuracy_or_loss(metric, tmp_path, caplog):
    caplog.set_level("INFO")
    (tmp_path / "train.tsv").write_text("Ada\tB-per\nwrote\tO\n\nshe\tO\nwrote\tO\n" * 5)
    (tmp_path / "dev.tsv").write_text("she\tO\nwrote\tO\n")
    data = {split: str(tmp_path / f"{split}.tsv") for split in ("train", "dev")}
    training = {"epochs": 30, "learning_rate": 0.03, "metric": metric, "patience": 30, "adversarial": 0.0}
    features = {"words": {"dim": 8}, "affixes": False}
    config = parse_config({"data": data, "features": features, "model": {"units": [4], **QUICK}, "training": training})

    run = train(config, tmp_path / "run")

    dev = run.evaluations["dev"]
    assert (dev.accuracy, dev.headlines.get("span_f1"), dev.intervals.get("span_f1")) == (1, None, None)
    metrics = json.loads((run.folder / "metrics.json").read_text())
    expected, criterion = {"auto": ("accuracy", "accuracy"), "span_f1": ("span_f1", "the loss on dev")}[metric]
    assert metrics["training"]["metric"] == expected
    assert f"dev: there are no spans, so span F1 is undefined; {criterion} chooses the best epoch" in caplog.text
    name = expected.replace("_f1", " F1")
    assert sum(f"  dev {name} " in message for message in caplog.messages) == 30  # epochs
    assert f" (dev {name} " in caplog.text  # of the saved weights
    with (run.folder / "history.csv").open() as file:
        losses = [float(row["dev_loss"]) for row in csv.DictReader(file)]
    assert metrics["training"]["dev_loss"] == min(losses)
    assert "dev" in run._repr_html_()
    assert metrics["training"]["confidence"] == {
        "temperature": 1.0, "fitted": False, "reason": "no tag of dev is wrong (2 scored)",
    }  # fmt: skip


def test_tags_of_dev_that_train_lacks_count_as_errors_and_cause_a_warning(tmp_path, caplog):
    path = tmp_path / "dev.tsv"
    path.write_text("John\tS\nsings\tVERB\n")
    config = small().model_copy(update={"data": small().data.model_copy(update={"dev": str(path)})})
    run = train(config, tmp_path / "run")

    assert "dev: tags that train lacks count as errors: VERB (1)" in caplog.text
    assert run.evaluations["dev"].by_tag["VERB"] == {"accuracy": 0, "precision": 0, "recall": 0, "f1": 0, "support": 1}


def test_blank_tags_are_learned_as_a_tag_with_a_warning(tmp_path, caplog):
    path = tmp_path / "train.tsv"
    path.write_text("John\tS\nsings\t_\n")
    config = small().model_copy(update={"data": small().data.model_copy(update={"train": str(path)})})
    run = train(config, tmp_path / "run")

    assert "1 of 2 tokens has the tag `_`" in caplog.text
    assert Tagger.load(run.folder).bundle.target.tags == ("S", "_")


def test_ignored_tags_are_neither_learned_nor_scored(tmp_path):
    config = small().model_copy(update={"data": small().data.model_copy(update={"ignore": ["V"]})})
    run = train(config, tmp_path / "run")

    assert Tagger.load(run.folder).bundle.target.tags == ("O", "S")
    assert run.evaluations["test"].n_tokens == 4


NAMES = "Ada/B-per Byron/I-per met/O Bob/B-per Eve/B-per in/O Rome/B-loc", "Rome/B-loc met/O Ada/B-per"


def written(sentence: str, notation: Notation) -> str:
    """A file of a sentence with BIO tags, in another notation."""
    tokens, tags = zip(*(pair.split("/") for pair in sentence.split()), strict=True)
    return "".join(map("{}\t{}\n".format, tokens, convert_tags(tags, Notation("bio"), notation)))


@pytest.mark.parametrize(
    ("notation", "decode", "scheme_train", "expected"),
    [
        (Notation("bioes", Spelling("BILU", is_suffix=True)), "valid", "bioes", ("per-B", "per-L", "O")),
        (Notation("ioe2", Spelling("bies", "o", "_")), "free", "iob1", ("i_per", "e_per", "o")),
    ],
)
def test_files_in_any_notation_give_the_same_weights_and_spans_and_keep_their_tags(
    tmp_path, notation, decode, scheme_train, expected
):
    spans, graphs, tags = [], [], []
    for i, file_notation in enumerate((Notation("bio"), notation)):
        path = tmp_path / f"{i}.tsv"
        path.write_text("\n".join(written(sentence, file_notation) for sentence in NAMES))
        config = {
            "data": {**dict.fromkeys(("train", "dev", "test"), str(path)), "scheme_train": scheme_train},
            "features": {"words": {"dim": 8, "unknown_rate": 0.0}, "affixes": False},
            "model": {"units": [8], "decode": decode, "dropout": 0.0, **QUICK},
            "training": {
                "epochs": 8,
                "learning_rate": 0.1,
                "averaging": False,
                "deterministic": True,
                "adversarial": 0.0,
            },
        }
        run = train(parse_config(config), tmp_path / str(i), threads=1)
        spans.append((run.evaluations["test"].spans, run.evaluations["test"].strict_spans))
        graphs.append((run.folder / "bundle" / "tagger.onnx").read_bytes())
        tags.append(Tagger.load(run.folder).tag([["Ada", "Byron", "met"]])[0].tags)
        assert json.loads((run.folder / "metrics.json").read_text())["training"]["metric"] == "span_f1"

    assert spans == [spans[0]] * 2
    assert graphs == [graphs[0]] * 2
    assert tags == [("B-per", "I-per", "O"), expected]


def test_sentences_cut_for_the_loss_are_logged(tmp_path, caplog):
    caplog.set_level("INFO")

    train(small(max_steps=2), tmp_path / "run")

    assert "train: sentences of more than 2 steps are cut into windows for the loss: 2; first at " in caplog.text


def test_star_in_the_log_marks_an_epoch_with_the_best_score_since_min_epochs(tmp_path, caplog):
    caplog.set_level("INFO")

    run = train(small(epochs=6, min_epochs=3, patience=6, learning_rate=0.03), tmp_path / "run")

    lines = [message for message in caplog.messages if message.startswith("epoch ")]
    with (run.folder / "history.csv").open() as file:
        rows = [*csv.DictReader(file)]
    assert len(lines) == len(rows) == 6
    assert [row["is_best"] for row in rows[:3]] == ["True"] * 3
    assert [" * " in line for line in lines] == [False, False, *(row["is_best"] == "True" for row in rows[2:])]
    legend = "* marks the best epoch so far; epochs before 3 are not candidates (training.min_epochs)"
    assert caplog.messages.index(legend) < caplog.messages.index(lines[0])


def test_log_and_report_say_that_training_stopped_early(tmp_path, caplog):
    caplog.set_level("INFO")

    run = train(small(epochs=9, min_epochs=1, patience=2, learning_rate=1e-9), tmp_path / "run")
    train(small(epochs=3, min_epochs=1, patience=2, learning_rate=1e-9), tmp_path / "complete")

    reason = "stopped early: 2 epochs without a better dev score (training.patience = 2)"
    assert caplog.messages.count(reason) == 1  # the second run ends with its last epoch
    assert caplog.messages.count("* marks the best epoch so far") == 2
    assert "for 3 of at most 9 epochs" in (run.folder / "report.html").read_text()


def test_error_in_the_config_leaves_no_run_folder(tmp_path):
    config = small().model_copy(update={"data": small().data.model_copy(update={"test": str(tmp_path / "none.tsv")})})
    with pytest.raises(TaggerError, match="there is no such file"):
        train(config, tmp_path / "run")

    assert list(tmp_path.iterdir()) == []


def test_bug_leaves_its_traceback_in_the_log(tmp_path, monkeypatch):
    def broken(*arguments, **options):
        raise RuntimeError("broken")

    monkeypatch.setattr("tagger.training.saving.build_graphs", broken)
    with pytest.raises(RuntimeError):
        train(small(), tmp_path / "run")

    assert "RuntimeError: broken" in (tmp_path / "run" / "log.txt").read_text()


def test_overwriting_a_run_keeps_other_files_in_its_folder(tmp_path):
    train(small(), tmp_path / "run")
    (tmp_path / "run" / "notes.md").write_text("mine")
    train(small(), tmp_path / "run", overwrite=True)

    assert (tmp_path / "run" / "notes.md").read_text() == "mine"


def tagger_train(folder, *options, **popen):
    """A process that trains the cheapest network on the data of configs/svo.toml, its standard error as text."""
    quick = [f"--set={key}" for key in ("model.cell=simple_rnn", "model.bidirectional=false", "training.adversarial=0")]
    command = [sys.executable, "-m", "tagger", "train", "configs/svo.toml", "--run", str(folder), *quick, *options]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **popen)


def interrupt_at(process, beginning, number=signal.SIGINT):
    """Send Ctrl-C, or another signal, when a line of standard error begins like this."""
    assert any(line.startswith(beginning) for line in process.stderr)
    process.send_signal(number)


@pytest.mark.parametrize("beginning", ["train ", "loading TensorFlow"])
def test_interrupt_before_the_first_epoch_leaves_no_run_folder(beginning, tmp_path):
    with tagger_train(tmp_path / "run") as process:
        interrupt_at(process, beginning)
        messages = process.stderr.read()

    assert process.returncode == 130
    assert messages.rstrip().splitlines()[-1].startswith("interrupted")
    assert "Traceback" not in messages
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=str)
def test_interrupt_in_training_saves_the_best_epoch_so_far(number, code, tmp_path):
    with tagger_train(tmp_path / "run") as process:
        interrupt_at(process, "epoch 2/", number)
        messages = process.stderr.read()

    assert process.returncode == code
    assert "Traceback" not in messages
    assert "interrupted: the best epoch so far, " in messages
    assert f"is saved in {tmp_path / 'run' / 'bundle'}" in messages
    assert len(Tagger.load(tmp_path / "run").tag(["John loves Jane"])[0].tags) == 3
    assert not (tmp_path / "run" / "bundle.tmp").exists()


@pytest.mark.parametrize("limit", [1_000, 20_000])
def test_full_disk_is_one_error_and_leaves_no_unfinished_file(limit, tmp_path):
    with tagger_train(
        tmp_path / "run", "--set", "training.epochs=1", "--quiet",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    ) as process:  # fmt: skip
        messages = process.stderr.read()

    assert process.returncode == 1
    assert messages.count("error: ") == 1
    assert "cannot be written: File too large" in messages
    assert list(tmp_path.iterdir()) == []


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_previous_run_is_unchanged_if_its_replacement_fails(small_run, tmp_path):
    run = small_run
    before = content(run.folder)
    missing = small().model_copy(update={"data": small().data.model_copy(update={"train": str(tmp_path / "none")})})
    with pytest.raises(TaggerError, match="there is no such file"):
        train(missing, run.folder, overwrite=True)

    assert content(run.folder) == before


def test_folder_that_holds_no_run_is_not_overwritten(tmp_path):
    (tmp_path / "config.toml").write_text("mine")
    (tmp_path / "notes.md").write_text("mine")
    with pytest.raises(TaggerError, match="holds files that are not a run of tagger"):
        train(small(), tmp_path, overwrite=True)

    assert content(tmp_path) == {"config.toml": b"mine", "notes.md": b"mine"}


def test_closed_standard_error_does_not_stop_training(tmp_path):
    with tagger_train(tmp_path / "run", "--set", "training.epochs=2") as process:
        process.stderr.readline()
        process.stderr.close()
        printed = process.stdout.read()

    assert process.returncode == 0
    assert "all " in printed
    assert (tmp_path / "run" / "metrics.json").exists()


def test_training_from_another_tagger_starts_from_its_weights_words_and_tags(tmp_path):
    first = train(small(epochs=60, learning_rate=0.03), tmp_path / "first")
    more = tmp_path / "more.tsv"
    more.write_text("Jane\tS\nloves\tV\nMary\tO\ndearly\tADV\n")
    config = small(epochs=1, learning_rate=1e-6)
    config = config.model_copy(update={"data": config.data.model_copy(update={"train": str(more)})})

    second = train(config, tmp_path / "second", start_from=first.folder)
    old, new = Tagger.load(first.folder), Tagger.load(second.folder)

    assert new.bundle.target.tags == (*old.bundle.target.tags, "ADV")
    trained_on = Sentences.collect(
        [*read_tagged(ROOT / "data" / "svo" / "tiny.tsv", Layout()), *read_tagged(more, Layout())]
    )
    assert {*np.asarray(new.bundle.trained_on).tolist()} == {*trained_on.hashes().tolist()}
    words = new.bundle.encoder.inputs[0].vocabulary
    assert words is not None
    assert {"mary", "dearly"} <= set(words.symbols)
    assert new.tag(["John loves Jane"])[0].tags == old.tag(["John loves Jane"])[0].tags == ("S", "V", "O")
    wider = config.model_copy(update={"model": config.model.model_copy(update={"units": [9]})})
    with pytest.raises(ConfigError, match=r"units: \(8,\) in the initial tagger, \(9,\) in the config"):
        train(wider, tmp_path / "third", start_from=first.folder)


def test_loss_that_becomes_nan_late_keeps_the_best_epoch_so_far(tmp_path, monkeypatch, caplog):
    n_steps = tf.Variable(0)

    def nan_after_40_steps(training, weights):
        loss = token_loss(training, weights)
        return lambda *arguments: loss(*arguments) + tf.where(n_steps.assign_add(1) > 40, np.nan, 0.0)

    monkeypatch.setattr("tagger.network.heads.token_loss", nan_after_40_steps)
    with caplog.at_level(logging.INFO, "tagger"):
        run = train(small(epochs=60, patience=60, batch_size=1), tmp_path / "run")

    epochs = len((run.folder / "history.csv").read_text().splitlines()) - 1
    assert 1 <= epochs < 40
    assert any("training stops here and keeps the best epoch so far" in message for message in caplog.messages)
    assert Tagger.load(run.folder).tag(["John loves Jane"])


def test_a_run_of_a_label_tags_and_strings_has_predictions_statistics_and_a_report_of_each(tmp_path):
    rows = "# topic = pets\nCats\tNOUN\tcat\npurr\tVERB\tpurr\n\n# topic = food\nWe\tPRON\twe\nate\tVERB\teat\n\n"
    (tmp_path / "data.tsv").write_text(rows * 3)
    path = str(tmp_path / "data.tsv")
    config = parse_config(
        {
            "data": {"train": path, "dev": path, "test": path, "token": 0},
            "heads": {"topic": {"label": "topic"}, "pos": {"tag": 1}, "lemma": {"string": 2}},
            "features": {"words": {"dim": 4}, "affixes": False},
            "model": {"units": [4], **QUICK},
            "training": {"epochs": 1, "adversarial": 0.0},
        }
    )
    run = train(config, tmp_path / "run")

    files = {file.name for file in (run.folder / "predictions").iterdir()}
    assert files == {f"{split}.{head}.tsv" for split in ("dev", "test") for head in ("topic", "pos", "lemma")}
    counts = json.loads((run.folder / "data.json").read_text())["splits"]["dev"]["heads"]
    assert counts["topic"] == {
        "sentences": 6, "tags": {"pets": 3, "food": 3}, "n_tags": 2, "ambiguous_words": None, "ambiguous_tokens": None,
    }  # fmt: skip
    assert counts["lemma"]["tags"] == {"lower": 6, "lower/end-1": 3, "lower/start+e/end-1": 3}
    report = (run.folder / "report.html").read_text(encoding="utf-8")
    assert all(f'id="heads.{head}.errors"' in report for head in ("topic", "pos", "lemma"))
