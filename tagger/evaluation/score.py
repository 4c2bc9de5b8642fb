"""One number for the tags of a network, by which the best weights of a training are chosen."""

from collections.abc import Mapping, Sequence
from typing import Any

from tagger.corpus.schemes import Scheme
from tagger.encoding.lexicon import Lexicon
from tagger.evaluation.metrics import evaluate
from tagger.evaluation.spans import count_spans, outside_ignored


def metric_meant(metric: str, *, has_spans: bool) -> str:
    """Resolve `auto`: span F1 where tags are of a scheme, else accuracy."""
    automatic = "span_f1" if has_spans else "accuracy"
    return automatic if metric == "auto" else metric


def recorded_score(evaluation: Mapping[str, Any], metric: str) -> float | None:
    """A metric of an evaluation as `metrics.json` has one, from 0 to 1; None is the span F1 of no spans.

    >>> recorded_score({"accuracy": 0.9, "macro_f1": 0.8, "spans": {"f1": 0.5}}, "span_f1")
    0.5
    """
    value: float | None = evaluation["spans"]["f1"] if metric == "span_f1" else evaluation[metric]
    return value


def has_gold_spans(evaluation: Mapping[str, Any]) -> bool:
    """Whether an evaluation as `metrics.json` has one is of sentences that have spans."""
    return evaluation["spans"] is not None and any(row["support"] for row in evaluation["spans"]["types"].values())


def score(
    metric: str,
    gold: Sequence[Sequence[str]],
    predicted: Sequence[Sequence[str]],
    *,
    scheme: Scheme = "none",
    ignore: Sequence[str] = (),
) -> float:
    """One number from 0 to 1 to choose weights by; 0 where nothing is scored.

    Args:
        metric: name of a headline for which words do not matter.
        gold: gold tags of each sentence.
        predicted: as many predicted tags of each sentence.
        scheme: of the tags, for span_f1.
        ignore: gold tags whose tokens do not count.
    """
    if metric == "span_f1":  # needs spans only
        return count_spans(*outside_ignored(gold, predicted, ignore), scheme).f1 or 0.0
    nameless = [[""] * len(tags) for tags in gold]
    return evaluate(gold, predicted, nameless, Lexicon("", None), ignore=ignore).headlines.get(metric, 0.0)
