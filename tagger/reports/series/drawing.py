"""The drawing of a series: a line for each channel, bars of its states, its errors and its confidence.

All of it shares one axis of steps, from x = 0 to `MAX_COLUMNS`, which the page stretches to its width; heights are in
CSS pixels. Names and ticks stand in a margin of fixed width to its left, and are as large on a phone as on a desktop.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from tagger.encoding.arrays import Doubles, Flags
from tagger.reports.axes import range_axis, ticks
from tagger.reports.display_text import visible
from tagger.reports.figures import FigureTable, Path, text_width, truncated
from tagger.reports.series.columns import DIGITS, MAX_CHANNELS, Channel, occurs
from tagger.reports.series.segments import States, segment_table
from tagger.tagging.line import MAX_COLUMNS, Extremes, extremes, line_data

MAX_LANES = 8  # states with bars of their own
MAX_NAME = 11  # characters of a state in the margin
LINE_TOP, LINE_HEIGHT, CONFIDENCE_HEIGHT = 20, 60, 36  # a line's name stands above it
BAR = 8  # height of a bar
LONG = 90  # pixels; a phone has room for two longer times
LEAST_POWER = -300  # of ten that an axis is scaled by: smaller ones round to zero


class Mark(NamedTuple):
    """A text of a drawing: x in percent of the width, y of its baseline in pixels, and its classes."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    kind: str = "quiet"


