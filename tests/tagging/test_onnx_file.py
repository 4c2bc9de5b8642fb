"""Writing ONNX files, and reading the constants in them, with the `onnx` package as the oracle."""

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from tagger.bounds import MOST_LAYERS
from tagger.encoding.arrays import Array
from tagger.errors import BundleError
from tagger.heads.softmax import Softmax
from tagger.inputs.nodes import TYPES, Attribute, Graph, Node, Value
from tagger.tagging.architecture import Architecture
from tagger.tagging.graph import build_graphs
from tagger.tagging.onnx_file import IR_VERSION, MAX_CONSTANTS, MAX_FIELDS, OPSET, model_bytes, read_constants
from tests.networks import numbers

CONSTANTS: dict[str, Array] = {
    "scalar": np.array(-3, np.int64),
    "vector": np.array([1, -2], np.int32),
    "matrix": np.array([[0.5, -0.25, 1e-30], [3, 4, 5]], np.float32),
    "half": np.array([[0.5], [65504]], np.float16),
    "table": np.array([[-127, 127]], np.int8),
    "bytes": np.arange(200, dtype=np.uint8),
    "turned": np.arange(6, dtype=np.float32).reshape(2, 3).T,
    "é": np.array([2.5], np.float32),
}


def a_graph(name: str = "g", body: Graph | None = None) -> Graph:
    attributes: dict[str, Attribute] = {
        "axis": -1,
        "epsilon": 1e-5,
        "perm": (1, 0, -2),
        "keepdims": 0,
        "to": TYPES["float32"],
    }
    node = Node("Operator", ["a", ""], ["b", "c" * 200], attributes | ({"body": body} if body else {}))
    values = [Value("x", "float32", ("batch", 3)), Value("y", "int32", ()), Value("z", "int64", [2**40])]
    return Graph(name, [node, Node("Tanh", ["b"], ["d"], {})], values, values[:1], CONSTANTS)


def written_by_onnx(graph: Graph) -> onnx.GraphProto:
    return helper.make_graph(
        [
            helper.make_node(
                node.operator,
                node.inputs,
                node.outputs,
                name=node.outputs[0],
                **{
                    key: written_by_onnx(value) if isinstance(value, Graph) else value
                    for key, value in node.attributes.items()
                },
            )
            for node in graph.nodes
        ],
        graph.name,
        *(
            [helper.make_tensor_value_info(each.name, TYPES[each.kind], each.shape) for each in values]
            for values in (graph.inputs, graph.outputs)
        ),
        [numpy_helper.from_array(array, name) for name, array in graph.constants.items()],
    )


@pytest.mark.parametrize("graph", [a_graph(), a_graph(body=a_graph("inner", a_graph("innermost")))])
def test_a_graph_is_written_as_the_onnx_package_writes_it(graph):
    model = helper.make_model(
        written_by_onnx(graph),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="tagger",
    )

    assert model_bytes(graph) == model.SerializeToString(deterministic=True)


def test_the_constants_are_read_as_views_of_the_file():
    content = model_bytes(a_graph(body=a_graph("inner")))

    constants = read_constants(content, "x.onnx")

    assert constants.keys() == CONSTANTS.keys()  # not those of the body
    for name, array in CONSTANTS.items():
        np.testing.assert_array_equal(constants[name], array)
        assert constants[name].dtype == array.dtype
        assert not constants[name].flags.owndata
        assert not constants[name].flags.writeable


# Malformed files. `field` writes one field of a message: its number, the type of its value, and the value.


def field(number: int, kind: int, value: bytes) -> bytes:
    return bytes([number << 3 | kind]) + value


def part(number: int, *content: bytes) -> bytes:
    joined = b"".join(content)
    assert len(joined) < 2**14
    return field(number, 2, bytes([len(joined) & 0x7F | 0x80, len(joined) >> 7]) + joined)


def model(*tensors: bytes) -> bytes:
    return part(7, *(part(5, tensor) for tensor in tensors))


DIMS, TYPE, NAME, DATA = field(1, 0, b"\2"), field(2, 0, b"\1"), part(8, b"w"), part(9, bytes(8))
TENSOR = DIMS + TYPE + NAME + DATA
EXTERNAL = part(13, part(1, b"location"), part(2, b"/etc/hostname"))
NEGATIVE = field(1, 0, b"\xff" * 9 + b"\1")


