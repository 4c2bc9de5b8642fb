"""A sweep's loop, with workers that pretend: what is run, broken off, tried again, given up and ranked."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tagger.errors import RunError, TrainingError
from tagger.experiments.sweep import sweep as sweep_module
from tagger.experiments.sweep.failures import read_failures
from tagger.experiments.sweep.plan import load_plan
from tagger.experiments.sweep.space import shown_setting
from tagger.experiments.sweep.status import read_status
from tagger.experiments.sweep.sweep import Swept, sweep
from tagger.experiments.sweep.worker import Began, Ended, EpochDone, Task

DATA = Path(__file__).parents[1] / "data" / "svo" / "tiny.tsv"
N_EPOCHS = 3


class Killed(BaseException):
    """The sweep's process ends here, whatever it is at."""


def pretended_score(task: Task) -> float:
    """The larger the network, the better, and seeds differ a little."""
    return task.config.model.units[0] / 100 + task.config.training.seed / 1000


@dataclass
class PretendedWorkers:
    """As many trials at a time as it is told; each event is one step of one of them.

    Args:
        n: of them.
        fails: why a trial fails, if it does.
        dies_after: events, after which the process is killed.
        order: which of the running trials comes next.
    """

    n: int = 1
    fails: Callable[[Task], str | None] = lambda task: None
    dies_after: int | None = None
    order: random.Random = field(default_factory=lambda: random.Random(1))
    trained: list[str] = field(default_factory=list)
    tasks: dict[str, tuple[Task, int]] = field(default_factory=dict)

    @property
    def n_free(self) -> int:
        return self.n - len(self.tasks)

    @property
    def running(self) -> dict[str, int]:
        return dict.fromkeys(self.tasks, 1 << 20)

    def submit(self, task: Task) -> None:
        assert self.n_free
        assert task.folder.name not in self.tasks
        self.tasks[task.folder.name] = (task, 0)

    def events(self) -> Iterator[tuple[str, Began | EpochDone | Ended]]:
        if self.dies_after is not None:
            self.dies_after -= 1
            if self.dies_after < 0:
                raise Killed
        name = self.order.choice(sorted(self.tasks))
        task, epoch = self.tasks[name]
        if epoch == 0:
            yield name, Began()
        if reason := self.fails(task):
            del self.tasks[name]
            yield name, Ended("failed", reason, ("last line",))
        elif epoch < task.config.training.epochs:
            self.tasks[name] = (task, epoch + 1)
            yield name, EpochDone(epoch + 1, pretended_score(task))
        else:
            del self.tasks[name]
            self.trained.append(name)
            finish(task)
            yield name, Ended("finished")

    def answer(self, name: str, *, go_on: bool) -> None:
        if not go_on:
            task, _ = self.tasks[name]
            self.fails = _also_pruned(self.fails, task.folder.name)
            self.tasks[name] = (task, -1)

    def close(self) -> None:
        self.tasks.clear()


def _also_pruned(fails, name):
    return fails


def finish(task: Task) -> None:
    """Leaves what a finished run does, as far as a sweep reads it."""
    (task.folder / "bundle").mkdir(parents=True, exist_ok=True)
    (task.folder / "bundle" / "bundle.json").write_text("{}")
    dev = {"accuracy": pretended_score(task), "macro_f1": 0.5, "spans": None}
    training = {"parameters": task.config.model.units[0] * 10, "seconds": 2.0}
    (task.folder / "metrics.json").write_text(json.dumps({"dev": dev, "test": None, "training": training}))
    rows = "".join(f"{epoch},{pretended_score(task)}\n" for epoch in range(1, N_EPOCHS + 1))
    (task.folder / "history.csv").write_text(f"number,score\n{rows}")
