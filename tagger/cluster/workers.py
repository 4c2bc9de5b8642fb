"""Trainers on a Ray cluster: they are given trials, watched, and replaced; a lost node's trials are run again."""

import logging
import time
import uuid
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import ray
from ray.exceptions import ActorUnavailableError, RayError, RayTaskError

from tagger.cluster.files import DataFile, data_paths, restore_config, unpack
from tagger.cluster.nodes import is_alive
from tagger.cluster.trainer import Order, Report, Trainer
from tagger.config import Config
from tagger.errors import TrainingError
from tagger.files import remove, write_file
from tagger.sweeps.limits import GROWTH, excess, last_lines
from tagger.sweeps.trials import Hashes
from tagger.sweeps.worker import Began, Ended, EpochDone, Task
from tagger.sweeps.workers import TICK
from tagger.training.interrupts import ignored_interrupts
from tagger.training.run_folder import is_finished

MOST_LOSSES = 3  # of nodes by one trial, after which it is taken for the reason
MOST_STILLBORN = 3  # processes one after the other that end before they are ready
LEAVE = 5  # seconds that trainers have to take away their files

log = logging.getLogger("tagger")


@dataclass(eq=False)
class _Trainer:
    actor: Any
    pending: Any  # a reference to the answer that is waited for; None where it has nothing to do
    node: str = ""  # its id, once the process runs
    order: Order | None = None
    n_orders: int = 0
    answers: list[bool] = field(default_factory=list)
    n_seen: int = 0
    began: float = 0.0  # when the trial was given, or from when it trains
    trains: bool = False
    memory_at_first: int = 0  # bytes, after its first trial
    memory: int = 0  # bytes, as it was told last

    def watch(self) -> None:
        self.pending = self.actor.watch.remote(self.order, list(self.answers), self.n_seen)


