"""Recurrent layers as ONNX loops (`Scan`) over the steps, given the input part of the gates.

ONNX has operators for whole recurrent layers, but they multiply the input of every step by the kernel. For inputs of a
word form this product is the same wherever the form occurs, so it is computed once, and the loop adds only the
recurrent part. Gates are in Keras' order.

All arrays are (time, batch, …). Sentences are padded at the end, and the backward direction reads each sentence from
its own last step, so in both directions padding is read last and reaches no real step.
"""

from collections.abc import Callable

import numpy as np

from tagger.encoding.arrays import Weights
from tagger.inputs.cells import CELLS
from tagger.inputs.nodes import Graph, Nodes, Value
from tagger.inputs.recurrent import Recurrent


def hidden_states(
    graph: Nodes,
    layer: Recurrent,
    gate_inputs: Callable[[str], str],
    lengths: str,
    weights: Weights,
    kept_step: str | None = None,
) -> list[str]:
    """Add a layer; return the name of each direction's hidden states, (time, batch, units), in sentence order.

    Args:
        graph: receives the nodes.
        layer: the layer's settings.
        gate_inputs: maps the name of a direction to that of Wx + b, (time, batch, gates * units), in reading order.
        lengths: name of the (batch,) int64 sentence lengths.
        weights: weights of the whole network.
        kept_step: name of an index of a step, int64: the forward direction then starts from the states in the inputs
            `STATE/start`, (batch, units), and those after this step are `STATE/kept`; see `carried_states`.
    """
    names = []
    for direction in layer.directions:
        kept = kept_step if direction == "forward" else None
        states = _loop(graph, layer, direction, gate_inputs(direction), weights, kept)
        names.append(in_reading_order(graph, direction, states, lengths, f"{layer.name}/{direction}"))
    return names


def carried_states(layer: Recurrent) -> list[str]:
    """Names of the states of a layer that are carried from step to step, (batch, units) each."""
    return [f"{layer.name}/forward/state_{i}" for i in range(len(CELLS[layer.cell].states))]


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
    kernel, bias = graph.weight(f"{name}/kernel", weights[f"{name}/kernel"]), input_bias(graph, name, weights)
    return graph.node("Add", [graph.node("MatMul", [steps, kernel], f"{name}/product"), bias], f"{name}/entering")


def input_bias(graph: Nodes, name: str, weights: Weights) -> str:
    """Add the bias of the input part; a GRU with `reset_after` has a second one, of the recurrent part."""
    bias = weights[f"{name}/bias"]
    return graph.weight(f"{name}/bias", bias[0] if bias.ndim == 2 else bias)


def _loop(
    graph: Nodes, layer: Recurrent, direction: str, gate_inputs: str, weights: Weights, kept_step: str | None = None
) -> str:
    """Add the loop of one direction; return the name of its hidden states, in reading order.

    Its states start at 0, but with `kept_step` at inputs of the graph, see `hidden_states`.
    """
    name, cell = f"{layer.name}/{direction}", CELLS[layer.cell]
    graph.weight(f"{name}/recurrent", weights[f"{name}/recurrent"])
    if layer.has_two_biases:
        graph.weight(f"{name}/recurrent_bias", weights[f"{name}/bias"][1])
    states = [f"{name}/state_{i}" for i in range(len(cell.states))]
    body = Nodes()
    next_states = cell.add_step(graph, body, name, states, layer.units, layer.reset_after)
    n_scanned = 1 if kept_step is None else len(states)
    scanned = [f"{name}/hidden", *(f"{state}/next" for state in states[1:])][:n_scanned]
    for state, output in zip(next_states, scanned, strict=False):
        body.node("Identity", [state], output)

    def values(names: list[str], width: int) -> list[Value]:
        return [Value(value, "float32", ["batch", width]) for value in names]

    inputs = values(states, layer.units) + values([f"{name}/x"], layer.gate_width)
    outputs = values([*next_states, *scanned], layer.units)
    step = Graph(f"{name}/step", body.nodes, inputs, outputs, body.constants)
    if kept_step is None:
        starts = [_zeros(graph, gate_inputs, layer.units, name)] * len(states)
    else:
        starts = [graph.input(f"{state}/start", "float32", "batch", layer.units) for state in states]
    ends = [f"{state}/end" for state in states]
    all_steps = [f"{name}/states", *(f"{state}/steps" for state in states[1:])][:n_scanned]
    graph.split("Scan", [*starts, gate_inputs], [*ends, *all_steps], body=step, num_scan_inputs=1)
    if kept_step is not None:
        for state, steps in zip(states, all_steps, strict=True):
            graph.node("Gather", [steps, kept_step], f"{state}/kept", axis=0)
    return all_steps[0]


def _zeros(graph: Nodes, gate_inputs: str, units: int, name: str) -> str:
    """Add the initial state: (batch, units) zeros."""
    shape = graph.node("Shape", [gate_inputs], f"{name}/extent", start=1, end=2)
    width = graph.constant(f"{name}/units", np.array([units], np.int64))
    extent = graph.node("Concat", [shape, width], f"{name}/start_extent", axis=0)
    return graph.node("ConstantOfShape", [extent], f"{name}/start")
