"""ONNX files: a graph as the bytes of a ModelProto, and the constants of a graph read back from such bytes.

Both are a few rules of the protobuf wire format: a message is a sequence of fields, each a key (number of the field and
type of its value) and a value. The `onnx` package would parse everything that a file may contain, such as references to
other files; this reader sees the constants of the graph, and skips the rest.

Source: https://protobuf.dev/programming-guides/encoding and onnx.proto of ONNX 1.12 for the numbers of the fields.
"""

import math
import struct
from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from tagger.bounds import MOST_LAYERS
from tagger.encoding.arrays import Array
from tagger.errors import BundleError
from tagger.inputs.nodes import TYPES, Attribute, Graph, Node, Value

OPSET, IR_VERSION = 17, 8  # ONNX 1.12 (2022), which all current runtimes read
VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5  # types of values on the wire
DTYPES = {
    TYPES["float32"]: "<f4", TYPES["int32"]: "<i4", TYPES["int64"]: "<i8",
    2: "|u1", 3: "|i1", 10: "<f2",
}  # fmt: skip
DATA_TYPES = {np.dtype(name): number for number, name in DTYPES.items()}
# Bounds of the time to read a file and to start what it describes. A bidirectional layer has up to 14 constants and
# some 30 nodes; ONNX Runtime takes a second for a hundred of them.
MAX_CONSTANTS, MAX_FIELDS = 20 * MOST_LAYERS, 100_000
MAX_TENSOR_FIELDS = 16
EXTERNAL = {13, 14}  # fields of a constant in another file: external_data, data_location

Parts = list[bytes | memoryview]  # the bytes of a message; joined once, so that large constants are copied once


def model_bytes(graph: Graph) -> bytes:
    """Write a graph as a ModelProto; equal graphs give equal bytes, those that protobuf's own writer gives them."""
    opset = [*_text(1, ""), *_number(2, OPSET)]
    return b"".join([*_number(1, IR_VERSION), *_text(2, "tagger"), *_message(7, _graph(graph)), *_message(8, opset)])


def _graph(graph: Graph) -> Parts:
    parts: Parts = []
    for node in graph.nodes:
        parts += _message(1, _node(node))
    parts += _text(2, graph.name)
    for name, array in graph.constants.items():
        parts += _message(5, _tensor(name, array))
    for number, values in ((11, graph.inputs), (12, graph.outputs)):
        for value in values:
            parts += _message(number, _value(value))
    return parts


def _node(node: Node) -> Parts:
    parts: Parts = []
    for number, names in ((1, node.inputs), (2, node.outputs), (3, node.outputs[:1]), (4, [node.operator])):
        for name in names:
            parts += _text(number, name)
    for name in sorted(node.attributes):
        parts += _message(5, [*_text(1, name), *_attribute(node.attributes[name])])
    return parts


def _attribute(value: Attribute) -> Parts:
    if isinstance(value, Graph):
        return [*_message(6, _graph(value)), *_number(20, 5)]
    if isinstance(value, float):
        return [_key(2, FIXED32), struct.pack("<f", value), *_number(20, 1)]
    if isinstance(value, int):
        return [*_number(3, value), *_number(20, 2)]
    return [part for number in value for part in _number(8, number)] + _number(20, 7)


def _tensor(name: str, array: Array) -> Parts:
    array = np.ascontiguousarray(array).reshape(array.shape)  # the former gives a scalar an axis
    dims = [part for size in map(int, array.shape) for part in _number(1, size)]
    content = array.reshape(-1).view(np.uint8).data
    return [
        *dims,
        *_number(2, DATA_TYPES[array.dtype]),
        *_text(8, name),
        _key(9, LENGTH),
        _varint(len(content)),
        content,
    ]


def _value(value: Value) -> Parts:
    shape: Parts = []
    for size in value.shape:
        shape += _message(1, _text(2, size) if isinstance(size, str) else _number(1, size))
    tensor_type = [*_number(1, TYPES[value.kind]), *_message(2, shape)]
    return [*_text(1, value.name), *_message(2, _message(1, tensor_type))]


def _message(number: int, parts: Parts) -> Parts:
    return [_key(number, LENGTH), _varint(sum(map(len, parts))), *parts]


def _text(number: int, text: str) -> Parts:
    return _message(number, [text.encode()])


def _number(number: int, value: int) -> Parts:
    return [_key(number, VARINT), _varint(value % 2**64)]  # negative numbers are in two's complement


def _key(number: int, kind: int) -> bytes:
    return _varint(number << 3 | kind)


@lru_cache(1 << 10)  # lengths and keys are few and come again
def _varint(value: int) -> bytes:
    """An unsigned number, 7 bits a byte, the lowest first; all bytes but the last have the highest bit set."""
    content = bytearray()
    while value > 0x7F:
        content.append(value & 0x7F | 0x80)
        value >>= 7
    content.append(value)
    return bytes(content)


