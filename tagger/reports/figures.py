"""Figures as records of SVG paths and texts; `figures.html` draws them.

A figure is as wide as a phone, so that its text reads there as on a desk; a wider screen shows two side by side.
All lengths are in CSS pixels of the drawing.
"""

import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeVar

from tagger.reports.axes import Axis, range_axis
from tagger.reports.legible import visible

T = TypeVar("T")

Point = tuple[float, float]

WIDTH = 360
LEFT, RIGHT, TOP, BOTTOM = 46, WIDTH - 14, 24, 194  # edges of the area that a plot's axes enclose
ACROSS, UP = (LEFT, RIGHT), (BOTTOM, TOP)  # ends of its axes
BAR_ROW = 22  # height of a bar with its text
BAR_TEXT = 62  # width of the value behind a bar
MAX_BARS = 40  # bars of one drawing
MAX_ROWS = 200  # tags, or types of spans, of a table
MAX_MARKS = 40  # points of a line that are marked: more would cover it
MAX_LABEL = 28  # letters
NARROW, WIDE, WIDEST = 7.0, 8.8, 12.5  # width of a small letter, of a capital, of a Chinese, Japanese or Korean one


class FigureTable(NamedTuple):
    """The numbers of a figure, or of anything else; the first cell of a row names it.

    `is_user_text` is whether the first column holds tags or words, which may run from right to left.
    """

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    is_user_text: bool = False


def tag_table(caption: str, header: Sequence[str], rows: Sequence[Sequence[str]], *, source: str) -> FigureTable:
    """A table with a row for each tag or type of span, the first ones of thousands.

    Args:
        caption: title of the table.
        header: names of the columns.
        rows: the most frequent first.
        source: the file or option that has all rows.
    """
    if len(rows) > MAX_ROWS:
        caption += f": the {MAX_ROWS} most frequent of {len(rows):,}; {source} has all"
    return FigureTable(caption, header, rows[:MAX_ROWS], is_user_text=True)


class Path(NamedTuple):
    """A shape of a drawing: its classes in `page.css`, and its points in SVG's notation."""

    kind: str
    course: str


class Text(NamedTuple):
    """A line of text in a drawing, anchored at x on a baseline at y; its kind is its classes in `page.css`."""

    x: float
    y: float
    text: str
    anchor: Literal["start", "middle", "end"] = "start"
    kind: str = "quiet"


class Drawing(NamedTuple):
    """Shapes from the lowest to the topmost, and the texts over them."""

    width: float
    height: float
    paths: Sequence[Path]
    texts: Sequence[Text]


class Figure(NamedTuple):
    """A figure of one drawing, or panels side by side, with its id in the page, and the same as numbers.

    There is no table where a table of the page has the numbers anyway.
    """

    key: str
    title: str
    about: str
    drawings: Sequence[Drawing]
    table: FigureTable | None


def line(points: Iterable[Point]) -> str:
    """The course of one line through points."""
    return f"M{'L'.join(f'{x:g} {y:g}' for x, y in points)}"


def dots(points: Iterable[Point]) -> str:
    """The course of lines without length, whose round ends are dots: a third of the bytes of circles."""
    return "".join(f"M{x:g} {y:g}h0" for x, y in points)


def plot(
    paths: Sequence[Path],
    x_axis: Axis,
    y_axis: Axis,
    *,
    x_label: str,
    y_label: str,
    texts: Sequence[Text] = (),
) -> Drawing:
    """Draw shapes over a grid with labelled axes: x from LEFT to RIGHT, y from BOTTOM up to TOP."""
    grid = [Path("axis", f"M{LEFT} {y:g}H{RIGHT}") for y, _ in y_axis.ticks]
    labels = [
        Text(4, 12, y_label),
        *(Text(LEFT - 6, y + 4, text, "end") for y, text in y_axis.ticks),
        *(Text(x, BOTTOM + 16, text, "middle") for x, text in x_axis.ticks),
        Text(RIGHT, BOTTOM + 34, x_label, "end"),
    ]
    return Drawing(WIDTH, BOTTOM + 40, [*grid, *paths], [*labels, *texts])


