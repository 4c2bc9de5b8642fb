"""Each layer of a network on paper: shapes, weights by name and shape, and its number of parameters, as a formula."""

import math
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

Size = int | str  # a name where the number is not known: `batch`, `time`, and what only data tells
Shape = tuple[Size, ...]

STEPS: Shape = ("batch", "time")


@dataclass(frozen=True, slots=True)
class Weight:
    """An array that a layer learns; its name is unique in a network, its shape is as Keras has it."""

    name: str
    shape: Shape

    @property
    def n_parameters(self) -> int | None:
        """Numbers in it; None where a size is not known."""
        sizes = [size for size in self.shape if isinstance(size, int)]
        return math.prod(sizes) if len(sizes) == len(self.shape) else None


@dataclass(frozen=True, slots=True)
class Layer:
    """One row of a network's table of layers.

    Args:
        name: in the network.
        kind: as Keras calls it.
        input: the shape of what enters.
        output: the shape of what leaves.
        weights: that it learns.
        letters: the formula of its parameters, in names; empty where it learns nothing.
        sizes: the number that each name in `letters` stands for.
        note: what it does, or the reason of its count, in a sentence.
    """

    name: str
    kind: str
    input: Shape
    output: Shape
    weights: tuple[Weight, ...] = ()
    letters: str = ""
    sizes: tuple[tuple[str, Size], ...] = ()
    note: str = ""

    @property
    def n_parameters(self) -> int | None:
        """Number of its parameters; None where that is not known."""
        return total(weight.n_parameters for weight in self.weights)

    @property
    def formula(self) -> str:
        """Such as `Dense: (inputs + 1) × tags = (3 + 1) × 3 = 12`; empty where it learns nothing."""
        if not self.letters:
            return ""
        sizes = dict(self.sizes)
        numbers = re.sub(r"[a-z_]+", lambda name: size_text(sizes[name[0]]), self.letters)
        steps = [self.letters, numbers] if numbers != self.letters else [self.letters]
        if self.n_parameters is not None:
            steps.append(size_text(self.n_parameters))
        return f"{self.kind}: {' = '.join(steps)}"


def total(counts: Iterable[int | None]) -> int | None:
    """The sum of some counts; None where one of them is not known."""
    counts = list(counts)
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def sized(name: str, number: int, unread: Collection[str]) -> Size:
    """A size, or its name where no data was read that would tell it."""
    return name if name in unread else number


def size_text(size: Size) -> str:
    """A number with thousands separators, or a name."""
    return f"{size:,}" if isinstance(size, int) else size


def shape_text(shape: Shape) -> str:
    """A shape as Python writes a tuple: `(batch, time, 3)`.

    >>> shape_text(("batch", 3)), shape_text((12,))
    ('(batch, 3)', '(12,)')
    """
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"
