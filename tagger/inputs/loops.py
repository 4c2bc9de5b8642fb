"""Recurrent layers as ONNX loops (`Scan`) over the steps, given the input part of the gates.

ONNX has operators for whole recurrent layers, but they multiply the input of every step by the kernel. For inputs of a
word form this product is the same wherever the form occurs, so it is computed once, and the loop adds only the
recurrent part. Gates are in Keras' order.

All arrays are (time, batch, …). Sentences are padded at the end, and the backward direction reads each sentence from
its own last step, so in both directions padding is read last and reaches no real step.
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
    graph: Nodes, layer: Recurrent, gate_inputs: Callable[[str], str], lengths: str, weights: Weights
) -> list[str]:
    """Add a layer; return the name of each direction's hidden states, (time, batch, units), in sentence order.

    Args:
        graph: receives the nodes.
        layer: the layer's settings.
        gate_inputs: maps the name of a direction to that of Wx + b, (time, batch, gates * units), in reading order.
        lengths: name of the (batch,) int64 sentence lengths.
        weights: weights of the whole network.
    """
    names = []
    for direction in layer.directions:
        states = _loop(graph, layer, direction, gate_inputs(direction), weights)
        names.append(in_reading_order(graph, direction, states, lengths, f"{layer.name}/{direction}"))
    return names


def last_states(
    graph: Nodes, layer: Recurrent, gate_inputs: Callable[[str], str], lengths: str, weights: Weights
) -> str:
    """Add a layer; return the name of its final hidden states, (batch, directions * units).

    Arguments as for `hidden_states`.
    """
    first = graph.constant(f"{layer.name}/first_step", np.int64(0))
    names = []
    for direction in layer.directions:
        states = _loop(graph, layer, direction, gate_inputs(direction), weights)
        last_first = in_reading_order(graph, "backward", states, lengths, f"{layer.name}/{direction}")
        names.append(graph.node("Gather", [last_first, first], f"{layer.name}/{direction}/last_step", axis=0))
    return graph.node("Concat", names, f"{layer.name}/last", axis=1)


def in_reading_order(graph: Nodes, direction: str, steps: str, lengths: str, name: str) -> str:
    """Steps in the order in which a direction reads them: unchanged, or each sentence reversed.

    It is its own inverse.
    """
    if direction == "forward":
        return steps
    return graph.node("ReverseSequence", [steps, lengths], f"{name}/turned", time_axis=0, batch_axis=1)


def kernel_product(graph: Nodes, layer: Recurrent, direction: str, steps: str, weights: Weights) -> str:
    """Add Wx + b, the input part of the gates, for all steps at once."""
    name = f"{layer.name}/{direction}"
    kernel, bias = graph.constant(f"{name}/kernel", weights[f"{name}/kernel"]), input_bias(graph, name, weights)
    return graph.node("Add", [graph.node("MatMul", [steps, kernel], f"{name}/product"), bias], f"{name}/entering")


def input_bias(graph: Nodes, name: str, weights: Weights) -> str:
    """Add the bias of the input part; a GRU with `reset_after` has a second one, of the recurrent part."""
    bias = weights[f"{name}/bias"]
    return graph.constant(f"{name}/bias", bias[0] if bias.ndim == 2 else bias)


def _loop(graph: Nodes, layer: Recurrent, direction: str, gate_inputs: str, weights: Weights) -> str:
    """Add the loop of one direction; return the name of its hidden states, in reading order."""
    name, cell = f"{layer.name}/{direction}", CELLS[layer.cell]
    graph.constant(f"{name}/recurrent", weights[f"{name}/recurrent"])
    if layer.has_two_biases:
        graph.constant(f"{name}/recurrent_bias", weights[f"{name}/bias"][1])
    states = [f"{name}/state_{i}" for i in range(len(cell.states))]
    body = Nodes()
    next_states = cell.add_step(graph, body, name, states, layer.units, layer.reset_after)
    hidden = body.node("Identity", next_states[:1], f"{name}/hidden")

    def values(names: list[str], width: int) -> list[onnx.ValueInfoProto]:
        return [helper.make_tensor_value_info(value, TensorProto.FLOAT, ["batch", width]) for value in names]

    step = helper.make_graph(
        body.nodes,
        f"{name}/step",
        values(states, layer.units) + values([f"{name}/x"], layer.gate_width),
        values([*next_states, hidden], layer.units),
        body.constants,
    )
    start = _zeros(graph, gate_inputs, layer.units, name)
    outputs = [*(f"{state}/end" for state in states), f"{name}/states"]
    return graph.split("Scan", [*[start] * len(states), gate_inputs], outputs, body=step, num_scan_inputs=1)[-1]


def _zeros(graph: Nodes, gate_inputs: str, units: int, name: str) -> str:
    """Add the initial state: (batch, units) zeros."""
    shape = graph.node("Shape", [gate_inputs], f"{name}/extent", start=1, end=2)
    width = graph.constant(f"{name}/units", np.array([units], np.int64))
    extent = graph.node("Concat", [shape, width], f"{name}/start_extent", axis=0)
    return graph.node("ConstantOfShape", [extent], f"{name}/start")
