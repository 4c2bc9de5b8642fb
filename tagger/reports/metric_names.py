"""Names of metrics and baselines in text and on pages.

A new metric needs its formula in `evaluation/headlines.py`, its names here, and a choice of `Metric` in
`config/values.py`.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

from tagger.corpus.counted import counted

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
}

BASELINES = {
    "majority_tag": "always the most frequent tag",
    "most_frequent_tag": "each word's most frequent tag",
    "suffix": "each word's most frequent tag; unseen words by their suffix",
}

SHORT_BASELINES = {  # labels of bars
    "majority_tag": "most frequent tag",
    "most_frequent_tag": "most frequent per word",
    "suffix": "per word or suffix",
}

NO_SPANS = "no gold or predicted spans"  # replaces a span F1
NO_GOLD_SPANS = "not compared: no gold spans"
NO_VARIATION = "no variation"  # replaces an interval of width zero, which would look like certainty

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


def metric_name(metric: str) -> str:
    """Name of a metric within a sentence.

    >>> metric_name("span_f1"), metric_name("accuracy")
    ('span F1', 'accuracy')
    """
    return metric.replace("_", " ").replace(" f1", " F1")
