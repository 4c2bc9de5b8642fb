"""Scores of the splits and of the baselines, and scores by tag, span type, sentence length and position."""

from collections.abc import Mapping, Sequence
from typing import Any

from tagger.corpus.layout import AnswerKind
from tagger.evaluation.metrics import NOUNS
from tagger.reports.figures import Bar, Figure, FigureTable, bar_groups, tag_table
from tagger.reports.metric_names import NO_SPANS, NO_VARIATION, baseline_name, metric_names, short_baseline_name
from tagger.reports.page import number, percent
from tagger.reports.run_report.edit_scripts import meaning

MAX_TAGS = 80  # bars, one for each tag or span type
INTERVAL = "95\N{NO-BREAK SPACE}% interval"

Metrics = Mapping[str, Any]  # metrics of one split, from `metrics.json`
ScoresByTag = Mapping[str, Mapping[str, float]]
RangeRows = Sequence[Mapping[str, Any]]


def score_table(evaluated: Mapping[str, Metrics], kind: AnswerKind = "tag", *, is_series: bool = False) -> FigureTable:
    """The metrics of each split with their intervals, and the accuracies of the baselines."""
    splits = list(evaluated.values())

    def row(name: str, values: Sequence[float | None], *, interval: str = "", counted: str = "") -> list[str]:
        cells = [name]
        for evaluation, value in zip(splits, values, strict=True):
            ends = evaluation["intervals"].get(interval)
            note = interval_text(ends) if ends else NO_SPANS if interval == "span_f1" else ""
            cells += [percent(value), note, number(evaluation.get(counted)) if counted else ""]
        return cells

    rows = []
    for key, names in metric_names(kind, is_series=is_series).items():
        values = [evaluation.get(key) for evaluation in splits]  # None for span F1, which follows below
        if any(value is not None for value in values):
            rows.append(row(names.title, values, interval=key, counted=names.counted))
    spans = [evaluation["spans"] for evaluation in splits if evaluation["spans"]]
    if len(spans) == len(splits):
        for name, key, interval in (("precision", "precision", ""), ("recall", "recall", ""), ("F1", "f1", "span_f1")):
            rows.append(row(f"span {name}", [each[key] for each in spans], interval=interval))
        rows.append(row("span F1, valid tag sequences only", [each["strict"]["f1"] for each in spans]))
    for key in splits[0]["baselines"]:
        accuracies = [evaluation["baselines"].get(key) for evaluation in splits]
        rows.append(row(f"baseline: {baseline_name(key, kind, is_series=is_series)}", accuracies))
    header = ["metric"]
    for split in evaluated:
        header += [split, INTERVAL, "n"]
    return FigureTable("Scores of the tagger and of the baselines", header, rows)


def interval_text(interval: Sequence[float]) -> str:
    """The ends of an interval, or a note if its width is zero: all sentences are correct, or there are too few.

    >>> interval_text([0.876, 0.8932]), interval_text([1.0, 1.0])
    ('87.60 to 89.32\\xa0%', 'no variation')
    """
    return f"{interval[0] * 100:.2f} to {percent(interval[1])}" if interval[0] < interval[1] else NO_VARIATION


def unbeaten_baselines(
    evaluated: Mapping[str, Metrics], kind: AnswerKind = "tag", *, is_series: bool = False
) -> dict[str, tuple[str, float, float]]:
    """The best baseline of each split on which one is at least as accurate as the tagger.

    Returns:
        By split: name of the baseline, its accuracy, and that of the tagger.
    """
    unbeaten = {}
    for split, evaluation in evaluated.items():
        if not evaluation["beats_baselines"]:
            key, best = max(evaluation["baselines"].items(), key=lambda baseline: baseline[1])
            unbeaten[split] = (baseline_name(key, kind, is_series=is_series), best, evaluation["accuracy"])
    return unbeaten


