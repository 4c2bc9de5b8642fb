"""Spans found, counted as conlleval does (Tjong Kim Sang & Buchholz, 2000): right means the same tokens and type."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tagger.corpus.schemes import Scheme, spans_of


@dataclass(frozen=True, slots=True)
class SpanCounts:
    """How predicted spans meet gold ones, by type.

    Args:
        gold: spans in the gold tags.
        predicted: spans in the predicted tags.
        right: spans in both.
    """

    gold: Counter[str]
    predicted: Counter[str]
    right: Counter[str]

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall over all spans, from 0 to 1."""
        return _ratios(self.right.total(), self.predicted.total(), self.gold.total())["f1"]

    def to_json(self) -> dict[str, Any]:
        """The counts' ratios as `metrics.json` has them, over all spans and type by type."""
        types = {
            kind: {**_ratios(self.right[kind], self.predicted[kind], self.gold[kind]), "support": self.gold[kind]}
            for kind in sorted({*self.gold, *self.predicted})
        }
        return {**_ratios(self.right.total(), self.predicted.total(), self.gold.total()), "types": types}


def count_spans(gold: Iterable[Sequence[str]], predicted: Iterable[Sequence[str]], scheme: Scheme) -> SpanCounts:
    """Counts the spans of some sentences' gold and predicted tags, both of the same scheme.

    >>> counts = count_spans([["B-A", "I-A", "O", "B-B"]], [["B-A", "I-A", "B-B", "O"]], "bio")
    >>> counts.right, counts.f1
    (Counter({'A': 1}), 0.5)
    """
    counts = SpanCounts(Counter(), Counter(), Counter())
    for gold_tags, tags in zip(gold, predicted, strict=True):
        gold_spans, spans = spans_of(gold_tags, scheme), spans_of(tags, scheme)
        counts.gold.update(span.type for span in gold_spans)
        counts.predicted.update(span.type for span in spans)
        counts.right.update(span.type for span in {*gold_spans} & {*spans})
    return counts


def _ratios(right: int, predicted: int, gold: int) -> dict[str, float]:
    return {
        "precision": right / predicted if predicted else 0.0,
        "recall": right / gold if gold else 0.0,
        "f1": 2 * right / (predicted + gold) if predicted + gold else 0.0,
    }
