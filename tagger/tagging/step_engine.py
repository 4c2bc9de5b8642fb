"""Engine that runs a network on parts of a sentence, with the states of its forward directions carried on."""

import hashlib

import numpy as np

from tagger.encoding.arrays import Array, Floats
from tagger.inputs.loops import carried_states
from tagger.tagging.architecture import Architecture
from tagger.tagging.engine import session
from tagger.tagging.forks import not_forked
from tagger.tagging.graph import logits_name, step_graph

States = dict[str, Floats]  # (1, units) each, by the names of `carried_states`


class StepEngine:
    """ONNX Runtime session of a step graph.

    Args:
        architecture: the network, with the heads that give an answer for each step.
        sentences: the graph of sentences, which has the weights.

    Attributes:
        start: the states before the first step of a sentence.
        checksum: SHA-256 of the graph of sentences, in hexadecimal digits.
    """

    def __init__(self, architecture: Architecture, sentences: bytes) -> None:
        self._session = session(step_graph(architecture, sentences), "the graph of steps")
        self._logits = {head.name: logits_name(architecture, head) for head in architecture.heads}
        self.start: States = {
            name: np.zeros((1, layer.units), np.float32)
            for layer in architecture.layers
            for name in carried_states(layer)
        }
        self.checksum = hashlib.sha256(sentences).hexdigest()

    def run(self, inputs: dict[str, Array], states: States, n_kept: int) -> tuple[dict[str, Floats], States]:
        """Compute the logits of successive steps.

        Args:
            inputs: (steps, …) of each input, and `rows` as in an `Engine`.
            states: states before the first step.
            n_kept: number of steps that are final, 1 or more; the others are seen by the backward directions only.

        Returns:
            (steps, tags) logits by head, and the states after the last final step.
        """
        feed: dict[str, Array] = {name: values if name == "rows" else values[None] for name, values in inputs.items()}
        n = next(len(values) for name, values in inputs.items() if name != "rows")
        feed |= {f"{name}/start": values for name, values in states.items()}
        feed |= {"lengths": np.array([n], np.int32), "kept_step": np.array(n_kept - 1, np.int64)}
        with not_forked():
            outputs = self._session.run([*self._logits.values(), *(f"{name}/kept" for name in states)], feed)
        logits, kept = outputs[: len(self._logits)], outputs[len(self._logits) :]
        by_head = {head: np.asarray(each[0], np.float32) for head, each in zip(self._logits, logits, strict=True)}
        return by_head, dict(zip(states, kept, strict=True))
