"""A collector of the nodes, constants and inputs of an ONNX graph."""

from typing import Literal

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from tagger.encoding.arrays import TableBits

DataType = Literal["int32", "int64", "float32"]
TYPES: dict[DataType, int] = {"int32": TensorProto.INT32, "int64": TensorProto.INT64, "float32": TensorProto.FLOAT}
HALF = "/half"  # suffix of the names of matrices stored in half precision


class Nodes:
    """The parts of a graph, or of the body of a loop in it. Methods return the names of the values they add.

    Args:
        table_bits: bits per value in the graph's tables of vectors; below 32, weight matrices are stored in half
            precision.
    """

    def __init__(self, table_bits: TableBits = 32) -> None:
        self.table_bits = table_bits
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.inputs: list[onnx.ValueInfoProto] = []

    def input(self, name: str, kind: DataType, *shape: str | int) -> str:
        """Add an input of the graph."""
        self.inputs.append(helper.make_tensor_value_info(name, TYPES[kind], shape))
        return name

    def constant(self, name: str, value: npt.ArrayLike, *, is_exact: bool = False) -> str:
        """Add a constant; below 32 `table_bits` a float32 matrix is rounded to half precision unless `is_exact`."""
        array = np.asarray(value, order="C")
        if self.table_bits < 32 and array.ndim == 2 and array.dtype == np.float32 and not is_exact:
            half = f"{name}{HALF}"
            self.constants.append(numpy_helper.from_array(array.astype(np.float16), half))
            return self.cast(half, "float32", name)
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def node(self, operator: str, inputs: list[str], output: str, **attributes: object) -> str:
        """Add a node with one output."""
        return self.split(operator, inputs, [output], **attributes)[0]

    def cast(self, value: str, kind: DataType, output: str) -> str:
        """Add a conversion of a value to another type."""
        return self.node("Cast", [value], output, to=TYPES[kind])

    def split(self, operator: str, inputs: list[str], outputs: list[str], **attributes: object) -> list[str]:
        """Add a node with several outputs."""
        self.nodes.append(helper.make_node(operator, inputs, outputs, name=outputs[0], **attributes))
        return outputs
