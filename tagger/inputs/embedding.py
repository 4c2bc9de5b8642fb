"""Embeddings and one-hot vectors: descriptions, ONNX nodes and NumPy equivalents shared by several kinds of input."""

from typing import TYPE_CHECKING

import numpy as np

from tagger.encoding.arrays import Array, Doubles, Floats, TableBits, Weights
from tagger.inputs.description import STEPS, Layer, Shape, Size, Weight

if TYPE_CHECKING:  # it loads onnx
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
    """Add a lookup of (…,) ids: (…, dim) vectors; the table is stored with the graph's `table_bits` per value."""
    table, vectors = vectors_name(name), f"{name}/vector"
    if graph.table_bits == 32:
        return graph.node("Gather", [graph.constant(table, weights[name]), ids], vectors)
    stored, scales = quantized(weights[name], graph.table_bits)
    rows = graph.node("Gather", [graph.constant(table, stored), ids], f"{name}/stored")
    rows = graph.cast(rows, "float32", f"{name}/row")
    scale = graph.node("Gather", [graph.constant(f"{table}/scale", scales, is_exact=True), ids], f"{name}/scale")
    return graph.node("Mul", [rows, scale], vectors)


def quantized(table: Floats, bits: TableBits) -> tuple[Array, Floats]:
    """Round a table to 8-bit integers or half precision.

    Each row is divided by a scale of its own, so that its largest absolute value becomes 127, or 1 in half precision:
    then no row is too large or too small for the type. The error of a value is at most 1/254 of the row's largest in 8
    bits, 1/4096 in half precision.

    Args:
        table: (ids, dim).
        bits: 8 or 16.

    Returns:
        (ids, dim) rounded table, and (ids, 1) scale of each row.
    """
    largest, kind = (127, np.int8) if bits == 8 else (1, np.float16)
    scales = np.abs(table).max(axis=1, keepdims=True) / np.float32(largest)
    rows = table / np.where(scales, scales, np.float32(1))
    return (np.rint(rows) if bits == 8 else rows).astype(kind), scales.astype(np.float32)


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
