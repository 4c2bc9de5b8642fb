"""A process that trains trials, one after the other, for a sweep in another process."""

import logging
import os
import queue
import signal
import threading
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tagger.config import Config
from tagger.errors import RunError, TaggerError

if TYPE_CHECKING:
    from tagger.network.events import BatchDone, Epoch

N_LINES = 20  # of a log that are kept of a failed trial

log = logging.getLogger("tagger")


@dataclass(frozen=True, slots=True)
class Task:
    """A trial to train; what an earlier try left in its folder is gone on with."""

    folder: Path
    config: Config
    threads: int


@dataclass(frozen=True, slots=True)
class Began:
    """A worker is ready and begins with its trial."""


@dataclass(frozen=True, slots=True)
class EpochDone:
    """An epoch, from 1, of a trial is done, with a score on dev; the worker waits for word whether to go on."""

    number: int
    score: float


@dataclass(frozen=True, slots=True)
class Ended:
    """A trial has ended.

    Args:
        outcome: whether its run is whole, was given up, or failed.
        reason: of a failure, one line or more.
        lines: the end of a failed trial's log.
    """

    outcome: Literal["finished", "pruned", "failed"]
    reason: str = ""
    lines: tuple[str, ...] = ()


class _Pruned(TaggerError):
    """A trial is given up; its folder keeps what going on with it would need."""


def run_trial(task: Task, report: Callable[[int, float], bool]) -> Ended:
    """Trains one trial, in this process: all that a machine must do to take part in a sweep.

    `report` gets the number and the score on dev of each epoch, and says whether to go on.
    """
    from tagger.training.train import train

    def listen(event: "BatchDone | Epoch") -> None:
        from tagger.network.events import Epoch

        if isinstance(event, Epoch) and not report(event.number, event.score or 0.0):
            raise _Pruned("given up")

    begin = partial(train, task.config, task.folder, scores_test=False, threads=task.threads, listen=listen)
    lines = _LastLines()
    log.addHandler(lines)
    try:
        try:
            begin(resume=True)
        except RunError as error:  # what an earlier try left does not go with this one: other threads, another version
            log.warning("starts over: %s", error.message)
            begin(overwrite=True)
    except _Pruned:
        return Ended("pruned")
    except TaggerError as error:
        return Ended("failed", "\n".join(filter(None, (error.message, error.hint))), lines.tell())
    except MemoryError:
        return Ended("failed", "not enough memory", lines.tell())
    except Exception as error:
        raised = tuple(traceback.format_exc().splitlines())
        return Ended("failed", f"{type(error).__name__}: {error}", (*lines.tell(), *raised)[-N_LINES:])
    finally:
        log.removeHandler(lines)
    return Ended("finished")


class _LastLines(logging.Handler):
    """The last lines of a log, as a run that cannot begin leaves no log.txt."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: deque[str] = deque(maxlen=N_LINES)

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(record.getMessage())

    def tell(self) -> tuple[str, ...]:
        return tuple(self._lines)


def serve(connection: Connection, output_path: Path, threads: int) -> None:
    """Trains what comes through a connection until that is closed, which it is when the other process dies.

    The main thread waits for messages, and ends the process at once when there will be no more: what a run has on disk
    by then is whole, or is gone on with. Trials run in another thread, where Python hands them no Ctrl-C: the sweep's
    own process says what ends.

    Args:
        connection: gives a `Task`, or after `EpochDone` whether to go on; takes `Began`, `EpochDone`, `Ended`.
        output_path: where to print goes, of libraries that do.
        threads: that libraries compute with which ask nobody.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    output = os.open(output_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(output, 1)
    os.dup2(output, 2)
    set_up(threads)
    tasks: queue.SimpleQueue[Task] = queue.SimpleQueue()
    answers: queue.SimpleQueue[bool] = queue.SimpleQueue()
    threading.Thread(target=work, args=(connection.send, tasks, answers), daemon=True).start()
    try:
        while True:
            message = connection.recv()
            if isinstance(message, Task):
                tasks.put(message)
            else:
                answers.put(message)
    except (EOFError, OSError):
        os._exit(0)


def set_up(threads: int) -> None:
    """Makes a process ready to train, with so many threads of libraries that ask nobody."""
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")  # or the first worker takes all memory of a GPU
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(threads)))
    log.setLevel(logging.INFO)
    log.addHandler(logging.NullHandler())


def work(
    send: Callable[[Began | EpochDone | Ended], None],
    tasks: "queue.SimpleQueue[Task]",
    answers: "queue.SimpleQueue[bool]",
) -> None:
    """Trains task after task while the process lives; after `EpochDone`, answers say whether to go on."""

    def report(number: int, score: float) -> bool:
        send(EpochDone(number, score))
        return answers.get()

    try:
        while True:
            task = tasks.get()
            from tagger.network.runtime import forget_networks  # TensorFlow, once

            send(Began())
            ended = run_trial(task, report)
            forget_networks()
            send(ended)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
