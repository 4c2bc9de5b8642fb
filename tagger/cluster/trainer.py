"""A process of a Ray cluster, which trains trials one after the other for a sweep on another machine.

The two communicate by one call, `Trainer.watch`, which is safe to repeat: if an answer is lost, Ray does not report
whether the call was carried out.
"""

import queue
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from tagger.cluster.files import DataFile, pack_folder, with_local_files
from tagger.files import remove
from tagger.sweeps.worker import Event, Task, TrialEnded, set_up_process, train_tasks

REPORT_SECONDS = 0.5  # `watch` returns after this time even without an event, to report memory


@dataclass(frozen=True, slots=True)
class Assignment:
    """A trial for a trainer.

    Args:
        number: rises with each assignment of the trainer.
        task: the trial.
        data: data files, by key of the config.
    """

    number: int
    task: Task
    data: Mapping[str, DataFile]


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress of an assignment.

    Args:
        events: events since the last call.
        memory: memory of the process in bytes.
        files: files of a finished trial's folder, by path in it; None if the sweep has access to the folder itself.
    """

    events: tuple[Event, ...]
    memory: int
    files: dict[str, bytes] | None = None


class Trainer:
    """An actor of the cluster that trains trials on its node.

    Args:
        threads: threads of each trial.
        mark_path: a file in the sweep's folder.
        mark: content of that file. A node that reads the same content shares the folder, and trains in it. Any other
            node trains in a temporary folder, whose files are sent to the sweep when the trial is finished.
    """

    def __init__(self, threads: int, mark_path: Path, mark: str) -> None:
        set_up_process(threads)
        self._shares_folder = mark_path.is_file() and mark_path.read_text(encoding="utf-8") == mark
        self._temporary_dir = Path(tempfile.mkdtemp(prefix="tagger-"))
        self._number = self._n_answered = 0
        self._folder = self._temporary_dir / "runs"
        self._events: list[Event] = []
        self._event_added = threading.Condition()
        self._tasks: queue.SimpleQueue[Task] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[bool] = queue.SimpleQueue()
        threading.Thread(target=train_tasks, args=(self._add_event, self._tasks, self._answers), daemon=True).start()

    def node(self) -> str:
        """Id of the node that the actor runs on."""
        import ray

        return str(ray.get_runtime_context().get_node_id())

    def watch(self, assignment: Assignment, answers: Sequence[bool], n_seen: int) -> Progress:
        """Start an assignment if it is new, and return its new events; waits a moment if there are none.

        Args:
            assignment: the trial to train, or the one in training.
            answers: whether to continue, for each `EpochDone` so far.
            n_seen: number of this assignment's events that earlier calls returned.
        """
        if assignment.number > self._number:
            self._start(assignment)
        for should_continue in answers[self._n_answered :]:
            self._n_answered += 1
            self._answers.put(should_continue)
        with self._event_added:
            self._event_added.wait_for(lambda: len(self._events) > n_seen, timeout=REPORT_SECONDS)
            events = tuple(self._events[n_seen:])
        is_finished = any(isinstance(event, TrialEnded) and event.outcome == "finished" for event in events)
        files = pack_folder(self._folder) if is_finished and not self._shares_folder else None
        return Progress(events, int(psutil.Process().memory_info().rss), files)

    def clean_up(self) -> None:
        """Remove the temporary folder."""
        remove(self._temporary_dir)

    def _start(self, assignment: Assignment) -> None:
        self._number, self._n_answered = assignment.number, 0
        self._events = []
        task = assignment.task
        if not self._shares_folder:
            remove(self._folder)  # files of the previous trial
            task = replace(task, folder=self._temporary_dir / "runs" / task.folder.name)
        self._folder = task.folder
        config = with_local_files(task.config, assignment.data, self._temporary_dir / "data")
        self._tasks.put(replace(task, config=config))

    def _add_event(self, event: Event) -> None:
        with self._event_added:
            self._events.append(event)
            self._event_added.notify_all()
