"""Training over its epochs; confidence; accuracy by the length of sentences and the place in them."""

from collections.abc import Mapping, Sequence
from typing import Any

from tagger.reports.figures import Bar, Bars, Lines, Table, bar_figure, line_figure, ticks
from tagger.reports.page import number, percent


def learning_curves(history: Sequence[Mapping[str, Any]], best_epoch: int, metric: str) -> list[Lines]:
    """The loss on train and, where there is a dev, the score on it, by epoch.

    Args:
        history: an epoch each, one at least; their scores are None where there is no dev.
        best_epoch: whose weights are saved, from 1.
        metric: what the score is called.
    """
    numbers = [int(epoch["number"]) for epoch in history]
    names = [f"{n}{' (saved)' if n == best_epoch else ''}" for n in numbers]
    chosen = (numbers.index(best_epoch), f"epoch {best_epoch} is saved")

    def curve(
        key: str, title: str, about: str, y_label: str, values: list[float], table: Table, *, is_percent: bool = False
    ) -> Lines:
        return line_figure(
            key,
            title,
            about,
            list(zip(map(float, numbers), values, strict=True)),
            table,
            x_label="epoch",
            y_label=y_label,
            y_range=_percent_range(values) if is_percent else None,
            whole_x=True,
            chosen=chosen,
        )

    loss_rows = [
        [name, f"{epoch['loss']:.4f}", f"{epoch['learning_rate']:.3g}", number(epoch["seconds"])]
        for name, epoch in zip(names, history, strict=True)
    ]
    loss = curve(
        "loss",
        "Loss on train",
        "The mean over tokens, in nats; with dropout, as in training.",
        "loss",
        [epoch["loss"] for epoch in history],
        Table(
            "Training, epoch by epoch; seconds since the first batch",
            ["epoch", "loss on train", "learning rate", "seconds"],
            loss_rows,
        ),
    )
    if history[0]["score"] is None:
        return [loss]
    score = curve(
        "score",
        f"{metric[0].upper()}{metric[1:]} on dev",
        "The weights of the best epoch are the ones that are saved.",
        "%",
        [epoch["score"] * 100 for epoch in history],
        Table(
            f"The {metric} on dev, epoch by epoch",
            ["epoch", metric],
            [[name, percent(epoch["score"])] for name, epoch in zip(names, history, strict=True)],
        ),
        is_percent=True,
    )
    return [loss, score]


def calibration_figures(calibration: Mapping[str, Any], split: str) -> list[Lines]:
    """Whether confidence is what it says, and what is gained by leaving the least sure tags to people.

    Args:
        calibration: error, bins and coverage, as `metrics.json` has them.
        split: that was scored.
    """
    bins = calibration["bins"]
    bin_rows = [
        [
            f"{percent(found['from'], 0)} to {percent(found['to'], 0)}",
            number(found["tokens"]),
            percent(found["confidence"]),
            percent(found["accuracy"]),
        ]
        for found in bins
    ]
    reliability = line_figure(
        "reliability",
        f"Confidence and accuracy on {split}",
        f"On the dashed line, confidence is what it says. The mean distance from it over all tokens, "
        f"the expected calibration error, is {percent(calibration['error'])}.",
        [(found["confidence"] * 100, found["accuracy"] * 100) for found in bins],
        Table(
            f"Tokens of {split} by the confidence of their tag",
            ["confidence", "tokens", "mean confidence", "accuracy"],
            bin_rows,
        ),
        x_label="mean confidence, %",
        y_label="accuracy, %",
        x_range=(0, 100),
        y_range=(0, 100),
        has_diagonal=True,
    )
    covered = calibration["coverage"]
    coverage = line_figure(
        "coverage",
        f"Accuracy over coverage on {split}",
        "How many tags are right, if only the surest are taken and the others left to people.",
        [(found["coverage"] * 100, found["accuracy"] * 100) for found in covered],
        Table(
            f"Accuracy of the surest tags of {split}",
            ["share of tokens", "accuracy", "confidence from"],
            [[percent(found["coverage"], 0), percent(found["accuracy"]), percent(found["threshold"])]
             for found in covered],
        ),
        x_label="surest share of tokens, %",
        y_label="accuracy, %",
        x_range=(0, 100),
        y_range=_percent_range([found["accuracy"] * 100 for found in covered]),
    )  # fmt: skip
    return [reliability, coverage]


def breakdown_figures(evaluation: Mapping[str, Any], split: str) -> list[Bars]:
    """Accuracy by the length of the sentence, and by the token's place in it."""
    by_length, by_position = evaluation["by_length"], evaluation["by_position"]
    length_rows = [
        [_range(found), number(found["sentences"]), number(found["tokens"]), percent(found["accuracy"])]
        for found in by_length
    ]
    position_rows = [[_range(found), number(found["tokens"]), percent(found["accuracy"])] for found in by_position]
    return [
        bar_figure(
            "lengths",
            f"Accuracy on {split} by the sentence's length",
            "Tokens of a sentence.",
            _bars(by_length),
            Table(
                f"Accuracy on {split} by tokens of the sentence",
                ["tokens of a sentence", "sentences", "tokens", "accuracy"],
                length_rows,
            ),
        ),
        bar_figure(
            "positions",
            f"Accuracy on {split} by the place in the sentence",
            "The first token of a sentence is 1.",
            _bars(by_position),
            Table(f"Accuracy on {split} by place in the sentence", ["place", "tokens", "accuracy"], position_rows),
        ),
    ]


def _percent_range(values: Sequence[float]) -> tuple[float, float]:
    """Round percentages around some others, of which none is above 100."""
    around = ticks(min(*values, 99.0), max(values))
    return around[0], min(around[-1], 100.0)


def _bars(parts: Sequence[Mapping[str, Any]]) -> list[Bar]:
    return [Bar(_range(part), part["accuracy"], percent(part["accuracy"])) for part in parts]


def _range(part: Mapping[str, Any]) -> str:
    """`3`, or `1 to 5`."""
    return str(part["from"]) if part["from"] == part["to"] else f"{part['from']} to {part['to']}"
