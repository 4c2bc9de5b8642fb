"""Worker processes on this machine: submit trials to them, watch them, and replace them.

They are started by multiprocessing's "spawn". TensorFlow's threads do not survive a fork, and a forked worker would
keep the pipes of the other workers open, so that none of them would notice the death of the sweep's own process.
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

from tagger.child_processes import safe_imports
from tagger.files import remove
from tagger.interrupts import ignored_interrupts
from tagger.sweeps.limits import Usage, last_lines
from tagger.sweeps.worker import Event, Task, TrialEnded, TrialStarted, serve
from tagger.tagging.engine import n_cores

POLL_SECONDS = 0.2  # between two checks of the memory and time of trials


@dataclass
class _Worker:
    process: SpawnProcess
    connection: Connection
    output_path: Path
    usage: Usage = field(default_factory=Usage)
    task: Task | None = None


def threads_per_trial(jobs: int) -> int:
    """Number of threads for each of `jobs` trials that run at the same time on this machine."""
    return max(1, n_cores() // jobs)


@dataclass
class LocalWorkers:
    """A pool of processes, each of which trains one trial at a time.

    A sweep submits trials with `submit`, reads their `events`, and answers each `EpochDone` with `answer`.

    Args:
        n: number of processes.
        threads: threads of each process.
        folder: folder for the output of the processes; removed by `close`.
        timeout: seconds of training after which a trial is ended; None: no limit.
        memory: bytes of resident memory above which a worker's trial is ended; None: no limit. The system's own limit
            (RLIMIT_AS) would count addresses, of which TensorFlow reserves far more than it uses.
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
        """Number of trials that can be submitted now."""
        return self.n - len(self.running)

    @property
    def running(self) -> dict[str, int]:
        """Bytes of memory of each running trial's process, by name of the trial."""
        return {worker.task.folder.name: worker.usage.memory for worker in self._workers if worker.task}

    def submit(self, task: Task) -> None:
        """Train a trial; a worker must be free."""
        for idle in [worker for worker in self._workers if not worker.task and not worker.process.is_alive()]:
            self._stop(idle)  # it died between two trials, which should not fail the next one
        worker = next((worker for worker in self._workers if not worker.task), None) or self._start()
        worker.task = task
        worker.usage.begin(is_training=False)
        with contextlib.suppress(OSError):  # it has just died, which `events` reports
            worker.connection.send(task)

    def events(self) -> Iterator[tuple[str, Event]]:
        """Events since the last call, each with the name of its trial; waits a moment if there are none."""
        busy = {worker.connection: worker for worker in self._workers if worker.task}
        for connection in wait(list(busy), timeout=POLL_SECONDS):
            worker = busy[connection]  # type: ignore[index]
            name = worker.task.folder.name if worker.task else ""
            try:
                event = worker.connection.recv()
            except (EOFError, OSError):
                yield name, self._exit_event(worker)
                continue
            if isinstance(event, TrialStarted):
                worker.usage.begin(is_training=True)
            if isinstance(event, TrialEnded):
                self._release(worker)
            yield name, event
        for worker in [worker for worker in self._workers if worker.task]:
            worker.usage.memory = _resident_memory(worker.process) or worker.usage.memory
            if (reason := worker.usage.exceeded_limit(timeout=self.timeout, memory=self.memory)) and worker.task:
                name = worker.task.folder.name
                yield name, TrialEnded("failed", reason, self._stop(worker))

    def answer(self, name: str, *, should_continue: bool) -> None:
        """Answer a trial's `EpochDone`: whether it continues."""
        worker = self._worker_of(name)
        with contextlib.suppress(OSError):  # it has died, which `events` reports
            worker.connection.send(should_continue)

    def close(self) -> None:
        """Stop all workers at once."""
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
        worker = _Worker(process, ours, output_path)
        # Inherited by the process: only the sweep reacts to requests to stop.
        with ignored_interrupts(), safe_imports():
            process.start()
            self._workers.append(worker)
        theirs.close()
        return worker

    def _release(self, worker: _Worker) -> None:
        """Keep a worker for the next trial, or stop it if its memory has grown."""
        worker.task = None
        worker.usage.memory = _resident_memory(worker.process)
        if worker.usage.has_grown():
            self._stop(worker)

    def _exit_event(self, worker: _Worker) -> TrialEnded:
        """The failure of a trial whose process has ended by itself or was killed."""
        worker.process.join()
        code = worker.process.exitcode or 0
        if code == -signal.SIGKILL:
            reason = "its process was killed, as the system does when memory runs out"
        elif code < 0:
            reason = f"its process was ended by {signal.Signals(-code).name}"
        else:
            reason = f"its process ended with exit code {code}"
        return TrialEnded("failed", reason, self._stop(worker))

    def _stop(self, worker: _Worker) -> tuple[str, ...]:
        """Stop a worker; return the last lines of its trial's log and of its output."""
        self._workers.remove(worker)
        worker.process.kill()
        worker.process.join()
        worker.connection.close()
        logs = [worker.task.folder / "log.txt"] if worker.task else []
        lines = [line for path in [*logs, worker.output_path] for line in last_lines(path)]
        worker.output_path.unlink(missing_ok=True)
        return tuple(lines)


def _resident_memory(process: SpawnProcess) -> int:
    """Bytes of resident memory of a process; 0 if it has ended."""
    try:
        return int(psutil.Process(process.pid).memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
