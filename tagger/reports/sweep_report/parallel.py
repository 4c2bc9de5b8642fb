"""Parallel coordinates: the values of all keys and the score in one figure.

The axes are stacked vertically, so that any number of keys fits the width of a phone.
"""

from collections.abc import Sequence
from typing import NamedTuple

from tagger.reports.axes import Axis, percent_axis, range_axis
from tagger.reports.figures import NARROW, WIDTH, Figure, Panel, Path, Point, Text, line, truncated
from tagger.reports.sweep_report.record import Key, SettingResult

ROW = 64  # distance between axes
FIRST = 34  # y of the first axis
START, END = 28, WIDTH - 28  # ends of an axis
ASIDE = 48  # width reserved at the end of an axis for settings that lack its key
MIN_SLOT = 40  # width of a choice with its label


class _Coordinate(NamedTuple):
    """An axis with its name, and the x where lines of settings without a value cross it, if there are any."""

    name: str
    axis: Axis
    aside: float | None = None


def parallel_figure(keys: Sequence[Key], drawn: Sequence[SettingResult], metric: str) -> Figure:
    """Plot ranked settings, at least one, best first, each as a line through its values to its score."""
    coordinates = [_coordinate(key, drawn) for key in keys]
    scores = _Coordinate(f"{metric} on dev, %", percent_axis([setting.mean for setting in drawn], START, END))
    heights = [FIRST + ROW * i for i in range(len(keys) + 1)]

    def points(setting: SettingResult) -> list[Point]:
        xs = [
            axis.position(setting.values[name]) if name in setting.values else aside or END
            for name, axis, aside in coordinates
        ]
        return list(zip([*xs, scores.axis.position(setting.mean)], heights, strict=True))

    n_better = len(drawn) // 4
    paths = [
        Path("curve", "".join(line(points(setting)) for setting in drawn[n_better + 1 :])),
        Path("curve better", "".join(line(points(setting)) for setting in drawn[1 : n_better + 1])),
        Path("line thick", line(points(drawn[0]))),
    ]
    texts: list[Text] = []
    for (name, axis, aside), y in zip([*coordinates, scores], heights, strict=True):
        marks = [Text(x, y + 17, text, "middle", "value") for x, text in axis.ticks]
        if aside:
            marks.append(Text(aside, y + 17, "none", "middle", "quiet value"))
        paths.append(Path("frame", f"M{START} {y}H{END}{''.join(f'M{mark.x:g} {y - 4}v8' for mark in marks)}"))
        texts += [Text(4, y - 14, name, kind="name"), *marks]
    return Figure(
        "parallel",
        "Values and scores of the settings",
        "Parallel coordinates: each line runs down from axis to axis, through the values of one setting to its score. "
        "The thick line is the best setting, blue lines are the next quarter by rank. The values are in the "
        "leaderboard.",
        [Panel(WIDTH, heights[-1] + 28, paths, texts)],
        None,
    )


def _coordinate(key: Key, drawn: Sequence[SettingResult]) -> _Coordinate:
    always_applies = all(key.name in setting.values for setting in drawn)
    end = END if always_applies else END - ASIDE
    aside = None if always_applies else END - ASIDE / 4
    if key.choices is None:
        return _Coordinate(key.name, range_axis(key.low, key.high, START, end, log=key.log), aside)
    slot = (end - START) / len(key.choices)

    def position(index: float) -> float:
        return round(START + (index + 0.5) * slot, 1)

    every = max(1, round(MIN_SLOT / slot))  # label every k-th choice if there is no room for all labels
    room = int(every * slot / NARROW)
    ticks = [(position(i), truncated(choice, room)) for i, choice in enumerate(key.choices) if i % every == 0]
    return _Coordinate(key.name, Axis(position, ticks), aside)
