"""Worker processes with a fake training: submitting, watching, replacing and stopping them."""

import os
import signal
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import psutil
import pytest

from tagger.config import parse_config
from tagger.interrupts import ignore_signals
from tagger.sweeps import limits
from tagger.sweeps import workers as workers_module
from tagger.sweeps.limits import MB
from tagger.sweeps.worker import EpochDone, Task, TrialEnded, TrialStarted
from tagger.sweeps.workers import LocalWorkers, threads_per_trial

kept: list[bytearray] = []


def serve_fake_trials(connection: Connection, output_path: Path, threads: int) -> None:
    """Do with each trial what the name of its folder says."""
    ignore_signals()
    while True:
        try:
            task = connection.recv()
        except EOFError:
            return
        connection.send(TrialStarted())
        match task.folder.name:
            case "hangs":
                connection.recv()
            case "is killed":
                os.kill(os.getpid(), signal.SIGKILL)
            case "ends":
                output_path.write_text("the last words\n")
                os._exit(3)
            case "grows":
                kept.append(bytearray(400 * MB))
            case "asks":
                connection.send(EpochDone(1, 0.5))
                connection.send(TrialEnded("finished" if connection.recv() else "pruned"))
                continue
        connection.send(TrialEnded("finished", f"{threads} threads in process {os.getpid()}"))


@pytest.fixture
def start(monkeypatch, tmp_path) -> Iterator[Callable[..., LocalWorkers]]:
    started = []
    monkeypatch.setattr(workers_module, "serve", serve_fake_trials)

    def start(n: int = 1, **options) -> LocalWorkers:
        started.append(LocalWorkers(n, 1, tmp_path / "workers", **options))
        return started[-1]

    yield start
    for workers in started:
        workers.close()


def task(name: str) -> Task:
    return Task(Path("/nowhere", name), parse_config({"data": {"train": "train.tsv"}}), 1)


def outcome(workers: LocalWorkers, name: str) -> TrialEnded:
    """Submit a trial, and wait for its end."""
    workers.submit(task(name))
    while True:
        for event_name, event in workers.events():
            assert event_name == name
            if isinstance(event, EpochDone):
                workers.answer(name, should_continue=False)
            if isinstance(event, TrialEnded):
                return event


def test_one_process_trains_many_trials(start):
    workers = start()
    reasons = {outcome(workers, name).reason for name in ("first", "second", "third")}

    assert len(reasons) == 1
    assert reasons.pop().startswith("1 threads in process ")


def test_a_trial_with_a_negative_answer_is_pruned(start):
    assert outcome(start(), "asks").outcome == "pruned"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("is killed", "its process was killed, as the system does when memory runs out"),
        ("ends", "its process ended with exit code 3"),
        ("hangs", "took longer than 1 s (--timeout)"),
    ],
)
def test_a_process_that_dies_or_hangs_fails_its_trial_and_the_next_trial_gets_another_process(start, name, reason):
    workers = start(timeout=1)
    end = outcome(workers, name)

    assert (end.outcome, end.reason) == ("failed", reason)
    assert end.lines == (("the last words",) if name == "ends" else ())
    assert workers.n_free == 1
    assert outcome(workers, "next").outcome == "finished"


def test_a_process_above_the_memory_limit_is_stopped(start, monkeypatch):
    monkeypatch.setattr(workers_module, "_resident_memory", lambda process: 700 * MB)
    end = outcome(start(memory=600 * MB), "hangs")

    assert (end.outcome, end.reason) == ("failed", "used 700 MB of memory; the limit is 600 MB (--memory)")


def test_a_process_that_does_not_become_ready_is_stopped(start, monkeypatch):
    monkeypatch.setattr(limits, "START_TIMEOUT", 0)

    assert outcome(start(), "first").reason == "its process was not ready after 0 seconds"


def test_a_process_whose_memory_has_grown_is_replaced(start):
    workers = start()
    reasons = [outcome(workers, name).reason for name in ("first", "grows", "next")]

    assert reasons[0] == reasons[1] != reasons[2]


def test_a_process_that_dies_between_two_trials_fails_neither(start):
    workers = start()
    first = outcome(workers, "first").reason
    pid = int(first.split()[-1])
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)

    assert outcome(workers, "second").outcome == "finished"


def test_closing_leaves_no_process_and_no_file(start, tmp_path):
    workers = start(2)
    workers.submit(task("hangs"))
    workers.submit(task("asks"))
    processes = psutil.Process().children()
    assert workers.n_free == 0
    workers.close()

    assert not [
        process for process in processes if process.is_running() and "spawn_main" in " ".join(process.cmdline())
    ]
    assert not (tmp_path / "workers").exists()
    assert workers.running == {}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=str)
def test_a_signal_to_all_processes_does_not_stop_a_worker(start, number):
    workers = start()
    first = outcome(workers, "first").reason
    os.kill(int(first.split()[-1]), number)

    assert outcome(workers, "second").reason == first


def test_trials_share_the_cores_available_to_this_process(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 64)
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: {*range(8)}, raising=False)

    assert [threads_per_trial(jobs) for jobs in (1, 2, 3, 20)] == [8, 4, 2, 1]
