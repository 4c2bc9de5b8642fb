"""All keys and the score at once: parallel coordinates.

The axes lie below each other and the lines run down: so any number of keys can be read on a phone.
"""

from collections.abc import Sequence
from typing import NamedTuple

from tagger.reports.axes import Axis, percent_axis, range_axis
from tagger.reports.figures import NARROW, WIDTH, Drawing, Figure, Path, Point, Text, line, short
from tagger.reports.sweep_report.record import Key, Tried

ROW = 64  # from axis to axis
FIRST = 34  # height of the first one
START, END = 28, WIDTH - 28  # of an axis
ASIDE = 48  # width at the end of an axis, for settings in which its key does not count
LEAST_SLOT = 40  # width of a value with its text


class _Coordinate(NamedTuple):
    """An axis with its name, and the position at which lines without a value pass it."""

    name: str
    axis: Axis
    aside: float | None = None


def parallel_figure(keys: Sequence[Key], drawn: Sequence[Tried], metric: str) -> Figure:
    """A line for each ranked setting, one at least, the best first, through its value of each key to its score."""
    coordinates = [_coordinate(key, drawn) for key in keys]
    scores = _Coordinate(f"{metric} on dev, %", percent_axis([setting.mean for setting in drawn], START, END))
    heights = [FIRST + ROW * i for i in range(len(keys) + 1)]

    def points(setting: Tried) -> list[Point]:
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
        "Settings and their scores",
        "A line for each setting runs down through its values to its score. The thick one is the best, dark ones are "
        "the other settings of the best quarter. The leaderboard has the numbers.",
        [Drawing(WIDTH, heights[-1] + 28, paths, texts)],
        None,
    )


def _coordinate(key: Key, drawn: Sequence[Tried]) -> _Coordinate:
    counts_always = all(key.name in setting.values for setting in drawn)
    end = END if counts_always else END - ASIDE
    aside = None if counts_always else END - ASIDE / 4
    if key.choices is None:
        return _Coordinate(key.name, range_axis(key.low, key.high, START, end, log=key.log), aside)
    slot = (end - START) / len(key.choices)

    def position(index: float) -> float:
        return round(START + (index + 0.5) * slot, 1)

    every = max(1, round(LEAST_SLOT / slot))  # where there is no room for the texts of all
    room = int(every * slot / NARROW)
    ticks = [(position(i), short(choice, room)) for i, choice in enumerate(key.choices) if i % every == 0]
    return _Coordinate(key.name, Axis(position, ticks), aside)
