"""Metrics by which the best epoch and the best trial are chosen."""

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any, NamedTuple

from tagger.corpus.schemes import Scheme
from tagger.encoding.lexicon import Lexicon
from tagger.evaluation.headlines import SEGMENT_METRICS
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
    spans = evaluation["spans"] or {}
    value: float | None = spans.get("f1") if metric == "span_f1" else evaluation.get(metric)
    return value


def has_gold_spans(evaluation: Mapping[str, Any]) -> bool:
    """Whether an evaluation in `metrics.json` has gold spans."""
    return evaluation["spans"] is not None and any(row["support"] for row in evaluation["spans"]["types"].values())


class SplitScore(NamedTuple):
    """The score of a split in `metrics.json` by which the best epoch and the best trial are chosen.

    Args:
        metric: name of the metric; `mean` for that of several heads.
        value: from 0 to 1; None if it is undefined.
        heads: the score by head and metric, such as `intent accuracy`; empty if the network has one head.
    """

    metric: str
    value: float | None
    heads: dict[str, float]


def split_score(
    split: Mapping[str, Any], training: Mapping[str, Any], metric: str, *, best_head: str | None = None
) -> SplitScore:
    """Return the score of a split in `metrics.json`.

    Args:
        split: `dev` or `test` of the file.
        training: `training` of the file.
        metric: metric of a network with one head; `auto`: span F1 if there are gold spans, else accuracy. Several heads
            have the metrics that chose the best epoch.
        best_head: the head that chose the best epoch, if it was not the mean of all.
    """
    if "heads" not in split:
        metric = resolve_metric(metric, has_spans=has_gold_spans(split))
        return SplitScore(metric, recorded_score(split, metric), {})
    metrics = training.get("metrics") or dict.fromkeys([best_head] if best_head else split["heads"], training["metric"])
    values = {
        f"{head} {each}": recorded_score(split["heads"][head], each)
        for head, each in metrics.items()
        if head in split["heads"]
    }
    heads = {name: value for name, value in values.items() if value is not None}
    return SplitScore(training["metric"], fmean(heads.values()) if heads else None, heads)


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
    is_series = metric in SEGMENT_METRICS
    evaluation = evaluate(gold, predicted, no_words, Lexicon("", None), ignore=ignore, is_series=is_series)
    return evaluation.headlines.get(metric, 0.0)
