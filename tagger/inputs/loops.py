"""Recurrent layers as ONNX loops over steps, which begin at what enters the gates.

ONNX has operators for whole layers, but they multiply each step's input by the kernel, which for a word is the same
wherever it stands. A loop (`Scan`) can begin behind that product. Gates are in Keras' order.

Everything is (time, batch, …). Sentences stand at the left: what lies behind their ends comes last in both hidden_states,
as the backward one reads each sentence from its own end, and so it reaches no real step.
"""

from collections.abc import Callable

import numpy as np
import onnx
from onnx import TensorProto, helper

from tagger.encoding.arrays import Weights
from tagger.inputs.cells import CELLS
from tagger.inputs.nodes import Nodes
from tagger.inputs.recurrent import Recurrent


def hidden_states(
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
    for direction in layer.hidden_states:
        states = _loop(graph, layer, direction, entering(direction), weights)
        found.append(reading(graph, direction, states, lengths, f"{layer.name}/{direction}"))
    return found


def last_states(graph: Nodes, layer: Recurrent, entering: Callable[[str], str], lengths: str, weights: Weights) -> str:
    """The hidden states after the last step that each direction reads, side by side; arguments as above."""
    first = graph.constant(f"{layer.name}/first_step", np.int64(0))
    found = []
    for direction in layer.hidden_states:
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
    name, cell = f"{layer.name}/{direction}", CELLS[layer.cell]
    graph.constant(f"{name}/recurrent", weights[f"{name}/recurrent"])
    if layer.has_two_biases:
        graph.constant(f"{name}/recurrent_bias", weights[f"{name}/bias"][1])
    states = [f"{name}/state_{i}" for i in range(len(cell.states))]
    body = Nodes()
    after = cell.add_step(graph, body, name, states, layer.units, layer.reset_after)
    hidden = body.node("Identity", after[:1], f"{name}/hidden")

    def values(names: list[str], width: int) -> list[onnx.ValueInfoProto]:
        return [helper.make_tensor_value_info(value, TensorProto.FLOAT, ["batch", width]) for value in names]

    step = helper.make_graph(
        body.nodes,
        f"{name}/step",
        values(states, layer.units) + values([f"{name}/x"], layer.gate_width),
        values([*after, hidden], layer.units),
        body.constants,
    )
    start = _zeros(graph, entering, layer.units, name)
    outputs = [*(f"{state}/end" for state in states), f"{name}/states"]
    return graph.split("Scan", [*[start] * len(states), entering], outputs, body=step, num_scan_inputs=1)[-1]


def _zeros(graph: Nodes, entering: str, units: int, name: str) -> str:
    """(batch, units) zeros, with which a layer starts."""
    shape = graph.node("Shape", [entering], f"{name}/extent", start=1, end=2)
    width = graph.constant(f"{name}/units", np.array([units], np.int64))
    extent = graph.node("Concat", [shape, width], f"{name}/start_extent", axis=0)
    return graph.node("ConstantOfShape", [extent], f"{name}/start")
