"""The network as two ONNX graphs, made from its weights and nothing else: the same weights give the same bytes.

The first makes a row of each distinct form, of its word, casing, characters and affixes: what the form adds to the
gates of the first recurrent layer, wherever it stands. It need be run but once for each form. The second scores the
tags of sentences, each step of which says which row is its form's.
"""

from collections.abc import Callable

import numpy as np
import onnx
from onnx import TensorProto, helper

from tagger.encoding.arrays import TableBits, Weights
from tagger.heads.dense import add_dense
from tagger.inputs.loops import hidden_states, in_reading_order, input_bias, kernel_product
from tagger.inputs.nodes import Nodes
from tagger.inputs.recurrent import Recurrent
from tagger.tagging.architecture import NORM_EPSILON, Architecture, Graphs

OPSET, IR_VERSION = 17, 8  # ONNX 1.12 (2022): what every runtime of today reads
MERGE = {"concat": "Concat", "sum": "Sum", "mul": "Mul", "ave": "Mean"}


def build_graphs(architecture: Architecture, weights: Weights, *, table_bits: TableBits = 32) -> Graphs:
    """The network as serialised ONNX models, in which weights are constants under their own names.

    Vectors are called `…/vectors`. Of the first layer's kernels each graph has the rows of its own inputs.

    Args:
        architecture: the layers.
        weights: in the shapes that `Architecture.describe` gives.
        table_bits: bits of each number in tables of vectors; with fewer than 32, those of characters and all other
            matrices have half precision.
    """
    forms = _forms_graph(architecture, weights, table_bits) if architecture.of_forms else None
    return Graphs(forms, _sentences_graph(architecture, weights, table_bits))


def _forms_graph(architecture: Architecture, weights: Weights, table_bits: TableBits) -> bytes:
    """From forms to their rows, (forms, width) float32: what each adds to the gates of each direction, bias included.

    Its inputs are int32, those of the network's inputs of forms: (forms,), but `characters` (forms, longest).
    """
    graph, layer = Nodes(table_bits), architecture.layers[0]
    forms = graph.node(
        "Concat", [each.add_nodes(graph, weights) for each in architecture.of_forms], "forms/input", axis=1
    )
    products = []
    for direction in layer.directions:
        name = f"{layer.name}/{direction}"
        kernel = graph.constant(f"{name}/kernel", weights[f"{name}/kernel"][: architecture.form_width])
        products.append(graph.node("MatMul", [forms, kernel], f"{name}/form_product"))
    biases = [input_bias(graph, f"{layer.name}/{direction}", weights) for direction in layer.directions]
    side_by_side = graph.node("Concat", products, "forms/gates", axis=1)
    graph.node("Add", [side_by_side, graph.node("Concat", biases, "forms/bias", axis=0)], "rows")
    return _serialized(graph, "rows", ("forms", architecture.row_width))


def _sentences_graph(architecture: Architecture, weights: Weights, table_bits: TableBits) -> bytes:
    """From sentences to `logits`, (batch, time, tags) float32, undefined after a sentence's end.

    Its inputs are, where the network has them: `rows` (forms, width) float32; `forms` (batch, time) int32, the row of
    each step's form; columns (batch, time) int32; `numbers` (batch, time, columns) float32; `lengths` (batch,) int32.
    """
    graph = Nodes(table_bits)
    lengths = graph.cast(graph.input("lengths", "int32", "batch"), "int64", "lengths/int64")
    first, *others = architecture.layers
    states = hidden_states(graph, first, _entering(graph, architecture, lengths, weights), lengths, weights)
    steps = _merged(graph, first, states)
    for layer in others:
        steps = _recurrent(graph, layer, steps, lengths, weights)
    graph.node("Transpose", [add_dense(graph, architecture.head.name, steps, weights)], "logits", perm=[1, 0, 2])
    return _serialized(graph, "logits", ("batch", "time", architecture.head.n_tags))


def _serialized(graph: Nodes, output: str, shape: tuple[str | int, ...]) -> bytes:
    of_output = helper.make_tensor_value_info(output, TensorProto.FLOAT, shape)
    model = helper.make_model(
        helper.make_graph(graph.nodes, "tagger", graph.inputs, [of_output], graph.constants),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="tagger",
    )
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


def _entering(graph: Nodes, architecture: Architecture, lengths: str, weights: Weights) -> Callable[[str], str]:
    """Nodes of what enters the gates of the first layer, by direction: rows of forms, and the inputs of steps."""
    layer = architecture.layers[0]
    forms = steps = ""
    if architecture.of_forms:  # rows become one for each form and direction
        n_directions = len(layer.directions)
        rows = graph.input("rows", "float32", "forms", architecture.row_width)
        shape = graph.constant("rows/shape", np.array([-1, architecture.row_width // n_directions], np.int64))
        graph.node("Reshape", [rows, shape], "rows/of_directions")
        places = graph.input("forms", "int32", "batch", "time")
        time_first = graph.node("Transpose", [places], "forms/time_first", perm=[1, 0])
        forms = graph.node("Mul", [time_first, graph.constant("rows/each", np.int32(n_directions))], "forms/first_row")
    if architecture.of_steps:
        parts = [each.add_nodes(graph, weights) for each in architecture.of_steps]
        steps = graph.node("Concat", parts, "steps/input", axis=2)

    def entering(direction: str) -> str:
        name = f"{layer.name}/{direction}"
        if steps:
            of_steps = in_reading_order(graph, direction, steps, lengths, f"{name}/steps")
            if not forms:
                return kernel_product(graph, layer, direction, of_steps, weights)
        number = graph.constant(f"{name}/number", np.int32(layer.directions.index(direction)))
        places = graph.node("Add", [forms, number], f"{name}/places")
        places = in_reading_order(graph, direction, places, lengths, f"{name}/places")
        of_forms = graph.node("Gather", ["rows/of_directions", places], f"{name}/of_forms")
        if not steps:
            return of_forms
        kernel = graph.constant(f"{name}/kernel", weights[f"{name}/kernel"][architecture.form_width :])
        product = graph.node("MatMul", [of_steps, kernel], f"{name}/of_steps")
        return graph.node("Add", [of_forms, product], f"{name}/entering")

    return entering


def _recurrent(graph: Nodes, layer: Recurrent, layer_input: str, lengths: str, weights: Weights) -> str:
    """A layer above the first: (time, batch, inputs) to (time, batch, width)."""
    steps = layer_input
    if layer.norm:
        scale = graph.constant(f"{layer.norm}/scale", weights[f"{layer.norm}/scale"])
        offset = graph.constant(f"{layer.norm}/offset", weights[f"{layer.norm}/offset"])
        steps = graph.node(
            "LayerNormalization", [layer_input, scale, offset], layer.norm, axis=-1, epsilon=NORM_EPSILON
        )

    def entering(direction: str) -> str:
        read = in_reading_order(graph, direction, steps, lengths, f"{layer.name}/{direction}/steps")
        return kernel_product(graph, layer, direction, read, weights)

    found = _merged(graph, layer, hidden_states(graph, layer, entering, lengths, weights))
    return graph.node("Add", [found, layer_input], f"{layer.name}/residual") if layer.residual else found


def _merged(graph: Nodes, layer: Recurrent, states: list[str]) -> str:
    """The states of all directions as one."""
    if len(states) == 1:
        return states[0]
    options = {"axis": 2} if layer.merge == "concat" else {}
    return graph.node(MERGE[layer.merge], states, layer.name, **options)
