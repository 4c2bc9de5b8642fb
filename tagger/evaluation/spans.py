"""Span scores, counted as by conlleval (Tjong Kim Sang & Buchholz, 2000): a right span has the gold tokens and type."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tagger.corpus.schemes import Scheme, Span, convert, read_tag, spans_of


@dataclass(frozen=True, slots=True)
class SpanCounts:
    """Counts of gold, predicted and right spans, by type and by sentence.

    Args:
        gold: number of spans in the gold tags, by type.
        predicted: number of spans in the predicted tags, by type.
        right: number of spans in both, by type.
        by_sentence: numbers of right, predicted and gold spans of each sentence.
    """

    gold: Counter[str]
    predicted: Counter[str]
    right: Counter[str]
    by_sentence: tuple[tuple[int, int, int], ...]

    @property
    def f1(self) -> float | None:
        """F1 over all spans, from 0 to 1; None without any gold or predicted span."""
        return self.ratios["f1"]

    @property
    def ratios(self) -> Mapping[str, float | None]:
        """Precision, recall and F1 over all spans, from 0 to 1; None without any gold or predicted span."""
        right, predicted, gold = self.right.total(), self.predicted.total(), self.gold.total()
        scores = precision_recall_f1(right, predicted, gold)
        return scores if predicted + gold else dict.fromkeys(scores)

    def to_json(self) -> dict[str, Any]:
        """Convert to a JSON object, as in `metrics.json`: scores over all spans and by type."""
        types = {
            kind: {
                **precision_recall_f1(self.right[kind], self.predicted[kind], self.gold[kind]),
                "support": self.gold[kind],
            }
            for kind in sorted({*self.gold, *self.predicted})
        }
        return {**self.ratios, "types": types}


def count_spans(
    gold: Iterable[Sequence[str]], predicted: Iterable[Sequence[str]], scheme: Scheme, *, strict: bool = False
) -> SpanCounts:
    """Count gold, predicted and right spans.

    Args:
        gold: gold tags of each sentence.
        predicted: predicted tags of each sentence.
        scheme: scheme of all tags.
        strict: whether to count only validly tagged spans, see `strict_spans`.

    >>> counts = count_spans([["B-A", "I-A", "O", "B-B"]], [["B-A", "I-A", "B-B", "O"]], "bio")
    >>> counts.right, counts.f1
    (Counter({'A': 1}), 0.5)
    """
    find = strict_spans if strict else spans_of
    counts: tuple[Counter[str], Counter[str], Counter[str]] = (Counter(), Counter(), Counter())
    by_sentence = []
    for gold_tags, tags in zip(gold, predicted, strict=True):
        gold_spans, spans = find(gold_tags, scheme), find(tags, scheme)
        right = {*gold_spans} & {*spans}
        for counter, counted in zip(counts, (gold_spans, spans, right), strict=True):
            counter.update(span.type for span in counted)
        by_sentence.append((len(right), len(spans), len(gold_spans)))
    return SpanCounts(*counts, tuple(by_sentence))


def strict_spans(tags: Sequence[str], scheme: Scheme) -> list[Span]:
    """Return the spans of a sentence that are tagged validly in the scheme.

    A span without a start (`O I-per`) or without an end (bioes: `B-per O`) is left out. For bio and bioes this equals
    the strict mode of seqeval; in iob1, seqeval counts one half of an invalid span, and this function does not.

    >>> strict_spans(["B-per", "I-per", "O", "I-per"], "bio")
    [Span(start=0, end=2, type='per')]
    """
    valid_tags = convert(tags, scheme, scheme)
    is_valid = [read_tag(tag) == read_tag(valid) for tag, valid in zip(tags, valid_tags, strict=True)]
    return [span for span in spans_of(tags, scheme) if all(is_valid[span.start : span.end])]


def mask_ignored(
    gold: Sequence[Sequence[str]], predicted: Sequence[Sequence[str]], ignore: Sequence[str]
) -> tuple[Sequence[Sequence[str]], Sequence[Sequence[str]]]:
    """Replace gold and predicted tags by `O` where the gold tag is ignored, so that no span includes these tokens."""
    if not ignore:
        return gold, predicted
    predicted = [
        ["O" if gold_tag in ignore else tag for gold_tag, tag in zip(gold_tags, tags, strict=True)]
        for gold_tags, tags in zip(gold, predicted, strict=True)
    ]
    return [["O" if tag in ignore else tag for tag in tags] for tags in gold], predicted


def precision_recall_f1(right: int, predicted: int, gold: int) -> dict[str, float]:
    """Compute precision, recall and F1 from numbers of spans or tokens; 0 for a ratio without a denominator.

    >>> precision_recall_f1(2, 4, 2)
    {'precision': 0.5, 'recall': 1.0, 'f1': 0.6666666666666666}
    """
    return {
        "precision": right / predicted if predicted else 0.0,
        "recall": right / gold if gold else 0.0,
        "f1": 2 * right / (predicted + gold) if predicted + gold else 0.0,
    }
