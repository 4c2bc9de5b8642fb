"""Names of headlines and baselines, as text and pages have them.

A new metric is its formula in `evaluation/headlines.py`, its words here, and a choice of `Metric` in
`config/values.py`.
"""

from typing import NamedTuple


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

ALIKE = "all draws alike"  # in place of an interval without width, which would look like certainty


def metric_name(metric: str) -> str:
    """The name of a metric within a sentence.

    >>> metric_name("span_f1"), metric_name("accuracy")
    ('span F1', 'accuracy')
    """
    return metric.replace("_", " ").replace(" f1", " F1")
