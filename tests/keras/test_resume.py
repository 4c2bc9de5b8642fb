"""Resumed training: the same weights, bit for bit, as without the interruption."""

import csv
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tagger.config import Training
from tagger.errors import RunError
from tagger.network.build import build_model
from tagger.network.events import Epoch, TrainingState
from tagger.network.prediction import predictor
from tagger.network.training import fit
from tagger.tagging.tagger import Tagger
from tests.networks import words

from .networks import N_IDS, NOTHING, architecture, fitted
from .test_training import learnable, never

ROOT = Path(__file__).parents[2]
NETWORK = architecture(**{**NOTHING, "words": words(N_IDS, 5), "cell": "simple_rnn", "bidirectional": False})


def model(seed=1):
    return build_model(NETWORK, seed=seed, dropout=0.3, fitted=fitted(NETWORK, "words", 0.2, [3] * 10))


def trained(training, start=None, seed=1):
    """The model, its epochs without times, and the state after each."""
    network, epochs, states = model(seed), [], []
    for event in fit(network, learnable(), learnable(10, seed=1), training, start=start, stop=never):
        if isinstance(event, Epoch):
            epochs.append((event.number, event.loss, event.score, event.is_best, event.learning_rate))
        elif isinstance(event, TrainingState):
            states.append(event)
    return network, epochs, states


@pytest.mark.parametrize(
    "options",
    [
        {"optimizer": "adam", "schedule": "cosine", "averaging": True, "warm_up": 0.3},
        {"optimizer": "nadam", "schedule": "plateau", "learning_rate": 0.1, "averaging": False},
        {"optimizer": "rmsprop", "schedule": "constant", "label_smoothing": 0.1},
        {
            "optimizer": "lazy_adam",
            "schedule": "cosine",
            "averaging": True,
            "batch_size": 2,
        },  # batches that lack some words
    ],
    ids=lambda options: options["optimizer"],
)
def test_training_resumed_after_any_epoch_gives_the_same_epochs_and_weights(options):
    training = Training(**{"epochs": 7, "patience": 7, "batch_size": 8, **options})
    uninterrupted, epochs, states = trained(training)

    for n in (3, 7):
        # Another seed changes nothing: the state has everything.
        resumed, rest, _ = trained(training, states[n - 1], seed=99)

        assert rest == epochs[n:]
        for actual, expected in zip(resumed.get_weights(), uninterrupted.get_weights(), strict=True):
            np.testing.assert_array_equal(actual, expected)
        for actual, expected in zip(resumed.variables, uninterrupted.variables, strict=True):
            np.testing.assert_array_equal(actual, expected)  # states of random generators too


def test_early_stopping_counts_the_epochs_before_the_interruption():
    training = Training(epochs=50, learning_rate=1e-9, patience=3)
    _, epochs, states = trained(training)
    _, rest, _ = trained(training, states[1])

    assert [number for number, *_ in epochs] == [1, 2, 3, 4]
    assert [number for number, *_ in rest] == [3, 4]


def test_best_epoch_may_be_one_before_the_interruption():
    training = Training(epochs=12, learning_rate=0.5, optimizer="sgd", averaging=False, patience=12)
    _, epochs, states = trained(training)
    scores = [score for _, _, score, *_ in epochs]
    best = int(np.argmax(scores))
    assert best < 11  # else the test shows nothing
    resumed, _, _ = trained(training, states[best])

    dev = learnable(10, seed=1)
    assert np.mean(predictor(resumed)(dev)["head"] == dev.tags["head"]) == pytest.approx(max(scores))


def test_state_of_another_network_is_refused():
    _, _, states = trained(Training(epochs=1))
    other = build_model(architecture(**{**NOTHING, "words": words(N_IDS, 6)}))

    with pytest.raises(RunError, match="another network"):
        next(fit(other, learnable(), None, Training(), start=states[0], stop=never))


