"""Pooling: from the outputs of the recurrent layers at all steps to one vector for the whole sentence."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import numpy as np

from tagger.encoding.arrays import Doubles, Lengths
from tagger.inputs.description import SENTENCE, STEPS, Layer, Size

if TYPE_CHECKING:
    from tagger.inputs.nodes import Nodes

# last: the output of each direction at the last step that it reads, as Keras' `return_sequences=False`.
# mean, max: over all steps of the sentence.
Pool = Literal["last", "mean", "max"]

KERAS_NAMES = {"last": "LastOutput", "mean": "GlobalAveragePooling1D", "max": "GlobalMaxPooling1D"}
NOTES = {
    "last": "the output of each direction at the last step that it reads (return_sequences=false)",
    "mean": "the mean over the steps of the sentence",
    "max": "the highest value of each unit over the steps of the sentence",
}
LOWEST = float(np.finfo(np.float32).min)


def pooling_name(head: str) -> str:
    """Name of the pooling layer of a head; the dot keeps it apart from names of heads."""
    return f"{head}.pool"


def describe_pooling(head: str, pool: Pool, inputs: Size) -> Layer:
    """Description of the pooling layer of a head; `inputs` is the width of its input."""
    return Layer(
        name=pooling_name(head),
        kind=KERAS_NAMES[pool],
        input=(*STEPS, inputs),
        output=(*SENTENCE, inputs),
        note=NOTES[pool],
    )


def add_pooling(graph: "Nodes", head: str, pool: Pool, steps: str, last: Callable[[], str], lengths: str) -> str:
    """Add the pooling of a head to an ONNX graph; return the name of its output, (batch, width).

    Args:
        graph: receives the nodes.
        head: name of the head.
        pool: kind of pooling.
        steps: name of the (time, batch, width) outputs of the last recurrent layer.
        last: adds the outputs of the last step that each direction reads, (batch, width); returns their name.
        lengths: name of the (batch,) int64 sentence lengths.
    """
    if pool == "last":
        return last()
    name = pooling_name(head)
    time = graph.node("Shape", [steps], f"{name}/time", start=0, end=1)
    scalar = graph.node("Squeeze", [time], f"{name}/n_steps")
    zero, one = (graph.constant(f"{name}/{i}", np.int64(i)) for i in range(2))
    first_axis = graph.constant(f"{name}/first_axis", np.array([0], np.int64))
    last_axis = graph.constant(f"{name}/last_axis", np.array([-1], np.int64))
    numbers = graph.node(
        "Unsqueeze", [graph.node("Range", [zero, scalar, one], f"{name}/range"), last_axis], f"{name}/t"
    )
    is_step = graph.node("Less", [numbers, lengths], f"{name}/is_step")
    mask = graph.node("Unsqueeze", [is_step, last_axis], f"{name}/mask")
    padding = graph.constant(f"{name}/padding", np.float32(0 if pool == "mean" else LOWEST))
    masked = graph.node("Where", [mask, steps, padding], f"{name}/masked")
    if pool == "max":
        return graph.node("ReduceMax", [masked], name, axes=[0], keepdims=0)
    total = graph.node("ReduceSum", [masked, first_axis], f"{name}/total", keepdims=0)
    counts = graph.node("Unsqueeze", [graph.cast(lengths, "float32", f"{name}/lengths"), last_axis], f"{name}/counts")
    return graph.node("Div", [total, counts], name)


def pooled(pool: Pool, steps: Doubles, last: Doubles, lengths: Lengths) -> Doubles:
    """Compute the pooling in NumPy, (batch, width).

    Args:
        pool: kind of pooling.
        steps: (batch, time, width) outputs of the last recurrent layer; undefined after a sentence's end.
        last: (batch, width) outputs of the last step that each direction reads.
        lengths: (batch,) steps per sentence.
    """
    if pool == "last":
        return last
    is_step = (np.arange(steps.shape[1]) < lengths[:, None])[:, :, None]
    if pool == "max":
        return np.asarray(np.where(is_step, steps, -np.inf).max(1))
    return np.asarray(np.where(is_step, steps, 0).sum(1) / lengths[:, None])
