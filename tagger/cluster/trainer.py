"""A process of a Ray cluster that trains trials, one after the other, for a sweep on another machine.

All that passes between the two is one call, `Trainer.watch`, which may be repeated: Ray does not say of a call whose
answer was lost whether it was carried out.
"""

import queue
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from tagger.cluster.files import DataFile, packed, with_files_here
from tagger.files import remove
from tagger.sweeps.worker import Began, Ended, EpochDone, Task, set_up, work

BEAT = 0.5  # seconds after which a call is answered where nothing happens, so that memory is told


@dataclass(frozen=True, slots=True)
class Order:
    """A trial that a trainer is to train, and by key of the config the files that it reads; numbers rise."""

    number: int
    task: Task
    data: Mapping[str, DataFile]


@dataclass(frozen=True, slots=True)
class Report:
    """Events of an order since the last call, and the bytes of memory of the process.

    `files` are those of a finished trial's folder, by their paths in it; None where the sweep sees the folder itself.
    """

    events: tuple[Began | EpochDone | Ended, ...]
    memory: int
    files: dict[str, bytes] | None = None


class Trainer:
    """An actor of the cluster that trains trials on its node.

    Args:
        threads: to compute with.
        mark_path: a file in the sweep's folder.
        mark: what it holds. A machine that reads the same there shares the folder, and trains in it; on any other
            one a trial is trained in a temporary folder, and what it has written goes back when it is finished.
    """

    def __init__(self, threads: int, mark_path: Path, mark: str) -> None:
        set_up(threads)
        self._shares_folder = mark_path.is_file() and mark_path.read_text(encoding="utf-8") == mark
        self._place = Path(tempfile.mkdtemp(prefix="tagger-"))
        self._order_number = self._n_answered = 0
        self._folder = self._place / "runs"
        self._events: list[Began | EpochDone | Ended] = []
        self._happened = threading.Condition()
        self._tasks: queue.SimpleQueue[Task] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[bool] = queue.SimpleQueue()
        threading.Thread(target=work, args=(self._note, self._tasks, self._answers), daemon=True).start()

    def node(self) -> str:
        """The id of the node that it runs on."""
        import ray

        return str(ray.get_runtime_context().get_node_id())

    def watch(self, order: Order, answers: Sequence[bool], n_seen: int) -> Report:
        """Begins with an order if it is new, and tells what has happened; waits a moment if that is nothing.

        Args:
            order: the trial that is trained, or is to be.
            answers: after each `EpochDone` so far, whether to go on.
            n_seen: how many events of this order were told before.
        """
        if order.number > self._order_number:
            self._begin(order)
        for go_on in answers[self._n_answered :]:
            self._n_answered += 1
            self._answers.put(go_on)
        with self._happened:
            self._happened.wait_for(lambda: len(self._events) > n_seen, timeout=BEAT)
            events = tuple(self._events[n_seen:])
        is_finished = any(isinstance(event, Ended) and event.outcome == "finished" for event in events)
        files = packed(self._folder) if is_finished and not self._shares_folder else None
        return Report(events, int(psutil.Process().memory_info().rss), files)

    def leave(self) -> None:
        """Takes away what it has written of its own."""
        remove(self._place)

    def _begin(self, order: Order) -> None:
        self._order_number, self._n_answered = order.number, 0
        self._events = []
        task = order.task
        if not self._shares_folder:
            remove(self._folder)  # of the trial before
            task = replace(task, folder=self._place / "runs" / task.folder.name)
        self._folder = task.folder
        self._tasks.put(replace(task, config=with_files_here(task.config, order.data, self._place / "data")))

    def _note(self, event: Began | EpochDone | Ended) -> None:
        with self._happened:
            self._events.append(event)
            self._happened.notify_all()
