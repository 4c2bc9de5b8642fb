"""The network as two ONNX graphs; the same weights always give the same bytes.

The first graph computes a row for each distinct word form from its word, casing, character and affix inputs: the values
that the form adds to the gates of the first recurrent layer at any step. It runs once per form. The second computes the
logits of sentences, in which each step has the index of its form's row.
"""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import onnx
from onnx import TensorProto, helper

from tagger.encoding.arrays import TableBits, Weights
from tagger.heads import Head
from tagger.heads.dense import add_dense
from tagger.heads.pooling import add_pooling, pooling_name
from tagger.inputs.loops import hidden_states, in_reading_order, input_bias, kernel_product
from tagger.inputs.nodes import Nodes
from tagger.inputs.recurrent import Recurrent
from tagger.tagging.architecture import LOGITS, NORM_EPSILON, Architecture, Graphs

OPSET, IR_VERSION = 17, 8  # ONNX 1.12 (2022), which all current runtimes read
MERGE = {"concat": "Concat", "sum": "Sum", "mul": "Mul", "ave": "Mean"}


def build_graphs(architecture: Architecture, weights: Weights, *, table_bits: TableBits = 32) -> Graphs:
    """Build the network as serialised ONNX models, whose constants have the names of the weights.

    Embedding tables are named `…/vectors`. Each graph has the rows of the first layer's kernels for its own inputs.

    Args:
        architecture: the layers.
        weights: arrays by name, with the shapes of `Architecture.describe`.
        table_bits: bits per value in embedding tables; below 32, character tables and all other matrices have half
            precision.
    """
    forms = _forms_graph(architecture, weights, table_bits) if architecture.form_inputs else None
    return Graphs(forms, _sentences_graph(architecture, weights, table_bits))


def _forms_graph(architecture: Architecture, weights: Weights, table_bits: TableBits) -> bytes:
    """Build the graph from forms to `rows`, (forms, width) float32: gate inputs of each direction, bias included.

    Its inputs are those of the network's form inputs, int32: (forms,), but `characters` (forms, longest).
    """
    graph, layer = Nodes(table_bits), architecture.layers[0]
    forms = graph.node(
        "Concat", [each.add_nodes(graph, weights) for each in architecture.form_inputs], "forms/input", axis=1
    )
    products = []
    for direction in layer.directions:
        name = f"{layer.name}/{direction}"
        kernel = graph.constant(f"{name}/kernel", weights[f"{name}/kernel"][: architecture.form_width])
        products.append(graph.node("MatMul", [forms, kernel], f"{name}/form_product"))
    biases = [input_bias(graph, f"{layer.name}/{direction}", weights) for direction in layer.directions]
    side_by_side = graph.node("Concat", products, "forms/gates", axis=1)
    graph.node("Add", [side_by_side, graph.node("Concat", biases, "forms/bias", axis=0)], "rows")
    return _serialize(graph, {"rows": ("forms", architecture.row_width)})


def _sentences_graph(architecture: Architecture, weights: Weights, table_bits: TableBits) -> bytes:
    """Build the graph from sentences to the logits of each head.

    The only head of a plain network has the output `logits`, any other head `logits/NAME`: (batch, time, tags) float32,
    undefined after a sentence's end, or (batch, labels) float32 for a head of labels.

    The graph's inputs, if the network has them: `rows` (forms, width) float32; `forms` (batch, time) int32, indices in
    `rows`; columns (batch, time) int32; `numbers` (batch, time, columns) float32; `lengths` (batch,) int32.
    """
    graph = Nodes(table_bits)
    lengths = graph.cast(graph.input("lengths", "int32", "batch"), "int64", "lengths/int64")
    first, *others = architecture.layers
    gate_inputs = _first_gate_inputs(graph, architecture, lengths, weights)
    layer, states = first, hidden_states(graph, first, gate_inputs, lengths, weights)
    steps = _merge(graph, first, states)
    for layer in others:
        steps, states = _add_upper_layer(graph, layer, steps, lengths, weights)
    outputs: dict[str, tuple[str | int, ...]] = {}
    for head in architecture.heads:
        name = logits_name(architecture, head)
        if head.pool is None:
            graph.node("Transpose", [add_dense(graph, head.name, steps, weights)], name, perm=[1, 0, 2])
            outputs[name] = ("batch", "time", head.n_tags)
        else:
            last = partial(_last_outputs, graph, layer, states, lengths, head.name)
            vector = add_pooling(graph, head.name, head.pool, steps, last, lengths)
            graph.node("Identity", [add_dense(graph, head.name, vector, weights)], name)
            outputs[name] = ("batch", head.n_tags)
    return _serialize(graph, outputs)


