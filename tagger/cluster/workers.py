"""Trainers on a Ray cluster: submit trials to them, watch them, replace them, and repeat trials of lost nodes."""

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

from tagger.cluster.files import DataFile, share_files, store_run
from tagger.cluster.nodes import is_alive
from tagger.cluster.trainer import Assignment, Progress, Trainer
from tagger.errors import TrainingError
from tagger.files import remove, write_file
from tagger.interrupts import ignored_interrupts
from tagger.sweeps.limits import Usage, last_lines
from tagger.sweeps.worker import Event, Task, TrialEnded, TrialStarted
from tagger.sweeps.workers import POLL_SECONDS

MAX_NODE_LOSSES = 3  # after so many, a trial counts as their cause
MAX_FAILED_STARTS = 3  # consecutive processes
CLEAN_UP_SECONDS = 5  # time for trainers to remove their files

log = logging.getLogger("tagger")


@dataclass(eq=False)
class _TrainerHandle:
    actor: Any
    pending: Any  # reference to the answer to the last call; None while the trainer is idle
    node: str = ""  # id of its node, once the process runs
    assignment: Assignment | None = None
    n_assignments: int = 0
    answers: list[bool] = field(default_factory=list)
    n_seen: int = 0
    usage: Usage = field(default_factory=Usage)

    def poll(self) -> None:
        """Request new events or, at first, the node's id."""
        arguments = self.assignment, list(self.answers), self.n_seen
        self.pending = self.actor.watch.remote(*arguments) if self.node else self.actor.node.remote()


