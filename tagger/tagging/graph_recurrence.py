"""Recurrent layers as ONNX loops over steps, which begin at what enters the gates.

ONNX has operators for whole layers, but they multiply each step's input by the kernel, which for a word is the same
wherever it stands. A loop (`Scan`) can begin behind that product. Gates are in Keras' order.

Everything is (time, batch, …). Sentences stand at the left: what lies behind their ends comes last in both directions,
as the backward one reads each sentence from its own end, and so it reaches no real step.
"""

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper

from tagger.tagging.architecture import GATES, Recurrent
from tagger.tagging.graph_nodes import Nodes

Weights = Mapping[str, npt.NDArray[np.float32]]


def directions(
    graph: Nodes, layer: Recurrent, entering: Callable[[str], str], lengths: str, weights: Weights
) -> list[str]:
    """The hidden states of each direction, (time, batch, units), at the steps where they were made.

    Args:
        graph: where nodes go.
        layer: what it does.
        entering: by direction, what enters the gates, (time, batch, gates × units), in the order in which it reads.
        lengths: of the sentences, int64.
        weights: of all layers.
    """
    found = []
    for direction in layer.directions:
        states = _loop(graph, layer, direction, entering(direction), weights)
        found.append(reading(graph, direction, states, lengths, f"{layer.name}/{direction}"))
    return found


def last_states(graph: Nodes, layer: Recurrent, entering: Callable[[str], str], lengths: str, weights: Weights) -> str:
    """The hidden states after the last step that each direction reads, side by side; arguments as above."""
    first = graph.constant(f"{layer.name}/first_step", np.int64(0))
    found = []
    for direction in layer.directions:
        states = _loop(graph, layer, direction, entering(direction), weights)
        last_first = reading(graph, "backward", states, lengths, f"{layer.name}/{direction}")
        found.append(graph.node("Gather", [last_first, first], f"{layer.name}/{direction}/last_step", axis=0))
    return graph.node("Concat", found, f"{layer.name}/last", axis=1)


def reading(graph: Nodes, direction: str, steps: str, lengths: str, name: str) -> str:
    """Steps in the order in which a direction reads them, or back from it: each sentence turned round, or as it is."""
    if direction == "forward":
        return steps
    return graph.node("ReverseSequence", [steps, lengths], f"{name}/turned", time_axis=0, batch_axis=1)


def kernel_product(graph: Nodes, layer: Recurrent, direction: str, steps: str, weights: Weights) -> str:
    """What enters the gates: the steps times the kernel, and the bias."""
    name = f"{layer.name}/{direction}"
    kernel, bias = graph.constant(f"{name}/kernel", weights[f"{name}/kernel"]), input_bias(graph, name, weights)
    return graph.node("Add", [graph.node("MatMul", [steps, kernel], f"{name}/product"), bias], f"{name}/entering")


def input_bias(graph: Nodes, name: str, weights: Weights) -> str:
    """The bias of what enters the gates; a GRU with `reset_after` has a second one, of its recurrent product."""
    bias = weights[f"{name}/bias"]
    return graph.constant(f"{name}/bias", bias[0] if bias.ndim == 2 else bias)


def _loop(graph: Nodes, layer: Recurrent, direction: str, entering: str, weights: Weights) -> str:
    """The hidden states at each step, in the order of reading."""
    name = f"{layer.name}/{direction}"
    recurrent = graph.constant(f"{name}/recurrent", weights[f"{name}/recurrent"])
    if layer.cell == "gru" and layer.reset_after:
        graph.constant(f"{name}/recurrent_bias", weights[f"{name}/bias"][1])
    elif layer.cell == "gru":
        parts = graph.constant(f"{name}/recurrent_parts", np.array([2 * layer.units, layer.units], np.int64))
        graph.split("Split", [recurrent, parts], [f"{name}/recurrent_zr", f"{name}/recurrent_h"], axis=1)
    n_states = 2 if layer.cell == "lstm" else 1
    states = [f"{name}/state_{i}" for i in range(n_states)]
    body = Nodes()
    after = STEPS[layer.cell](body, layer, name, states)
    hidden = body.node("Identity", after[:1], f"{name}/hidden")

    def values(names: list[str], width: int) -> list[onnx.ValueInfoProto]:
        return [helper.make_tensor_value_info(value, TensorProto.FLOAT, ["batch", width]) for value in names]

    step = helper.make_graph(
        body.nodes,
        f"{name}/step",
        values(states, layer.units) + values([f"{name}/x"], GATES[layer.cell] * layer.units),
        values([*after, hidden], layer.units),
        body.constants,
    )
    start = _zeros(graph, entering, layer.units, name)
    outputs = [*(f"{state}/end" for state in states), f"{name}/states"]
    return graph.split("Scan", [*[start] * n_states, entering], outputs, body=step, num_scan_inputs=1)[-1]


