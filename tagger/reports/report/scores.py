"""Scores of the splits, beside baselines; of each tag, type of span, length of sentence and position in it."""

from collections.abc import Mapping, Sequence
from typing import Any

from tagger.reports.figures import Bar, Figure, FigureTable, bar_panels, tag_table
from tagger.reports.measures import ALIKE, BASELINES, MEASURES, NO_SPANS, SHORT_BASELINES
from tagger.reports.page import number, percent

MAX_TAGS = 80  # tags, or types of spans, that are drawn

Metrics = Mapping[str, Any]  # as `metrics.json` has it
ScoresByTag = Mapping[str, Mapping[str, float]]
TagRows = Sequence[Mapping[str, Any]]


def headlines(evaluated: Mapping[str, Metrics]) -> FigureTable:
    """The numbers of each split with their intervals, and the baselines below them."""
    splits = list(evaluated.values())

    def row(name: str, values: Sequence[float | None], *, interval: str = "", counted: str = "") -> list[str]:
        cells = [name]
        for evaluation, value in zip(splits, values, strict=True):
            ends = evaluation["intervals"].get(interval)
            note = between(ends) if ends else NO_SPANS if interval == "span_f1" else ""
            cells += [percent(value), note, number(evaluation[counted]) if counted else ""]
        return cells

    rows = []
    for key, measure in MEASURES.items():
        values = [evaluation.get(key) for evaluation in splits]  # span F1 stands with the spans
        if any(value is not None for value in values):
            rows.append(row(measure.title, values, interval=key, counted=measure.counted))
    spans = [evaluation["spans"] for evaluation in splits if evaluation["spans"]]
    if len(spans) == len(splits):
        for name, key, interval in (("precision", "precision", ""), ("recall", "recall", ""), ("F1", "f1", "span_f1")):
            rows.append(row(f"spans, {name}", [each[key] for each in spans], interval=interval))
        rows.append(row("spans of valid sequences only, F1", [each["strict"]["f1"] for each in spans]))
    for key in splits[0]["baselines"]:
        accuracies = [evaluation["baselines"][key] for evaluation in splits]
        rows.append(row(f"baseline: {BASELINES[key]}", accuracies))
    header = ["measure"]
    for split in evaluated:
        header += [split, "95 % interval", "of"]
    return FigureTable("Headlines, with intervals by a bootstrap over sentences", header, rows)


def between(interval: Sequence[float]) -> str:
    """The ends of an interval, or why there is none to see: all sentences are right, or too few.

    >>> between([0.876, 0.8932]), between([1.0, 1.0])
    ('87.60 to 89.32\\xa0%', 'none: all draws alike')
    """
    return f"{interval[0] * 100:.2f} to {percent(interval[1])}" if interval[0] < interval[1] else f"none: {ALIKE}"


def weak_splits(evaluated: Mapping[str, Metrics]) -> dict[str, tuple[str, float, float]]:
    """Splits on which a baseline does as well: that baseline's name, its accuracy, and the model's."""
    weak = {}
    for split, evaluation in evaluated.items():
        if not evaluation["beats_baselines"]:
            key, best = max(evaluation["baselines"].items(), key=lambda baseline: baseline[1])
            weak[split] = (BASELINES[key], best, evaluation["accuracy"])
    return weak


def baseline_figure(evaluation: Metrics, split: str) -> Figure:
    """The tagger's accuracy with its interval, and below it those of taggers without a network."""
    accuracy, interval = evaluation["accuracy"], evaluation["intervals"]["accuracy"]
    baselines = evaluation["baselines"]
    bars = [Bar("this tagger", accuracy, percent(accuracy), (interval[0], interval[1]))]
    bars += [Bar(SHORT_BASELINES[key], value, percent(value), is_other=True) for key, value in baselines.items()]
    rows = [["this tagger", percent(accuracy), between(interval)]]
    rows += [[BASELINES[key], percent(value), ""] for key, value in baselines.items()]
    return Figure(
        "baselines",
        f"Accuracy on {split}, beside baselines",
        "Baselines look at single words, not at their sentence. The thin lines are the ends of the 95 % interval.",
        bar_panels(bars),
        FigureTable(
            f"Accuracy of the tagger and of baselines on {split}", ["tagger", "accuracy", "95 % interval"], rows
        ),
    )


def tag_figure(by_tag: ScoresByTag, split: str) -> Figure:
    """F1 of each tag, as `tags` of `metrics.json` has it, the most frequent first."""
    about = "The tag that most tokens have stands first. F1 is the harmonic mean of precision and recall."
    return _f1_figure("tags", "tag", about, by_tag, ("accuracy", "precision", "recall", "f1"), "tokens", split)


def span_figure(by_type: ScoresByTag, split: str) -> Figure:
    """F1 of each type of span, the most frequent first; as `tag_figure`, without accuracy."""
    about = "A span is right if its first and last token and its type are. The type that most spans have stands first."
    return _f1_figure("spans", "type of span", about, by_type, ("precision", "recall", "f1"), "spans", split)


def _f1_figure(
    key: str, what: str, about: str, scores: ScoresByTag, columns: Sequence[str], counted: str, split: str
) -> Figure:
    frequent_first = sorted(scores.items(), key=lambda item: -item[1]["support"])
    drawn = frequent_first[:MAX_TAGS]
    if len(drawn) < len(scores):
        about += f" The {MAX_TAGS} most frequent of {len(scores):,} are drawn."
    header = [what.split()[0], *(column.replace("f1", "F1") for column in columns), counted]
    rows = [
        [name, *(percent(row[column]) for column in columns), number(row["support"])] for name, row in frequent_first
    ]
    return Figure(
        key,
        f"F1 of each {what} on {split}",
        about,
        bar_panels([Bar(name, row["f1"], percent(row["f1"])) for name, row in drawn]),
        tag_table(f"Scores of each {what} on {split}", header, rows, source="metrics.json"),
    )


def breakdown_figures(evaluation: Metrics, split: str) -> list[Figure]:
    """Accuracy by the length of the sentence, and by the token's position in it."""

    def figure(key: str, by: str, about: str, rows: TagRows, caption: str, header: Sequence[str]) -> Figure:
        cells = [[_range(row), *(number(row[name]) for name in header[1:]), percent(row["accuracy"])] for row in rows]
        bars = [Bar(_range(row), row["accuracy"], percent(row["accuracy"])) for row in rows]
        table = FigureTable(f"Accuracy on {split} by {caption}", [*header, "accuracy"], cells)
        return Figure(key, f"Accuracy on {split} by {by}", about, bar_panels(bars), table)

    return [
        figure(
            "lengths",
            "the sentence's length",
            "Tokens of a sentence.",
            evaluation["by_length"],
            "tokens of the sentence",
            ["tokens of a sentence", "sentences", "tokens"],
        ),
        figure(
            "positions",
            "the place in the sentence",
            "The first token of a sentence is 1.",
            evaluation["by_position"],
            "place in the sentence",
            ["place", "tokens"],
        ),
    ]


def _range(row: Mapping[str, Any]) -> str:
    """`3`, or `1 to 5`."""
    return str(row["from"]) if row["from"] == row["to"] else f"{row['from']} to {row['to']}"
