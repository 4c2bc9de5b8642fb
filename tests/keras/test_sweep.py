"""Sweeps with real workers: failures, kills, and what is left after them."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tagger.sweeps.failures import read_failures
from tagger.training.run_folder import is_finished

ROOT = Path(__file__).parents[2]
TINY = ROOT / "data" / "svo" / "tiny.tsv"

BASE = f"""
[data]
train = "{TINY}"
dev = "{TINY}"
test = "{TINY}"
[features]
words = {{ dim = 8 }}
affixes = false
[model]
cell = "simple_rnn"
bidirectional = false
[training]
adversarial = 0
epochs = 2
patience = 1000000
deterministic = true
"""

# Two valid trials, one whose tags have no scheme, one of 4 GB, and one that would take a year.
FAILING = """
base = "base.toml"
[sweep]
seeds = [1]
[sweep.space]
"training.epochs" = [2, 1000000]
"model.units" = { values = [[4], [6], [16000]], when = { "training.epochs" = 2 } }
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
    """A folder with the base and two sweep files."""
    for name, text in {"base": BASE, "failing": FAILING, "many": MANY}.items():
        (tmp_path / f"{name}.toml").write_text(text)
    return tmp_path


def command(files, name, *options):
    folder = ["--run", str(files / "run")]
    return [sys.executable, "-m", "tagger", "sweep", str(files / f"{name}.toml"), *folder, *options]


def start(files, name, *options):
    with (files / "stderr.txt").open("a") as stderr:
        return subprocess.Popen(command(files, name, *options), stdout=subprocess.DEVNULL, stderr=stderr)


def stderr_of(files):
    return (files / "stderr.txt").read_text()


def wait_until(condition, process, files):
    """Wait until a condition holds."""
    while not condition():
        assert process.poll() is None, stderr_of(files)
        time.sleep(0.001)


def finished_trials(files):
    """Time at which each finished trial finished, by name."""
    folders = (path for path in (files / "run").glob("*") if not path.is_symlink() and is_finished(path))
    return {folder.name: (folder / "metrics.json").stat().st_mtime_ns for folder in folders}


def running_epochs(files):
    """Number of unfinished trials that have reported an epoch, which they do before they write the history."""
    histories = (files / "run").glob("*/history.csv")
    return len([path for path in histories if not (path.parent / "metrics.json").exists()])


def planned(files, name):
    """Names that a dry run lists."""
    listed = subprocess.run(command(files, name, "--dry-run"), capture_output=True, text=True, check=True).stdout
    return {line.split()[0] for line in listed.splitlines()[3:]}


def test_trials_that_are_impossible_too_large_or_too_slow_are_recorded_and_the_others_finish(files):
    done = subprocess.run(
        command(files, "failing", "--jobs", "2", "--timeout", "30", "--memory", "1600"), capture_output=True, text=True
    )
    reasons = sorted(failure.reason.partition(",")[0] for failure in read_failures(files / "run"))

    assert done.returncode == 0, done.stderr
    assert reasons[0].startswith('data.scheme_train: "bio" needs BIO-style tags')
    assert reasons[1] == "took longer than 30 s (--timeout)"
    assert reasons[2].startswith("used ")
    assert "2 of 5 trials finished, 3 failed" in done.stderr
    assert (files / "run" / "leaderboard.csv").read_text().count("\n") == 3
    assert "test accuracy " in done.stdout
    assert not (files / "run" / "workers").exists()

    # A worker that has trained other trials before trains the same tagger as `train` in a process of its own.
    trial = files / "run" / (files / "run" / "best").readlink()
    metrics = json.loads((trial / "metrics.json").read_text())
    assert metrics["test"] is None
    alone = [sys.executable, "-m", "tagger", "train", str(trial / "config.toml"), "--run", str(files / "alone")]
    subprocess.run([*alone, "--threads", "1"], capture_output=True, check=True)
    sums = Path("bundle", "SHA256SUMS")
    assert (files / "alone" / sums).read_text() == (trial / sums).read_text()


def test_a_sweep_that_is_killed_twice_trains_each_trial_once(files):
    expected = planned(files, "many")
    before: dict[str, int] = {}
    conditions = [lambda: running_epochs(files) > 0, lambda: len(finished_trials(files)) > len(before)]
    for condition in conditions:
        process = start(files, "many", "--jobs", "2")
        wait_until(condition, process, files)
        children = psutil.Process(process.pid).children(recursive=True)
        if condition is conditions[0]:
            second = subprocess.run(command(files, "many"), capture_output=True, text=True)
            status = subprocess.run(command(files, "many", "--status"), capture_output=True, text=True, check=True)
            assert second.returncode == 1
            assert f"a sweep is already running there, as process {process.pid}" in second.stderr
            assert " of 6 trials finished" in status.stdout
        process.kill()
        process.wait()

        assert psutil.wait_procs(children, timeout=30)[1] == []  # workers end, too
        now = finished_trials(files)
        assert before.items() <= now.items()
        before = now
    assert start(files, "many", "--jobs", "2").wait() == 0, stderr_of(files)

    assert before.items() <= finished_trials(files).items()
    assert {*finished_trials(files)} == expected
    assert read_failures(files / "run") == []


def test_a_killed_worker_fails_only_its_trial_and_ctrl_c_explains_how_to_resume(files):
    process = start(files, "many")
    wait_until(lambda: running_epochs(files) > 0, process, files)
    (worker,) = [
        child for child in psutil.Process(process.pid).children() if "spawn_main" in " ".join(child.cmdline())
    ]  # fmt: skip
    worker.kill()
    wait_until(lambda: finished_trials(files), process, files)
    process.send_signal(signal.SIGINT)

    assert process.wait() == 130
    assert "trials finished, 1 failed" in stderr_of(files)
    assert "the same command resumes the sweep without repeating finished trials" in stderr_of(files)
    (failure,) = read_failures(files / "run")
    assert failure.reason == "its process was killed, as the system does when memory runs out"
    assert any("epoch 1/2" in line for line in failure.lines)
    assert start(files, "many", "--retry", "1").wait() == 0, stderr_of(files)
    assert {*finished_trials(files)} == planned(files, "many")
