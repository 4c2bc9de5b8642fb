"""The network as two ONNX graphs; the same weights always give the same bytes.

The first graph computes a row for each distinct word form from its word, casing, character and affix inputs: the values
that the form adds to the gates of the first recurrent layer at any step. It runs once per form. The second computes the
logits of sentences, in which each step has the index of its form's row.
"""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np

from tagger.encoding.arrays import TableBits, Weights
from tagger.heads import Head
from tagger.heads.dense import add_dense
from tagger.heads.pooling import add_pooling, pooling_name
from tagger.inputs.loops import carried_states, hidden_states, in_reading_order, input_bias, kernel_product
from tagger.inputs.nodes import Graph, Nodes, Value
from tagger.inputs.recurrent import Recurrent
from tagger.inputs.stored import Rounding, StoredForm, StoredTensors
from tagger.tagging.architecture import (
    FORMS_GRAPH,
    LOGITS,
    NORM_EPSILON,
    SENTENCES_GRAPH,
    Architecture,
    Graphs,
)
from tagger.tagging.onnx_file import model_bytes, read_constants

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
    rounding = Rounding(table_bits)
    forms = _forms_graph(architecture, weights, rounding) if architecture.form_inputs else None
    return Graphs(forms, _sentences_graph(architecture, weights, rounding))


def rebuild_graphs(architecture: Architecture, saved: Graphs, folder: Path) -> Graphs:
    """Build a network's graphs from the weights in saved ones, which may come from a stranger.

    The saved graphs are not run, and their nodes are not read: what is computed follows from the network alone. Graphs
    made by `build_graphs` are reproduced byte by byte, as rounded weights stay as they are.

    Args:
        architecture: the layers.
        saved: content of the files.
        folder: the bundle, for messages.

    Raises:
        BundleError: a file cannot be read, or lacks a weight of the network or has it in another shape or type.
    """
    weights = _weight_shapes(architecture)

    def stored(content: bytes, name: str) -> StoredTensors:
        return StoredTensors(read_constants(content, str(folder / name)), str(folder / name))

    forms = None
    if saved.forms is not None:
        forms = _forms_graph(architecture, weights, stored(saved.forms, FORMS_GRAPH))
    return Graphs(forms, _sentences_graph(architecture, weights, stored(saved.sentences, SENTENCES_GRAPH)))


def _weight_shapes(architecture: Architecture) -> Weights:
    """Arrays with the shapes of all weights that take no memory: the builder slices them as it does weights."""
    shapes = {weight.name: weight.shape for layer in architecture.describe() for weight in layer.weights}
    return {name: np.broadcast_to(np.float32(0), [int(size) for size in shape]) for name, shape in shapes.items()}


def step_graph(architecture: Architecture, sentences: bytes) -> bytes:
    """Build the graph that tags a part of a sentence, from the weights in the graph of sentences.

    It is the graph of `_sentences_graph` with more inputs and outputs. Its forward directions start from the states in
    the inputs `STATE/start`, (batch, units) float32, and the outputs `STATE/kept` are those after the step with the
    index `kept_step`, an int64 input; for the names STATE see `carried_states`.
    """
    stored = StoredTensors(read_constants(sentences, SENTENCES_GRAPH), SENTENCES_GRAPH)
    return _sentences_graph(architecture, _weight_shapes(architecture), stored, is_part=True)


def _forms_graph(architecture: Architecture, weights: Weights, stored: StoredForm) -> bytes:
    """Build the graph from forms to `rows`, (forms, width) float32: gate inputs of each direction, bias included.

    Its inputs are those of the network's form inputs, int32: (forms,), but `characters` (forms, longest).
    """
    graph, layer = Nodes(stored), architecture.layers[0]
    forms = graph.node(
        "Concat", [each.add_nodes(graph, weights) for each in architecture.form_inputs], "forms/input", axis=1
    )
    products = []
    for direction in layer.directions:
        name = f"{layer.name}/{direction}"
        kernel = graph.weight(f"{name}/kernel", weights[f"{name}/kernel"][: architecture.form_width])
        products.append(graph.node("MatMul", [forms, kernel], f"{name}/form_product"))
    biases = [input_bias(graph, f"{layer.name}/{direction}", weights) for direction in layer.directions]
    side_by_side = graph.node("Concat", products, "forms/gates", axis=1)
    graph.node("Add", [side_by_side, graph.node("Concat", biases, "forms/bias", axis=0)], "rows")
    return _serialize(graph, {"rows": ("forms", architecture.row_width)})


def _sentences_graph(
    architecture: Architecture, weights: Weights, stored: StoredForm, *, is_part: bool = False
) -> bytes:
    """Build the graph from sentences to the logits of each head.

    The only head of a plain network has the output `logits`, any other head `logits/NAME`: (batch, time, tags) float32,
    undefined after a sentence's end, or (batch, labels) float32 for a head of labels.

    The graph's inputs, if the network has them: `rows` (forms, width) float32; `forms` (batch, time) int32, indices in
    `rows`; columns (batch, time) int32; `numbers` (batch, time, columns) float32; `lengths` (batch,) int32. If it
    tags a part of a sentence, it has those of `step_graph` too.
    """
    graph = Nodes(stored)
    kept_step = graph.input("kept_step", "int64") if is_part else None
    lengths = graph.cast(graph.input("lengths", "int32", "batch"), "int64", "lengths/int64")
    first, *others = architecture.layers
    gate_inputs = _first_gate_inputs(graph, architecture, lengths, weights)
    layer, states = first, hidden_states(graph, first, gate_inputs, lengths, weights, kept_step)
    steps = _merge(graph, first, states)
    for layer in others:
        steps, states = _add_upper_layer(graph, layer, steps, lengths, weights, kept_step)
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
    for layer in architecture.layers if is_part else ():
        outputs |= {f"{state}/kept": ("batch", layer.units) for state in carried_states(layer)}
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
    values = [Value(name, "float32", shape) for name, shape in outputs.items()]
    return model_bytes(Graph("tagger", graph.nodes, graph.inputs, values, graph.constants))


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
        kernel = graph.weight(f"{name}/kernel", weights[f"{name}/kernel"][architecture.form_width :])
        product = graph.node("MatMul", [step_inputs, kernel], f"{name}/of_steps")
        return graph.node("Add", [form_rows, product], f"{name}/entering")

    return gate_inputs


def _add_upper_layer(
    graph: Nodes, layer: Recurrent, layer_input: str, lengths: str, weights: Weights, kept_step: str | None
) -> tuple[str, list[str]]:
    """Add a layer above the first, from (time, batch, inputs); return its output and the states of each direction."""
    steps = layer_input
    if layer.norm:
        scale = graph.weight(f"{layer.norm}/scale", weights[f"{layer.norm}/scale"])
        offset = graph.weight(f"{layer.norm}/offset", weights[f"{layer.norm}/offset"])
        steps = graph.node(
            "LayerNormalization", [layer_input, scale, offset], layer.norm, axis=-1, epsilon=NORM_EPSILON
        )

    def gate_inputs(direction: str) -> str:
        ordered = in_reading_order(graph, direction, steps, lengths, f"{layer.name}/{direction}/steps")
        return kernel_product(graph, layer, direction, ordered, weights)

    states = hidden_states(graph, layer, gate_inputs, lengths, weights, kept_step)
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
