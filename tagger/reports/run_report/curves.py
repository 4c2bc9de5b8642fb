"""Training curves and calibration curves of a run."""

from collections.abc import Mapping, Sequence
from typing import Any

from tagger.corpus.layout import AnswerKind
from tagger.reports.axes import counting_axis, percent_axis, round_axis
from tagger.reports.display_text import sentence_case
from tagger.reports.figures import X_ENDS, Y_ENDS, Figure, FigureTable, line_plot
from tagger.reports.metric_names import UNITS
from tagger.reports.page import number, percent

Epochs = Sequence[Mapping[str, Any]]  # rows of `history.csv`, at least one
LOSS = "Mean loss per token, in nats, with dropout."


def training_curves(
    history: Epochs, best_epoch: int, metric: str, min_epochs: int = 1, *, loss: str = LOSS, score: str = ""
) -> list[Figure]:
    """Figures of the training loss and, if there is a dev split, of the score on dev, by epoch.

    Args:
        history: epochs, numbered from 1; scores are None without dev.
        best_epoch: epoch whose weights are saved.
        metric: name of the score.
        min_epochs: first epoch that may be the best.
        loss: sentence on the training loss.
        score: sentence on the score, if its name does not say enough.
    """
    figure = _loss_figure(history, best_epoch, loss)
    if history[0]["score"] is None:
        return [figure]
    return [figure, _score_figure(history, best_epoch, metric, min_epochs, score)]


def _loss_figure(history: Epochs, best_epoch: int, about: str) -> Figure:
    epochs, losses = [int(epoch["number"]) for epoch in history], [epoch["loss"] for epoch in history]
    x_axis = counting_axis(epochs[-1], *X_ENDS)
    points = list(zip(epochs, losses, strict=True))
    chosen = _chosen(epochs, best_epoch)
    rows = [
        [_epoch_name(n, best_epoch), f"{row['loss']:.4f}", f"{row['learning_rate']:.3g}", number(row["seconds"])]
        for n, row in zip(epochs, history, strict=True)
    ]
    return Figure(
        "loss",
        "Training loss",
        about,
        [line_plot(points, x_axis, round_axis(losses, *Y_ENDS), x_label="epoch", y_label="loss", chosen=chosen)],
        FigureTable(
            "Training loss by epoch; seconds count from the first batch",
            ["epoch", "training loss", "learning rate", "seconds"],
            rows,
        ),
    )


def _score_figure(history: Epochs, best_epoch: int, metric: str, min_epochs: int, about: str) -> Figure:
    epochs, scores = [int(epoch["number"]) for epoch in history], [epoch["score"] for epoch in history]
    x_axis = counting_axis(epochs[-1], *X_ENDS)
    points = list(zip(epochs, scores, strict=True))
    chosen = _chosen(epochs, best_epoch)
    candidates = f" Epochs before {min_epochs} are not candidates (training.min_epochs)." if min_epochs > 1 else ""
    rows = [
        [
            _epoch_name(n, best_epoch),
            percent(row["score"]),
            f"{row['dev_loss']:.4f}" if row.get("dev_loss") is not None else "–",
        ]
        for n, row in zip(epochs, history, strict=True)
    ]
    return Figure(
        "score",
        f"{sentence_case(metric)} on dev",
        f"{about}The weights of the best epoch are saved; among epochs with the same score, the one with the lowest "
        f"loss on dev is the best.{candidates}",
        [line_plot(points, x_axis, percent_axis(scores, *Y_ENDS), x_label="epoch", y_label="%", chosen=chosen)],
        FigureTable(f"{sentence_case(metric)} and loss on dev by epoch", ["epoch", metric, "loss on dev"], rows),
    )


def _chosen(epochs: Sequence[int], best_epoch: int) -> tuple[int, str]:
    """The index of the best epoch, and its label in a plot."""
    return epochs.index(best_epoch), f"saved: epoch {best_epoch}"


def _epoch_name(epoch: int, best_epoch: int) -> str:
    return f"{epoch} (saved)" if epoch == best_epoch else str(epoch)


def calibration_figures(calibration: Mapping[str, Any], split: str, kind: AnswerKind = "tag") -> list[Figure]:
    """A reliability diagram, and the accuracy of the most confident tags by coverage.

    Args:
        calibration: error, bins and coverage, from `metrics.json`.
        split: name of the scored split.
        kind: kind of the answers that are counted as tags.
    """
    return [
        _reliability_figure(calibration["bins"], calibration["error"], split, kind),
        _coverage_figure(calibration["coverage"], split, kind),
    ]


def _reliability_figure(bins: Sequence[Mapping[str, Any]], error: float, split: str, kind: AnswerKind) -> Figure:
    units = f"{UNITS[kind]}s"
    panel = line_plot(
        [(row["confidence"], row["accuracy"]) for row in bins],
        percent_axis((0, 1), *X_ENDS),
        percent_axis((0, 1), *Y_ENDS),
        x_label="mean confidence, %",
        y_label="accuracy, %",
        has_diagonal=True,
    )
    rows = [
        [
            f"{percent(row['from'], 0)} to {percent(row['to'], 0)}",
            number(row["tokens"]),
            percent(row["confidence"]),
            percent(row["accuracy"]),
        ]
        for row in bins
    ]
    return Figure(
        "reliability",
        f"Reliability diagram of {split}",
        f"Accuracy of {units} with similar confidence. On the dashed line, the two are equal; the mean distance from "
        f"it over all {units}, the expected calibration error, is {percent(error)}.",
        [panel],
        FigureTable(f"Accuracy on {split} by confidence", ["confidence", units, "mean confidence", "accuracy"], rows),
    )


def _coverage_figure(coverage: Sequence[Mapping[str, float]], split: str, kind: AnswerKind) -> Figure:
    panel = line_plot(
        [(row["coverage"], row["accuracy"]) for row in coverage],
        percent_axis((0, 1), *X_ENDS),
        percent_axis([row["accuracy"] for row in coverage], *Y_ENDS),
        x_label="coverage, %",
        y_label="accuracy, %",
    )
    rows = [[percent(row["coverage"], 0), percent(row["accuracy"]), percent(row["threshold"])] for row in coverage]
    return Figure(
        "coverage",
        f"Accuracy on {split} by coverage",
        f"Coverage is the proportion of {UNITS[kind]}s whose {kind}s are accepted, the most confident ones first; the "
        "others would be left to a person.",
        [panel],
        FigureTable(
            f"Accuracy of the most confident {kind}s of {split}", ["coverage", "accuracy", "lowest confidence"], rows
        ),
    )
