"""The effect of each key that varies on the score, and its importance."""

import statistics
from collections.abc import Mapping, Sequence

from tagger.reports.axes import percent_axis, range_axis
from tagger.reports.figures import (
    ACROSS,
    UP,
    WIDTH,
    Bar,
    Drawing,
    Figure,
    FigureTable,
    Path,
    Text,
    bar_panels,
    dots,
    plot,
    short,
    text_width,
    thinned,
)
from tagger.reports.page import percent, spread
from tagger.reports.sweep_report.record import Key, Tried

ROW = 26  # height of a value with its dots
LEAST_SCALE = 200  # width that is left for scores beside the longest value


def effect_figure(key: Key, ranking: Sequence[Tried], metric: str, *, most: int) -> Figure:
    """The means of ranked settings by their value of a key, which counts in one at least; `most` of them get a dot."""
    ranking = [setting for setting in ranking if key.name in setting.values]
    drawn = thinned(ranking, most)  # of those in which it counts: in all others it may be rare
    if key.choices is None:
        about, drawing, table = "Each dot is a setting; the large one is the best.", *_of_range(key, drawn, metric)
    else:
        about = "Each dot is a setting; the upright stroke is their mean, the line reaches from the worst to the best."
        drawing, table = _of_choices(key, key.choices, drawn, ranking, metric)
    return Figure(f"effect-{key.name}", key.name, about, [drawing], table)


def _of_range(key: Key, drawn: Sequence[Tried], metric: str) -> tuple[Drawing, FigureTable]:
    x_axis = range_axis(key.low, key.high, *ACROSS, log=key.log)
    y_axis = percent_axis([setting.mean for setting in drawn], *UP)
    points = [(x_axis.position(setting.values[key.name]), y_axis.position(setting.mean)) for setting in drawn]
    paths = [Path("dot small", dots(points[1:])), Path("dot", dots(points[:1]))]
    in_order = sorted(drawn, key=lambda setting: setting.values[key.name])
    rows = [[key.text(setting.values[key.name]), spread(setting.mean, setting.sd)] for setting in in_order]
    drawing = plot(paths, x_axis, y_axis, x_label=key.name, y_label="%")
    return drawing, FigureTable(f"Settings by {key.name}", [key.name, metric], rows)


def _of_choices(
    key: Key, choices: Sequence[str], drawn: Sequence[Tried], ranking: Sequence[Tried], metric: str
) -> tuple[Drawing, FigureTable]:
    labels = [short(choice) for choice in choices]
    left = max(map(text_width, labels)) + 12
    width = max(WIDTH, left + LEAST_SCALE)
    right = width - 16
    bottom = ROW * len(choices) + 4
    axis = percent_axis([setting.mean for setting in ranking], left, right)
    means, spans = "", ""
    texts = [Text(x, bottom + 14, text, "middle") for x, text in axis.ticks]
    texts.append(Text(right, bottom + 30, f"{metric} on dev, %", "end"))
    rows: list[list[str]] = []
    for i, choice in enumerate(choices):
        y = ROW * i + 13
        texts.append(Text(left - 8, y + 4, labels[i], "end", "value"))
        scores = [setting.mean for setting in ranking if setting.values[key.name] == i]
        if not scores:
            texts.append(Text(left, y + 4, "none has a rank"))
            rows.append([choice, "0", *[percent(None)] * 3])
            continue
        mean, sd = statistics.fmean(scores), statistics.stdev(scores) if len(scores) > 1 else None
        rows.append([choice, str(len(scores)), spread(mean, sd), percent(min(scores)), percent(max(scores))])
        means += f"M{axis.position(mean):g} {y - 8}v16"
        spans += f"M{axis.position(min(scores)):g} {y}H{axis.position(max(scores)):g}"
    points = [(axis.position(setting.mean), ROW * int(setting.values[key.name]) + 13) for setting in drawn]
    paths = [
        *(Path("axis", f"M{x:g} 0V{bottom}") for x, _ in axis.ticks),
        Path("span", spans),
        Path("dot small", dots(points)),
        Path("mean", means),
    ]
    table = FigureTable(
        f"Settings by {key.name}", [key.name, "settings", metric, "worst", "best"], rows, is_user_text=True
    )
    return Drawing(width, bottom + 36, paths, texts), table


def importance_figure(importance: Mapping[str, tuple[float, float]]) -> Figure:
    """The shares of the differences in score, by fANOVA and by decrease in impurity, that each key explains."""
    ordered = sorted(importance.items(), key=lambda item: -item[1][0])
    return Figure(
        "importance",
        "Importance of the keys",
        "The share of the differences in score that a key explains, by fANOVA over a random forest; with few settings "
        "it is rough.",
        bar_panels([Bar(name, share, percent(share, 1)) for name, (share, _) in ordered]),
        FigureTable(
            "Importance of the keys, as a share of all",
            ["key", "fANOVA", "mean decrease in impurity"],
            [[name, percent(share, 1), percent(other, 1)] for name, (share, other) in ordered],
        ),
    )