def test_the_tensor_of_the_examples_is_valid_and_unknown_parts_of_a_file_are_skipped():
    unknown = field(1, 0, b"\5") + field(2, 5, bytes(4)) + field(3, 1, bytes(8)) + part(15, b"\xff\xff")
    content = unknown + part(7, unknown, part(5, TENSOR), part(1, b"no node")) + unknown

    assert {name: array.tolist() for name, array in read_constants(content, "x.onnx").items()} == {"w": [0, 0]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "0 graphs instead of one"),
        (model(TENSOR) * 2, "2 graphs instead of one"),
        (b"no graph", "unknown type 6 of a field"),
        (field(7, 0, b"\1"), "a number instead of bytes"),
        (field(7, 2, b"\x05ab"), "a part is longer than what contains it"),
        (field(7, 2, b"\xff" * 8 + b"\x7f"), "a part is longer than what contains it"),
        (field(7, 2, b"\xff" * 10 + b"\1"), "a number does not end"),
        (field(7, 2, b"\xff"), "a number does not end"),
        (field(1, 5, b"ab"), "a part is longer than what contains it"),
        (model(TENSOR)[:-1], "a part is longer than what contains it"),
        (part(7, field(5, 0, b"\1")), "a number instead of bytes"),
        (part(7, field(1, 3, b"")), "unknown type 3 of a field"),
        (model(TENSOR, TENSOR), "two constants with the name 'w'"),
        (model(TYPE + NAME + DATA), r"'w' has the shape \(\), but 8 bytes"),
        (model(DIMS + TENSOR), r"'w' has the shape \(2, 2\), but 8 bytes"),
        (model(NEGATIVE + TENSOR), "'w' has a size that is not from 1"),
        (model(field(1, 0, b"\0") + TYPE + NAME + part(9)), "'w' has a size that is not from 1"),
        (model(NEGATIVE + NEGATIVE + TENSOR), "'w' has a size that is not from 1"),
        (model(field(1, 0, b"\xff" * 8 + b"\x7f") * 2 + TENSOR), r"'w' has the shape \(922\d+, 922\d+, 2\), but 8"),
        (model(DIMS * 20 + TYPE + NAME + DATA), "more than 16 fields"),
        (model(part(1, b"\2") + TYPE + NAME + DATA), "bytes instead of a number"),
        (model(DIMS + NAME + DATA), "'w' does not have its numbers in raw_data"),
        (model(DIMS + TYPE + NAME), "'w' does not have its numbers in raw_data"),
        (model(DIMS + TYPE + NAME + part(4, bytes(8))), "'w' does not have its numbers in raw_data"),  # float_data
        (model(TENSOR + part(12, b"doc")), "'w' does not have its numbers in raw_data, or has unknown parts"),
        (model(TENSOR + DATA), "the field 9 twice"),
        (model(TENSOR + EXTERNAL), "'w' keeps data outside the bundle, which is not allowed"),
        (model(DIMS + TYPE + NAME + field(14, 0, b"\1")), "'w' keeps data outside the bundle, which is not allowed"),
        (model(DIMS + field(2, 0, b"\x0b") + NAME + DATA), "'w' has the data type 11, which no network has"),  # double
        (model(DIMS + field(2, 0, b"\x08") + NAME + DATA), "'w' has the data type 8, which no network has"),  # string
        (model(DIMS + TYPE + part(8, b"\xff") + DATA), "can't decode byte"),
    ],
)
def test_a_malformed_file_is_an_error_that_names_the_file(content, message):
    with pytest.raises(BundleError, match=rf"^x\.onnx cannot be read: .*{message}"):
        read_constants(content, "x.onnx")


def long_part(number: int, content: bytes) -> bytes:
    length, varint = len(content), bytearray()
    while length > 0x7F:
        varint.append(length & 0x7F | 0x80)
        length >>= 7
    return field(number, 2, bytes([*varint, length]) + content)


def test_the_largest_network_has_no_more_constants_than_are_read():
    network = Architecture(
        inputs=(numbers(1),),
        cell="gru",
        units=(1,) * MOST_LAYERS,
        bidirectional=True,
        merge="concat",
        reset_after=True,
        heads=(Softmax(2),),
        layer_norm=True,
    )
    weights = {
        w.name: np.ones([int(size) for size in w.shape], np.float32)
        for layer in network.describe()
        for w in layer.weights
    }
    constants = read_constants(build_graphs(network, weights).sentences, "x.onnx")

    assert 10 * MOST_LAYERS < len(constants) <= MAX_CONSTANTS


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (long_part(7, part(5, TENSOR) * (MAX_CONSTANTS + 1)), "no network has more than 2,000"),
        (long_part(7, field(1, 0, b"\0") * (MAX_FIELDS + 1)), "more than 100,000 fields"),
        (field(1, 0, b"\0") * 10_000_000, "more than 100,000 fields"),
    ],
)
def test_reading_ends_at_a_bound_of_constants_and_of_fields(content, message):
    with pytest.raises(BundleError, match=message):
        read_constants(content, "x.onnx")