@dataclass
class RayWorkers:
    """So many processes on a cluster that this one is connected to, each with one trial at a time.

    Trials wait here where the cluster has no room for another process, so that one that has a process goes on.

    Args:
        n: of them.
        threads: that each computes with; as many CPUs are declared.
        gpus: of each, a share of one too.
        folder: for what lies in the sweep's folder on the way; gone at the end.
        timeout: seconds after which a trial is ended; None: never.
        memory: bytes of a process at which its trial is ended; None: never.
    """

    n: int
    threads: int
    gpus: float
    folder: Path
    timeout: float | None = None
    memory: int | None = None
    _trainers: list[_Trainer] = field(default_factory=list)
    _waiting: deque[Task] = field(default_factory=deque)
    _losses: Counter[str] = field(default_factory=Counter)  # nodes, by trial
    _n_stillborn: int = 0
    _hashes: Hashes = field(default_factory=Hashes)
    _contents: dict[Path, Any] = field(default_factory=dict)  # references to files in the cluster
    _mark: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def n_free(self) -> int:
        """How many trials can be given."""
        return self.n - len(self.running)

    @property
    def running(self) -> dict[str, int]:
        """The names of trials that run or wait for a node, and the bytes of memory of their processes."""
        busy = {trainer.order.task.folder.name: trainer.memory for trainer in self._trainers if trainer.order}
        return busy | {task.folder.name: 0 for task in self._waiting}

    def submit(self, task: Task) -> None:
        """Has a trial trained."""
        self._waiting.append(replace(task, folder=task.folder.absolute()))

    def events(self) -> Iterator[tuple[str, Began | EpochDone | Ended]]:
        """What has happened since, by name of the trial; waits a moment if that is nothing.

        Raises:
            TrainingError: no process can be started on a node.
        """
        self._give()
        waited_for = {trainer.pending: trainer for trainer in self._trainers if trainer.pending is not None}
        for pending in _answered(list(waited_for)):
            trainer = waited_for[pending]
            try:
                answer = ray.get(pending)
            except ActorUnavailableError:  # its node is lost or slow, and Ray does not know yet which
                self._ask_again(trainer)
            except RayTaskError as error:
                yield from self._failed(trainer, f"a bug: {error.cause!r}")
            except RayError as error:  # its process or its node is gone, or the answer with it
                yield from self._died(trainer, error)
            else:
                if trainer.order:
                    yield from self._heard(trainer, trainer.order.task, answer)
                else:
                    trainer.node, trainer.pending, self._n_stillborn = answer, None, 0
        for trainer in [trainer for trainer in self._trainers if trainer.order]:
            if reason := self._excess(trainer):
                yield from self._failed(trainer, reason)

    def answer(self, name: str, *, go_on: bool) -> None:
        """After `EpochDone`: whether the trial goes on."""
        for trainer in self._trainers:
            if trainer.order and trainer.order.task.folder.name == name:
                trainer.answers.append(go_on)

    def close(self) -> None:
        """Ends all trainers at once."""
        with ignored_interrupts():
            self._end(*self._trainers)
            self._waiting.clear()
            remove(self.folder)

    def _give(self) -> None:
        """Gives waiting trials to idle trainers, and starts some for the others."""
        for trainer in self._trainers:
            if self._waiting and trainer.node and not trainer.order:
                self._order(trainer, self._waiting.popleft())
        n_starting = sum(not trainer.node for trainer in self._trainers)
        for _ in range(min(len(self._waiting) - n_starting, self.n - len(self._trainers))):
            self._trainers.append(self._start())

    def _start(self) -> _Trainer:
        mark_path = self.folder.absolute() / "mark"
        write_file(mark_path, self._mark)  # again each time: a sweep that was killed may have left another one
        actor = (
            ray.remote(Trainer)
            .options(num_cpus=self.threads, num_gpus=self.gpus, max_restarts=0)
            .remote(self.threads, mark_path, self._mark)
        )
        return _Trainer(actor, pending=actor.node.remote())

    def _order(self, trainer: _Trainer, task: Task) -> None:
        trainer.n_orders += 1
        trainer.order = Order(trainer.n_orders, task, self._data(task.config))
        trainer.answers, trainer.n_seen = [], 0
        trainer.began, trainer.trains = time.monotonic(), False
        trainer.watch()

    def _data(self, config: Config) -> dict[str, DataFile]:
        files = {}
        for key, path in data_paths(config).items():
            sha256 = self._hashes.of_file(path, key)
            if path not in self._contents:
                self._contents[path] = ray.put(path.read_bytes())
            files[key] = DataFile(path, sha256, self._contents[path])
        return files

    def _ask_again(self, trainer: _Trainer) -> None:
        if trainer.node:
            trainer.watch()
        else:
            trainer.pending = trainer.actor.node.remote()

    def _heard(self, trainer: _Trainer, task: Task, report: Report) -> Iterator[tuple[str, Began | EpochDone | Ended]]:
        trainer.memory = report.memory
        for event in report.events:
            trainer.n_seen += 1
            if isinstance(event, Began):
                trainer.began, trainer.trains = time.monotonic(), True
            if isinstance(event, Ended):
                self._release(trainer)
                if event.outcome == "finished":
                    self._take_home(task, report.files)
            yield task.folder.name, event
        if trainer.order:
            trainer.watch()

    def _take_home(self, task: Task, files: dict[str, bytes] | None) -> None:
        """Makes the folder of a finished trial as if it had been trained on this machine."""
        if files is not None:
            unpack(files, self.folder / task.folder.name, task.folder, task.config)
        elif is_finished(task.folder):
            restore_config(task.folder, task.config)

    def _died(self, trainer: _Trainer, error: Any) -> Iterator[tuple[str, Ended]]:
        """A lost node costs no trial; a process that dies alone fails its trial, as one on this machine does."""
        order = trainer.order
        if not trainer.node:
            self._end(trainer)
            self._n_stillborn += 1
            if getattr(error, "actor_init_failed", False) or self._n_stillborn > MOST_STILLBORN:
                raise TrainingError(
                    f"no process can be started on the cluster: {_reason(error)}",
                    "each machine needs the same versions of Python, Ray and tagger",
                )
        elif order is None:
            self._end(trainer)
        elif not trainer.trains and trainer.n_orders > 1:  # it died in its sleep, and no trial pays for that
            self._end(trainer)
            self._waiting.appendleft(order.task)
        elif is_alive(trainer.node):
            yield from self._failed(trainer, f"its process ended: {_reason(error)}")
        else:
            name = order.task.folder.name
            self._losses[name] += 1
            if self._losses[name] >= MOST_LOSSES:
                yield from self._failed(trainer, f"its node was lost, for the {MOST_LOSSES}rd time")
                return
            self._end(trainer)
            log.warning("%s  its node was lost; it is run on another", name)
            self._waiting.appendleft(order.task)

    def _failed(self, trainer: _Trainer, reason: str) -> Iterator[tuple[str, Ended]]:
        """Ends a trainer, and so its trial."""
        self._end(trainer)
        if trainer.order:
            folder = trainer.order.task.folder
            self._take_home(trainer.order.task, None)  # it may have died when its run was whole
            yield folder.name, Ended("failed", reason, last_lines(folder / "log.txt"))

    def _excess(self, trainer: _Trainer) -> str | None:
        """Why a trial has to be ended, if it has to."""
        return excess(
            memory=trainer.memory,
            most_memory=self.memory,
            seconds=time.monotonic() - trainer.began,
            timeout=self.timeout,
            is_training=trainer.trains,
        )

    def _release(self, trainer: _Trainer) -> None:
        """Leaves a trainer to the next trial, or ends it if it has grown."""
        trainer.order, trainer.pending = None, None
        trainer.memory_at_first = trainer.memory_at_first or trainer.memory
        if trainer.memory - trainer.memory_at_first > GROWTH:
            self._end(trainer)

    def _end(self, *trainers: _Trainer) -> None:
        """Ends trainers, and has those that still answer take away their files before."""
        leaving = [trainer.actor.leave.remote() for trainer in trainers if trainer.node]
        if leaving:
            ray.wait(leaving, num_returns=len(leaving), timeout=LEAVE)
        for trainer in trainers:
            self._trainers.remove(trainer)
            ray.kill(trainer.actor)


def _answered(pending: Sequence[Any]) -> list[Any]:
    """The answers that are there; waits a moment for the first."""
    if not pending:
        time.sleep(TICK)
        return []
    ready, _ = ray.wait(pending, timeout=TICK)
    if ready:
        ready, _ = ray.wait(pending, num_returns=len(pending), timeout=0)
    return list(ready)


def _reason(error: Any) -> str:
    """The last line that tells something: before it Ray lists what the process was."""
    return next((line.strip() for line in reversed(str(error).splitlines()) if line.strip()), "")
