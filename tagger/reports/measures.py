"""Names of headlines and baselines, as text and pages have them.

A new metric is its formula in `evaluation/headlines.py`, its words here, and a choice of `Metric` in
`config/values.py`.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

Row = TypeVar("Row")


class Measure(NamedTuple):
    """Names of a headline.

    Args:
        label: on a terminal.
        title: on a page.
        counted: name in `metrics.json` of the number of tokens or sentences that it is a share of; empty: of none.
        note: behind it on a terminal; {} is that number.
    """

    label: str
    title: str
    counted: str = ""
    note: str = ""


MEASURES = {
    "accuracy": Measure("all", "tokens right", "tokens", "of {:,} tokens"),
    "seen_accuracy": Measure("seen words", "words seen in train, right", "seen_tokens", "of {:,} tokens"),
    "unseen_accuracy": Measure("unseen words", "words unseen in train, right", "unseen_tokens", "of {:,} tokens"),
    "ambiguous_accuracy": Measure(
        "ambiguous words", "words with two or more tags in train, right", "ambiguous_tokens", "of {:,} tokens"
    ),
    "sentence_accuracy": Measure("sentences", "sentences all right", "sentences", "of {:,} all right"),
    "macro_f1": Measure("macro F1", "macro F1, each tag counts alike", note="each tag counts alike"),
    "weighted_f1": Measure(
        "weighted F1", "weighted F1, each tag counts by its tokens", note="each tag counts by its tokens"
    ),
    "span_f1": Measure("span F1", "F1 of spans"),
}

BASELINES = {
    "majority_tag": "the most frequent tag",
    "most_frequent_tag": "each word's most frequent tag",
    "suffix": "each word's most frequent tag, unseen words by their suffix",
}

SHORT_BASELINES = {  # beside a bar
    "majority_tag": "most frequent tag",
    "most_frequent_tag": "tag by word",
    "suffix": "tag by word or suffix",
}

NO_SPANS = "no spans, gold or predicted"  # in place of a span F1
NO_GOLD_SPANS = "not compared: no span is gold"
MOST_ROWS = 100  # tags, or types of spans, of a table on a terminal

ALIKE = "all draws alike"  # in place of an interval without width, which would look like certainty


def frequent(rows: Mapping[str, Row], support: Callable[[Row], float]) -> tuple[dict[str, Row], int]:
    """The rows of a table, the most frequent alone and first where there are too many, and how many are left out.

    Args:
        rows: by tag or type of span.
        support: the gold tokens or spans of a row.
    """
    if len(rows) <= MOST_ROWS:
        return {**rows}, 0
    most = sorted(rows.items(), key=lambda item: -support(item[1]))[:MOST_ROWS]
    return dict(most), len(rows) - MOST_ROWS


def metric_name(metric: str) -> str:
    """The name of a metric within a sentence.

    >>> metric_name("span_f1"), metric_name("accuracy")
    ('span F1', 'accuracy')
    """
    return metric.replace("_", " ").replace(" f1", " F1")
