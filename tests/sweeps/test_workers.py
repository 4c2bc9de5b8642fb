"""Worker processes that train nothing: how they are given trials, watched, replaced and ended."""

import os
import signal
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import psutil
import pytest

from tagger.config import parse_config
from tagger.sweeps import limits
from tagger.sweeps import workers as workers_module
from tagger.sweeps.limits import MB
from tagger.sweeps.worker import Began, Ended, EpochDone, Task
from tagger.sweeps.workers import LocalWorkers, share_of_cores

kept: list[bytearray] = []


def pretend(connection: Connection, output_path: Path, threads: int) -> None:
    """Does with each trial what the name of its folder says."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            task = connection.recv()
        except EOFError:
            return
        connection.send(Began())
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
                connection.send(Ended("finished" if connection.recv() else "pruned"))
                continue
        connection.send(Ended("finished", f"{threads} threads in process {os.getpid()}"))


@pytest.fixture
def start(monkeypatch, tmp_path) -> Iterator[Callable[..., LocalWorkers]]:
    started = []
    monkeypatch.setattr(workers_module, "serve", pretend)

    def start(n: int = 1, **options) -> LocalWorkers:
        started.append(LocalWorkers(n, 1, tmp_path / "workers", **options))
        return started[-1]

    yield start
    for workers in started:
        workers.close()


def task(name: str) -> Task:
    return Task(Path("/nowhere", name), parse_config({"data": {"train": "train.tsv"}}), 1)


def outcome(workers: LocalWorkers, name: str) -> Ended:
    """Gives a trial, and waits for its end."""
    workers.submit(task(name))
    while True:
        for told, event in workers.events():
            assert told == name
            if isinstance(event, EpochDone):
                workers.answer(name, go_on=False)
            if isinstance(event, Ended):
                return event


def test_one_process_trains_many_trials(start):
    workers = start()
    said = {outcome(workers, name).reason for name in ("first", "second", "third")}

    assert len(said) == 1
    assert said.pop().startswith("1 threads in process ")


def test_a_trial_that_is_not_to_go_on_is_pruned(start):
    assert outcome(start(), "asks").outcome == "pruned"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("is killed", "its process was killed; the system does so where memory runs out"),
        ("ends", "its process ended with exit code 3"),
        ("hangs", "was not done after 1 seconds, as --timeout has it"),
    ],
)
def test_a_process_that_dies_or_hangs_fails_its_trial_and_another_takes_the_next(start, name, reason):
    workers = start(timeout=1)
    ended = outcome(workers, name)

    assert (ended.outcome, ended.reason) == ("failed", reason)
    assert ended.lines == (("the last words",) if name == "ends" else ())
    assert workers.n_free == 1
    assert outcome(workers, "next").outcome == "finished"


def test_a_process_that_takes_more_memory_than_is_allowed_is_ended(start, monkeypatch):
    monkeypatch.setattr(workers_module, "_resident", lambda process: 700 * MB)
    ended = outcome(start(memory=600 * MB), "hangs")

    assert (ended.outcome, ended.reason) == ("failed", "took 700 MB of memory, and --memory allows 600")


def test_a_process_that_does_not_become_ready_is_ended(start, monkeypatch):
    monkeypatch.setattr(limits, "START", 0)

    assert outcome(start(), "first").reason == "its process was not ready after 0 seconds"


def test_a_process_that_has_grown_is_replaced(start):
    workers = start()
    said = [outcome(workers, name).reason for name in ("first", "grows", "next")]

    assert said[0] == said[1] != said[2]


def test_a_process_that_died_between_two_trials_costs_none(start):
    workers = start()
    first = outcome(workers, "first").reason
    pid = int(first.split()[-1])
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)

    assert outcome(workers, "second").outcome == "finished"


def test_no_process_and_no_file_is_left_at_the_end(start, tmp_path):
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


def test_a_ctrl_c_in_the_terminal_does_not_reach_a_worker(start):
    workers = start()
    first = outcome(workers, "first").reason
    os.kill(int(first.split()[-1]), signal.SIGINT)

    assert outcome(workers, "second").reason == first


def test_trials_share_the_cores_that_this_process_may_use(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 64)
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: {*range(8)}, raising=False)

    assert [share_of_cores(jobs) for jobs in (1, 2, 3, 20)] == [8, 4, 2, 1]
