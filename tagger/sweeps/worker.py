"""A worker process, which trains trials one after the other for a sweep in another process."""

import logging
import os
import queue
import threading
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tagger.border.regular import open_to_append
from tagger.config import Config
from tagger.errors import RunError, TaggerError
from tagger.interrupts import ignore_signals
from tagger.resources import lacks_memory

if TYPE_CHECKING:
    from tagger.network.events import BatchDone, Epoch

N_LINES = 20  # last lines kept of a failed trial's log

log = logging.getLogger("tagger")


@dataclass(frozen=True, slots=True)
class Task:
    """A trial to train; an unfinished run in its folder is resumed."""

    folder: Path
    config: Config
    threads: int


@dataclass(frozen=True, slots=True)
class TrialStarted:
    """A worker is ready and starts to train its trial."""


@dataclass(frozen=True, slots=True)
class EpochDone:
    """A trial has completed an epoch, counted from 1; the worker waits for the answer whether to continue.

    `score` is the score on dev, from 0 to 1.
    """

    number: int
    score: float


@dataclass(frozen=True, slots=True)
class TrialEnded:
    """A trial has ended.

    Args:
        outcome: finished, pruned or failed.
        reason: reason of a failure, one line or more.
        lines: last lines of a failed trial's log.
    """

    outcome: Literal["finished", "pruned", "failed"]
    reason: str = ""
    lines: tuple[str, ...] = ()


Event = TrialStarted | EpochDone | TrialEnded


class _TrialPruned(TaggerError):
    """A trial is pruned; its folder keeps what is needed to resume it."""


def run_trial(task: Task, report: Callable[[int, float], bool]) -> TrialEnded:
    """Train one trial in this process.

    Args:
        task: the trial.
        report: called after each epoch with its number, from 1, and its score on dev; returns whether to continue.
    """
    from tagger.training.train import train

    def listen(event: "BatchDone | Epoch") -> None:
        from tagger.network.events import Epoch

        if isinstance(event, Epoch) and not report(event.number, event.score or 0.0):
            raise _TrialPruned("pruned")

    start = partial(train, task.config, task.folder, scores_test=False, threads=task.threads, listen=listen)
    last_lines = _LastLines()
    log.addHandler(last_lines)
    try:
        try:
            start(resume=True)
        except RunError as error:  # the unfinished run cannot be resumed, e.g. after another number of threads
            log.warning("starts over: %s", error.message)
            start(overwrite=True)
    except _TrialPruned:
        return TrialEnded("pruned")
    except TaggerError as error:
        return TrialEnded("failed", "\n".join(filter(None, (error.message, error.hint))), last_lines.read())
    except Exception as error:
        if lacks_memory(error):
            return TrialEnded("failed", "not enough memory", last_lines.read())
        stack = tuple(traceback.format_exc().splitlines())
        return TrialEnded("failed", f"{type(error).__name__}: {error}", (*last_lines.read(), *stack)[-N_LINES:])
    finally:
        log.removeHandler(last_lines)
    return TrialEnded("finished")


class _LastLines(logging.Handler):
    """Keep the last lines of the log; a run that cannot start leaves no log.txt."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: deque[str] = deque(maxlen=N_LINES)

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(record.getMessage())

    def read(self) -> tuple[str, ...]:
        return tuple(self._lines)


def serve(connection: Connection, output_path: Path, threads: int) -> None:
    """Train the tasks that arrive over a connection until it is closed, which also happens if the sweep dies.

    The main thread waits for messages and ends the process as soon as the connection is closed: a run folder can be
    resumed at any moment. Trials run in a second thread, and no signal that asks to stop reaches them; the
    sweep decides what ends.

    Args:
        connection: receives a `Task`, or the answer to `EpochDone`; sends events.
        output_path: file for standard output and standard error of libraries.
        threads: threads of libraries that read environment variables.
    """
    ignore_signals()
    with open_to_append(output_path) as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    set_up_process(threads)
    tasks: queue.SimpleQueue[Task] = queue.SimpleQueue()
    answers: queue.SimpleQueue[bool] = queue.SimpleQueue()
    threading.Thread(target=train_tasks, args=(connection.send, tasks, answers), daemon=True).start()
    try:
        while True:
            message = connection.recv()
            if isinstance(message, Task):
                tasks.put(message)
            else:
                answers.put(message)
    except (EOFError, OSError):
        os._exit(0)


def set_up_process(threads: int) -> None:
    """Prepare a process for training: GPU memory, threads of libraries, and logging."""
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")  # or the first worker reserves all memory of a GPU
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(threads)))
    log.setLevel(logging.INFO)
    log.addHandler(logging.NullHandler())


def train_tasks(
    send: Callable[[Event], None],
    tasks: "queue.SimpleQueue[Task]",
    answers: "queue.SimpleQueue[bool]",
) -> None:
    """Train task after task for as long as the process lives.

    Args:
        send: called with each event.
        tasks: trials to train.
        answers: after each `EpochDone`, whether to continue.
    """

    def report(number: int, score: float) -> bool:
        send(EpochDone(number, score))
        return answers.get()

    try:
        while True:
            task = tasks.get()
            from tagger.network.runtime import forget_networks  # loads TensorFlow before the trial's clock starts

            send(TrialStarted())
            end = run_trial(task, report)
            forget_networks()
            send(end)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
