"""Sweeps with real workers: what fails in them, what kills them, and what is left then."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tagger.sweeps.failures import read_failures

ROOT = Path(__file__).parents[2]
TINY = ROOT / "data" / "svo" / "tiny.tsv"

BASE = f"""
[data]
train = "{TINY}"
dev = "{TINY}"
test = "{TINY}"
[features]
words = {{ dim = 8 }}
[training]
epochs = 2
patience = 1000000
deterministic = true
"""

# Two that are sound, one whose tags have no scheme, one of 4 GB, and one that ends in a year.
MISHAPS = """
base = "base.toml"
[sweep]
seeds = [1]
[sweep.space]
"training.epochs" = [2, 100000000]
"model.units" = { values = [[4], [6], [8000]], when = { "training.epochs" = 2 } }
"data.scheme_train" = { values = ["same", "bio"], when = { "model.units" = [[4]] } }
"""

MANY = """
base = "base.toml"
[sweep]
seeds = [1, 2]
[sweep.space]
"model.units" = [[4], [5], [6]]
"""


@pytest.fixture
def files(tmp_path):
    """A folder with a sweep's file for each name."""
    for name, text in {"base": BASE, "mishaps": MISHAPS, "many": MANY}.items():
        (tmp_path / f"{name}.toml").write_text(text)
    return tmp_path


def command(files, name, *options):
    folder = ["--run", str(files / "run")]
    return [sys.executable, "-m", "tagger", "sweep", str(files / f"{name}.toml"), *folder, *options]


def started(files, name, *options):
    with (files / "said.txt").open("a") as said:
        return subprocess.Popen(command(files, name, *options), stdout=subprocess.DEVNULL, stderr=said)


def said(files):
    return (files / "said.txt").read_text()


def wait_until(moment, process, files):
    """Comes back as soon as a moment is there."""
    while not moment():
        assert process.poll() is None, said(files)
        time.sleep(0.001)


def finished_trials(files):
    """By name of its folder, when each finished trial was finished."""
    found = (path for path in (files / "run").glob("*/metrics.json") if not path.parent.is_symlink())
    return {path.parent.name: path.stat().st_mtime_ns for path in found}


def running_epochs(files):
    """How many unfinished trials have told of an epoch: its line is said before the history is written."""
    told = (files / "run").glob("*/history.csv")
    return len([path for path in told if not (path.parent / "metrics.json").exists()])


def planned(files, name):
    """The names that a dry run tells."""
    listed = subprocess.run(command(files, name, "--dry-run"), capture_output=True, text=True, check=True).stdout
    return {line.split()[0] for line in listed.splitlines()[3:]}


def test_trials_that_are_impossible_too_large_or_endless_are_recorded_and_the_others_finish(files):
    done = subprocess.run(
        command(files, "mishaps", "--jobs", "2", "--timeout", "30", "--memory", "1600"), capture_output=True, text=True
    )
    reasons = sorted(failure.reason.partition(",")[0] for failure in read_failures(files / "run"))

    assert done.returncode == 0, done.stderr
    assert reasons[0].startswith('data.scheme_train: "bio" needs BIO-style tags')
    assert reasons[1].startswith("took ")
    assert reasons[2] == "was not done after 30 seconds"
    assert "2 of 5 trials finished, 3 failed" in done.stderr
    assert (files / "run" / "leaderboard.csv").read_text().count("\n") == 3
    assert "test accuracy " in done.stdout
    assert not (files / "run" / "workers").exists()

    # What a worker has trained after others is what `train` makes of its config in a process of its own.
    trial = files / "run" / (files / "run" / "best").readlink()
    metrics = json.loads((trial / "metrics.json").read_text())
    assert metrics["test"] is None
    alone = [sys.executable, "-m", "tagger", "train", str(trial / "config.toml"), "--run", str(files / "alone")]
    subprocess.run([*alone, "--threads", "1"], capture_output=True, check=True)
    sums = Path("bundle", "SHA256SUMS")
    assert (files / "alone" / sums).read_text() == (trial / sums).read_text()


def test_a_sweep_that_is_killed_three_times_ends_with_each_trial_trained_once(files):
    expected = planned(files, "many")
    before: dict[str, int] = {}
    moments = [
        (files / "run" / "workers").exists,
        lambda: running_epochs(files) > 0,
        lambda: len(finished_trials(files)) > len(before),
    ]
    for moment in moments:
        process = started(files, "many", "--jobs", "2")
        wait_until(moment, process, files)
        children = psutil.Process(process.pid).children(recursive=True)
        if moment is moments[1]:
            second = subprocess.run(command(files, "many"), capture_output=True, text=True)
            status = subprocess.run(command(files, "many", "--status"), capture_output=True, text=True, check=True)
            assert second.returncode == 1
            assert f"a sweep runs there already, as process {process.pid}" in second.stderr
            assert " of 6 trials finished" in status.stdout
        process.kill()
        process.wait()

        assert psutil.wait_procs(children, timeout=30)[1] == []  # workers notice, and end
        now = finished_trials(files)
        assert before.items() <= now.items()
        before = now
    assert started(files, "many", "--jobs", "2").wait() == 0, said(files)

    assert before.items() <= finished_trials(files).items()
    assert {*finished_trials(files)} == expected
    assert read_failures(files / "run") == []


def test_a_killed_worker_costs_its_trial_alone_and_ctrl_c_says_how_to_go_on(files):
    process = started(files, "many")
    wait_until(lambda: running_epochs(files) > 0, process, files)
    (worker,) = [
        child for child in psutil.Process(process.pid).children() if "spawn_main" in " ".join(child.cmdline())
    ]  # fmt: skip
    worker.kill()
    wait_until(lambda: finished_trials(files), process, files)
    process.send_signal(signal.SIGINT)

    assert process.wait() == 130
    assert "trials finished, 1 failed" in said(files)
    assert "the same command goes on, and runs no finished trial again" in said(files)
    (failure,) = read_failures(files / "run")
    assert failure.reason == "its process was killed; the system does so where memory runs out"
    assert any("epoch 1/2" in line for line in failure.lines)
    assert started(files, "many", "--retry", "1").wait() == 0, said(files)
    assert {*finished_trials(files)} == planned(files, "many")
