"""Effect of each varied key on the score, and its importance."""

import statistics
from collections.abc import Mapping, Sequence

from tagger.reports.axes import percent_axis, range_axis
from tagger.reports.display_text import sentence_case
from tagger.reports.figures import (
    WIDTH,
    X_ENDS,
    Y_ENDS,
    Bar,
    Figure,
    FigureTable,
    Panel,
    Path,
    Text,
    bar_groups,
    dots,
    plot,
    text_width,
    thinned,
    truncated,
)
from tagger.reports.page import mean_and_sd, percent
from tagger.reports.sweep_report.record import Key, SettingResult

ROW = 26  # height of a choice with its dots
MIN_SCALE = 200  # width of the score axis, at least


def effect_figure(key: Key, ranking: Sequence[SettingResult], metric: str, *, max_items: int) -> Figure:
    """Plot the mean scores of ranked settings by their value of one key.

    Args:
        key: key that at least one of the settings has.
        ranking: ranked settings, best first.
        metric: name of the score.
        max_items: maximum number of settings to draw.
    """
    ranking = [setting for setting in ranking if key.name in setting.values]
    drawn = thinned(ranking, max_items)  # after filtering, since few settings may have the key
    if key.choices is None:
        about, panel, table = "Each dot is a setting; the large dot is the best one.", *_range_plot(key, drawn, metric)
    else:
        about = "Each dot is a setting; the vertical stroke is their mean, and the line extends from worst to best."
        panel, table = _choice_plot(key, key.choices, drawn, ranking, metric)
    return Figure(f"effect-{key.name}", key.name, about, [panel], table)


def _range_plot(key: Key, drawn: Sequence[SettingResult], metric: str) -> tuple[Panel, FigureTable]:
    x_axis = range_axis(key.low, key.high, *X_ENDS, log=key.log)
    y_axis = percent_axis([setting.mean for setting in drawn], *Y_ENDS)
    points = [(x_axis.position(setting.values[key.name]), y_axis.position(setting.mean)) for setting in drawn]
    paths = [Path("dot small", dots(points[1:])), Path("dot", dots(points[:1]))]
    by_value = sorted(drawn, key=lambda setting: setting.values[key.name])
    rows = [[key.text(setting.values[key.name]), mean_and_sd(setting.mean, setting.sd)] for setting in by_value]
    panel = plot(paths, x_axis, y_axis, x_label=key.name, y_label="%")
    return panel, FigureTable(f"{sentence_case(metric)} on dev by {key.name}", [key.name, metric], rows)


def _choice_plot(
    key: Key, choices: Sequence[str], drawn: Sequence[SettingResult], ranking: Sequence[SettingResult], metric: str
) -> tuple[Panel, FigureTable]:
    labels = [truncated(choice) for choice in choices]
    left = max(map(text_width, labels)) + 12
    width = max(WIDTH, left + MIN_SCALE)
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
            texts.append(Text(left, y + 4, "no ranked setting"))
            rows.append([choice, "0", *[percent(None)] * 3])
            continue
        mean, sd = statistics.fmean(scores), statistics.stdev(scores) if len(scores) > 1 else None
        rows.append([choice, str(len(scores)), mean_and_sd(mean, sd), percent(min(scores)), percent(max(scores))])
        means += f"M{axis.position(mean):g} {y - 8}v16"
        spans += f"M{axis.position(min(scores)):g} {y}H{axis.position(max(scores)):g}"
    points = [(axis.position(setting.mean), ROW * int(setting.values[key.name]) + 13) for setting in drawn]
    paths = [
        *(Path("axis", f"M{x:g} 0V{bottom}") for x, _ in axis.ticks),
        Path("span", spans),
        Path("dot small", dots(points)),
        Path("mean", means),
    ]
    title = f"{sentence_case(metric)} on dev by {key.name}"
    table = FigureTable(title, [key.name, "settings", metric, "worst", "best"], rows, is_user_text=True)
    return Panel(width, bottom + 36, paths, texts), table


def importance_figure(importance: Mapping[str, tuple[float, float]]) -> Figure:
    """Plot the proportion of the variance of the score that each key explains; values as in `SweepRecord`."""
    ordered = sorted(importance.items(), key=lambda item: -item[1][0])
    return Figure(
        "importance",
        "Importance of the keys",
        "The proportion of the variance of the score that a key explains, estimated by fANOVA with a random forest; "
        "rough if there are few settings.",
        [],
        FigureTable(
            "Importance of the keys",
            ["key", "fANOVA", "mean decrease in impurity"],
            [[name, percent(share, 1), percent(other, 1)] for name, (share, other) in ordered],
        ),
        bar_groups([Bar(name, share, percent(share, 1)) for name, (share, _) in ordered]),
    )
