"""Axes of figures: the pixel of a value, and ticks at round numbers."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

NO_SPAN = 1e-8  # relative difference below which two values count as equal


class Axis(NamedTuple):
    """An axis: a function from values to pixels, and (pixel, text) of each tick."""

    position: Callable[[float], float]
    ticks: Sequence[tuple[float, str]]


def range_axis(low: float, high: float, start: float, end: float, *, log: bool = False) -> Axis:
    """An axis from `low` to `high`, with ticks at round numbers in between."""
    if not log:
        return _axis([tick for tick in ticks(low, high) if low <= tick <= high], low, high, start, end)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    marks = [tick for power in powers for factor in (1, 2, 5) if low <= (tick := float(f"{factor}e{power}")) <= high]
    if len(marks) > 5:
        marks = [tick for tick in marks if math.log10(tick) % 1 == 0]
    return _axis(marks, low, high, start, end, log=True)


def round_axis(values: Sequence[float], start: float, end: float) -> Axis:
    """An axis that encloses some values and ends at round numbers."""
    marks = ticks(min(values), max(values))
    return _axis(marks, marks[0], marks[-1], start, end)


def percent_axis(ratios: Sequence[float], start: float, end: float) -> Axis:
    """An axis in percent that encloses some ratios and ends at round numbers, at most 100 %."""
    low, *_, high = marks = ticks(100 * min(*ratios, 0.99), 100 * max(ratios))
    high = min(high, 100)
    axis = _axis([mark for mark in marks if mark <= high], low, high, start, end)
    return Axis(lambda ratio: axis.position(100 * ratio), axis.ticks)


def counting_axis(n: int, start: float, end: float) -> Axis:
    """An axis of whole numbers from 1 to n, or to 2 if n is 1."""
    highest = max(n, 2)
    return _axis(
        sorted({1, *(tick for tick in ticks(1, highest, whole=True) if 1 <= tick <= highest)}), 1, highest, start, end
    )


def _axis(marks: Iterable[float], low: float, high: float, start: float, end: float, *, log: bool = False) -> Axis:
    scale: Callable[[float], float] = math.log10 if log else float

    def position(value: float) -> float:
        return round(start + (scale(value) - scale(low)) / (scale(high) - scale(low)) * (end - start), 1)

    return Axis(position, [(position(mark), f"{mark:.6g}") for mark in marks])


def ticks(low: float, high: float, *, whole: bool = False) -> list[float]:
    """Evenly spaced round numbers, usually four to seven, that enclose the range from `low` to `high`.

    >>> ticks(0.92, 0.953)
    [0.92, 0.93, 0.94, 0.95, 0.96]
    """
    span = high - low if high - low > NO_SPAN * max(1.0, abs(high)) else 1.0
    step = 10.0 ** math.floor(math.log10(span / 4))
    step *= next(factor for factor in (1, 2, 5, 10) if span / (step * factor) <= 5)
    if whole:
        step = max(1.0, round(step))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(i * step, 10) for i in range(first, max(last, first + 1) + 1)]
