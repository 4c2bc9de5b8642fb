"""Curves of a run: training over its epochs, and the accuracy of sure and less sure tags."""

from collections.abc import Mapping, Sequence
from typing import Any

from tagger.reports.axes import counting_axis, percent_axis, round_axis
from tagger.reports.figures import ACROSS, UP, Figure, FigureTable, line_plot
from tagger.reports.legible import sentence_case
from tagger.reports.page import number, percent


def learning_curves(history: Sequence[Mapping[str, Any]], best_epoch: int, metric: str) -> list[Figure]:
    """The loss on train and, where there is a dev, the score on it, by epoch, of which the best one is saved.

    Epochs, one at least, are counted from 1; their scores are None where there is no dev.
    """
    epochs = [int(epoch["number"]) for epoch in history]
    names = [f"{n}{' (saved)' if n == best_epoch else ''}" for n in epochs]
    x_axis = counting_axis(epochs[-1], *ACROSS)
    chosen = (epochs.index(best_epoch), f"epoch {best_epoch} is saved")
    losses = [epoch["loss"] for epoch in history]
    rows = [
        [name, f"{epoch['loss']:.4f}", f"{epoch['learning_rate']:.3g}", number(epoch["seconds"])]
        for name, epoch in zip(names, history, strict=True)
    ]
    points = list(zip(epochs, losses, strict=True))
    loss = Figure(
        "loss",
        "Loss on train",
        "The mean over tokens, in nats; with dropout, as in training.",
        [line_plot(points, x_axis, round_axis(losses, *UP), x_label="epoch", y_label="loss", chosen=chosen)],
        FigureTable(
            "Training, epoch by epoch; seconds since the first batch",
            ["epoch", "loss on train", "learning rate", "seconds"],
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
        "The weights of the best epoch are the ones that are saved; of several with the same score, it is the one with "
        "the lowest loss on dev.",
        [line_plot(points, x_axis, percent_axis(scores, *UP), x_label="epoch", y_label="%", chosen=chosen)],
        FigureTable(
            f"The {metric} on dev, epoch by epoch",
            ["epoch", metric, "loss on dev"],
            [
                [name, percent(score), f"{epoch['dev_loss']:.4f}" if epoch.get("dev_loss") is not None else "–"]
                for name, score, epoch in zip(names, scores, history, strict=True)
            ],
        ),
    )
    return [loss, score]


def calibration_figures(calibration: Mapping[str, Any], split: str) -> list[Figure]:
    """Reliability of the confidence, and the accuracy gained by leaving the least sure tags to people.

    Args:
        calibration: error, bins and coverage, as `metrics.json` has them.
        split: that was scored.
    """
    bins, covered = calibration["bins"], calibration["coverage"]
    whole = percent_axis((0, 1), *ACROSS)
    reliability = line_plot(
        [(row["confidence"], row["accuracy"]) for row in bins],
        whole,
        percent_axis((0, 1), *UP),
        x_label="mean confidence, %",
        y_label="accuracy, %",
        has_diagonal=True,
    )
    bin_rows = [
        [
            f"{percent(row['from'], 0)} to {percent(row['to'], 0)}",
            number(row["tokens"]),
            percent(row["confidence"]),
            percent(row["accuracy"]),
        ]
        for row in bins
    ]
    coverage = line_plot(
        [(row["coverage"], row["accuracy"]) for row in covered],
        whole,
        percent_axis([row["accuracy"] for row in covered], *UP),
        x_label="surest share of tokens, %",
        y_label="accuracy, %",
    )
    coverage_rows = [
        [percent(row["coverage"], 0), percent(row["accuracy"]), percent(row["threshold"])] for row in covered
    ]
    return [
        Figure(
            "reliability",
            f"Confidence and accuracy on {split}",
            f"On the dashed line, confidence is what it says. The mean distance from it over all tokens, "
            f"the expected calibration error, is {percent(calibration['error'])}.",
            [reliability],
            FigureTable(
                f"Tokens of {split} by the confidence of their tag",
                ["confidence", "tokens", "mean confidence", "accuracy"],
                bin_rows,
            ),
        ),
        Figure(
            "coverage",
            f"Accuracy over coverage on {split}",
            "How many tags are right, if only the surest are taken and the others left to people.",
            [coverage],
            FigureTable(
                f"Accuracy of the surest tags of {split}",
                ["share of tokens", "accuracy", "confidence from"],
                coverage_rows,
            ),
        ),
    ]
