"""Spans found, counted as conlleval does (Tjong Kim Sang & Buchholz, 2000): right means the same tokens and type."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tagger.corpus.schemes import Scheme, Span, convert, read_tag, spans_of


@dataclass(frozen=True, slots=True)
class SpanCounts:
    """Counts of gold, predicted and right spans, by type and by sentence.

    Args:
        gold: spans in the gold tags.
        predicted: spans in the predicted tags.
        right: spans in both.
        by_sentence: numbers of right, predicted and gold spans of each sentence.
    """

    gold: Counter[str]
    predicted: Counter[str]
    right: Counter[str]
    by_sentence: tuple[tuple[int, int, int], ...]

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall over all spans, from 0 to 1; None without any span."""
        return self.ratios["f1"]

    @property
    def ratios(self) -> Mapping[str, float | None]:
        """Precision, recall and F1 over all spans; None where no span is gold and none is predicted."""
        right, predicted, gold = self.right.total(), self.predicted.total(), self.gold.total()
        scores = precision_recall_f1(right, predicted, gold)
        return scores if predicted + gold else dict.fromkeys(scores)

    def to_json(self) -> dict[str, Any]:
        """The counts' ratios as `metrics.json` has them, over all spans and type by type."""
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
    """Count the spans of some sentences' gold and predicted tags, both of the same scheme.

    Args:
        gold: gold tags of each sentence.
        predicted: as many predicted tags of each sentence.
        scheme: of both.
        strict: whether only spans count that are written as the scheme has it, see `strict_spans`.

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
    """The spans of a sentence whose tags are those that the scheme writes for them.

    So a span that nothing starts (`O I-per`) or nothing ends (bioes: `B-per O`) is none. For bio and bioes this is what
    seqeval counts in its strict mode; in iob1, where that makes a span of the half of a broken one, this makes none.

    >>> strict_spans(["B-per", "I-per", "O", "I-per"], "bio")
    [Span(start=0, end=2, type='per')]
    """
    written = convert(tags, scheme, scheme)
    is_whole = [read_tag(tag) == read_tag(as_it_should) for tag, as_it_should in zip(tags, written, strict=True)]
    return [span for span in spans_of(tags, scheme) if all(is_whole[span.start : span.end])]


def outside_ignored(
    gold: Sequence[Sequence[str]], predicted: Sequence[Sequence[str]], ignore: Sequence[str]
) -> tuple[Sequence[Sequence[str]], Sequence[Sequence[str]]]:
    """Gold and predicted tags of which no span reaches into a token whose gold tag is ignored."""
    if not ignore:
        return gold, predicted
    predicted = [
        ["O" if right in ignore else tag for right, tag in zip(gold_tags, tags, strict=True)]
        for gold_tags, tags in zip(gold, predicted, strict=True)
    ]
    return [["O" if tag in ignore else tag for tag in tags] for tags in gold], predicted


def precision_recall_f1(right: int, predicted: int, gold: int) -> dict[str, float]:
    """Precision, recall and F1 of spans, or of the tokens of a tag; 0 where there is nothing to share.

    >>> precision_recall_f1(2, 4, 2)
    {'precision': 0.5, 'recall': 1.0, 'f1': 0.6666666666666666}
    """
    return {
        "precision": right / predicted if predicted else 0.0,
        "recall": right / gold if gold else 0.0,
        "f1": 2 * right / (predicted + gold) if predicted + gold else 0.0,
    }