# Whole runs, each in its own process

CONFIG = f"""
[data]
train = "{ROOT / "data" / "svo" / "dev.tsv"}"
dev = 0.2
[features]
words = {{ dim = 16 }}
affixes = false
[model]
units = [16]
cell = "simple_rnn"
bidirectional = false
[training]
adversarial = 0
epochs = 6
learning_rate = 0.01
warm_up = 0.1
averaging = true
label_smoothing = 0.1
class_weights = "balanced"
deterministic = true
"""


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    path = tmp_path_factory.mktemp("config") / "small.toml"
    path.write_text(CONFIG)
    return path


def started(config, folder, *options):
    command = [sys.executable, "-m", "tagger", "train", str(config), "--run", str(folder), "--threads", "2", *options]
    with (folder.parent / "stderr.txt").open("w") as stderr:
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=stderr)


def finished(process, folder):
    assert process.wait() == 0, (folder.parent / "stderr.txt").read_text()
    return (folder.parent / "stderr.txt").read_text()


def interrupted(process, is_time, signal_number=signal.SIGKILL):
    """Send a signal as soon as `is_time()` is true; return the exit status."""
    while not is_time():
        assert process.poll() is None, "the process has already ended"
        time.sleep(0.001)
    process.send_signal(signal_number)
    return process.wait()


@pytest.fixture(scope="module")
def uninterrupted(config, tmp_path_factory):
    """The folder of a run without interruption."""
    folder = tmp_path_factory.mktemp("uninterrupted") / "run"
    finished(started(config, folder), folder)
    return folder


def checksums(folder):
    return (folder / "bundle" / "SHA256SUMS").read_text()


def history(folder):
    """Number, loss, score and learning rate of each epoch."""
    with (folder / "history.csv").open() as file:
        return [(row["number"], row["loss"], row["score"], row["learning_rate"]) for row in csv.DictReader(file)]


def test_run_that_is_killed_repeatedly_ends_like_an_uninterrupted_one(config, uninterrupted, tmp_path):
    folder = tmp_path / "run"
    log, stderr = folder / "log.txt", tmp_path / "stderr.txt"

    def logged(text):
        return lambda: log.exists() and text in log.read_text()

    before_the_first_epoch = interrupted(started(config, folder), logged("loading TensorFlow"))
    after_the_first = interrupted(started(config, folder, "--resume"), (folder / "checkpoint" / "state.npz").exists)
    assert "there is no checkpoint to resume from; training starts from the beginning" in stderr.read_text()
    by_ctrl_c = interrupted(started(config, folder, "--resume"), logged("epoch 3/"), signal.SIGINT)
    assert "resuming after epoch " in stderr.read_text()
    assert f"is saved in {folder / 'bundle'}; --resume continues the training" in stderr.read_text()
    assert len(Tagger.load(folder).tag(["John loves Jane"])[0].tags) == 3
    while_it_is_saved = interrupted(started(config, folder, "--resume"), (folder / "bundle.tmp").exists)
    finished(started(config, folder, "--resume"), folder)

    assert [before_the_first_epoch, after_the_first, by_ctrl_c, while_it_is_saved] == [-9, -9, 130, -9]
    assert checksums(folder) == checksums(uninterrupted)
    assert history(folder) == history(uninterrupted)
    names = {path.name for path in folder.iterdir()}
    assert names == {path.name for path in uninterrupted.iterdir()}
    assert "checkpoint" not in names
    assert log.read_text().count("loading TensorFlow") == 4  # the process without an epoch has lost its log
    assert log.read_text().count("resuming after epoch ") == 3


def test_resuming_a_finished_run_changes_nothing(config, uninterrupted, tmp_path):
    folder = shutil.copytree(uninterrupted, tmp_path / "run")
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    messages = finished(started(config, folder, "--resume"), folder)

    assert "is finished already" in messages
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
    assert "checkpoint" not in os.listdir(folder)
