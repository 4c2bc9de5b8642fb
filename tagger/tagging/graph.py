"""The network as two ONNX graphs, made from its weights and nothing else: the same weights give the same bytes.

The first makes a row of each distinct form, of its word, casing, characters and affixes: what the form adds to the
gates of the first recurrent layer, wherever it stands. It need be run but once for each form. The second scores the
tags of sentences, each step of which says which row is its form's.
"""

from collections.abc import Callable

import numpy as np
import onnx
from onnx import TensorProto, helper

from tagger.encoding.casing import CASINGS
from tagger.tagging.architecture import FILTER_WIDTH, NORM_EPSILON, Architecture, Characters, Graphs, Recurrent
from tagger.tagging.graph_nodes import Nodes
from tagger.tagging.graph_recurrence import Weights as Weights
from tagger.tagging.graph_recurrence import directions, input_bias, kernel_product, last_states, reading

OPSET, IR_VERSION = 17, 8  # ONNX 1.12 (2022): what every runtime of today reads
MERGE = {"concat": "Concat", "sum": "Sum", "mul": "Mul", "ave": "Mean"}
IDS, FLOATS = TensorProto.INT32, TensorProto.FLOAT


def build_graphs(architecture: Architecture, weights: Weights) -> Graphs:
    """The network as serialised ONNX models, in which weights are constants under their own names.

    Vectors are called `…/vectors`. Of the first layer's kernels each graph has the rows of its own inputs.

    Args:
        architecture: the layers.
        weights: by name, shaped as Keras shapes them: vectors by their input's name, `{layer}/{direction}/kernel`,
            `…/recurrent` and `…/bias`, `head/kernel`, `head/bias`.
    """
    forms = _forms_graph(architecture, weights) if architecture.of_forms else None
    return Graphs(forms, _sentences_graph(architecture, weights))


def _forms_graph(architecture: Architecture, weights: Weights) -> bytes:
    """From forms to their rows, (forms, width) float32.

    Its inputs are int32, whichever the network has: `words`, `casing`, affixes and `shape`, (forms,), `characters`
    (forms, longest) and `form_lengths` (forms,).
    """
    graph = Nodes()
    _form_rows(graph, architecture, weights)
    inputs = []
    for name, _, _ in architecture.of_forms:
        if name == "characters":
            inputs += [_value("characters", IDS, "forms", "longest"), _value("form_lengths", IDS, "forms")]
        else:
            inputs.append(_value(name, IDS, "forms"))
    return _serialized(graph, inputs, _value("rows", FLOATS, "forms", architecture.row_width))


def _sentences_graph(architecture: Architecture, weights: Weights) -> bytes:
    """From sentences to `logits`, (batch, time, tags) float32, undefined behind a sentence's end.

    Its inputs are, whichever the network has: `rows` (forms, width) float32; `forms` (batch, time) int32, which says
    whose row is where; columns (batch, time) int32; `numbers` (batch, time, columns) float32; `lengths` (batch,) int32.
    """
    graph, inputs = Nodes(), []
    if architecture.of_forms:
        inputs = [_value("rows", FLOATS, "forms", architecture.row_width), _value("forms", IDS, "batch", "time")]
    for name, width, _ in architecture.of_steps:
        if name == "numbers":
            inputs.append(_value(name, FLOATS, "batch", "time", width))
        else:
            inputs.append(_value(name, IDS, "batch", "time"))
    inputs.append(_value("lengths", IDS, "batch"))
    lengths = graph.node("Cast", ["lengths"], "lengths/int64", to=TensorProto.INT64)
    first, *others = architecture.layers
    states = directions(graph, first, _entering(graph, architecture, lengths, weights), lengths, weights)
    steps = _merged(graph, first, states)
    for layer in others:
        steps = _recurrent(graph, layer, steps, lengths, weights)
    kernel = graph.constant("head/kernel", weights["head/kernel"])
    bias = graph.constant("head/bias", weights["head/bias"])
    scores = graph.node("Add", [graph.node("MatMul", [steps, kernel], "head/product"), bias], "head/scores")
    graph.node("Transpose", [scores], "logits", perm=[1, 0, 2])
    return _serialized(graph, inputs, _value("logits", FLOATS, "batch", "time", architecture.n_tags))


