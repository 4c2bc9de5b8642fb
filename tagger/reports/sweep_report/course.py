"""How a sweep went: the score from setting to setting, and from epoch to epoch."""

from collections.abc import Sequence

from tagger.reports.axes import counting_axis, percent_axis
from tagger.reports.figures import ACROSS, RIGHT, UP, Figure, FigureTable, Path, Point, dots, line, plot, thinned
from tagger.reports.legible import sentence_case
from tagger.reports.page import percent, spread
from tagger.reports.sweep_report.record import Tried

MAX_EPOCHS = 50  # of a curve that are drawn


def score_over_trials(tried: Sequence[tuple[int, Tried]], metric: str, *, most: int) -> Figure:
    """The scores in the order of trial, and the best mean so far; `most` settings are drawn.

    Settings have their numbers, from 1; one at least, each with a score.
    """
    best = _best_so_far(tried)
    drawn = thinned(tried, most)
    x_axis = counting_axis(tried[-1][0], *ACROSS)
    y_axis = percent_axis([*best.values(), *(score for _, setting in drawn for score in setting.scores)], *UP)
    x, y = x_axis.position, y_axis.position
    ranked = [(number, setting) for number, setting in drawn if setting.state == "ranked"]
    trials = dots((x(number), y(score)) for number, setting in ranked for score in setting.scores)
    broken = dots((x(number), y(setting.mean)) for number, setting in drawn if setting.state != "ranked")
    paths = [
        Path("line thick", _steps([(x(number), y(mean)) for number, mean in best.items()])),
        Path("dot small", trials),
        Path("dot", dots((x(number), y(setting.mean)) for number, setting in ranked)),
        Path("dot other", broken),
        Path("hole", broken),
    ]
    rows = []
    for number, setting in drawn:
        score, is_best = spread(setting.mean, setting.sd), "yes" if number in best else ""
        rows.append([str(number), setting.name or "the base", setting.state, score, is_best])
    return Figure(
        "course",
        f"{sentence_case(metric)} on dev over the trials",
        "A large dot is the mean of a setting over its seeds, a small one a single trial, a hollow one a setting whose "
        "seeds have not all come to their end. The line is the best mean so far.",
        [plot(paths, x_axis, y_axis, x_label="settings, in the order of trial", y_label="%")],
        FigureTable(
            "Settings in the order of trial", ["number", "setting", "state", f"{metric} on dev", "best so far"], rows
        ),
    )


def _best_so_far(tried: Sequence[tuple[int, Tried]]) -> dict[int, float]:
    """By number, the mean of each setting that was better than all before."""
    best: dict[int, float] = {}
    for number, setting in tried:
        if setting.state == "ranked" and setting.mean > max(best.values(), default=-1.0):
            best[number] = setting.mean
    return best


def _steps(points: Sequence[Point]) -> str:
    """The course of a line that keeps its height from each point to the next, and to the end of the axis."""
    rises = "".join(f"H{x:g}V{y:g}" for x, y in points[1:])
    return f"M{points[0][0]:g} {points[0][1]:g}{rises}H{RIGHT}" if points else ""


def learning_curves(tried: Sequence[Tried], best: Tried | None, metric: str) -> Figure:
    """The score on dev by epoch, a line for each of one or more settings that have an epoch, the best on top."""
    n_epochs = max(epoch for setting in tried for epoch, _ in setting.curve)
    epochs = sorted({*thinned(range(1, n_epochs + 1), MAX_EPOCHS), n_epochs})
    x_axis = counting_axis(n_epochs, *ACROSS)
    y_axis = percent_axis([score for setting in tried for _, score in setting.curve], *UP)

    def points(setting: Tried) -> list[Point]:
        return [(x_axis.position(epoch), y_axis.position(score)) for epoch, score in setting.curve if epoch in epochs]

    paths = [
        Path("curve", "".join(line(points(setting)) for setting in tried)),
        Path("dot tiny", dots(point for setting in tried for point in points(setting))),
    ]
    if best and best.curve:
        paths += [Path("line thick", line(points(best))), Path("dot", dots(points(best)))]
    title = f"{sentence_case(metric)} on dev by epoch"
    rows = [
        [setting.name or "the base", *(percent(dict(setting.curve).get(epoch)) for epoch in epochs)]
        for setting in tried
    ]
    return Figure(
        "curves",
        title,
        "A line for each setting, the mean over its seeds as far as all of them went. "
        "The thick line is the best setting.",
        [plot(paths, x_axis, y_axis, x_label="epoch", y_label="%")],
        FigureTable(title, ["setting", *map(str, epochs)], rows, is_user_text=True),
    )