def baseline_figure(evaluation: Metrics, split: str, kind: AnswerKind = "tag", *, is_series: bool = False) -> Figure:
    """Accuracies of the tagger, with its interval, and of the baselines."""
    accuracy, interval = evaluation["accuracy"], evaluation["intervals"]["accuracy"]
    baselines = evaluation["baselines"]
    bars = [Bar("this tagger", accuracy, percent(accuracy), (interval[0], interval[1]))]
    bars += [
        Bar(short_baseline_name(key, kind, is_series=is_series), value, percent(value), is_reference=True)
        for key, value in baselines.items()
    ]
    rows = [["this tagger", percent(accuracy), interval_text(interval)]]
    rows += [[baseline_name(key, kind, is_series=is_series), percent(value), ""] for key, value in baselines.items()]
    about = "A baseline sees each word without its sentence."
    if is_series:
        about = f"The baseline gives everything the most frequent {kind} of train."
    elif kind == "label":
        about = "One baseline gives every sentence the most frequent label of train."
        if "bag_of_words" in baselines:
            about += " The bag of words sees the words and pairs of words of a sentence, but not their order."
    return Figure(
        "baselines",
        f"Accuracy of the tagger and of baselines on {split}",
        f"{about} The whisker is the {INTERVAL}.",
        [],
        FigureTable(f"Accuracy of the tagger and of baselines on {split}", ["tagger", "accuracy", INTERVAL], rows),
        bar_groups(bars),
    )


def tag_figure(by_tag: ScoresByTag, split: str, kind: AnswerKind = "tag") -> Figure:
    """F1 of each tag, most frequent first, from `tags` of `metrics.json`."""
    about = f"Most frequent {NOUNS[kind]} first. F1 is the harmonic mean of precision and recall."
    if kind == "string":
        about = f"An edit script says how the string is made from the token as it is written. {about}"
    columns = ("accuracy", "precision", "recall", "f1")
    return _f1_figure("tags", NOUNS[kind], about, by_tag, columns, split, has_meanings=kind == "string")


def span_figure(by_type: ScoresByTag, split: str) -> Figure:
    """F1 of each span type, most frequent first."""
    about = "Most frequent type first. A span is correct if its first token, its last token and its type are correct."
    return _f1_figure("spans", "span type", about, by_type, ("precision", "recall", "f1"), split)


def _f1_figure(
    key: str,
    noun: str,
    about: str,
    scores: ScoresByTag,
    columns: Sequence[str],
    split: str,
    *,
    has_meanings: bool = False,
) -> Figure:
    frequent_first = sorted(scores.items(), key=lambda item: -item[1]["support"])
    drawn = [item for item in frequent_first if item[1]["support"] or not has_meanings][:MAX_TAGS]
    if len(drawn) < len(scores):
        about += f" The figure shows the {len(drawn)} most frequent of {len(scores):,}."
    header = [noun, *["meaning"] * has_meanings, *(column.replace("f1", "F1") for column in columns), "support"]
    rows = [
        [
            name,
            *[meaning(name)] * has_meanings,
            *(percent(row[column]) for column in columns),
            number(row["support"]),
        ]
        for name, row in frequent_first
    ]
    return Figure(
        key,
        f"F1 of each {noun} on {split}",
        about,
        [],
        tag_table(f"Scores of each {noun} on {split}", header, rows, source="metrics.json"),
        bar_groups([Bar(name, row["f1"], percent(row["f1"]), support=number(row["support"])) for name, row in drawn]),
    )


def breakdown_figures(evaluation: Metrics, split: str, kind: AnswerKind = "tag") -> list[Figure]:
    """Accuracy by sentence length, and by position of the token in its sentence unless labels are evaluated."""

    def figure(key: str, by: str, about: str, rows: RangeRows, header: Sequence[str]) -> Figure:
        cells = [[_range(row), *(number(row[name]) for name in header[1:]), percent(row["accuracy"])] for row in rows]
        bars = [
            Bar(_range(row), row["accuracy"], percent(row["accuracy"]), support=number(row[header[-1]])) for row in rows
        ]
        title = f"Accuracy on {split} by {by}"
        return Figure(key, title, about, [], FigureTable(title, [*header, "accuracy"], cells), bar_groups(bars))

    columns = ["sentence length", "sentences", *["tokens"] * (kind != "label")]
    by_length = figure("lengths", "sentence length", "Length in tokens.", evaluation["by_length"], columns)
    if kind == "label":
        return [by_length]
    about = "The first token of a sentence has position 1."
    columns = ["position", "tokens"]
    return [by_length, figure("positions", "position in the sentence", about, evaluation["by_position"], columns)]


def _range(row: Mapping[str, Any]) -> str:
    """`3`, or `1 to 5`."""
    return str(row["from"]) if row["from"] == row["to"] else f"{row['from']} to {row['to']}"
