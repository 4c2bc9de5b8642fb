"""Ids that become learned vectors, for every kind of input that has some."""

from typing import TYPE_CHECKING

import numpy as np

from tagger.encoding.arrays import Array, Doubles, Floats, TableBits, Weights
from tagger.inputs.description import STEPS, Layer, Shape, Size, Weight

if TYPE_CHECKING:  # it loads onnx
    from tagger.inputs.nodes import Nodes


def describe_embedding(name: str, ids: Size, dim: Size, *, steps: Shape = STEPS) -> Layer:
    """The layer of vectors on paper."""
    return Layer(
        name=name,
        kind="Embedding",
        input=steps,
        output=(*steps, dim),
        weights=(Weight(name, (ids, dim)),),
        letters="ids × dim",
        sizes=(("ids", ids), ("dim", dim)),
        note="a vector for each id: what train has, one for padding and one for all that is unknown",
    )


def describe_onehot(name: str, width: Size, note: str) -> Layer:
    """The layer of one-hot rows on paper."""
    return Layer(name, "One-hot", STEPS, (*STEPS, width), note=note)


def add_vectors(graph: "Nodes", name: str, ids: str, weights: Weights) -> str:
    """Nodes from ids, of any shape, to vectors; the table is stored with the graph's `table_bits` a number."""
    table, vectors = vectors_name(name), f"{name}/vector"
    if graph.table_bits == 32:
        return graph.node("Gather", [graph.constant(table, weights[name]), ids], vectors)
    stored, scales = quantized(weights[name], graph.table_bits)
    rows = graph.node("Gather", [graph.constant(table, stored), ids], f"{name}/stored")
    rows = graph.cast(rows, "float32", f"{name}/row")
    scale = graph.node("Gather", [graph.constant(f"{table}/scale", scales, is_exact=True), ids], f"{name}/scale")
    return graph.node("Mul", [rows, scale], vectors)


def quantized(table: Floats, bits: TableBits) -> tuple[Array, Floats]:
    """(ids, dim) a table in 8-bit integers or half precision, and (ids, 1) what to multiply each row by.

    A row's scale makes its largest number 127, or 1 in half precision, so that no row is too large or too small for
    the type. A number is off by at most 1/254 of the row's largest in 8 bits, by 1/4096 in half precision.
    """
    largest, kind = (127, np.int8) if bits == 8 else (1, np.float16)
    scales = np.abs(table).max(axis=1, keepdims=True) / np.float32(largest)
    rows = table / np.where(scales, scales, np.float32(1))
    return (np.rint(rows) if bits == 8 else rows).astype(kind), scales.astype(np.float32)


def vectors_name(weight: str) -> str:
    """The name in the graphs of a weight: an input of the same name as its vectors would clash with them."""
    return weight if "/" in weight else f"{weight}/vectors"


def add_onehot(graph: "Nodes", ids: str, *, n_ids: int, first: int) -> str:
    """Nodes from (forms,) ids to rows of n_ids - first numbers: a one at id - first, zeros for ids below `first`."""
    depth = graph.constant(f"{ids}/depth", np.int64(n_ids))
    off_on = graph.constant(f"{ids}/off_on", np.array([0, 1], np.float32))
    wide = graph.node("OneHot", [graph.cast(ids, "int64", f"{ids}/int64"), depth, off_on], f"{ids}/all", axis=-1)
    bounds = [
        graph.constant(f"{ids}/{bound}", np.array([at], np.int64))
        for bound, at in (("from", first), ("to", n_ids), ("axis", 1))
    ]
    return graph.node("Slice", [wide, *bounds], f"{ids}/onehot")


def vectors(name: str, ids: Array, weights: Weights) -> Doubles:
    """The vectors of ids, of any shape, in double precision."""
    return weights[name][np.asarray(ids, np.int64)].astype(np.float64)


def onehot(ids: Array, *, n_ids: int, first: int) -> Doubles:
    """(batch, time) ids to rows with a one at id - first; ids below `first` are all zeros."""
    return np.asarray(np.asarray(ids)[..., None] == np.arange(first, n_ids), np.float64)