def line_plot(
    values: Sequence[Point],
    x_axis: Axis,
    y_axis: Axis,
    *,
    x_label: str,
    y_label: str,
    chosen: tuple[int, str] | None = None,
    has_diagonal: bool = False,
) -> Drawing:
    """Plot one line through finite (x, y), one at least, from left to right; few are marked; axes as for `plot`.

    `chosen` is the index of a point with a large mark, and the text at it. The diagonal is a dashed line from (0, 0) to
    (1, 1).
    """
    points = [(x_axis.position(x), y_axis.position(y)) for x, y in values]
    marks = dots(points) if len(points) <= MAX_MARKS else ""
    paths = [Path("line", line(points)), Path("dot", marks), Path("hole", marks)]
    texts = []
    if has_diagonal:
        paths.insert(0, Path("guide", line((x_axis.position(x), y_axis.position(x)) for x in (0, 1))))
    if chosen:
        x, y = points[chosen[0]]
        paths = [Path("guide", f"M{x:g} {BOTTOM}V18"), *paths, Path("dot", dots([(x, y)]))]
        texts.append(Text(x, 12, chosen[1], "end" if x > 240 else "start" if x < 120 else "middle", ""))
    return plot(paths, x_axis, y_axis, x_label=x_label, y_label=y_label, texts=texts)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, from 0 to 1, with its value as it is written behind it, and an interval as a line over its end.

    `is_other` is whether it is drawn as what the others are held against.
    """

    label: str
    value: float
    text: str
    interval: tuple[float, float] | None = None
    is_other: bool = False


def bar_panels(bars: Sequence[Bar]) -> list[Drawing]:
    """Draw bars below each other, in as many panels of like height as they need."""
    left = max((text_width(short(bar.label)) for bar in bars), default=0.0) + 8
    width = max(WIDTH, left + BAR_TEXT + 120)
    axis = range_axis(0, 1, left, width - BAR_TEXT)
    n_panels = math.ceil(len(bars) / MAX_BARS) or 1
    size = math.ceil(len(bars) / n_panels) or 1
    return [_panel(bars[start : start + size], axis, width) for start in range(0, len(bars), size)]


def _panel(bars: Sequence[Bar], axis: Axis, width: float) -> Drawing:
    left, right = axis.position(0), axis.position(1)
    paths: list[Path] = []
    texts: list[Text] = []
    for i, bar in enumerate(bars):
        y = BAR_ROW * i
        for kind, end in (("track", right), ("bar other" if bar.is_other else "bar", axis.position(bar.value))):
            paths.append(Path(kind, f"M{left:g} {y + 4}H{end:g}v14H{left:g}z"))
        if bar.interval:
            low, high = map(axis.position, bar.interval)
            paths.append(Path("whisker", f"M{low:g} {y + 1}v20M{high:g} {y + 1}v20M{low:g} {y + 11}H{high:g}"))
        texts += [
            Text(left - 8, y + 15, short(bar.label), "end", ""),
            Text(right + 6, y + 15, bar.text, kind=""),
        ]
    return Drawing(width, BAR_ROW * len(bars), paths, texts)


def thinned(items: Sequence[T], most: int) -> list[T]:
    """At most so many of some items, evenly from the first, which stays, to the last.

    >>> thinned([5, 4, 3, 2, 1], 3)
    [5, 4, 2]
    """
    n = min(len(items), most)
    return [items[i * len(items) // n] for i in range(n)]


def short(label: str, most: int = MAX_LABEL) -> str:
    """A label of at most so many letters; the table of the figure has all of it."""
    label = visible(label)
    return label if len(label) <= most else f"{label[: most - 1]}…"


def text_width(text: str) -> float:
    """Estimated width of a drawn text, rather too wide than cut off."""
    n_wide = sum(letter.isupper() for letter in text)
    n_widest = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return NARROW * (len(text) - n_wide - n_widest) + WIDE * n_wide + WIDEST * n_widest
