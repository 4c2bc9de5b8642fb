"""The network as an ONNX graph, made from its weights and nothing else: the same weights give the same bytes."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from tagger.encoding.casing import CASINGS
from tagger.tagging.architecture import Architecture, Recurrent

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

    Its inputs are those of a `Batch`, whichever the network has: `words` and `casing` (batch, time) int32, `numbers`
    (batch, time, columns) float32, and `lengths` (batch,) int32. Its output `logits` is (batch, time, tags) float32;
    steps after a sentence's end are undefined.

    Args:
        architecture: the layers.
        weights: by name: `words`, `{layer}/{direction}/kernel`, `…/recurrent`, `…/bias`, `head/kernel`, `head/bias`,
            shaped as Keras shapes them.
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

    inputs = [value(name, TensorProto.INT32, "batch", "time") for name in _id_inputs(architecture)]
    if architecture.n_numbers:
        inputs.append(value("numbers", TensorProto.FLOAT, "batch", "time", architecture.n_numbers))
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


def _id_inputs(architecture: Architecture) -> list[str]:
    return (["words"] if architecture.words else []) + (["casing"] if architecture.casing else [])


def _inputs(graph: _Graph, architecture: Architecture, weights: Weights) -> str:
    """All inputs of a step side by side, (time, batch, width): ONNX's recurrent operators want time first."""
    parts = []
    for name in _id_inputs(architecture):
        ids = graph.node("Transpose", [name], f"{name}/time_first", perm=[1, 0])
        if name == "words" and architecture.words and architecture.words.dim is not None:
            parts.append(graph.node("Gather", [graph.constant("words/vectors", weights["words"]), ids], "words/vector"))
        elif name == "words" and architecture.words:
            parts.append(_onehot(graph, "words", ids, n_ids=architecture.words.n_ids, first=2))
        else:
            parts.append(_onehot(graph, "casing", ids, n_ids=len(CASINGS) + 1, first=1))
    if architecture.n_numbers:
        parts.append(graph.node("Transpose", ["numbers"], "numbers/time_first", perm=[1, 0, 2]))
    return graph.node("Concat", parts, "input", axis=2)


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
    every_step = graph.node(
        OPERATOR[layer.cell],
        [
            layer_input,
            graph.constant(f"{name}/W", np.stack([gates_first(kernel) for kernel in stacked("kernel")])),
            graph.constant(f"{name}/R", np.stack([gates_first(kernel) for kernel in stacked("recurrent")])),
            graph.constant(f"{name}/B", np.stack([both_biases(bias) for bias in stacked("bias")])),
            "lengths",
        ],
        f"{name}/directions",  # (time, directions, batch, units)
        hidden_size=layer.units,
        direction="bidirectional" if layer.bidirectional else "forward",
        **attributes,
    )
    if layer.bidirectional and layer.merge != "concat":
        if layer.merge == "sum":  # since opset 13 its axes are an input
            axes = graph.constant(f"{name}/axes", np.array([1], np.int64))
            return graph.node("ReduceSum", [every_step, axes], name, keepdims=0)
        return graph.node(MERGE[layer.merge], [every_step], name, axes=[1], keepdims=0)
    side_by_side = graph.node("Transpose", [every_step], f"{name}/units_last", perm=[0, 2, 1, 3])
    shape = graph.constant(f"{name}/shape", np.array([0, 0, layer.width], np.int64))
    return graph.node("Reshape", [side_by_side, shape], name)
