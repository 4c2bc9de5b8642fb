"""The network as an ONNX graph, made from its weights and nothing else: the same weights give the same bytes."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from tagger.encoding.casing import CASINGS
from tagger.tagging.architecture import FILTER_WIDTH, NORM_EPSILON, Architecture, Characters, Recurrent

Weights = Mapping[str, npt.NDArray[np.float32]]

OPSET, IR_VERSION = 17, 8  # ONNX 1.12 (2022): what every runtime of today reads
OPERATOR = {"simple_rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}
# Keras stores a cell's gates in one order, ONNX expects them in another.
GATE_ORDER = {"simple_rnn": (0,), "lstm": (0, 3, 1, 2), "gru": (0, 1, 2)}
MERGE = {"mul": "ReduceProd", "ave": "ReduceMean"}


class _Graph:
    """Nodes and constants as they are added."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: npt.ArrayLike) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, operator: str, inputs: list[str], output: str, **attributes: object) -> str:
        self.nodes.append(helper.make_node(operator, inputs, [output], name=output, **attributes))
        return output


def build_graph(architecture: Architecture, weights: Weights) -> bytes:
    """The network as a serialised ONNX model.

    Its inputs are those of a `Batch`, whichever the network has, int32 but for `numbers`, which are float32. Its output
    `logits` is (batch, time, tags) float32; steps after a sentence's end are undefined.

    Args:
        architecture: the layers.
        weights: by name, shaped as Keras shapes them: vectors by their input's name, `{layer}/{direction}/kernel`,
            `…/recurrent` and `…/bias`, `head/kernel`, `head/bias`.
    """
    graph = _Graph()
    layer_input = _inputs(graph, architecture, weights)
    for layer in architecture.layers:
        layer_input = _recurrent(graph, layer, layer_input, weights)
    kernel = graph.constant("head/kernel", weights["head/kernel"])
    bias = graph.constant("head/bias", weights["head/bias"])
    product = graph.node("MatMul", [layer_input, kernel], "head/product")
    scores = graph.node("Add", [product, bias], "head/scores")
    graph.node("Transpose", [scores], "logits", perm=[1, 0, 2])

    def value(name: str, kind: int, *shape: str | int) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, kind, shape)

    inputs = []
    for name, width, _ in architecture.inputs:
        if name == "numbers":
            inputs.append(value("numbers", TensorProto.FLOAT, "batch", "time", width))
        elif name == "characters":
            inputs.append(value("characters", TensorProto.INT32, "forms", "longest"))
            inputs.append(value("form_lengths", TensorProto.INT32, "forms"))
            inputs.append(value("forms", TensorProto.INT32, "batch", "time"))
        else:
            inputs.append(value(name, TensorProto.INT32, "batch", "time"))
    inputs.append(value("lengths", TensorProto.INT32, "batch"))
    outputs = [value("logits", TensorProto.FLOAT, "batch", "time", architecture.n_tags)]
    model = helper.make_model(
        helper.make_graph(graph.nodes, "tagger", inputs, outputs, graph.constants),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="tagger",
    )
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


def _inputs(graph: _Graph, architecture: Architecture, weights: Weights) -> str:
    """All inputs of a step side by side, (time, batch, width): ONNX's recurrent operators want time first."""
    parts = []
    for name, _, _ in architecture.inputs:
        if name == "numbers":
            parts.append(graph.node("Transpose", ["numbers"], "numbers/time_first", perm=[1, 0, 2]))
            continue
        if name == "characters" and architecture.characters:
            parts.append(_characters(graph, architecture.characters, weights))
            continue
        ids = graph.node("Transpose", [name], f"{name}/time_first", perm=[1, 0])
        if name == "casing":
            parts.append(_onehot(graph, "casing", ids, n_ids=len(CASINGS) + 1, first=1))
        elif name == "words" and architecture.words and architecture.words.dim is None:
            parts.append(_onehot(graph, "words", ids, n_ids=architecture.words.n_ids, first=2))
        else:
            vectors = graph.constant(f"{name}/vectors", weights[name])
            parts.append(graph.node("Gather", [vectors, ids], f"{name}/vector"))
    return graph.node("Concat", parts, "input", axis=2)


def _characters(graph: _Graph, characters: Characters, weights: Weights) -> str:
    """The vector of each step's form, (time, batch, width), made once for each form."""
    vectors = graph.constant("characters/vectors", weights["characters"])
    if characters.kind == "lstm":
        ids = graph.node("Transpose", ["characters"], "characters/first_to_last", perm=[1, 0])
        steps = graph.node("Gather", [vectors, ids], "characters/vector")
        last = _operator(graph, characters.lstm, steps, "form_lengths", weights, output="last_states")
        forms_first = graph.node("Transpose", [last], "characters/forms_first", perm=[1, 0, 2])
        shape = graph.constant("characters/shape", np.array([0, characters.width], np.int64))
        of_forms = graph.node("Reshape", [forms_first, shape], "characters/of_forms")
    else:
        is_character = _is_character(graph)
        embedded = graph.node("Gather", [vectors, "characters"], "characters/vector")
        clean = graph.node("Mul", [embedded, is_character], "characters/clean")
        channels_first = graph.node("Transpose", [clean], "characters/channels_first", perm=[0, 2, 1])
        kernel = graph.constant("characters/W", weights["characters/kernel"].transpose(2, 1, 0))
        bias = graph.constant("characters/B", weights["characters/bias"])
        around = FILTER_WIDTH // 2
        found = graph.node("Conv", [channels_first, kernel, bias], "characters/filters", pads=[around, around])
        rectified = graph.node("Relu", [found], "characters/rectified")
        channels_last = graph.node("Transpose", [rectified], "characters/channels_last", perm=[0, 2, 1])
        # What is rectified is not below zero, and so a zero is never the highest but where all are.
        real = graph.node("Mul", [channels_last, is_character], "characters/real")
        of_forms = graph.node("ReduceMax", [real], "characters/of_forms", axes=[1], keepdims=0)
    forms = graph.node("Transpose", ["forms"], "forms/time_first", perm=[1, 0])
    return graph.node("Gather", [of_forms, forms], "characters/of_steps")