def logits_name(architecture: Architecture, head: Head) -> str:
    """Name of the graph's output with the logits of a head."""
    return "logits" if architecture.is_plain else f"{LOGITS}{head.name}"


def _last_outputs(graph: Nodes, layer: Recurrent, states: list[str], lengths: str, head: str) -> str:
    """Add the outputs of the last step that each direction reads, (batch, width): Keras' `return_sequences=False`."""
    first = graph.constant(f"{pooling_name(head)}/first_step", np.int64(0))
    names = []
    for direction, steps in zip(layer.directions, states, strict=True):
        name = f"{pooling_name(head)}/{direction}"
        last_first = steps if direction == "backward" else in_reading_order(graph, "backward", steps, lengths, name)
        names.append(graph.node("Gather", [last_first, first], f"{name}/last_step", axis=0))
    return _merge(graph, layer, names, name=pooling_name(head), axis=1)


def _serialize(graph: Nodes, outputs: Mapping[str, tuple[str | int, ...]]) -> bytes:
    infos = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs.items()]
    model = helper.make_model(
        helper.make_graph(graph.nodes, "tagger", graph.inputs, infos, graph.constants),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="tagger",
    )
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


def _first_gate_inputs(
    graph: Nodes, architecture: Architecture, lengths: str, weights: Weights
) -> Callable[[str], str]:
    """Return a function from a direction to the node of the first layer's gate inputs, (time, batch, gates × units).

    They are the sum of the form rows and the product of the step inputs and the kernel.
    """
    layer = architecture.layers[0]
    forms = steps = ""
    if architecture.form_inputs:  # split each row into one per direction
        n_directions = len(layer.directions)
        rows = graph.input("rows", "float32", "forms", architecture.row_width)
        shape = graph.constant("rows/shape", np.array([-1, architecture.row_width // n_directions], np.int64))
        graph.node("Reshape", [rows, shape], "rows/of_directions")
        indices = graph.input("forms", "int32", "batch", "time")
        time_first = graph.node("Transpose", [indices], "forms/time_first", perm=[1, 0])
        forms = graph.node("Mul", [time_first, graph.constant("rows/each", np.int32(n_directions))], "forms/first_row")
    if architecture.step_inputs:
        parts = [each.add_nodes(graph, weights) for each in architecture.step_inputs]
        steps = graph.node("Concat", parts, "steps/input", axis=2)

    def gate_inputs(direction: str) -> str:
        name = f"{layer.name}/{direction}"
        if steps:
            step_inputs = in_reading_order(graph, direction, steps, lengths, f"{name}/steps")
            if not forms:
                return kernel_product(graph, layer, direction, step_inputs, weights)
        number = graph.constant(f"{name}/number", np.int32(layer.directions.index(direction)))
        indices = graph.node("Add", [forms, number], f"{name}/places")
        indices = in_reading_order(graph, direction, indices, lengths, f"{name}/places")
        form_rows = graph.node("Gather", ["rows/of_directions", indices], f"{name}/of_forms")
        if not steps:
            return form_rows
        kernel = graph.constant(f"{name}/kernel", weights[f"{name}/kernel"][architecture.form_width :])
        product = graph.node("MatMul", [step_inputs, kernel], f"{name}/of_steps")
        return graph.node("Add", [form_rows, product], f"{name}/entering")

    return gate_inputs


def _add_upper_layer(
    graph: Nodes, layer: Recurrent, layer_input: str, lengths: str, weights: Weights
) -> tuple[str, list[str]]:
    """Add a layer above the first, from (time, batch, inputs); return its output and the states of each direction."""
    steps = layer_input
    if layer.norm:
        scale = graph.constant(f"{layer.norm}/scale", weights[f"{layer.norm}/scale"])
        offset = graph.constant(f"{layer.norm}/offset", weights[f"{layer.norm}/offset"])
        steps = graph.node(
            "LayerNormalization", [layer_input, scale, offset], layer.norm, axis=-1, epsilon=NORM_EPSILON
        )

    def gate_inputs(direction: str) -> str:
        ordered = in_reading_order(graph, direction, steps, lengths, f"{layer.name}/{direction}/steps")
        return kernel_product(graph, layer, direction, ordered, weights)

    states = hidden_states(graph, layer, gate_inputs, lengths, weights)
    output = _merge(graph, layer, states)
    if layer.residual:
        output = graph.node("Add", [output, layer_input], f"{layer.name}/residual")
    return output, states


def _merge(graph: Nodes, layer: Recurrent, states: list[str], *, name: str = "", axis: int = 2) -> str:
    """Merge the states of all directions, whose units are along an axis."""
    if len(states) == 1:
        return states[0]
    options = {"axis": axis} if layer.merge == "concat" else {}
    return graph.node(MERGE[layer.merge], states, name or layer.name, **options)
