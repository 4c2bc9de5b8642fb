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

from tagger.cluster.files import DataFile, bring_home, share_files
from tagger.cluster.nodes import is_alive
from tagger.cluster.trainer import Order, Report, Trainer
from tagger.errors import TrainingError
from tagger.files import remove, write_file
from tagger.sweeps.limits import Usage, last_lines
from tagger.sweeps.worker import Began, Ended, EpochDone, Task
from tagger.sweeps.workers import TICK
from tagger.training.interrupts import ignored_interrupts

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
    usage: Usage = field(default_factory=Usage)

    def ask(self) -> None:
        """Ask for what happens, or at first for the node."""
        watched = self.order, list(self.answers), self.n_seen
        self.pending = self.actor.watch.remote(*watched) if self.node else self.actor.node.remote()


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
    _files: dict[Path, DataFile] = field(default_factory=dict)  # that were put into the cluster
    _mark: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def n_free(self) -> int:
        """How many trials can be given."""
        return self.n - len(self.running)

    @property
    def running(self) -> dict[str, int]:
        """The names of trials that run or wait for a node, and the bytes of memory of their processes."""
        busy = {trainer.order.task.folder.name: trainer.usage.memory for trainer in self._trainers if trainer.order}
        return busy | {task.folder.name: 0 for task in self._waiting}

    def submit(self, task: Task) -> None:
        """Have a trial trained."""
        self._waiting.append(replace(task, folder=task.folder.absolute()))

    def events(self) -> Iterator[tuple[str, Began | EpochDone | Ended]]:
        """Events since the last call, by name of the trial; waits a moment if there are none.

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
                trainer.ask()
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
            if reason := trainer.usage.excess(timeout=self.timeout, memory=self.memory):
                yield from self._failed(trainer, reason)

    def answer(self, name: str, *, go_on: bool) -> None:
        """After `EpochDone`: whether the trial goes on."""
        for trainer in self._trainers:
            if trainer.order and trainer.order.task.folder.name == name:
                trainer.answers.append(go_on)

    def close(self) -> None:
        """End all trainers at once."""
        with ignored_interrupts():
            self._end(*self._trainers)
            self._waiting.clear()
            remove(self.folder)

    def _give(self) -> None:
        """Give waiting trials to idle trainers, and start some for the others."""
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
        trainer.order = Order(trainer.n_orders, task, share_files(task.config, self._files))
        trainer.answers, trainer.n_seen = [], 0
        trainer.usage.begin(is_training=False)
        trainer.ask()

    def _heard(self, trainer: _Trainer, task: Task, report: Report) -> Iterator[tuple[str, Began | EpochDone | Ended]]:
        trainer.usage.memory = report.memory
        for event in report.events:
            trainer.n_seen += 1
            if isinstance(event, Began):
                trainer.usage.begin(is_training=True)
            if isinstance(event, Ended):
                self._release(trainer)
                if event.outcome == "finished":
                    bring_home(task, report.files, self.folder)
            yield task.folder.name, event
        if trainer.order:
            trainer.ask()

    def _died(self, trainer: _Trainer, error: Any) -> Iterator[tuple[str, Ended]]:
        """A lost node costs no trial; a process that dies alone fails its trial, as one on this machine does."""
        order = trainer.order
        if not trainer.node:
            self._stillborn(trainer, error)
        elif order is None:
            self._end(trainer)
        elif not trainer.usage.is_training and trainer.n_orders > 1:  # it died in its sleep, and no trial pays for that
            self._end(trainer)
            self._waiting.appendleft(order.task)
        elif is_alive(trainer.node):
            yield from self._failed(trainer, f"its process ended: {_reason(error)}")
        else:
            yield from self._lost(trainer, order.task)

    def _stillborn(self, trainer: _Trainer, error: Any) -> None:
        """A process that ends before it is ready is replaced, if it is not one of many.

        Raises:
            TrainingError: it is.
        """
        self._end(trainer)
        self._n_stillborn += 1
        if getattr(error, "actor_init_failed", False) or self._n_stillborn > MOST_STILLBORN:
            raise TrainingError(
                f"no process can be started on the cluster: {_reason(error)}",
                "each machine needs the same versions of Python, Ray and tagger",
            )

    def _lost(self, trainer: _Trainer, task: Task) -> Iterator[tuple[str, Ended]]:
        """A trial whose node is lost waits for another, unless it seems to be what nodes are lost by."""
        name = task.folder.name
        self._losses[name] += 1
        if self._losses[name] >= MOST_LOSSES:
            yield from self._failed(trainer, f"its node was lost, for the {MOST_LOSSES}rd time")
            return
        self._end(trainer)
        log.warning("%s  its node was lost; it is run on another", name)
        self._waiting.appendleft(task)

    def _failed(self, trainer: _Trainer, reason: str) -> Iterator[tuple[str, Ended]]:
        """End a trainer, and so its trial."""
        self._end(trainer)
        if trainer.order:
            task = trainer.order.task
            bring_home(task, None, self.folder)  # it may have died when its run was whole
            yield task.folder.name, Ended("failed", reason, last_lines(task.folder / "log.txt"))

    def _release(self, trainer: _Trainer) -> None:
        """Leave a trainer to the next trial, or end it if it has grown."""
        trainer.order, trainer.pending = None, None
        if trainer.usage.has_grown():
            self._end(trainer)

    def _end(self, *trainers: _Trainer) -> None:
        """End trainers, and have those that still answer take away their files before."""
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
