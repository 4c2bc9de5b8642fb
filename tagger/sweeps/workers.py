"""Worker processes on this machine: they are given trials, watched, and replaced.

They are started by multiprocessing's "spawn": TensorFlow's threads do not survive a fork, and a forked worker would
hold its siblings' pipes open, so that none of them would notice when the sweep's own process dies.
"""

import contextlib
import multiprocessing
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path

import psutil

from tagger.files import remove
from tagger.sweeps.limits import Usage, last_lines
from tagger.sweeps.worker import Began, Ended, EpochDone, Task, serve
from tagger.tagging.engine import n_cores
from tagger.training.interrupts import ignored_interrupts

TICK = 0.2  # seconds between two looks at the memory and time of trials


@dataclass
class _Worker:
    process: SpawnProcess
    connection: Connection
    output_path: Path
    usage: Usage = field(default_factory=Usage)
    task: Task | None = None


def share_of_cores(jobs: int) -> int:
    """The threads of each of so many trials that run at the same time on this machine."""
    return max(1, n_cores() // jobs)


@dataclass
class LocalWorkers:
    """So many processes, each with one trial at a time.

    A sweep gives trials with `submit`, hears of them with `events`, and answers each epoch with `answer`.

    Args:
        n: of them.
        threads: that each computes with.
        folder: for what they print; gone with them.
        timeout: seconds after which a trial is ended; None: never.
        memory: bytes of a worker at which its trial is ended; None: never. What is resident counts, as TensorFlow
            reserves far more addresses than it uses, which a limit of the system's would count.
    """

    n: int
    threads: int
    folder: Path
    timeout: float | None = None
    memory: int | None = None
    _workers: list[_Worker] = field(default_factory=list)
    _n_started: int = 0

    @property
    def n_free(self) -> int:
        """How many trials can be given."""
        return self.n - len(self.running)

    @property
    def running(self) -> dict[str, int]:
        """The names of trials that run, and the bytes of memory of their processes."""
        return {worker.task.folder.name: worker.usage.memory for worker in self._workers if worker.task}

    def submit(self, task: Task) -> None:
        """Have a trial trained; there must be a free worker."""
        for idle in [worker for worker in self._workers if not worker.task and not worker.process.is_alive()]:
            self._stop(idle)  # it died in its sleep, and no trial pays for that
        worker = next((worker for worker in self._workers if not worker.task), None) or self._start()
        worker.task = task
        worker.usage.begin(is_training=False)
        with contextlib.suppress(OSError):  # it has died just now, which `events` tells
            worker.connection.send(task)

    def events(self) -> Iterator[tuple[str, Began | EpochDone | Ended]]:
        """Events since the last call, by name of the trial; waits a moment if there are none."""
        busy = {worker.connection: worker for worker in self._workers if worker.task}
        for connection in wait(list(busy), timeout=TICK):
            worker = busy[connection]  # type: ignore[index]
            name = worker.task.folder.name if worker.task else ""
            try:
                event = worker.connection.recv()
            except (EOFError, OSError):
                yield name, self._died(worker)
                continue
            if isinstance(event, Began):
                worker.usage.begin(is_training=True)
            if isinstance(event, Ended):
                self._release(worker)
            yield name, event
        for worker in [worker for worker in self._workers if worker.task]:
            worker.usage.memory = _resident(worker.process) or worker.usage.memory
            if (reason := worker.usage.excess(timeout=self.timeout, memory=self.memory)) and worker.task:
                name = worker.task.folder.name
                yield name, Ended("failed", reason, self._stop(worker))

    def answer(self, name: str, *, go_on: bool) -> None:
        """After `EpochDone`: whether the trial goes on."""
        worker = self._worker_of(name)
        with contextlib.suppress(OSError):  # it has died, which `events` tells
            worker.connection.send(go_on)

    def close(self) -> None:
        """End all workers at once."""
        with ignored_interrupts():
            for worker in list(self._workers):
                self._stop(worker)
            remove(self.folder)

    def _worker_of(self, name: str) -> _Worker:
        return next(worker for worker in self._workers if worker.task and worker.task.folder.name == name)

    def _start(self) -> _Worker:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._n_started += 1
        self.folder.mkdir(parents=True, exist_ok=True)
        output_path = self.folder / f"{self._n_started}.txt"
        output_path.unlink(missing_ok=True)
        process = context.Process(target=serve, args=(theirs, output_path, self.threads), daemon=True)
        with ignored_interrupts():  # which the process inherits: a Ctrl-C is for the sweep alone
            process.start()
        theirs.close()
        worker = _Worker(process, ours, output_path)
        self._workers.append(worker)
        return worker

    def _release(self, worker: _Worker) -> None:
        """Leave a worker to the next trial, or end it if it has grown."""
        worker.task = None
        worker.usage.memory = _resident(worker.process)
        if worker.usage.has_grown():
            self._stop(worker)

    def _died(self, worker: _Worker) -> Ended:
        worker.process.join()
        code = worker.process.exitcode or 0
        if code == -signal.SIGKILL:
            reason = "its process was killed; the system does so where memory runs out"
        elif code < 0:
            reason = f"its process was ended by {signal.Signals(-code).name}"
        else:
            reason = f"its process ended with exit code {code}"
        return Ended("failed", reason, self._stop(worker))

    def _stop(self, worker: _Worker) -> tuple[str, ...]:
        """End a worker; gives the end of its trial's log and of what it printed."""
        self._workers.remove(worker)
        worker.process.kill()
        worker.process.join()
        worker.connection.close()
        logs = [worker.task.folder / "log.txt"] if worker.task else []
        lines = [line for path in [*logs, worker.output_path] for line in last_lines(path)]
        worker.output_path.unlink(missing_ok=True)
        return tuple(lines)


def _resident(process: SpawnProcess) -> int:
    """Bytes of memory that a process holds; 0 where it is gone."""
    try:
        return int(psutil.Process(process.pid).memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
