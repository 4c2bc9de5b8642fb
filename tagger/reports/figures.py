"""Where the marks of a figure stand; `figures.html` draws them.

A figure is as wide as a phone, so that its text is read there as on a desk; whatever has room for two shows two.
All lengths are in CSS pixels of the drawing.
"""

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tagger.reports.legible import visible

WIDTH = 360
ROW = 22  # height of a bar with its text
NARROW, WIDE, WIDEST = 7.0, 8.8, 12.5  # of a small letter, of a capital, of one of Chinese, Japanese or Korean
NO_SPAN = 1e-8  # values that differ by less, or less than that share of them, are the same in a figure
TEXT_WIDTH = 62  # of the value behind a bar
LONGEST_LABEL = 28  # letters
PANEL = 40  # bars of one drawing, at most
MAX_MARKS = 40  # points of a line that are marked
PLOT_HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 170, 46, 14, 24, 40  # of a line chart and the margins around it


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers of a figure, or of anything else.

    Args:
        caption: what they are.
        header: the columns' names.
        rows: as long as the header; the first cell names the row.
        is_user_text: whether the first column holds tags or words, which may run from right to left.
    """

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    is_user_text: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Args:
        label: beside it.
        value: its length, from 0 to 1.
        text: the value as it is written at its end.
        interval: from and to, as a line over its end.
        is_other: whether it is drawn as what the others are held against.
    """

    label: str
    value: float
    text: str
    interval: tuple[float, float] | None = None
    is_other: bool = False


@dataclass(frozen=True, slots=True)
class BarPanel:
    """Bars below each other with labels of one width, on a scale from 0 to 1."""

    bars: Sequence[Bar]
    label_width: float
    width: float

    @property
    def height(self) -> int:
        """Of the drawing."""
        return ROW * len(self.bars)

    @property
    def rows(self) -> list[tuple[int, Bar]]:
        """Each bar behind the upper end of its row."""
        return [(ROW * i, bar) for i, bar in enumerate(self.bars)]

    def x(self, value: float) -> float:
        """Where a value stands."""
        return round(self.label_width + value * (self.width - self.label_width - TEXT_WIDTH), 1)


@dataclass(frozen=True, slots=True)
class Bars:
    """A figure of bars, and the same as numbers.

    Args:
        key: its id in the page.
        title: what is to be seen.
        about: how to read it.
        panels: drawings, each with a part of the bars.
        table: the numbers.
    """

    key: str
    title: str
    about: str
    panels: Sequence[BarPanel]
    table: Table


def bar_figure(key: str, title: str, about: str, bars: Sequence[Bar], table: Table) -> Bars:
    """A figure of bars, in as many panels as they need."""
    bars = [replace(bar, label=short(bar.label)) for bar in bars]
    label_width = max((text_width(bar.label) for bar in bars), default=0) + 8
    width = max(WIDTH, label_width + TEXT_WIDTH + 120)
    n_panels = math.ceil(len(bars) / PANEL) or 1
    size = math.ceil(len(bars) / n_panels) or 1
    parts = [bars[start : start + size] for start in range(0, len(bars), size)]
    return Bars(key, title, about, [BarPanel(part, label_width, width) for part in parts], table)


@dataclass(frozen=True, slots=True)
class Lines:
    """A figure of one line, and the same as numbers.

    Args:
        key: its id in the page.
        title: what is to be seen.
        about: how to read it.
        x_label, y_label: what the axes tell.
        points: (x, y) of each value, in pixels.
        x_ticks, y_ticks: (place, text) of each.
        guide: the two ends of a dashed line; None: none.
        chosen: the place of the mark that is told apart, and its text.
        table: the numbers.
    """

    key: str
    title: str
    about: str
    x_label: str
    y_label: str
    points: Sequence[tuple[float, float]]
    x_ticks: Sequence[tuple[float, str]]
    y_ticks: Sequence[tuple[float, str]]
    table: Table
    guide: tuple[tuple[float, float], tuple[float, float]] | None = None
    chosen: tuple[tuple[float, float], str] | None = None
    width: int = field(default=WIDTH, init=False)
    height: int = field(default=TOP + PLOT_HEIGHT + BOTTOM, init=False)
    left: int = field(default=LEFT, init=False)
    right: int = field(default=WIDTH - RIGHT, init=False)
    bottom: int = field(default=TOP + PLOT_HEIGHT, init=False)

    @property
    def marks(self) -> Sequence[tuple[float, float]]:
        """The points that are marked: none where they would cover the line."""
        return self.points if len(self.points) <= MAX_MARKS else ()

    @property
    def path(self) -> str:
        """The line, as SVG writes it."""
        return " ".join(f"{x},{y}" for x, y in self.points)


def line_figure(
    key: str,
    title: str,
    about: str,
    values: Sequence[tuple[float, float]],
    table: Table,
    *,
    x_label: str,
    y_label: str,
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    whole_x: bool = False,
    chosen: tuple[int, str] | None = None,
    has_diagonal: bool = False,
) -> Lines:
    """A figure of one line.

    Args:
        key: its id in the page.
        title: what is to be seen.
        about: how to read it.
        values: (x, y) of each mark, from left to right; one at least, all of them finite.
        table: the numbers.
        x_label: what the axis tells.
        y_label: what the axis tells.
        x_range: least and greatest; default: of the values.
        y_range: least and greatest; default: of the values, rounded to ticks.
        whole_x: whether x counts, so that ticks are whole numbers.
        chosen: the index of a mark that is told apart, and what is written at it.
        has_diagonal: whether a dashed line shows where y equals x.
    """
    xs, ys = [x for x, _ in values], [y for _, y in values]
    x_low, x_high = x_range or (min(xs), max(xs))
    y_ticks = ticks(*(y_range or (min(ys), max(ys))))
    y_low, y_high = y_range or (y_ticks[0], y_ticks[-1])

    def place(x: float, y: float) -> tuple[float, float]:
        across = (x - x_low) / (x_high - x_low) if x_high > x_low else 0.5
        up = (y - y_low) / (y_high - y_low)
        return round(LEFT + across * (WIDTH - RIGHT - LEFT), 1), round(TOP + (1 - up) * PLOT_HEIGHT, 1)

    x_ticks = [x for x in ticks(x_low, x_high, whole=whole_x) if x_low <= x <= x_high] if x_high > x_low else [x_low]
    low, high = max(x_low, y_low), min(x_high, y_high)
    return Lines(
        key,
        title,
        about,
        x_label,
        y_label,
        [place(*value) for value in values],
        [(place(x, y_low)[0], tick_text(x)) for x in x_ticks],
        [(place(x_low, y)[1], tick_text(y)) for y in y_ticks if y_low <= y <= y_high],
        table,
        guide=(place(low, low), place(high, high)) if has_diagonal and low < high else None,
        chosen=(place(*values[chosen[0]]), chosen[1]) if chosen else None,
    )


def ticks(low: float, high: float, *, whole: bool = False) -> list[float]:
    """Four to seven round numbers, evenly apart, that reach from low or below to high or above.

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


def tick_text(value: float) -> str:
    """A tick's number, no longer than it must be.

    >>> tick_text(3.0), tick_text(0.95)
    ('3', '0.95')
    """
    return f"{value:.6g}"


def short(label: str) -> str:
    """A label that is not too long for its bar; the table has all of it."""
    label = visible(label)
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"


def text_width(text: str) -> float:
    """About how wide a text is drawn, rather too wide than cut off."""
    n_wide = sum(letter.isupper() for letter in text)
    n_widest = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return NARROW * (len(text) - n_wide - n_widest) + WIDE * n_wide + WIDEST * n_widest
