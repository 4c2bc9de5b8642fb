"""Figures and tables as records, rendered by `figures.html`; figures are bars in HTML, or SVG paths and texts.

Bars are HTML, so that their labels wrap in any font.

A panel is as wide as a phone, so that its text is as legible there as on a desktop; a wider screen shows two panels
side by side. All lengths are in CSS pixels of the panel.
"""

import math
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeVar

from tagger.corpus.terms import in_terms
from tagger.reports.axes import Axis
from tagger.reports.display_text import visible

T = TypeVar("T")

Point = tuple[float, float]

WIDTH = 360
LEFT, RIGHT, TOP, BOTTOM = 46, WIDTH - 14, 24, 194  # edges of the plot area
X_ENDS, Y_ENDS = (LEFT, RIGHT), (BOTTOM, TOP)  # ends of its axes
MAX_BARS = 40  # bars of one group
MAX_ROWS = 200  # tags, or span types, of a table
MAX_MARKS = 40  # points of a line that get a mark: more would cover it
MAX_LABEL = 28  # characters
NARROW, WIDE, WIDER, WIDEST = 7.0, 8.8, 10.5, 12.5  # width of a lower-case letter, a capital, a symbol, a CJK character
SYMBOLS = "=+<>~@#%&…"


class FigureTable(NamedTuple):
    """A table; the first cell of a row is its heading.

    `is_user_text` says whether the first column holds tags or words, which may be written from right to left; `choices`
    are the columns by whose values rows can be chosen.
    """

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    is_user_text: bool = False
    choices: Collection[str] = ()


def tag_table(caption: str, header: Sequence[str], rows: Sequence[Sequence[str]], *, source: str) -> FigureTable:
    """A table with a row for each tag or span type, limited to the first `MAX_ROWS`.

    Args:
        caption: title of the table.
        header: names of the columns.
        rows: rows, most frequent first.
        source: file or option that gives all rows.
    """
    if len(rows) > MAX_ROWS:
        caption += f" (the {MAX_ROWS} most frequent of {len(rows):,}; all are in {source})"
    return FigureTable(caption, header, rows[:MAX_ROWS], is_user_text=True)


class Path(NamedTuple):
    """A shape: its classes in `page.css`, and its SVG path data."""

    kind: str
    data: str


class Text(NamedTuple):
    """A line of text, anchored at x, with its baseline at y; `kind` gives its classes in `page.css`."""

    x: float
    y: float
    text: str
    anchor: Literal["start", "middle", "end"] = "start"
    kind: str = "quiet"


