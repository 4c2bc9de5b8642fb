"""Nodes and constants of an ONNX graph, as they are added."""

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper


class Nodes:
    """What a graph, or the body of a loop in it, is made of."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: npt.ArrayLike) -> str:
        """A constant; gives its name."""
        self.constants.append(numpy_helper.from_array(np.asarray(value, order="C"), name))
        return name

    def node(self, operator: str, inputs: list[str], output: str, **attributes: object) -> str:
        """A node with one output; gives its name."""
        return self.split(operator, inputs, [output], **attributes)[0]

    def split(self, operator: str, inputs: list[str], outputs: list[str], **attributes: object) -> list[str]:
        """A node with several outputs; gives their names."""
        self.nodes.append(helper.make_node(operator, inputs, outputs, name=outputs[0], **attributes))
        return outputs
