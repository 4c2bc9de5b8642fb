"""What each key that varies does to the score."""

import statistics
from collections.abc import Sequence

from tagger.reports.figures import LEFT, PLOT_HEIGHT, RIGHT, TOP, WIDTH, Table, short, text_width
from tagger.reports.page import percent
from tagger.reports.sweep_report.drawing import Drawing, Text, between, dots, percent_axis, plot, thinned
from tagger.reports.sweep_report.record import Key, Tried
from tagger.reports.sweep_report.tables import spread, spread_of

ROW = 26  # height of a value with its dots
LEAST_SCALE = 200  # width that is left for scores beside the longest value


def effect_figure(key: Key, ranking: Sequence[Tried], metric: str, *, most: int) -> Drawing:
    """The means of settings by their value of a key.

    Args:
        key: what varies.
        ranking: all settings that have a rank; one at least in which the key counts.
        metric: what the score is called.
        most: how many settings get a dot.
    """
    ranking = [setting for setting in ranking if key.name in setting.values]
    drawn = thinned(ranking, most)  # of those in which it counts: in all others it may be rare
    if key.choices is None:
        return _of_range(key, drawn, metric)
    return _of_choices(key, key.choices, drawn, ranking, metric)


def _of_range(key: Key, drawn: Sequence[Tried], metric: str) -> Drawing:
    x_axis = between(key.low, key.high, LEFT, WIDTH - RIGHT, log=key.log)
    y_axis = percent_axis([setting.mean for setting in drawn], TOP + PLOT_HEIGHT, TOP)
    places = [(x_axis.place(setting.values[key.name]), y_axis.place(setting.mean)) for setting in drawn]
    in_order = sorted(drawn, key=lambda setting: setting.values[key.name])
    return plot(
        _id(key),
        key.name,
        "Each dot is a setting; the large one is the best.",
        Table(
            f"Settings by {key.name}",
            [key.name, metric],
            [[key.told(setting.values[key.name]), spread(setting)] for setting in in_order],
        ),
        [("dot small", dots(places[1:])), ("dot", dots(places[:1]))],
        x_axis,
        y_axis,
        x_label=key.name,
        y_label="%",
    )


def _of_choices(
    key: Key, choices: Sequence[str], drawn: Sequence[Tried], ranking: Sequence[Tried], metric: str
) -> Drawing:
    labels = [short(choice) for choice in choices]
    left = max(map(text_width, labels)) + 12
    width = max(WIDTH, left + LEAST_SCALE)
    bottom = ROW * len(choices) + 4
    axis = percent_axis([setting.mean for setting in ranking], left, width - 16)
    means: list[str] = []
    spans: list[str] = []
    rows: list[list[str]] = []
    for i, choice in enumerate(choices):
        scores = [setting.mean for setting in ranking if setting.values[key.name] == i]
        if not scores:
            rows.append([choice, "0", *[percent(None)] * 3])
            continue
        mean, sd = statistics.fmean(scores), statistics.stdev(scores) if len(scores) > 1 else None
        rows.append([choice, str(len(scores)), spread_of(mean, sd), percent(min(scores)), percent(max(scores))])
        means.append(f"M{axis.place(mean):g} {ROW * i + 5}v16")
        spans.append(f"M{axis.place(min(scores)):g} {ROW * i + 13}H{axis.place(max(scores)):g}")
    places = [(axis.place(setting.mean), ROW * int(setting.values[key.name]) + 13) for setting in drawn]
    return Drawing(
        _id(key),
        key.name,
        "Each dot is a setting; the upright stroke is their mean, the line reaches from the worst to the best.",
        width,
        bottom + 36,
        [
            *(("axis", f"M{x:g} 0V{bottom}") for x, _ in axis.marks),
            ("span", "".join(spans)),
            ("dot small", dots(places)),
            ("mean", "".join(means)),
        ],
        [
            *(Text(left, ROW * i + 17, "none has a rank") for i, row in enumerate(rows) if row[1] == "0"),
            *(Text(left - 8, ROW * i + 17, label, "end", "value") for i, label in enumerate(labels)),
            *(Text(x, bottom + 14, text, "middle") for x, text in axis.marks),
            Text(width - 16, bottom + 30, f"{metric} on dev, %", "end"),
        ],
        Table(
            f"Settings by {key.name}", [key.name, "settings", metric, "worst", "best"], rows, is_user_text=True
        ),
    )  # fmt: skip


def _id(key: Key) -> str:
    return f"effect-{key.name}"