def _is_character(graph: _Graph) -> str:
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


def _onehot(graph: _Graph, name: str, ids: str, *, n_ids: int, first: int) -> str:
    """Ids to rows of n_ids - first numbers: a one at id - first, all zero for ids below `first`."""
    depth = graph.constant(f"{name}/depth", np.int64(n_ids))
    off_on = graph.constant(f"{name}/off_on", np.array([0, 1], np.float32))
    ids = graph.node("Cast", [ids], f"{name}/int64", to=TensorProto.INT64)
    wide = graph.node("OneHot", [ids, depth, off_on], f"{name}/onehot_of_all_ids", axis=-1)
    bounds = [
        graph.constant(f"{name}/{bound}", np.array([at], np.int64))
        for bound, at in (("from", first), ("to", n_ids), ("axis", 2))
    ]
    return graph.node("Slice", [wide, *bounds], f"{name}/onehot")


def _recurrent(graph: _Graph, layer: Recurrent, layer_input: str, weights: Weights) -> str:
    """One layer: (time, batch, inputs) to (time, batch, width)."""
    steps = _normalized(graph, layer.norm, layer_input, weights) if layer.norm else layer_input
    found = _merged(graph, layer, _operator(graph, layer, steps, "lengths", weights, output="directions"))
    return graph.node("Add", [found, layer_input], f"{layer.name}/residual") if layer.residual else found


def _normalized(graph: _Graph, name: str, steps: str, weights: Weights) -> str:
    scale = graph.constant(f"{name}/scale", weights[f"{name}/scale"])
    offset = graph.constant(f"{name}/offset", weights[f"{name}/offset"])
    return graph.node("LayerNormalization", [steps, scale, offset], name, axis=-1, epsilon=NORM_EPSILON)


def _merged(graph: _Graph, layer: Recurrent, every_step: str) -> str:
    """(time, directions, batch, units) to (time, batch, width)."""
    name = layer.name
    if layer.bidirectional and layer.merge != "concat":
        if layer.merge == "sum":  # since opset 13 its axes are an input
            axes = graph.constant(f"{name}/axes", np.array([1], np.int64))
            return graph.node("ReduceSum", [every_step, axes], name, keepdims=0)
        return graph.node(MERGE[layer.merge], [every_step], name, axes=[1], keepdims=0)
    side_by_side = graph.node("Transpose", [every_step], f"{name}/units_last", perm=[0, 2, 1, 3])
    shape = graph.constant(f"{name}/shape", np.array([0, 0, layer.width], np.int64))
    return graph.node("Reshape", [side_by_side, shape], name)


def _operator(graph: _Graph, layer: Recurrent, steps: str, lengths: str, weights: Weights, *, output: str) -> str:
    """ONNX's own recurrent operator: (time, batch, inputs) to what is asked for.

    Args:
        graph: where it goes.
        layer: what it does.
        steps: the name of its input.
        lengths: the name of the lengths.
        weights: of all layers.
        output: `directions`: (time, directions, batch, units); `last_states`: (directions, batch, units).
    """
    name = layer.name

    def stacked(weight: str) -> list[npt.NDArray[np.float32]]:
        return [weights[f"{name}/{direction}/{weight}"] for direction in layer.directions]

    def gates_first(kernel: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """(inputs, gates * units) to (gates * units, inputs), gates in ONNX's order."""
        gates = np.split(kernel, len(GATE_ORDER[layer.cell]), axis=-1)
        return np.concatenate([gates[gate] for gate in GATE_ORDER[layer.cell]], axis=-1).T

    def both_biases(bias: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Of input and recurrent product, one after the other; Keras has the second only for `reset_after`."""
        of_input, of_recurrent = bias if bias.ndim == 2 else (bias, np.zeros_like(bias))
        return np.concatenate([gates_first(of_input[None])[:, 0], gates_first(of_recurrent[None])[:, 0]])

    attributes = {"linear_before_reset": int(layer.reset_after)} if layer.cell == "gru" else {}
    outputs = [f"{name}/directions", f"{name}/last_states"]
    graph.nodes.append(
        helper.make_node(
            OPERATOR[layer.cell],
            [
                steps,
                graph.constant(f"{name}/W", np.stack([gates_first(kernel) for kernel in stacked("kernel")])),
                graph.constant(f"{name}/R", np.stack([gates_first(kernel) for kernel in stacked("recurrent")])),
                graph.constant(f"{name}/B", np.stack([both_biases(bias) for bias in stacked("bias")])),
                lengths,
            ],
            [found if found.endswith(output) else "" for found in outputs],
            name=f"{name}/{output}",
            hidden_size=layer.units,
            direction="bidirectional" if layer.bidirectional else "forward",
            **attributes,
        )
    )
    return f"{name}/{output}"
