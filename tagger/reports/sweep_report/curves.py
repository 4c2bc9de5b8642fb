"""Curves of a sweep: scores by setting and by epoch."""

from collections.abc import Sequence

from tagger.reports.axes import counting_axis, percent_axis
from tagger.reports.display_text import sentence_case
from tagger.reports.figures import RIGHT, X_ENDS, Y_ENDS, Figure, FigureTable, Path, Point, dots, line, plot, thinned
from tagger.reports.page import mean_and_sd, percent
from tagger.reports.sweep_report.record import SettingResult

MAX_EPOCHS = 50  # epochs drawn of a curve


def score_by_setting(numbered: Sequence[tuple[int, SettingResult]], metric: str, *, max_items: int) -> Figure:
    """Plot the scores of settings in the order in which they were tried, and the best mean so far.

    Args:
        numbered: settings with their numbers, from 1; at least one, each with a score.
        metric: name of the score.
        max_items: maximum number of settings to draw.
    """
    best = _best_so_far(numbered)
    drawn = thinned(numbered, max_items)
    x_axis = counting_axis(numbered[-1][0], *X_ENDS)
    y_axis = percent_axis([*best.values(), *(score for _, setting in drawn for score in setting.scores)], *Y_ENDS)
    x, y = x_axis.position, y_axis.position
    ranked = [(number, setting) for number, setting in drawn if setting.state == "ranked"]
    seeds = dots((x(number), y(score)) for number, setting in ranked for score in setting.scores)
    unranked = dots((x(number), y(setting.mean)) for number, setting in drawn if setting.state != "ranked")
    paths = [
        Path("line thick", _steps([(x(number), y(mean)) for number, mean in best.items()])),
        Path("dot small", seeds),
        Path("dot", dots((x(number), y(setting.mean)) for number, setting in ranked)),
        Path("dot other", unranked),
        Path("hole", unranked),
    ]
    rows = []
    for number, setting in drawn:
        score, is_best = mean_and_sd(setting.mean, setting.sd), "yes" if number in best else ""
        rows.append([str(number), setting.name or "base config", setting.state, score, is_best])
    return Figure(
        "progress",
        f"{sentence_case(metric)} on dev by setting",
        "A large dot is the mean of a setting over its seeds, a small dot a single seed, and a hollow dot a setting "
        "that did not finish with all seeds. The line is the best mean so far.",
        [plot(paths, x_axis, y_axis, x_label="settings in order of execution", y_label="%")],
        FigureTable(
            "Settings in order of execution", ["number", "setting", "state", f"{metric} on dev", "best so far"], rows
        ),
    )


def _best_so_far(numbered: Sequence[tuple[int, SettingResult]]) -> dict[int, float]:
    """The mean of each ranked setting that was better than all before it, by number."""
    best: dict[int, float] = {}
    for number, setting in numbered:
        if setting.state == "ranked" and setting.mean > max(best.values(), default=-1.0):
            best[number] = setting.mean
    return best


def _steps(points: Sequence[Point]) -> str:
    """Path data of a step function that ends at the right end of the axis."""
    rises = "".join(f"H{x:g}V{y:g}" for x, y in points[1:])
    return f"M{points[0][0]:g} {points[0][1]:g}{rises}H{RIGHT}" if points else ""


def score_by_epoch(settings: Sequence[SettingResult], best: SettingResult | None, metric: str) -> Figure:
    """Plot the score on dev by epoch.

    Args:
        settings: at least one setting, each with a curve.
        best: the best setting, drawn on top, if any is ranked.
        metric: name of the score.
    """
    n_epochs = max(epoch for setting in settings for epoch, _ in setting.curve)
    epochs = sorted({*thinned(range(1, n_epochs + 1), MAX_EPOCHS), n_epochs})
    x_axis = counting_axis(n_epochs, *X_ENDS)
    y_axis = percent_axis([score for setting in settings for _, score in setting.curve], *Y_ENDS)

    def points(setting: SettingResult) -> list[Point]:
        return [(x_axis.position(epoch), y_axis.position(score)) for epoch, score in setting.curve if epoch in epochs]

    paths = [
        Path("curve", "".join(line(points(setting)) for setting in settings)),
        Path("dot tiny", dots(point for setting in settings for point in points(setting))),
    ]
    if best and best.curve:
        paths += [Path("line thick", line(points(best))), Path("dot", dots(points(best)))]
    title = f"{sentence_case(metric)} on dev by epoch"
    rows = [
        [setting.name or "base config", *(percent(dict(setting.curve).get(epoch)) for epoch in epochs)]
        for setting in settings
    ]
    return Figure(
        "curves",
        title,
        "Each line is the mean of a setting over its seeds, up to the last epoch that all of them reached. The thick "
        "line is the best setting.",
        [plot(paths, x_axis, y_axis, x_label="epoch", y_label="%")],
        FigureTable(title, ["setting", *map(str, epochs)], rows, is_user_text=True),
    )