def _zeros(graph: Nodes, entering: str, units: int, name: str) -> str:
    """(batch, units) zeros, with which a layer starts."""
    shape = graph.node("Shape", [entering], f"{name}/extent", start=1, end=2)
    width = graph.constant(f"{name}/units", np.array([units], np.int64))
    extent = graph.node("Concat", [shape, width], f"{name}/start_extent", axis=0)
    return graph.node("ConstantOfShape", [extent], f"{name}/start")


def _simple_rnn(body: Nodes, layer: Recurrent, name: str, states: list[str]) -> list[str]:
    product = body.node("MatMul", [states[0], f"{name}/recurrent"], f"{name}/step_product")
    total = body.node("Add", [product, f"{name}/x"], f"{name}/sum")
    return [body.node("Tanh", [total], f"{name}/h")]


def _lstm(body: Nodes, layer: Recurrent, name: str, states: list[str]) -> list[str]:
    """Hochreiter & Schmidhuber (1997), with the forget gate of Gers et al. (2000)."""
    hidden, cell = states
    product = body.node("MatMul", [hidden, f"{name}/recurrent"], f"{name}/step_product")
    total = body.node("Add", [product, f"{name}/x"], f"{name}/sum")
    raw = body.split("Split", [total], [f"{name}/raw_{gate}" for gate in "ifco"], axis=1)
    i, f, o = (body.node("Sigmoid", [raw[place]], f"{name}/{gate}") for place, gate in ((0, "i"), (1, "f"), (3, "o")))
    candidate = body.node("Tanh", [raw[2]], f"{name}/candidate")
    kept = body.node("Mul", [f, cell], f"{name}/kept")
    taken = body.node("Mul", [i, candidate], f"{name}/taken")
    cell = body.node("Add", [kept, taken], f"{name}/c")
    return [body.node("Mul", [o, body.node("Tanh", [cell], f"{name}/shown")], f"{name}/h"), cell]


def _gru(body: Nodes, layer: Recurrent, name: str, states: list[str]) -> list[str]:
    """Cho et al. (2014); with `reset_after` the reset gate is applied behind the recurrent product."""
    (hidden,) = states
    parts = body.constant(f"{name}/parts", np.array([2 * layer.units, layer.units], np.int64))
    x_zr, x_h = body.split("Split", [f"{name}/x", parts], [f"{name}/x_zr", f"{name}/x_h"], axis=1)
    if layer.reset_after:
        product = body.node("MatMul", [hidden, f"{name}/recurrent"], f"{name}/step_product")
        total = body.node("Add", [product, f"{name}/recurrent_bias"], f"{name}/sum")
        of_zr, of_h = body.split("Split", [total, parts], [f"{name}/of_zr", f"{name}/of_h"], axis=1)
    else:
        of_zr = body.node("MatMul", [hidden, f"{name}/recurrent_zr"], f"{name}/of_zr")
    both = body.node("Sigmoid", [body.node("Add", [x_zr, of_zr], f"{name}/raw_zr")], f"{name}/zr")
    z, r = body.split("Split", [both], [f"{name}/z", f"{name}/r"], axis=1)
    if layer.reset_after:
        of_h = body.node("Mul", [r, of_h], f"{name}/of_h_reset")
    else:
        of_reset = body.node("Mul", [r, hidden], f"{name}/reset")
        of_h = body.node("MatMul", [of_reset, f"{name}/recurrent_h"], f"{name}/of_h")
    candidate = body.node("Tanh", [body.node("Add", [x_h, of_h], f"{name}/raw_h")], f"{name}/candidate")
    change = body.node("Mul", [z, body.node("Sub", [hidden, candidate], f"{name}/way")], f"{name}/change")
    return [body.node("Add", [candidate, change], f"{name}/h")]


STEPS: dict[str, Callable[[Nodes, Recurrent, str, list[str]], list[str]]] = {
    "simple_rnn": _simple_rnn,
    "lstm": _lstm,
    "gru": _gru,
}
