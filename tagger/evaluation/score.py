"""One number for the tags of a network, by which the best weights of a training are chosen."""

from collections.abc import Mapping, Sequence
from typing import Any

from tagger.corpus.schemes import Scheme
from tagger.encoding.lexicon import Lexicon
from tagger.evaluation.metrics import Evaluation
from tagger.evaluation.spans import count_spans, outside_ignored
from tagger.evaluation.steps import scored_steps


def metric_meant(metric: str, *, has_spans: bool) -> str:
    """A metric by name: what `auto` means is span F1 where tags are of a scheme, else accuracy."""
    automatic = "span_f1" if has_spans else "accuracy"
    return automatic if metric == "auto" else metric


def told_score(evaluation: Mapping[str, Any], metric: str) -> float:
    """A metric of an evaluation as metrics.json has one, from 0 to 1; span_f1 only where there are spans.

    >>> told_score({"accuracy": 0.9, "macro_f1": 0.8, "spans": {"f1": 0.5}}, "span_f1")
    0.5
    """
    return float(evaluation["spans"]["f1"] if metric == "span_f1" else evaluation[metric])


def score(
    metric: str,
    gold: Sequence[Sequence[str]],
    predicted: Sequence[Sequence[str]],
    *,
    scheme: Scheme = "none",
    ignore: Sequence[str] = (),
) -> float:
    """One number from 0 to 1 to choose weights by.

    Args:
        metric: accuracy, macro_f1 or span_f1.
        gold: of each sentence, the gold tags.
        predicted: of each sentence, as many predicted tags.
        scheme: of the tags, for span_f1.
        ignore: gold tags whose tokens do not count.
    """
    if metric == "span_f1":
        return count_spans(*outside_ignored(gold, predicted, ignore), scheme).f1
    nameless = [[""] * len(tags) for tags in gold]  # neither metric looks at words
    found = Evaluation(scored_steps(gold, predicted, nameless, Lexicon("", None), ignore=ignore))
    return found.accuracy if metric == "accuracy" else found.macro_f1
