"""Dense layer: one score per tag, a weighted sum of the last recurrent layer's outputs plus a bias."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from tagger.encoding.arrays import Doubles, Weights
from tagger.inputs.description import SENTENCE, STEPS, Layer, Size, Weight, sized

if TYPE_CHECKING:
    from tagger.inputs.nodes import Nodes


def describe_dense(
    name: str, inputs: Size, n_tags: int, unknown_sizes: Collection[str], *, scores: str, per_sentence: bool = False
) -> Layer:
    """Description of the layer; `scores` describes its outputs in its note."""
    size, extent = ("labels", SENTENCE) if per_sentence else ("tags", STEPS)
    tags = sized(size, n_tags, unknown_sizes)
    return Layer(
        name=name,
        kind="Dense",
        input=(*extent, inputs),
        output=(*extent, tags),
        weights=(Weight(f"{name}/kernel", (inputs, tags)), Weight(f"{name}/bias", (tags,))),
        symbolic_formula=f"(inputs + 1) × {size}",
        sizes=(("inputs", inputs), (size, tags)),
        note=f"{scores}: a weighted sum of the inputs, plus a bias",
    )


def add_dense(graph: "Nodes", name: str, steps: str, weights: Weights) -> str:
    """Add the layer to an ONNX graph: (…, inputs) to (…, tags); return its output's name."""
    kernel = graph.weight(f"{name}/kernel", weights[f"{name}/kernel"])
    bias = graph.weight(f"{name}/bias", weights[f"{name}/bias"])
    return graph.node("Add", [graph.node("MatMul", [steps, kernel], f"{name}/product"), bias], f"{name}/scores")


def dense(name: str, steps: Doubles, weights: Weights) -> Doubles:
    """Compute the layer in NumPy: (…, inputs) to (…, tags)."""
    return steps @ weights[f"{name}/kernel"] + weights[f"{name}/bias"]
