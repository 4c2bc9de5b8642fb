"""Runs a network's ONNX graphs."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import onnxruntime

from tagger.encoding.arrays import Array, Floats
from tagger.encoding.batches import Batch
from tagger.errors import BundleError
from tagger.tagging.architecture import Graphs
from tagger.tagging.bundle import FORMS_GRAPH, SENTENCES_GRAPH, check_self_contained

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

T = TypeVar("T")
U = TypeVar("U")


class Engine:
    """Scores the tags of a batch with ONNX Runtime; 0 threads: as many as there are cores.

    Raises:
        BundleError: a graph cannot be loaded, or would read files of its own.
    """

    def __init__(self, graphs: Graphs, *, threads: int = 0) -> None:
        self.threads = threads or n_cores()
        # Threads have batches of their own: loops have many small steps, which threads cannot share, and a process that
        # is forked has none of the threads that a session had.
        self._forms = None if graphs.forms is None else _session(graphs.forms, FORMS_GRAPH)
        self._sentences = _session(graphs.sentences, SENTENCES_GRAPH)
        self._pool: tuple[int, ThreadPoolExecutor] | None = None  # and its process

    def rows(self, inputs: Mapping[str, Array]) -> Floats:
        """(forms, width) what forms add to the gates of the first layer.

        Args:
            inputs: by name, (forms,) ids; where characters enter, `characters` and `form_lengths` as in a `Batch`.
        """
        return _run(self._forms, "rows", inputs)

    def each(self, make: Callable[[T], U], parts: Sequence[T]) -> Iterator[U]:
        """The results of a function for each part, by as many threads as there are."""
        return map(make, parts) if self.threads == 1 or len(parts) == 1 else self._workers().map(make, parts)

    def logits(self, batches: Sequence[Batch], rows: Floats | None) -> "Scores":
        """Of each batch the (batch, time, tags) unnormalised log-probabilities, by as many threads as there are.

        Where there are several, they are at work from here on. Steps after a sentence's end are undefined.

        Args:
            batches: whose input `forms` says whose row is where.
            rows: of forms, as `rows` gives them; None for a network of numbers and columns alone.
        """
        if self.threads == 1 or len(batches) == 1:
            return Scores(partial(self._logits, batch, rows) for batch in batches)
        workers = self._workers()
        left = deque(workers.submit(self._logits, batch, rows) for batch in batches)
        results = (left.popleft().result for _ in batches)  # each is forgotten once it was asked for
        return Scores(results, lambda: [future.cancel() for future in left])

    def _workers(self) -> "ThreadPoolExecutor":
        if self._pool is None or self._pool[0] != os.getpid():
            from concurrent.futures import ThreadPoolExecutor  # for which a single sentence should not wait

            self._pool = os.getpid(), ThreadPoolExecutor(self.threads)
        return self._pool[1]

    def _logits(self, batch: Batch, rows: Floats | None) -> Floats:
        known = {} if rows is None else {"rows": rows}
        return _run(self._sentences, "logits", {**batch.inputs, **known, "lengths": batch.lengths})


class Scores(Iterator[Floats]):
    """The scores of batches, each waited for when asked for; `close` drops those that no thread has begun with."""

    def __init__(self, waits: Iterable[Callable[[], Floats]], close: Callable[[], object] = lambda: None) -> None:
        self._waits, self.close = iter(waits), close

    def __next__(self) -> Floats:
        return next(self._waits)()


def n_cores() -> int:
    """That this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _session(graph: bytes, name: str) -> onnxruntime.InferenceSession:
    check_self_contained(graph, name)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what goes wrong is raised
    try:
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's errors have no common class of their own
        raise BundleError(f"{name} cannot be loaded: {error}") from None


def _run(session: onnxruntime.InferenceSession, output: str, inputs: Mapping[str, Array]) -> Floats:
    return np.asarray(session.run([output], dict(inputs))[0], np.float32)