@dataclass(frozen=True)
class Drawing:
    """A drawing with its title, a description, and its segments as a table.

    Args:
        key: its id in the page.
        title: name of the series and its scores.
        about: what is drawn, in sentences.
        height: height in CSS pixels, captions left out.
        paths: shapes, from back to front.
        marks: texts in front of them.
        margin: texts in the margin to the left, whose x and anchor are not used.
        table: the segments; None for a series without states.
        has_gold: whether there are bars of gold states.
    """

    key: str
    title: str
    about: str
    height: int
    paths: Sequence[Path]
    marks: Sequence[Mark]
    margin: Sequence[Mark]
    table: FigureTable | None
    has_gold: bool

    @property
    def page_height(self) -> int:
        """About how many pixels it takes with its caption on a screen 1,280 pixels wide."""
        return self.height + 95 + 22 * (len(self.title) // 90 + len(self.about) // 90)

    @property
    def n_bytes(self) -> int:
        """About how many bytes it adds to a page."""
        texts = [mark.text for mark in (*self.marks, *self.margin)]
        rows = [cell for row in (self.table.rows if self.table else ()) for cell in row]
        sizes = (len(text.encode("utf-8", "surrogatepass")) + 90 for text in (*texts, *rows, self.title, self.about))
        return sum(len(path.data) + 40 for path in self.paths) + sum(sizes)


@dataclass
class _Canvas:
    """A drawing that grows downwards."""

    height: int = 4
    paths: list[Path] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    margin: list[Mark] = field(default_factory=list)


def draw_series(
    key: str,
    title: str,
    channels: Sequence[Channel],
    n_steps: int,
    *,
    n_channels: int | None = None,
    predicted: States | None = None,
    gold: States | None = None,
    ignore: Sequence[str] = (),
    confidence: Doubles | None = None,
    times: Sequence[str] | None = None,
) -> Drawing:
    """Draw a series of at least one step.

    Args:
        key: id of the drawing in its page.
        title: its title.
        channels: its channels; the first `MAX_CHANNELS` are drawn.
        n_steps: number of steps.
        n_channels: number of channels of the series, if not all are in `channels`.
        predicted: predicted states; None if none are predicted.
        gold: gold states, with the same indices as `predicted`; None if unknown.
        ignore: gold states that are never wrong.
        confidence: (steps,) confidence of each predicted state, from 0 to 1; None if unknown.
        times: the time of each step, ascending; None if there is none.
    """
    canvas, drawn = _Canvas(), channels[:MAX_CHANNELS]
    for channel in drawn:
        _draw_channel(canvas, channel)
    wrong = None
    if predicted is not None:
        wrong = None if gold is None else _is_wrong(gold, predicted, ignore)
        _draw_states(canvas, predicted, gold, wrong)
    if confidence is not None:
        _draw_line(canvas, "confidence", extremes(confidence), height=CONFIDENCE_HEIGHT, ends=(0.0, 1.0))
    _draw_steps(canvas, n_steps, times)
    n_channels = len(channels) if n_channels is None else n_channels
    sentences = [_about_channels(drawn, n_channels)]
    if n_steps > MAX_COLUMNS:
        per_column = f"{n_steps / MAX_COLUMNS:,.0f}" if n_steps >= 10 * MAX_COLUMNS else f"{n_steps / MAX_COLUMNS:.1f}"
        sentences.append(f"Each column of pixels shows all values and states of its {per_column} steps.")
    if wrong is not None:
        sentences.append(f"Wrong steps: {int(wrong.sum()):,} of {n_steps:,}.")
    name = title.partition(":")[0]
    return Drawing(
        key,
        title,
        " ".join(filter(None, sentences)),
        canvas.height,
        canvas.paths,
        canvas.marks,
        canvas.margin,
        None if predicted is None else segment_table(predicted, confidence, gold, times, name[:1].lower() + name[1:]),
        has_gold=predicted is not None and gold is not None,
    )


def _is_wrong(gold: States, predicted: States, ignore: Sequence[str]) -> Flags:
    ignored = [i for i, name in enumerate(gold.names) if name in ignore]
    wrong: Flags = (gold.ids != predicted.ids) & ~np.isin(gold.ids, ignored)
    return wrong


def _about_channels(drawn: Sequence[Channel], n_channels: int) -> str:
    left_out = n_channels - len(drawn)
    text = f"The first {len(drawn)} of {n_channels:,} channels are drawn." if left_out > 0 else ""
    missing = [f"{each.n_missing:,} of {visible(each.name, 40)}" for each in drawn if each.n_missing]
    return " ".join(filter(None, [text, f"Missing values: {', '.join(missing)}." if missing else ""]))


def _draw_channel(canvas: _Canvas, channel: Channel) -> None:
    _draw_line(canvas, truncated(channel.name, 60), channel.extremes)


def _draw_line(
    canvas: _Canvas,
    name: str,
    values: Extremes,
    *,
    height: int = LINE_HEIGHT,
    ends: tuple[float, float] | None = None,
) -> None:
    """Draw a line below its name; `ends` are the lowest and highest value of its axis, by default round ones."""
    top = canvas.height + LINE_TOP
    bottom = top + height
    present = ~np.isnan(values.low)
    ends = ends or (_round_ends(values) if present.any() else None)
    canvas.marks.append(Mark(0, top - 7, name if ends else f"{name}: no value", kind="name"))
    canvas.height = bottom + 8
    if ends is None:
        return
    canvas.paths += [Path("axis", f"M0 {y}H{MAX_COLUMNS}") for y in (bottom, top)]
    canvas.margin += [Mark(0, y + 4, f"{end:.{DIGITS}g}") for y, end in zip((bottom, top), ends, strict=True)]
    low, high = (bottom - height * ((each - ends[0]) / (ends[1] - ends[0])) for each in values)
    line, points = line_data(Extremes(low, high))
    canvas.paths += [Path("line", line), *([Path("line point", points)] if points else [])]


def _round_ends(values: Extremes) -> tuple[float, float]:
    """Round numbers that enclose all values, of any size."""
    low, high = float(np.nanmin(values.low)), float(np.nanmax(values.high))
    largest = max(abs(low), abs(high))
    unit = 10.0 ** max(math.floor(math.log10(largest)), LEAST_POWER) if largest else 1.0
    marks = ticks(low / unit, high / unit)
    return marks[0] * unit, marks[-1] * unit


def _draw_states(canvas: _Canvas, predicted: States, gold: States | None, wrong: Flags | None) -> None:
    """Draw a lane for each state: a bar of its gold steps above one of its predicted steps."""
    canvas.height += 6
    for name, members in _lanes(predicted, gold):
        colour = f"s{members[0] % MAX_LANES}"
        if gold is not None:
            _draw_bar(canvas, f"gold {colour}", occurs(np.isin(gold.ids, members)), 0)
        offset = 0 if gold is None else BAR + 1
        _draw_bar(canvas, f"predicted {colour}", occurs(np.isin(predicted.ids, members)), offset)
        middle = canvas.height + (offset + BAR) / 2
        canvas.margin.append(Mark(0, middle + 4, name, kind=""))
        canvas.height += max(offset + BAR, 14) + 5
        canvas.paths.append(Path("axis", f"M0 {canvas.height - 3}H{MAX_COLUMNS}"))
    if wrong is not None:
        _draw_bar(canvas, "error", occurs(wrong), 1)
        canvas.margin.append(Mark(0, canvas.height + 10, "wrong", kind="wrong"))
        canvas.height += 16
    canvas.height += 4


def _lanes(predicted: States, gold: States | None) -> Iterator[tuple[str, Sequence[int]]]:
    """The name of each lane and the indices of its states; if there are many, the rarest ones share the last lane."""
    names = gold.names if gold and len(gold.names) > len(predicted.names) else predicted.names
    counts = np.bincount(predicted.ids, minlength=len(names))
    if gold is not None:
        counts += np.bincount(gold.ids, minlength=len(names))
    order = [i for i in np.argsort(-counts, kind="stable").tolist() if counts[i] and names[i]]
    n = MAX_LANES if len(order) <= MAX_LANES else MAX_LANES - 1
    for i in sorted(order[:n]):
        yield truncated(names[i], MAX_NAME), [i]
    if order[n:]:
        yield f"{len(order) - n} others", order[n:]


def _draw_bar(canvas: _Canvas, kind: str, flags: Flags, offset: int) -> None:
    """Draw a bar over each run of columns of pixels with a flag."""
    edges = np.flatnonzero(np.diff(flags.astype(np.int8), prepend=0, append=0))
    scale = MAX_COLUMNS / len(flags)
    y = canvas.height + offset
    ends = np.round(edges * scale, 1).tolist()
    data = "".join(f"M{a:g} {y}H{b:g}v{BAR}H{a:g}z" for a, b in zip(ends[::2], ends[1::2], strict=True))
    if data:
        canvas.paths.append(Path(f"state {kind}", data))


def _draw_steps(canvas: _Canvas, n_steps: int, times: Sequence[str] | None) -> None:
    """Draw the axis of steps, with the time at its ends and in its middle if there is one."""
    axis = range_axis(0.5, n_steps + 0.5, 0.0, 100.0)
    steps = [(x, f"{round(float(text)):,}") for x, text in axis.ticks if float(text) % 1 == 0]
    y = canvas.height + 12
    canvas.marks += [Mark(x, y, text, "middle") for x, text in steps if 4 <= x <= 96]
    canvas.margin.append(Mark(0, y, "step"))
    canvas.height += 18
    if times:
        chosen = dict.fromkeys([0, (n_steps - 1) // 2, n_steps - 1]) if n_steps > 2 else range(n_steps)
        texts = [visible(times[i], 24) for i in chosen]
        for i, text in zip(chosen, texts, strict=True):
            is_end = i in (0, n_steps - 1)
            anchor = "start" if i == 0 else "end" if i == n_steps - 1 else "middle"
            kind = "quiet" if is_end or text_width(text) < LONG else "quiet spacious"
            canvas.marks.append(
                Mark(round(100 * (i + 0.5) / n_steps, 2) if not is_end else 100 * (i > 0), y + 16, text, anchor, kind)
            )
        canvas.margin.append(Mark(0, y + 16, "time"))
        canvas.height += 16
