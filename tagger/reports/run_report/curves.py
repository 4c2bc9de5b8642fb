"""Training curves and calibration curves of a run."""

from collections.abc import Mapping, Sequence
from typing import Any

from tagger.reports.axes import counting_axis, percent_axis, round_axis
from tagger.reports.display_text import sentence_case
from tagger.reports.figures import X_ENDS, Y_ENDS, Figure, FigureTable, line_plot
from tagger.reports.page import number, percent


def training_curves(history: Sequence[Mapping[str, Any]], best_epoch: int, metric: str) -> list[Figure]:
    """Figures of the training loss and, if there is a dev split, of the score on dev, by epoch.

    Args:
        history: at least one epoch, numbered from 1; scores are None without dev.
        best_epoch: epoch whose weights are saved.
        metric: name of the score.
    """
    epochs = [int(epoch["number"]) for epoch in history]
    names = [f"{n}{' (saved)' if n == best_epoch else ''}" for n in epochs]
    x_axis = counting_axis(epochs[-1], *X_ENDS)
    chosen = (epochs.index(best_epoch), f"saved: epoch {best_epoch}")
    losses = [epoch["loss"] for epoch in history]
    rows = [
        [name, f"{epoch['loss']:.4f}", f"{epoch['learning_rate']:.3g}", number(epoch["seconds"])]
        for name, epoch in zip(names, history, strict=True)
    ]
    points = list(zip(epochs, losses, strict=True))
    loss = Figure(
        "loss",
        "Training loss",
        "Mean loss per token, in nats, with dropout.",
        [line_plot(points, x_axis, round_axis(losses, *Y_ENDS), x_label="epoch", y_label="loss", chosen=chosen)],
        FigureTable(
            "Training loss by epoch; seconds count from the first batch",
            ["epoch", "training loss", "learning rate", "seconds"],
            rows,
        ),
    )
    if history[0]["score"] is None:
        return [loss]
    scores = [epoch["score"] for epoch in history]
    points = list(zip(epochs, scores, strict=True))
    score = Figure(
        "score",
        f"{sentence_case(metric)} on dev",
        "The weights of the best epoch are saved; among epochs with the same score, the one with the lowest loss "
        "on dev is the best.",
        [line_plot(points, x_axis, percent_axis(scores, *Y_ENDS), x_label="epoch", y_label="%", chosen=chosen)],
        FigureTable(
            f"{sentence_case(metric)} and loss on dev by epoch",
            ["epoch", metric, "loss on dev"],
            [
                [name, percent(score), f"{epoch['dev_loss']:.4f}" if epoch.get("dev_loss") is not None else "–"]
                for name, score, epoch in zip(names, scores, history, strict=True)
            ],
        ),
    )
    return [loss, score]


def calibration_figures(calibration: Mapping[str, Any], split: str) -> list[Figure]:
    """A reliability diagram, and the accuracy of the most confident tags by coverage.

    Args:
        calibration: error, bins and coverage, from `metrics.json`.
        split: name of the scored split.
    """
    bins, coverage_rows = calibration["bins"], calibration["coverage"]
    whole = percent_axis((0, 1), *X_ENDS)
    reliability = line_plot(
        [(row["confidence"], row["accuracy"]) for row in bins],
        whole,
        percent_axis((0, 1), *Y_ENDS),
        x_label="mean confidence, %",
        y_label="accuracy, %",
        has_diagonal=True,
    )
    bin_cells = [
        [
            f"{percent(row['from'], 0)} to {percent(row['to'], 0)}",
            number(row["tokens"]),
            percent(row["confidence"]),
            percent(row["accuracy"]),
        ]
        for row in bins
    ]
    coverage = line_plot(
        [(row["coverage"], row["accuracy"]) for row in coverage_rows],
        whole,
        percent_axis([row["accuracy"] for row in coverage_rows], *Y_ENDS),
        x_label="coverage, %",
        y_label="accuracy, %",
    )
    coverage_cells = [
        [percent(row["coverage"], 0), percent(row["accuracy"]), percent(row["threshold"])] for row in coverage_rows
    ]
    return [
        Figure(
            "reliability",
            f"Reliability diagram of {split}",
            "Accuracy of tokens with similar confidence. On the dashed line, the two are equal; the mean distance from "
            f"it over all tokens, the expected calibration error, is {percent(calibration['error'])}.",
            [reliability],
            FigureTable(
                f"Accuracy on {split} by confidence",
                ["confidence", "tokens", "mean confidence", "accuracy"],
                bin_cells,
            ),
        ),
        Figure(
            "coverage",
            f"Accuracy on {split} by coverage",
            "Coverage is the proportion of tokens whose tags are accepted, the most confident ones first; the others "
            "would be left to a person.",
            [coverage],
            FigureTable(
                f"Accuracy of the most confident tags of {split}",
                ["coverage", "accuracy", "least confidence"],
                coverage_cells,
            ),
        ),
    ]
