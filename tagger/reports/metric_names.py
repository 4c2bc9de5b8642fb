"""Names of metrics and baselines in text and on pages.

A new metric needs its formula in `evaluation/headlines.py`, its names here, and a choice of `Metric` in
`config/values.py`.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

from tagger.corpus.counted import counted
from tagger.corpus.layout import AnswerKind
from tagger.corpus.terms import in_terms
from tagger.evaluation.metrics import NOUNS

Row = TypeVar("Row")


class MetricNames(NamedTuple):
    """Names of a metric.

    Args:
        label: short name, for the terminal.
        title: name on a page.
        counted: key in `metrics.json` of the number of tokens or sentences that the metric is a proportion of, if any.
        note: text after that number on the terminal.
    """

    label: str
    title: str
    counted: str = ""
    note: str = ""

    def detail(self, count: int | None) -> str:
        """The note, after the number of tokens or sentences if there is one."""
        if count is None:
            return self.note
        return f"of {counted(count, 'sentence' if self.counted == 'sentences' else 'token')}{self.note}"


METRIC_NAMES = {
    "accuracy": MetricNames("accuracy", "accuracy", "tokens"),
    "seen_accuracy": MetricNames("seen words", "accuracy on seen words", "seen_tokens", ", word in train"),
    "unseen_accuracy": MetricNames("unseen words", "accuracy on unseen words", "unseen_tokens", ", word not in train"),
    "ambiguous_accuracy": MetricNames(
        "ambiguous words", "accuracy on ambiguous words", "ambiguous_tokens", ", word with several tags in train"
    ),
    "sentence_accuracy": MetricNames("sentences", "sentences without an error", "sentences", ", every tag correct"),
    "macro_f1": MetricNames("macro F1", "macro F1", note="mean F1 of the tags"),
    "weighted_f1": MetricNames("weighted F1", "weighted F1", note="mean F1 of the tags, weighted by support"),
    "span_f1": MetricNames("span F1", "span F1"),
    "segment_f1": MetricNames("segment F1", "segment F1 at IoU 0.5", note="runs of one state, matched at IoU 0.5"),
    "segment_f1_75": MetricNames("segment F1 0.75", "segment F1 at IoU 0.75", note="matched at IoU 0.75"),
}

LABEL_WIDTH = max(len(names.label) for names in METRIC_NAMES.values())

BASELINES = {
    "majority_tag": "always the most frequent tag",
    "most_frequent_tag": "each word's most frequent tag",
    "suffix": "each word's most frequent tag; unseen words by their suffix",
    "bag_of_words": "logistic regression on words and pairs of words",
}

SHORT_BASELINES = {  # labels of bars
    "majority_tag": "most frequent tag",
    "most_frequent_tag": "most frequent per word",
    "suffix": "per word or suffix",
    "bag_of_words": "bag of words",
}

UNITS: dict[AnswerKind, str] = {"tag": "token", "label": "sentence", "string": "token"}  # what has an answer

ONCE_PER_SENTENCE = ("accuracy", "macro_f1", "weighted_f1")  # metrics of labels that say something of their own

NO_SPANS = "no gold or predicted spans"  # replaces a span F1
NO_GOLD_SPANS = "not compared: no gold spans"
NO_VARIATION = "no variation"  # replaces an interval of width zero, which would look like certainty

MEAN_SCORE = "mean score of the heads"  # name on a page of the score of a run with several heads

MAX_ROWS = 100  # tags, or span types, of a table on a terminal


def most_frequent(rows: Mapping[str, Row], support: Callable[[Row], float]) -> tuple[dict[str, Row], int]:
    """Limit a table to `MAX_ROWS` rows, and return them with the number of rows left out.

    A table that is short enough keeps its order; otherwise the most frequent rows are kept, in order of support.

    Args:
        rows: rows by tag or span type.
        support: function that returns the number of gold tokens or spans of a row.
    """
    if len(rows) <= MAX_ROWS:
        return {**rows}, 0
    frequent = sorted(rows.items(), key=lambda item: -support(item[1]))[:MAX_ROWS]
    return dict(frequent), len(rows) - MAX_ROWS


def metric_names(kind: AnswerKind, *, is_series: bool = False) -> dict[str, MetricNames]:
    """Names of the metrics of a kind of answer; a label is counted once per sentence.

    >>> metric_names("label")["macro_f1"].note, metric_names("string")["sentence_accuracy"].note
    ('mean F1 of the labels', ', every string correct')
    """
    if is_series:
        return {name: _of_series(names) for name, names in metric_names(kind).items()}
    if kind == "tag":
        return METRIC_NAMES
    chosen = ONCE_PER_SENTENCE if kind == "label" else METRIC_NAMES
    renamed = {name: _for_kind(METRIC_NAMES[name], kind) for name in chosen}
    if kind == "label":
        renamed["accuracy"] = renamed["accuracy"]._replace(counted="sentences")
    elif kind == "string":
        renamed["sentence_accuracy"] = renamed["sentence_accuracy"]._replace(note=", every string correct")
    return renamed


def _of_series(names: MetricNames) -> MetricNames:
    label, title, note = (in_terms(text, is_series=True) for text in (names.label, names.title, names.note))
    return names._replace(label=label, title=title, note=note)


def _for_kind(names: MetricNames, kind: AnswerKind) -> MetricNames:
    return names._replace(note=names.note.replace("tags", f"{NOUNS[kind]}s"))


def noun_of(kind: AnswerKind, *, is_series: bool = False) -> str:
    """Noun for what a head predicts and is scored on: tag, state, label or edit script."""
    return in_terms(NOUNS[kind], is_series=is_series)


def baseline_name(baseline: str, kind: AnswerKind, *, is_series: bool = False) -> str:
    """Description of a baseline for a kind of answer.

    >>> baseline_name("majority_tag", "label")
    'always the most frequent label'
    """
    return in_terms(BASELINES[baseline].replace("tag", NOUNS[kind]), is_series=is_series)


def short_baseline_name(baseline: str, kind: AnswerKind, *, is_series: bool = False) -> str:
    """Label of a baseline in a figure, for a kind of answer.

    >>> short_baseline_name("majority_tag", "label")
    'most frequent label'
    """
    return in_terms(SHORT_BASELINES[baseline].replace("tag", NOUNS[kind]), is_series=is_series)


def metric_name(metric: str) -> str:
    """Name of a metric within a sentence.

    >>> metric_name("span_f1"), metric_name("accuracy")
    ('span F1', 'accuracy')
    """
    return metric.replace("_", " ").replace(" f1", " F1")


def metrics_name(metrics: Mapping[str, str]) -> str:
    """Name, within a sentence, of the mean of the metrics of some heads.

    >>> metrics_name({"head": "span_f1"}), metrics_name({"intent": "accuracy", "slots": "span_f1"})
    ('span F1', 'mean')
    """
    return metric_name(*metrics.values()) if len(metrics) == 1 else "mean"


def metrics_text(metrics: Mapping[str, str]) -> str:
    """Description of the mean of the metrics of some heads.

    >>> metrics_text({"intent": "accuracy", "slots": "span_f1"})
    'the mean of intent accuracy and slots span F1'
    """
    *first, last = (f"{head} {metric_name(metric)}" for head, metric in metrics.items())
    return f"the mean of {', '.join(first)} and {last}" if first else last


def metrics_json(metrics: Mapping[str, str]) -> dict[str, object]:
    """The metrics of some heads in the form of `metrics.json`."""
    return {"metric": next(iter(metrics.values()))} if len(metrics) == 1 else {"metric": "mean", "metrics": {**metrics}}