def _serialized(graph: Nodes, inputs: list[onnx.ValueInfoProto], output: onnx.ValueInfoProto) -> bytes:
    model = helper.make_model(
        helper.make_graph(graph.nodes, "tagger", inputs, [output], graph.constants),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="tagger",
    )
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


def _value(name: str, kind: int, *shape: str | int) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, shape)


def _form_rows(graph: Nodes, architecture: Architecture, weights: Weights) -> None:
    """Of each form, side by side what it adds to the gates of each direction, bias included: (forms, width)."""
    parts = []
    for name, _, _ in architecture.of_forms:
        if name == "characters" and architecture.characters:
            parts.append(_characters(graph, architecture.characters, weights))
        elif name == "casing":
            parts.append(_onehot(graph, "casing", n_ids=len(CASINGS) + 1, first=1))
        elif name == "words" and architecture.words and architecture.words.dim is None:
            parts.append(_onehot(graph, "words", n_ids=architecture.words.n_ids, first=2))
        else:
            parts.append(
                graph.node("Gather", [graph.constant(f"{name}/vectors", weights[name]), name], f"{name}/vector")
            )
    forms = graph.node("Concat", parts, "forms/input", axis=1)
    layer = architecture.layers[0]
    found = []
    for direction in layer.directions:
        name = f"{layer.name}/{direction}"
        kernel = graph.constant(f"{name}/kernel", weights[f"{name}/kernel"][: architecture.form_width])
        found.append(graph.node("MatMul", [forms, kernel], f"{name}/form_product"))
    biases = [input_bias(graph, f"{layer.name}/{direction}", weights) for direction in layer.directions]
    side_by_side = graph.node("Concat", found, "forms/gates", axis=1)
    graph.node("Add", [side_by_side, graph.node("Concat", biases, "forms/bias", axis=0)], "rows")


