"""Embeddings and one-hot vectors: descriptions, ONNX nodes and NumPy equivalents shared by several kinds of input."""

from typing import TYPE_CHECKING

import numpy as np

from tagger.encoding.arrays import Array, Doubles, Weights
from tagger.inputs.description import STEPS, Layer, Shape, Size, Weight

if TYPE_CHECKING:
    from tagger.inputs.nodes import Nodes


def describe_embedding(name: str, ids: Size, dim: Size, *, steps: Shape = STEPS) -> Layer:
    """Description of an embedding layer."""
    return Layer(
        name=name,
        kind="Embedding",
        input=steps,
        output=(*steps, dim),
        weights=(Weight(name, (ids, dim)),),
        symbolic_formula="ids × dim",
        sizes=(("ids", ids), ("dim", dim)),
        note="a vector for each id: each known symbol, padding, and unknown symbols",
    )


def describe_onehot(name: str, width: Size, note: str) -> Layer:
    """Description of a one-hot layer."""
    return Layer(name, "One-hot", STEPS, (*STEPS, width), note=note)


def add_vectors(graph: "Nodes", name: str, ids: str, weights: Weights) -> str:
    """Add a lookup of (…,) ids: (…, dim) vectors. The rows of a rounded table are multiplied by their scales."""
    table, scales = graph.table(vectors_name(name), weights[name])
    vectors = f"{name}/vector"
    if scales is None:
        return graph.node("Gather", [table, ids], vectors)
    rows = graph.cast(graph.node("Gather", [table, ids], f"{name}/stored"), "float32", f"{name}/row")
    return graph.node("Mul", [rows, graph.node("Gather", [scales, ids], f"{name}/scale")], vectors)


def vectors_name(weight: str) -> str:
    """Name of a weight in the graphs; a table of vectors would otherwise have the same name as its input."""
    return weight if "/" in weight else f"{weight}/vectors"


def add_onehot(graph: "Nodes", ids: str, *, n_ids: int, first: int) -> str:
    """Add one-hot vectors of (forms,) ids: (forms, n_ids - first), all zeros for ids below `first`."""
    depth = graph.constant(f"{ids}/depth", np.int64(n_ids))
    off_on = graph.constant(f"{ids}/off_on", np.array([0, 1], np.float32))
    wide = graph.node("OneHot", [graph.cast(ids, "int64", f"{ids}/int64"), depth, off_on], f"{ids}/all", axis=-1)
    bounds = [
        graph.constant(f"{ids}/{bound}", np.array([at], np.int64))
        for bound, at in (("from", first), ("to", n_ids), ("axis", 1))
    ]
    return graph.node("Slice", [wide, *bounds], f"{ids}/onehot")


def vectors(name: str, ids: Array, weights: Weights) -> Doubles:
    """Look up (…,) ids in NumPy: (…, dim) vectors in double precision."""
    return weights[name][np.asarray(ids, np.int64)].astype(np.float64)


def onehot(ids: Array, *, n_ids: int, first: int) -> Doubles:
    """One-hot vectors of (batch, time) ids in NumPy: (batch, time, n_ids - first), all zeros for ids below `first`."""
    return np.asarray(np.asarray(ids)[..., None] == np.arange(first, n_ids), np.float64)
