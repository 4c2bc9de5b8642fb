"""A collector of the nodes, constants and inputs of an ONNX graph, as plain records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Union

import numpy as np
import numpy.typing as npt

from tagger.encoding.arrays import Array, Floats
from tagger.inputs.stored import AS_TRAINED, HALF, StoredForm

DataType = Literal["int32", "int64", "float32"]
TYPES: dict[DataType, int] = {"float32": 1, "int32": 6, "int64": 7}  # TensorProto.DataType
Attribute = Union[int, float, Sequence[int], "Graph"]


class Node(NamedTuple):
    """An operator with the names of its inputs and outputs."""

    operator: str
    inputs: Sequence[str]
    outputs: Sequence[str]
    attributes: Mapping[str, Attribute]


class Value(NamedTuple):
    """An input or output of a graph; a size of its shape is a number or a name."""

    name: str
    kind: DataType
    shape: Sequence[str | int]


@dataclass(frozen=True, slots=True)
class Graph:
    """A whole graph, or the body of a loop."""

    name: str
    nodes: Sequence[Node]
    inputs: Sequence[Value]
    outputs: Sequence[Value]
    constants: Mapping[str, Array]


class Nodes:
    """The parts of a graph, or of the body of a loop in it. Methods return the names of the values they add.

    Args:
        stored: the form in which the graph stores its weights.
    """

    def __init__(self, stored: StoredForm = AS_TRAINED) -> None:
        self._stored = stored
        self.nodes: list[Node] = []
        self.constants: dict[str, Array] = {}
        self.inputs: list[Value] = []

    def input(self, name: str, kind: DataType, *shape: str | int) -> str:
        """Add an input of the graph."""
        self.inputs.append(Value(name, kind, shape))
        return name

    def constant(self, name: str, value: npt.ArrayLike) -> str:
        """Add a constant that is no weight, such as an axis."""
        if name in self.constants:
            raise ValueError(f"two constants of a graph have the name {name}")
        self.constants[name] = np.asarray(value)
        return name

    def weight(self, name: str, values: Floats) -> str:
        """Add a weight; one that is stored in half precision is converted in the graph."""
        stored = self._stored.weight(name, values)
        if stored.dtype == np.float32:
            return self.constant(name, stored)
        return self.cast(self.constant(f"{name}{HALF}", stored), "float32", name)

    def table(self, name: str, values: Floats) -> tuple[str, str | None]:
        """Add a table of vectors, (ids, dim); return its name, and that of its rows' scales if it is rounded."""
        rows, scales = self._stored.table(name, values)
        return self.constant(name, rows), None if scales is None else self.constant(f"{name}/scale", scales)

    def node(self, operator: str, inputs: Sequence[str], output: str, **attributes: Attribute) -> str:
        """Add a node with one output."""
        return self.split(operator, inputs, [output], **attributes)[0]

    def cast(self, value: str, kind: DataType, output: str) -> str:
        """Add a conversion of a value to another type."""
        return self.node("Cast", [value], output, to=TYPES[kind])

    def split(self, operator: str, inputs: Sequence[str], outputs: list[str], **attributes: Attribute) -> list[str]:
        """Add a node with several outputs."""
        self.nodes.append(Node(operator, inputs, outputs, attributes))
        return outputs
