"""Engine that runs a network's ONNX graphs with ONNX Runtime."""

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
from tagger.head_names import PLAIN_HEAD
from tagger.tagging.architecture import FORMS_GRAPH, LOGITS, SENTENCES_GRAPH, Graphs
from tagger.tagging.forks import not_forked

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

T = TypeVar("T")
U = TypeVar("U")

# Logits of a batch by head: (batch, time, tags), undefined after a sentence's end, or (batch, 1, labels).
Logits = dict[str, Floats]


class Engine:
    """ONNX Runtime sessions of a network's graphs, and the threads that use them.

    Args:
        graphs: as made by `build_graphs` or `rebuild_graphs`; ONNX Runtime would do whatever those of a stranger say.
        threads: number of threads; 0: one per core.

    Raises:
        BundleError: a graph cannot be loaded.
    """

    def __init__(self, graphs: Graphs, *, threads: int = 0) -> None:
        self.threads = threads or n_cores()
        # Each thread runs whole batches: recurrent loops have many small steps, which threads cannot share, and a
        # forked process loses the threads of a session.
        self._forms = None if graphs.forms is None else session(graphs.forms, FORMS_GRAPH)
        self._sentences = session(graphs.sentences, SENTENCES_GRAPH)
        names = [output.name for output in self._sentences.get_outputs()]
        self._heads = {name: name.removeprefix(LOGITS) if name.startswith(LOGITS) else PLAIN_HEAD for name in names}
        self._pool: tuple[int, ThreadPoolExecutor] | None = None  # pool, and the id of the process it belongs to

    def form_rows(self, inputs: Mapping[str, Array]) -> Floats:
        """Compute the (forms, width) values that forms add to the gates of the first layer.

        Args:
            inputs: (forms,) ids by input name; for a character input, `characters` and `form_lengths` as in a `Batch`.
        """
        if self._forms is None:
            raise ValueError("the network has no form inputs")
        with not_forked():
            return np.asarray(self._forms.run(["rows"], dict(inputs))[0], np.float32)

    def map(self, function: Callable[[T], U], items: Sequence[T]) -> Iterator[U]:
        """Apply a function to items in the engine's threads, and yield the results in order."""
        if self.threads == 1 or len(items) == 1:
            return map(function, items)
        return self._workers().map(function, items)

    def logits(self, batches: Sequence[Batch], rows: Floats | None) -> "PendingLogits":
        """Compute the logits of each head for each batch, see `Logits`.

        With several threads and batches, the computation starts at once.

        Args:
            batches: batches with an input `forms` that holds each step's index in `rows`.
            rows: form rows, see `form_rows`; None for a network without form inputs.
        """
        if self.threads == 1 or len(batches) == 1:
            return PendingLogits(partial(self._logits, batch, rows) for batch in batches)
        workers = self._workers()
        futures = deque(workers.submit(self._logits, batch, rows) for batch in batches)
        process = os.getpid()  # a forked process has the futures, but not the threads that compute them

        def wait(batch: Batch) -> Logits:
            future = futures.popleft()  # a future that was waited for frees its memory
            return future.result() if os.getpid() == process else self._logits(batch, rows)

        def cancel() -> None:
            for future in futures if os.getpid() == process else ():
                future.cancel()

        return PendingLogits((partial(wait, batch) for batch in batches), cancel)

    def _workers(self) -> "ThreadPoolExecutor":
        if self._pool is None or self._pool[0] != os.getpid():
            from concurrent.futures import ThreadPoolExecutor  # slow to import, and not needed for one sentence

            self._pool = os.getpid(), ThreadPoolExecutor(self.threads)
        return self._pool[1]

    def _logits(self, batch: Batch, rows: Floats | None) -> Logits:
        form_inputs = {} if rows is None else {"rows": rows}
        inputs: dict[str, Array] = {**batch.inputs, **form_inputs, "lengths": batch.lengths}
        with not_forked():
            outputs = self._sentences.run([*self._heads], inputs)
        return {
            head: np.asarray(scores, np.float32).reshape(len(scores), -1, scores.shape[-1])
            for head, scores in zip(self._heads.values(), outputs, strict=True)
        }


class PendingLogits(Iterator[Logits]):
    """Iterator that waits for the logits of each batch; `close` cancels batches that no thread has started."""

    def __init__(self, waits: Iterable[Callable[[], Logits]], close: Callable[[], object] = lambda: None) -> None:
        self._waits, self.close = iter(waits), close

    def __next__(self) -> Logits:
        return next(self._waits)()


def n_cores() -> int:
    """Number of CPU cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def session(graph: bytes, name: str) -> onnxruntime.InferenceSession:
    """A session of a graph, in one thread.

    Raises:
        BundleError: the graph cannot be loaded.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4  # fatal only; errors are raised
    try:
        with not_forked():
            return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's errors have no common base class
        raise BundleError(f"{name} cannot be loaded: {error}") from None
