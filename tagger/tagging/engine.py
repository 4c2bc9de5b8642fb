"""Runs a network's ONNX graph."""

import numpy as np
import onnxruntime

from tagger.encoding.batches import Batch, Floats
from tagger.errors import BundleError


class Engine:
    """Scores the tags of a batch with ONNX Runtime.

    Args:
        graph: a serialised ONNX model, as `tagging.graph` builds it.
        threads: to compute with; 0: as many as there are cores.

    Raises:
        BundleError: the graph cannot be loaded, or would read files of its own.
    """

    def __init__(self, graph: bytes, *, threads: int = 0) -> None:
        # A tensor that is kept in another file says so under this key: a stranger's bundle could name any file.
        if b"location" in graph:
            raise BundleError("tagger.onnx keeps data outside the bundle, which is refused")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 4  # what goes wrong is raised
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # be a good neighbour
        try:
            self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # ONNX Runtime's errors have no common class of their own
            raise BundleError(f"tagger.onnx cannot be loaded: {error}") from None

    def logits(self, batch: Batch) -> Floats:
        """(batch, time, tags) unnormalised log-probabilities; steps after a sentence's end are undefined."""
        inputs = {**batch.inputs, "lengths": batch.lengths}
        return np.asarray(self._session.run(["logits"], inputs)[0], np.float32)
