"""Descriptions of a network's layers: shapes, weights, and the number of parameters with its formula."""

import math
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

Size = int | str  # a name if the number is not known: `batch`, `time`, or a size that depends on data not read
Shape = tuple[Size, ...]

STEPS: Shape = ("batch", "time")
SENTENCE: Shape = ("batch",)


@dataclass(frozen=True, slots=True)
class Weight:
    """A learned array; its name is unique in a network, its shape is that of Keras."""

    name: str
    shape: Shape

    @property
    def n_parameters(self) -> int | None:
        """Number of its parameters; None if a size is not known."""
        sizes = [size for size in self.shape if isinstance(size, int)]
        return math.prod(sizes) if len(sizes) == len(self.shape) else None


@dataclass(frozen=True, slots=True)
class Layer:
    """One row of a network's table of layers.

    Args:
        name: name of the layer, unique in the network.
        kind: Keras' name of the kind of layer.
        input: shape of its input.
        output: shape of its output.
        weights: learned arrays.
        symbolic_formula: formula of its number of parameters, in names; empty for a layer without parameters.
        sizes: value of each name in `symbolic_formula`.
        note: what it computes, or an explanation of its formula, as a phrase.
    """

    name: str
    kind: str
    input: Shape
    output: Shape
    weights: tuple[Weight, ...] = ()
    symbolic_formula: str = ""
    sizes: tuple[tuple[str, Size], ...] = ()
    note: str = ""

    @property
    def n_parameters(self) -> int | None:
        """Number of its parameters; None if a size is not known."""
        return total(weight.n_parameters for weight in self.weights)

    @property
    def formula(self) -> str:
        """Its number of parameters as a calculation: `Dense: (inputs + 1) × tags = (3 + 1) × 3 = 12`; empty if none."""
        if not self.symbolic_formula:
            return ""
        sizes = dict(self.sizes)
        numbers = re.sub(r"[a-z_]+", lambda name: size_text(sizes[name[0]]), self.symbolic_formula)
        steps = [self.symbolic_formula, numbers] if numbers != self.symbolic_formula else [self.symbolic_formula]
        if self.n_parameters is not None:
            steps.append(size_text(self.n_parameters))
        return f"{self.kind}: {' = '.join(steps)}"


def total(counts: Iterable[int | None]) -> int | None:
    """Sum of counts; None if one of them is not known."""
    counts = list(counts)
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def sized(name: str, number: int, unknown_sizes: Collection[str]) -> Size:
    """A size, or its name if it is one of the unknown sizes."""
    return name if name in unknown_sizes else number


def size_text(size: Size) -> str:
    """A number with thousands separators, or a name."""
    return f"{size:,}" if isinstance(size, int) else size


def shape_text(shape: Shape) -> str:
    """A shape in Python's notation of tuples: `(batch, time, 3)`.

    >>> shape_text(("batch", 3)), shape_text((12,))
    ('(batch, 3)', '(12,)')
    """
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"
