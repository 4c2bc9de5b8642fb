"""The form in which a graph stores weights: rounded when a tagger is saved, or as they stand in its file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from tagger.encoding.arrays import Array, Floats, TableBits
from tagger.errors import BundleError

HALF = "/half"  # suffix of the names of matrices stored in half precision


class StoredForm(Protocol):
    """Gives the arrays that a graph stores for a weight: those of a `Rounding` or of `StoredTensors`."""

    def weight(self, name: str, values: Floats) -> Array:
        """The weight, in single or half precision."""

    def table(self, name: str, values: Floats) -> tuple[Array, Floats | None]:
        """The table, (ids, dim), and the (ids, 1) scales of its rows; None if it is in single precision."""


@dataclass(frozen=True, slots=True)
class Rounding:
    """Rounds weights.

    Args:
        table_bits: bits per value in tables of vectors; below 32, all other matrices get half precision.
    """

    table_bits: TableBits = 32

    def weight(self, name: str, values: Floats) -> Array:
        return values.astype(np.float16) if self.table_bits < 32 and values.ndim == 2 else values

    def table(self, name: str, values: Floats) -> tuple[Array, Floats | None]:
        return (values, None) if self.table_bits == 32 else quantized(values, self.table_bits)


AS_TRAINED = Rounding()


@dataclass(frozen=True, slots=True)
class StoredTensors:
    """Finds the arrays in a saved graph. Of the values that it is asked for, only the shape counts.

    Args:
        tensors: the arrays of the graph, by name.
        file_name: name of the graph's file, for messages.

    Its methods raise BundleError if an array is missing or has another shape or type than the network needs.
    """

    tensors: Mapping[str, Array]
    file_name: str

    def weight(self, name: str, values: Floats) -> Array:
        if f"{name}{HALF}" in self.tensors:
            return self._tensor(f"{name}{HALF}", values.shape, np.float16)
        return self._tensor(name, values.shape, np.float32)

    def table(self, name: str, values: Floats) -> tuple[Array, Floats | None]:
        if f"{name}/scale" not in self.tensors:
            return self._tensor(name, values.shape, np.float32), None
        scales: Floats = self._tensor(f"{name}/scale", (len(values), 1), np.float32).view(np.float32)
        return self._tensor(name, values.shape, np.int8, np.float16), scales

    def _tensor(self, name: str, shape: tuple[int, ...], *types: type[np.generic]) -> Array:
        if name not in self.tensors:
            raise BundleError(f"{self.file_name} is not of this bundle's network: it lacks {name}")
        tensor = self.tensors[name]
        if tensor.shape != shape:
            raise BundleError(
                f"{self.file_name} is not of this bundle's network: {name} is {tensor.shape} and should be {shape}"
            )
        if tensor.dtype not in types:
            expected = " or ".join(each.__name__ for each in types)
            raise BundleError(f"{self.file_name}: {name} has the type {tensor.dtype}; expected {expected}")
        if not np.isfinite(tensor).all():
            raise BundleError(f"{self.file_name}: {name} has a value that is not finite")
        return tensor


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