def _entering(graph: Nodes, architecture: Architecture, lengths: str, weights: Weights) -> Callable[[str], str]:
    """What enters the gates of the first layer, by direction: rows of forms, and what each step adds of its own."""
    layer = architecture.layers[0]
    forms = steps = ""
    if architecture.of_forms:  # rows become one for each form and direction
        n_directions = len(layer.directions)
        shape = graph.constant("rows/shape", np.array([-1, architecture.row_width // n_directions], np.int64))
        graph.node("Reshape", ["rows", shape], "rows/of_directions")
        time_first = graph.node("Transpose", ["forms"], "forms/time_first", perm=[1, 0])
        forms = graph.node("Mul", [time_first, graph.constant("rows/each", np.int32(n_directions))], "forms/first_row")
    if architecture.of_steps:
        steps = graph.node("Concat", _step_inputs(graph, architecture, weights), "steps/input", axis=2)

    def entering(direction: str) -> str:
        name = f"{layer.name}/{direction}"
        if steps:
            of_steps = reading(graph, direction, steps, lengths, f"{name}/steps")
            if not forms:
                return kernel_product(graph, layer, direction, of_steps, weights)
        number = graph.constant(f"{name}/number", np.int32(layer.directions.index(direction)))
        places = graph.node("Add", [forms, number], f"{name}/places")
        places = reading(graph, direction, places, lengths, f"{name}/places")
        of_forms = graph.node("Gather", ["rows/of_directions", places], f"{name}/of_forms")
        if not steps:
            return of_forms
        kernel = graph.constant(f"{name}/kernel", weights[f"{name}/kernel"][architecture.form_width :])
        product = graph.node("MatMul", [of_steps, kernel], f"{name}/of_steps")
        return graph.node("Add", [of_forms, product], f"{name}/entering")

    return entering


def _step_inputs(graph: Nodes, architecture: Architecture, weights: Weights) -> list[str]:
    """What no form tells, (time, batch, width) each."""
    parts = []
    for name, _, _ in architecture.of_steps:
        perm = [1, 0, 2] if name == "numbers" else [1, 0]
        time_first = graph.node("Transpose", [name], f"{name}/time_first", perm=perm)
        if name == "numbers":
            parts.append(time_first)
        else:
            vectors = graph.constant(f"{name}/vectors", weights[name])
            parts.append(graph.node("Gather", [vectors, time_first], f"{name}/vector"))
    return parts


def _characters(graph: Nodes, characters: Characters, weights: Weights) -> str:
    """The vector of each form, (forms, width)."""
    vectors = graph.constant("characters/vectors", weights["characters"])
    if characters.kind == "lstm":
        layer = characters.lstm
        ids = graph.node("Transpose", ["characters"], "characters/first_to_last", perm=[1, 0])
        lengths = graph.node("Cast", ["form_lengths"], "form_lengths/int64", to=TensorProto.INT64)
        # Characters are few: what each adds to the gates is a table, which is made once, when the graph is loaded.
        tables = {name: kernel_product(graph, layer, name, vectors, weights) for name in layer.directions}

        def entering(direction: str) -> str:
            read = reading(graph, direction, ids, lengths, f"characters/{direction}/ids")
            return graph.node("Gather", [tables[direction], read], f"characters/{direction}/of_ids")

        return last_states(graph, layer, entering, lengths, weights)
    is_character = _is_character(graph)
    embedded = graph.node("Gather", [vectors, "characters"], "characters/vector")
    clean = graph.node("Mul", [embedded, is_character], "characters/clean")
    channels_first = graph.node("Transpose", [clean], "characters/channels_first", perm=[0, 2, 1])
    kernel = graph.constant("characters/kernel", weights["characters/kernel"])
    kernel = graph.node("Transpose", [kernel], "characters/filters_first", perm=[2, 1, 0])
    bias = graph.constant("characters/bias", weights["characters/bias"])
    around = FILTER_WIDTH // 2
    found = graph.node("Conv", [channels_first, kernel, bias], "characters/filters", pads=[around, around])
    rectified = graph.node("Relu", [found], "characters/rectified")
    channels_last = graph.node("Transpose", [rectified], "characters/channels_last", perm=[0, 2, 1])
    # What is rectified is not below zero, and so a zero is never the highest but where all are.
    real = graph.node("Mul", [channels_last, is_character], "characters/real")
    return graph.node("ReduceMax", [real], "characters/of_forms", axes=[1], keepdims=0)


def _is_character(graph: Nodes) -> str:
    """(forms, longest, 1): 1 where a character stands, 0 on padding."""
    shape = graph.node("Shape", ["characters"], "characters/extent")
    at = graph.constant("characters/last_axis", np.int64(1))
    longest = graph.node("Gather", [shape, at], "characters/longest")
    zero, one = graph.constant("characters/zero", np.int64(0)), graph.constant("characters/one", np.int64(1))
    positions = graph.node("Range", [zero, longest, one], "characters/positions")
    lengths = graph.node("Cast", ["form_lengths"], "characters/lengths", to=TensorProto.INT64)
    axis = graph.constant("characters/new_axis", np.array([1], np.int64))
    column = graph.node("Unsqueeze", [lengths, axis], "characters/lengths_column")
    inside = graph.node("Less", [positions, column], "characters/inside")
    numbers = graph.node("Cast", [inside], "characters/mask", to=TensorProto.FLOAT)
    axis = graph.constant("characters/mask_axis", np.array([2], np.int64))
    return graph.node("Unsqueeze", [numbers, axis], "characters/mask_column")


def _onehot(graph: Nodes, ids: str, *, n_ids: int, first: int) -> str:
    """(forms,) ids to rows of n_ids - first numbers: a one at id - first, all zero for ids below `first`."""
    depth = graph.constant(f"{ids}/depth", np.int64(n_ids))
    off_on = graph.constant(f"{ids}/off_on", np.array([0, 1], np.float32))
    wide = graph.node("Cast", [ids], f"{ids}/int64", to=TensorProto.INT64)
    wide = graph.node("OneHot", [wide, depth, off_on], f"{ids}/onehot_of_all_ids", axis=-1)
    bounds = [
        graph.constant(f"{ids}/{bound}", np.array([at], np.int64))
        for bound, at in (("from", first), ("to", n_ids), ("axis", 1))
    ]
    return graph.node("Slice", [wide, *bounds], f"{ids}/onehot")


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
        read = reading(graph, direction, steps, lengths, f"{layer.name}/{direction}/steps")
        return kernel_product(graph, layer, direction, read, weights)

    found = _merged(graph, layer, directions(graph, layer, entering, lengths, weights))
    return graph.node("Add", [found, layer_input], f"{layer.name}/residual") if layer.residual else found


def _merged(graph: Nodes, layer: Recurrent, states: list[str]) -> str:
    """The states of all directions as one."""
    if len(states) == 1:
        return states[0]
    options = {"axis": 2} if layer.merge == "concat" else {}
    return graph.node(MERGE[layer.merge], states, layer.name, **options)
