"""Metrics by which the best epoch and the best trial are chosen."""

from collections.abc import Mapping, Sequence
from typing import Any

from tagger.corpus.schemes import Scheme
from tagger.encoding.lexicon import Lexicon
from tagger.evaluation.metrics import evaluate
from tagger.evaluation.spans import count_spans, mask_ignored


def resolve_metric(metric: str, *, has_spans: bool) -> str:
    """Replace the metric `auto`: by span F1 if there are spans, else by accuracy."""
    automatic = "span_f1" if has_spans else "accuracy"
    return automatic if metric == "auto" else metric


def recorded_score(evaluation: Mapping[str, Any], metric: str) -> float | None:
    """Return a metric, from 0 to 1, of an evaluation in `metrics.json`; None for span F1 without spans.

    >>> recorded_score({"accuracy": 0.9, "macro_f1": 0.8, "spans": {"f1": 0.5}}, "span_f1")
    0.5
    """
    value: float | None = evaluation["spans"]["f1"] if metric == "span_f1" else evaluation[metric]
    return value


def has_gold_spans(evaluation: Mapping[str, Any]) -> bool:
    """Whether an evaluation in `metrics.json` has gold spans."""
    return evaluation["spans"] is not None and any(row["support"] for row in evaluation["spans"]["types"].values())


def score(
    metric: str,
    gold: Sequence[Sequence[str]],
    predicted: Sequence[Sequence[str]],
    *,
    scheme: Scheme = "none",
    ignore: Sequence[str] = (),
) -> float:
    """Compute a metric, from 0 to 1; 0 without a scored token.

    Args:
        metric: name of a headline score that does not depend on the words.
        gold: gold tags of each sentence.
        predicted: predicted tags of each sentence.
        scheme: scheme of the tags, for span_f1.
        ignore: gold tags whose tokens are not scored.
    """
    if metric == "span_f1":  # faster than a whole evaluation
        return count_spans(*mask_ignored(gold, predicted, ignore), scheme).f1 or 0.0
    no_words = [[""] * len(tags) for tags in gold]
    return evaluate(gold, predicted, no_words, Lexicon("", None), ignore=ignore).headlines.get(metric, 0.0)
