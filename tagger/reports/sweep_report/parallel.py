"""All keys and the score at once: parallel coordinates.

The axes lie below each other and the lines run down: so any number of keys can be read on a phone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tagger.reports.figures import NARROW, WIDTH
from tagger.reports.legible import visible
from tagger.reports.sweep_report.drawing import Axis, Drawing, Path, Point, Text, between, line, percent_axis
from tagger.reports.sweep_report.record import Key, Tried

ROW = 64  # from axis to axis
FIRST = 34  # where the first one lies
START, END = 28, WIDTH - 28  # of an axis
ASIDE = 48  # width at the end of an axis, for settings in which its key does not count
LEAST_SLOT = 40  # width of a value with its text


@dataclass(frozen=True, slots=True)
class _Coordinate:
    """An axis with its name, and where lines pass it that have no value there."""

    name: str
    axis: Axis
    aside: float | None = None


def parallel_figure(keys: Sequence[Key], drawn: Sequence[Tried], metric: str) -> Drawing:
    """A line for each setting, through its value of each key to its score.

    Args:
        keys: what varies.
        drawn: ranked settings from the best on; one at least.
        metric: what the score is called.
    """
    coordinates = [_coordinate(key, drawn) for key in keys]
    scores = _Coordinate(f"{metric} on dev, %", percent_axis([setting.mean for setting in drawn], START, END))
    heights = [FIRST + ROW * i for i in range(len(keys) + 1)]

    def points(setting: Tried) -> list[Point]:
        places = [
            of.axis.place(setting.values[of.name]) if of.name in setting.values else of.aside or END
            for of in coordinates
        ]
        return list(zip([*places, scores.axis.place(setting.mean)], heights, strict=True))

    paths: list[Path] = []
    texts: list[Text] = []
    for of, y in zip([*coordinates, scores], heights, strict=True):
        places = [place for place, _ in of.axis.marks] + ([of.aside] if of.aside else [])
        paths.append(("frame", f"M{START} {y}H{END}{''.join(f'M{x:g} {y - 4}v8' for x in places)}"))
        texts.append(Text(4, y - 14, of.name, kind="name"))
        texts += [Text(x, y + 17, text, "middle", "value") for x, text in of.axis.marks]
        if of.aside:
            texts.append(Text(of.aside, y + 17, "none", "middle", "quiet value"))
    better, others = drawn[1 : len(drawn) // 4 + 1], drawn[len(drawn) // 4 + 1 :]
    return Drawing(
        "parallel",
        "Settings and their scores",
        "A line for each setting runs down through its values to its score. The thick one is the best, dark ones are "
        "the other settings of the best quarter. The leaderboard has the numbers.",
        WIDTH,
        heights[-1] + 28,
        [
            ("curve", "".join(line(points(setting)) for setting in others)),
            ("curve better", "".join(line(points(setting)) for setting in better)),
            ("best-line", line(points(drawn[0]))),
            *paths,
        ],
        texts,
        None,
    )


def _coordinate(key: Key, drawn: Sequence[Tried]) -> _Coordinate:
    counts_always = all(key.name in setting.values for setting in drawn)
    end = END if counts_always else END - ASIDE
    aside = None if counts_always else END - ASIDE / 4
    if key.choices is None:
        return _Coordinate(key.name, between(key.low, key.high, START, end, log=key.log), aside)
    slot = (end - START) / len(key.choices)

    def place(index: float) -> float:
        return round(START + (index + 0.5) * slot, 1)

    every = max(1, round(LEAST_SLOT / slot))  # where there is no room for the texts of all
    room = int(every * slot / NARROW)
    marks = [(place(i), _cut(choice, room)) for i, choice in enumerate(key.choices) if i % every == 0]
    return _Coordinate(key.name, Axis(place, marks), aside)


def _cut(text: str, n: int) -> str:
    text = visible(text)
    return text if len(text) <= n else f"{text[: n - 1]}…"