@dataclass
class RayWorkers:
    """A pool of processes on a connected cluster, each of which trains one trial at a time.

    Trials are queued here while the cluster has no room for another process, so that the processes it has continue.

    Args:
        n: number of processes.
        threads: threads of each process, and CPUs that Ray reserves for it.
        gpus: GPUs of each process, may be a fraction.
        folder: folder for temporary files in the sweep's folder; removed by `close`.
        timeout: seconds of training after which a trial is ended; None: no limit.
        memory: bytes of a process above which its trial is ended; None: no limit.
    """

    n: int
    threads: int
    gpus: float
    folder: Path
    timeout: float | None = None
    memory: int | None = None
    _trainers: list[_TrainerHandle] = field(default_factory=list)
    _waiting: deque[Task] = field(default_factory=deque)
    _node_losses: Counter[str] = field(default_factory=Counter)  # keys: names of trials
    _n_failed_starts: int = 0
    _files: dict[Path, DataFile] = field(default_factory=dict)  # those that are in the cluster
    _mark: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def n_free(self) -> int:
        """Number of trials that can be submitted now."""
        return self.n - len(self.running)

    @property
    def running(self) -> dict[str, int]:
        """Bytes of memory of the process of each trial that runs or waits for a node, by name of the trial."""
        busy = {each.assignment.task.folder.name: each.usage.memory for each in self._trainers if each.assignment}
        return busy | {task.folder.name: 0 for task in self._waiting}

    def submit(self, task: Task) -> None:
        """Train a trial."""
        self._waiting.append(replace(task, folder=task.folder.absolute()))

    def events(self) -> Iterator[tuple[str, Event]]:
        """Events since the last call, each with the name of its trial; waits a moment if there are none.

        Raises:
            TrainingError: no process can be started on a node.
        """
        self._assign_waiting()
        polled = {trainer.pending: trainer for trainer in self._trainers if trainer.pending is not None}
        for pending in _ready(list(polled)):
            trainer = polled[pending]
            try:
                answer = ray.get(pending)
            except ActorUnavailableError:  # its node is lost or slow, and Ray does not know yet which
                trainer.poll()
            except RayTaskError as error:
                yield from self._fail(trainer, f"a bug: {error.cause!r}")
            except RayError as error:  # its process, its node or the answer is lost
                yield from self._handle_loss(trainer, error)
            else:
                if trainer.assignment:
                    yield from self._handle_progress(trainer, trainer.assignment.task, answer)
                else:
                    trainer.node, trainer.pending, self._n_failed_starts = answer, None, 0
        for trainer in [trainer for trainer in self._trainers if trainer.assignment]:
            if reason := trainer.usage.exceeded_limit(timeout=self.timeout, memory=self.memory):
                yield from self._fail(trainer, reason)

    def answer(self, name: str, *, should_continue: bool) -> None:
        """Answer a trial's `EpochDone`: whether it continues."""
        for trainer in self._trainers:
            if trainer.assignment and trainer.assignment.task.folder.name == name:
                trainer.answers.append(should_continue)

    def close(self) -> None:
        """Stop all trainers at once."""
        with ignored_interrupts():
            self._stop(*self._trainers)
            self._waiting.clear()
            remove(self.folder)

    def _assign_waiting(self) -> None:
        """Assign waiting trials to idle trainers, and start trainers for the others."""
        for trainer in self._trainers:
            if self._waiting and trainer.node and not trainer.assignment:
                self._assign(trainer, self._waiting.popleft())
        n_starting = sum(not trainer.node for trainer in self._trainers)
        for _ in range(min(len(self._waiting) - n_starting, self.n - len(self._trainers))):
            self._trainers.append(self._start())

    def _start(self) -> _TrainerHandle:
        mark_path = self.folder.absolute() / "mark"
        write_file(mark_path, self._mark)  # replaces the mark of a sweep that was killed
        actor = (
            ray.remote(Trainer)
            .options(num_cpus=self.threads, num_gpus=self.gpus, max_restarts=0)
            .remote(self.threads, mark_path, self._mark)
        )
        return _TrainerHandle(actor, pending=actor.node.remote())

    def _assign(self, trainer: _TrainerHandle, task: Task) -> None:
        trainer.n_assignments += 1
        trainer.assignment = Assignment(trainer.n_assignments, task, share_files(task.config, self._files))
        trainer.answers, trainer.n_seen = [], 0
        trainer.usage.begin(is_training=False)
        trainer.poll()

    def _handle_progress(self, trainer: _TrainerHandle, task: Task, progress: Progress) -> Iterator[tuple[str, Event]]:
        trainer.usage.memory = progress.memory
        for event in progress.events:
            trainer.n_seen += 1
            if isinstance(event, TrialStarted):
                trainer.usage.begin(is_training=True)
            if isinstance(event, TrialEnded):
                self._release(trainer)
                if event.outcome == "finished":
                    store_run(task, progress.files, self.folder)
            yield task.folder.name, event
        if trainer.assignment:
            trainer.poll()

    def _handle_loss(self, trainer: _TrainerHandle, error: Any) -> Iterator[tuple[str, TrialEnded]]:
        """Handle a lost process: its trial fails, as on this machine, unless its whole node was lost."""
        assignment = trainer.assignment
        if not trainer.node:
            self._handle_failed_start(trainer, error)
        elif assignment is None:
            self._stop(trainer)
        elif not trainer.usage.is_training and trainer.n_assignments > 1:  # it died between two trials
            self._stop(trainer)
            self._waiting.appendleft(assignment.task)
        elif is_alive(trainer.node):
            yield from self._fail(trainer, f"its process ended: {_reason(error)}")
        else:
            yield from self._handle_lost_node(trainer, assignment.task)

    def _handle_failed_start(self, trainer: _TrainerHandle, error: Any) -> None:
        """Replace a process that ended before it was ready.

        Raises:
            TrainingError: too many have ended in this way.
        """
        self._stop(trainer)
        self._n_failed_starts += 1
        if getattr(error, "actor_init_failed", False) or self._n_failed_starts > MAX_FAILED_STARTS:
            raise TrainingError(
                f"no process can be started on the cluster: {_reason(error)}",
                "each machine needs the same versions of Python, Ray and tagger",
            )

    def _handle_lost_node(self, trainer: _TrainerHandle, task: Task) -> Iterator[tuple[str, TrialEnded]]:
        """Queue the trial of a lost node again, unless it seems to be the cause of the losses."""
        name = task.folder.name
        self._node_losses[name] += 1
        if self._node_losses[name] >= MAX_NODE_LOSSES:
            yield from self._fail(trainer, f"its node was lost {MAX_NODE_LOSSES} times")
            return
        self._stop(trainer)
        log.warning("%s  its node was lost; the trial runs again on another", name)
        self._waiting.appendleft(task)

    def _fail(self, trainer: _TrainerHandle, reason: str) -> Iterator[tuple[str, TrialEnded]]:
        """Stop a trainer, which fails its trial."""
        self._stop(trainer)
        if trainer.assignment:
            task = trainer.assignment.task
            store_run(task, None, self.folder)  # its process may have died after the run was finished
            yield task.folder.name, TrialEnded("failed", reason, last_lines(task.folder / "log.txt"))

    def _release(self, trainer: _TrainerHandle) -> None:
        """Keep a trainer for the next trial, or stop it if its memory has grown."""
        trainer.assignment, trainer.pending = None, None
        if trainer.usage.has_grown():
            self._stop(trainer)

    def _stop(self, *trainers: _TrainerHandle) -> None:
        """Stop trainers, after those that still answer have removed their files."""
        cleaning = [trainer.actor.clean_up.remote() for trainer in trainers if trainer.node]
        if cleaning:
            ray.wait(cleaning, num_returns=len(cleaning), timeout=CLEAN_UP_SECONDS)
        for trainer in trainers:
            self._trainers.remove(trainer)
            ray.kill(trainer.actor)


def _ready(pending: Sequence[Any]) -> list[Any]:
    """References whose answers have arrived; waits a moment for the first."""
    if not pending:
        time.sleep(POLL_SECONDS)
        return []
    ready, _ = ray.wait(pending, timeout=POLL_SECONDS)
    if ready:
        ready, _ = ray.wait(pending, num_returns=len(pending), timeout=0)
    return list(ready)


def _reason(error: Any) -> str:
    """Last non-empty line of Ray's message; the lines before it describe the process."""
    return next((line.strip() for line in reversed(str(error).splitlines()) if line.strip()), "")