def read_constants(content: bytes, name: str) -> dict[str, Array]:
    """Read the constants of a graph by name, as views of the file's content.

    Nodes, inputs and everything else is skipped: the network's description says what is computed.

    Args:
        content: content of the file, a ModelProto.
        name: name of the file, for messages.

    Raises:
        BundleError: it is not an ONNX file, or a constant is not stored in it as an array; names the constant.
    """
    try:
        graphs = [value for number, value in _fields(memoryview(content), MAX_FIELDS) if number == 7]
        if len(graphs) != 1:
            raise ValueError(f"it has {len(graphs)} graphs instead of one")
        tensors = [_bytes(value) for number, value in _fields(_bytes(graphs[0]), MAX_FIELDS) if number == 5]
        if len(tensors) > MAX_CONSTANTS:
            raise ValueError(f"it has {len(tensors):,} constants; no network has more than {MAX_CONSTANTS:,}")
        constants: dict[str, Array] = {}
        for tensor in tensors:
            tensor_name, array = _read_tensor(tensor)
            if tensor_name in constants:
                raise ValueError(f"it has two constants with the name {tensor_name!r:.200}")
            constants[tensor_name] = array
        return constants
    except ValueError as error:
        raise BundleError(f"{name} cannot be read: {error}") from None


def _read_tensor(content: memoryview) -> tuple[str, Array]:
    """Name and array of a TensorProto; raise ValueError if it is not exactly what `_tensor` writes."""
    dims, fields = [], dict[int, int | memoryview]()
    for number, value in _fields(content, MAX_TENSOR_FIELDS):
        if number == 1:
            dims.append(_int(value))
        elif number in fields and number not in EXTERNAL:
            raise ValueError(f"a constant has the field {number} twice")
        else:
            fields[number] = value
    name = bytes(_bytes(fields.pop(8, b""))).decode()  # UnicodeDecodeError is a ValueError
    label = f"its constant {name!r:.200}"
    if not EXTERNAL.isdisjoint(fields):
        raise ValueError(f"{label} keeps data outside the bundle, which is not allowed")
    if fields.keys() != {2, 9}:
        raise ValueError(f"{label} does not have its numbers in raw_data, or has unknown parts")
    data_type, data = _int(fields[2]), _bytes(fields[9])
    if data_type not in DTYPES:
        raise ValueError(f"{label} has the data type {data_type}, which no network has")
    dtype = np.dtype(DTYPES[data_type])
    if not all(0 < size < 2**63 for size in dims):  # a negative number is 2**63 or more
        raise ValueError(f"{label} has a size that is not from 1")
    if math.prod(dims) * dtype.itemsize != len(data):
        raise ValueError(f"{label} has the shape {tuple(dims)}, but {len(data):,} bytes")
    return name, np.frombuffer(data, np.uint8).view(dtype).reshape(dims)


def _fields(content: memoryview, limit: int) -> Iterator[tuple[int, int | memoryview]]:
    """Number and value of each field of a message; raise ValueError if it is malformed, or has more than `limit`."""
    position = 0
    for _ in range(limit):
        if position == len(content):
            return
        key, position = _read_varint(content, position)
        number, kind = key >> 3, key & 7
        if kind == VARINT:
            value, position = _read_varint(content, position)
            yield number, value
            continue
        if kind == LENGTH:
            length, position = _read_varint(content, position)
        elif kind in (FIXED32, FIXED64):
            length = 4 if kind == FIXED32 else 8
        else:
            raise ValueError(f"it is not an ONNX file: unknown type {kind} of a field")
        if length > len(content) - position:
            raise ValueError("it is cut off, or is not an ONNX file: a part is longer than what contains it")
        yield number, content[position : position + length]
        position += length
    if position != len(content):
        raise ValueError(f"a part of it has more than {limit:,} fields")


def _read_varint(content: memoryview, position: int) -> tuple[int, int]:
    """The number at a position, and the position after it."""
    value = 0
    for i, byte in enumerate(content[position : position + 10]):
        value |= (byte & 0x7F) << 7 * i
        if byte < 0x80:
            return value, position + i + 1
    raise ValueError("it is cut off, or is not an ONNX file: a number does not end")


def _int(value: int | memoryview | bytes) -> int:
    if not isinstance(value, int):
        raise ValueError("it is not an ONNX file: bytes instead of a number")
    return value


def _bytes(value: int | memoryview | bytes) -> memoryview:
    if isinstance(value, int):
        raise ValueError("it is not an ONNX file: a number instead of bytes")
    return memoryview(value)
