"""A figure of any lines and dots, with axes; `drawing.html` draws it. All lengths are as in figures.py."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from tagger.reports.figures import BOTTOM, LEFT, PLOT_HEIGHT, RIGHT, TOP, WIDTH, Table, tick_text, ticks

T = TypeVar("T")

Point = tuple[float, float]
Scale = Callable[[float], float]  # a value → where it stands
Path = tuple[str, str]  # its class, and where it runs, as SVG writes it


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a figure.

    Args:
        x: where it is anchored.
        y: of its baseline.
        text: of one line.
        anchor: which part of it stands at x.
        kind: its class in the page's style.
    """

    x: float
    y: float
    text: str
    anchor: Literal["start", "middle", "end"] = "start"
    kind: str = "quiet"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure, and the same as numbers.

    Args:
        key: its id in the page.
        title: what is to be seen.
        about: how to read it.
        width, height: of the drawing.
        paths: from the lowest to the topmost.
        texts: over them.
        table: the numbers; None where they stand right below the figure anyway.
    """

    key: str
    title: str
    about: str
    width: float
    height: float
    paths: Sequence[Path]
    texts: Sequence[Text]
    table: Table | None


@dataclass(frozen=True, slots=True)
class Axis:
    """A line of values.

    Args:
        place: of a value.
        marks: place and text of each tick.
    """

    place: Scale
    marks: Sequence[tuple[float, str]]


def percent_axis(scores: Sequence[float], start: float, end: float) -> Axis:
    """An axis of scores from 0 to 1, told in percent: from a round number below the least to one above the greatest."""
    low, *_, high = (marks := ticks(100 * min(*scores, 0.99), 100 * max(scores)))
    high = min(high, 100)  # there is no more
    axis = _axis([mark for mark in marks if mark <= high], low, high, start, end)
    return Axis(lambda score: axis.place(100 * score), axis.marks)


def counting_axis(n: int, start: float, end: float) -> Axis:
    """An axis of whole numbers from 1 to n, or to 2 at least."""
    most = max(n, 2)
    return _axis(sorted({1, *(mark for mark in ticks(1, most, whole=True) if 1 <= mark <= most)}), 1, most, start, end)


def between(low: float, high: float, start: float, end: float, *, log: bool = False) -> Axis:
    """An axis of a range, from its low end to its high one."""
    if not log:
        return _axis([mark for mark in ticks(low, high) if low <= mark <= high], low, high, start, end)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    fine = [float(f"{factor}e{power}") for power in powers for factor in (1, 2, 5)]
    marks = [mark for mark in fine if low <= mark <= high]
    if len(marks) > 5:
        marks = [mark for mark in marks if math.log10(mark) % 1 == 0]
    return _axis(marks, low, high, start, end, log=True)


def _axis(marks: Iterable[float], low: float, high: float, start: float, end: float, *, log: bool = False) -> Axis:
    unit: Scale = math.log10 if log else float

    def place(value: float) -> float:
        return round(start + (unit(value) - unit(low)) / (unit(high) - unit(low)) * (end - start), 1)

    return Axis(place, [(place(mark), tick_text(mark)) for mark in marks])


def thinned(items: Sequence[T], most: int) -> list[T]:
    """So many of some things at most, evenly from the first, which stays, to the last.

    >>> thinned([5, 4, 3, 2, 1], 3)
    [5, 4, 2]
    """
    n = min(len(items), most)
    return [items[i * len(items) // n] for i in range(n)]


def dots(points: Iterable[Point]) -> str:
    """Lines of no length, whose round ends are dots: a third of the bytes of circles."""
    return "".join(f"M{x:g} {y:g}h0" for x, y in points)


def line(points: Iterable[Point]) -> str:
    """One line through points."""
    return f"M{'L'.join(f'{x:g} {y:g}' for x, y in points)}"


def plot(
    key: str,
    title: str,
    about: str,
    table: Table,
    paths: Sequence[Path],
    x_axis: Axis,
    y_axis: Axis,
    *,
    x_label: str,
    y_label: str,
) -> Drawing:
    """A figure of values over values, as high as the line charts of other reports.

    Args:
        key: its id in the page.
        title: what is to be seen.
        about: how to read it.
        table: the numbers.
        paths: over the grid.
        x_axis: placed from LEFT to WIDTH - RIGHT.
        y_axis: placed from TOP + PLOT_HEIGHT, up to TOP.
        x_label: what the axis tells.
        y_label: what the axis tells.
    """
    bottom, right = TOP + PLOT_HEIGHT, WIDTH - RIGHT
    return Drawing(
        key, title, about, WIDTH, bottom + BOTTOM,
        [*(("axis", f"M{LEFT} {y:g}H{right}") for y, _ in y_axis.marks), *paths],
        [
            Text(4, 12, y_label),
            Text(right, bottom + 34, x_label, "end"),
            *(Text(LEFT - 6, y + 4, text, "end") for y, text in y_axis.marks),
            *(Text(x, bottom + 16, text, "middle") for x, text in x_axis.marks),
        ],
        table,
    )  # fmt: skip
