"""How a sweep went: the score from setting to setting, and from epoch to epoch."""

from collections.abc import Sequence

from tagger.reports.figures import LEFT, PLOT_HEIGHT, RIGHT, TOP, WIDTH, Table
from tagger.reports.page import percent
from tagger.reports.sweep_report.drawing import Drawing, Point, counting_axis, dots, line, percent_axis, plot, thinned
from tagger.reports.sweep_report.record import Tried
from tagger.reports.sweep_report.tables import spread

MOST_EPOCHS = 50  # of a curve that are drawn
BOTTOM, END = TOP + PLOT_HEIGHT, WIDTH - RIGHT  # of the axes


def score_over_trials(tried: Sequence[tuple[int, Tried]], metric: str, *, most: int) -> Drawing:
    """The scores in the order of trial, and the best mean so far.

    Args:
        tried: number, from 1, and setting; those that have no score are left out; one at least.
        metric: what the score is called.
        most: settings that are drawn.
    """
    best = _best_so_far(tried)
    drawn = thinned(tried, most)
    n = tried[-1][0]
    x_axis = counting_axis(n, LEFT, END)
    y_axis = percent_axis([*best.values(), *(score for _, setting in drawn for score in setting.scores)], BOTTOM, TOP)
    x, y = x_axis.place, y_axis.place
    ranked = [(number, setting) for number, setting in drawn if setting.state == "ranked"]
    broken = [(x(number), y(setting.mean)) for number, setting in drawn if setting.state != "ranked"]
    rows = [
        [str(number), setting.name or "the base", setting.state, spread(setting), "yes" if number in best else ""]
        for number, setting in drawn
    ]
    return plot(
        "course",
        f"{metric[0].upper()}{metric[1:]} on dev over the trials",
        "A large dot is the mean of a setting over its seeds, a small one a single trial, a hollow one a setting whose "
        "seeds have not all come to their end. The line is the best mean so far.",
        Table(
            "Settings in the order of trial", ["number", "setting", "state", f"{metric} on dev", "best so far"], rows
        ),
        [
            ("best-line", _steps([(x(number), y(mean)) for number, mean in best.items()], x(n))),
            ("dot small", dots((x(number), y(score)) for number, setting in ranked for score in setting.scores)),
            ("dot", dots((x(number), y(setting.mean)) for number, setting in ranked)),
            ("dot other", dots(broken)),
            ("dot hole", dots(broken)),
        ],
        x_axis,
        y_axis,
        x_label="settings, in the order of trial",
        y_label="%",
    )  # fmt: skip


def _best_so_far(tried: Sequence[tuple[int, Tried]]) -> dict[int, float]:
    """By number, the mean of each setting that was better than all before."""
    best: dict[int, float] = {}
    for number, setting in tried:
        if setting.state == "ranked" and setting.mean > max(best.values(), default=-1.0):
            best[number] = setting.mean
    return best


def _steps(points: Sequence[Point], end: float) -> str:
    """A line that keeps its height from each point to the next, and to its end."""
    rises = "".join(f"H{x:g}V{y:g}" for x, y in points[1:])
    return f"M{points[0][0]:g} {points[0][1]:g}{rises}H{end:g}" if points else ""


def learning_curves(tried: Sequence[Tried], best: Tried | None, metric: str) -> Drawing:
    """The score on dev by epoch, a line for each setting.

    Args:
        tried: settings with one epoch at least; one at least.
        best: is drawn over the others; None: none is.
        metric: what the score is called.
    """
    n_epochs = max(epoch for setting in tried for epoch, _ in setting.curve)
    epochs = sorted({*thinned(range(1, n_epochs + 1), MOST_EPOCHS), n_epochs})
    x_axis = counting_axis(n_epochs, LEFT, END)
    y_axis = percent_axis([score for setting in tried for _, score in setting.curve], BOTTOM, TOP)

    def points(setting: Tried) -> list[Point]:
        return [(x_axis.place(epoch), y_axis.place(score)) for epoch, score in setting.curve if epoch in epochs]

    rows = []
    for setting in tried:
        scores = dict(setting.curve)
        rows.append([setting.name or "the base", *(percent(scores.get(epoch)) for epoch in epochs)])
    marked = points(best) if best and best.curve else []
    return plot(
        "curves",
        f"{metric[0].upper()}{metric[1:]} on dev by epoch",
        "A line for each setting, the mean over its seeds as far as all of them went. "
        "The thick line is the best setting.",
        Table(
            f"{metric[0].upper()}{metric[1:]} on dev by epoch",
            ["setting", *map(str, epochs)],
            rows,
            is_user_text=True,
        ),
        [
            ("curve", "".join(line(points(setting)) for setting in tried)),
            ("dot tiny", dots(point for setting in tried for point in points(setting))),
            *([("best-line", line(marked)), ("dot", dots(marked))] if marked else []),
        ],
        x_axis,
        y_axis,
        x_label="epoch",
        y_label="%",
    )  # fmt: skip
