"""Dense layer: one score per tag and step, a weighted sum of the last recurrent layer's outputs plus a bias."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from tagger.encoding.arrays import Doubles, Weights
from tagger.inputs.description import STEPS, Layer, Size, Weight, sized

if TYPE_CHECKING:  # it loads onnx
    from tagger.inputs.nodes import Nodes


def describe_dense(name: str, inputs: Size, n_tags: int, unknown_sizes: Collection[str], *, scores: str) -> Layer:
    """Description of the layer; `scores` describes its outputs in its note."""
    tags = sized("tags", n_tags, unknown_sizes)
    return Layer(
        name=name,
        kind="Dense",
        input=(*STEPS, inputs),
        output=(*STEPS, tags),
        weights=(Weight(f"{name}/kernel", (inputs, tags)), Weight(f"{name}/bias", (tags,))),
        symbolic_formula="(inputs + 1) × tags",
        sizes=(("inputs", inputs), ("tags", tags)),
        note=f"{scores}: a weighted sum of the inputs, plus a bias",
    )


def add_dense(graph: "Nodes", name: str, steps: str, weights: Weights) -> str:
    """Add the layer to an ONNX graph: (time, batch, inputs) to (time, batch, tags); return its output's name."""
    kernel = graph.constant(f"{name}/kernel", weights[f"{name}/kernel"])
    bias = graph.constant(f"{name}/bias", weights[f"{name}/bias"])
    return graph.node("Add", [graph.node("MatMul", [steps, kernel], f"{name}/product"), bias], f"{name}/scores")


def dense(name: str, steps: Doubles, weights: Weights) -> Doubles:
    """Compute the layer in NumPy: (batch, time, inputs) to (batch, time, tags)."""
    return steps @ weights[f"{name}/kernel"] + weights[f"{name}/bias"]