class Panel(NamedTuple):
    """One drawing of a figure: shapes from back to front, and texts in front of them."""

    width: float
    height: float
    paths: Sequence[Path]
    texts: Sequence[Text]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with a value from 0 to 1, the text after it, and an interval as a whisker over its end.

    `is_reference` says whether to draw it as a reference for the other bars; `support` is the number of gold tokens or
    spans as text, empty if there is none.
    """

    label: str
    value: float
    text: str
    interval: tuple[float, float] | None = None
    is_reference: bool = False
    support: str = ""

    @property
    def width(self) -> str:
        """Its length, in CSS."""
        return f"{100 * self.value:.4g}%"

    @property
    def whisker(self) -> tuple[str, str]:
        """Start and length of its whisker, in CSS; it must have one."""
        low, high = self.interval or (0.0, 0.0)
        return f"{100 * low:.4g}%", f"{100 * (high - low):.4g}%"


class Figure(NamedTuple):
    """A figure of panels or of groups of bars, with its values as a table.

    `key` is its id in the page. `table` is None if another table of the page has the values.
    """

    key: str
    title: str
    about: str
    panels: Sequence[Panel]
    table: FigureTable | None
    bars: Sequence[Sequence[Bar]] = ()


def table_in_terms(table: FigureTable, *, is_series: bool) -> FigureTable:
    """A table in the words for series if it is about series; names from files stay as they are."""
    caption, *header = (in_terms(text, is_series=is_series) for text in (table.caption, *table.header))
    rows = [[in_terms(name, is_series=is_series and not table.is_user_text), *cells] for name, *cells in table.rows]
    return table._replace(caption=caption, header=header, rows=rows)


def figure_in_terms(figure: Figure, *, is_series: bool) -> Figure:
    """A figure in the words for series if it is about series; the texts of its panels stay as they are."""
    title, about = (in_terms(text, is_series=is_series) for text in (figure.title, figure.about))
    table = figure.table and table_in_terms(figure.table, is_series=is_series)
    return figure._replace(title=title, about=about, table=table)


def line(points: Iterable[Point]) -> str:
    """Path data of one line through points."""
    return f"M{'L'.join(f'{x:g} {y:g}' for x, y in points)}"


def dots(points: Iterable[Point]) -> str:
    """Path data of dots: lines of length zero with round ends, a third of the bytes of circles."""
    return "".join(f"M{x:g} {y:g}h0" for x, y in points)


def plot(
    paths: Sequence[Path],
    x_axis: Axis,
    y_axis: Axis,
    *,
    x_label: str,
    y_label: str,
    texts: Sequence[Text] = (),
) -> Panel:
    """Draw shapes over a grid with labelled axes: x from LEFT to RIGHT, y from BOTTOM to TOP."""
    grid = [Path("axis", f"M{LEFT} {y:g}H{RIGHT}") for y, _ in y_axis.ticks]
    labels = [
        Text(4, 12, y_label),
        *(Text(LEFT - 6, y + 4, text, "end") for y, text in y_axis.ticks),
        *(Text(x, BOTTOM + 16, text, "middle") for x, text in x_axis.ticks),
        Text(RIGHT, BOTTOM + 34, x_label, "end"),
    ]
    return Panel(WIDTH, BOTTOM + 40, [*grid, *paths], [*labels, *texts])


def line_plot(
    values: Sequence[Point],
    x_axis: Axis,
    y_axis: Axis,
    *,
    x_label: str,
    y_label: str,
    chosen: tuple[int, str] | None = None,
    has_diagonal: bool = False,
) -> Panel:
    """Plot one line, with a mark at each point if there are at most `MAX_MARKS`.

    Args:
        values: finite points (x, y) from left to right, at least one.
        x_axis: x axis, as for `plot`.
        y_axis: y axis, as for `plot`.
        x_label: label of the x axis.
        y_label: label of the y axis.
        chosen: index of a point to mark with a large dot, and the text beside it.
        has_diagonal: whether to draw a dashed line from (0, 0) to (1, 1).
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


def bar_groups(bars: Sequence[Bar]) -> list[Sequence[Bar]]:
    """Bars below each other, in as many groups of similar size as they need, which may stand side by side."""
    n_groups = math.ceil(len(bars) / MAX_BARS) or 1
    size = math.ceil(len(bars) / n_groups) or 1
    return [bars[start : start + size] for start in range(0, len(bars), size)]


def thinned(items: Sequence[T], max_items: int) -> list[T]:
    """At most `max_items` items, evenly spaced and including the first.

    >>> thinned([5, 4, 3, 2, 1], 3)
    [5, 4, 2]
    """
    n = min(len(items), max_items)
    return [items[i * len(items) // n] for i in range(n)]


def truncated(label: str, max_characters: int = MAX_LABEL) -> str:
    """A label of at most `max_characters` characters; the figure's table has the whole label."""
    label = visible(label)
    return label if len(label) <= max_characters else f"{label[: max_characters - 1]}…"


def text_width(text: str) -> float:
    """Estimated width of a text: rather too wide than cut off."""
    n_wide = sum(character.isupper() for character in text)
    n_wider = sum(character in SYMBOLS for character in text)
    n_widest = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    n_narrow = len(text) - n_wide - n_wider - n_widest
    return NARROW * n_narrow + WIDE * n_wide + WIDER * n_wider + WIDEST * n_widest
