"""Evaluation of predicted tags against gold tags: counts, and the scores computed from them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from tagger.corpus.layout import AnswerKind
from tagger.corpus.schemes import Scheme
from tagger.corpus.spelling import PLAIN, Spelling
from tagger.encoding.arrays import Positions
from tagger.encoding.lexicon import Lexicon
from tagger.evaluation.bootstrap import interval, resampled_sums
from tagger.evaluation.breakdown import by_length, by_position
from tagger.evaluation.calibration import calibration_bins, calibration_error, coverage
from tagger.evaluation.headlines import SEGMENT_METRICS, count_sentences, defined_headlines, headlines
from tagger.evaluation.segments import SegmentCounts, count_segments
from tagger.evaluation.spans import SpanCounts, count_spans, mask_ignored, precision_recall_f1
from tagger.evaluation.steps import WORD_KINDS, ScoredSteps, scored_steps

NOUNS: dict[AnswerKind, str] = {"tag": "tag", "label": "label", "string": "edit script"}  # what is counted


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Counts over scored tokens, and their scores: ratios from 0 to 1; 0 if no token is scored.

    Args:
        steps: the scored tokens.
        spans: span counts; None if tags have no scheme.
        strict_spans: counts of validly tagged spans only, see `tagger.evaluation.spans.strict_spans`.
        kind: kind of the answers that are counted as tags; a label is the tag of a sentence of one token, and the tag
            of a string is its edit script.
        is_series: whether the sentences are series of numbers.
    """

    steps: ScoredSteps
    spans: SpanCounts | None = None
    strict_spans: SpanCounts | None = None
    kind: AnswerKind = "tag"
    is_series: bool = False

    @property
    def tags(self) -> tuple[str, ...]:
        """All tags that the tagger knows or that occur, gold or predicted."""
        return self.steps.tags

    @cached_property
    def confusion(self) -> Positions:
        """(pairs, 3) index of the gold tag, index of the predicted tag, number of tokens, for each pair that occurs."""
        n = len(self.tags)
        pairs, counts = np.unique(self.steps.gold * n + self.steps.predicted, return_counts=True)
        return np.column_stack([*np.divmod(pairs, max(n, 1)), counts])

    @cached_property
    def segments(self) -> SegmentCounts | None:
        """Segments of series; None for text, labels, and tags of a scheme."""
        return count_segments(self.steps) if self.is_series and self.kind == "tag" and self.spans is None else None

    @cached_property
    def sentence_counts(self) -> Positions:
        """(sentences, columns) counts of each sentence, see `count_sentences`."""
        return count_sentences(self.steps, self.spans, self.segments)

    @cached_property
    def headlines(self) -> dict[str, float]:
        """Headline scores that are defined for these tokens, by name."""
        return defined_headlines(headlines(self.sentence_counts.sum(axis=0)))

    @cached_property
    def intervals(self) -> dict[str, tuple[float, float]]:
        """95 % confidence interval of each headline score, by bootstrap over sentences."""
        if not self.headlines:
            return {}
        drawn = headlines(resampled_sums(self.sentence_counts))
        return {name: interval(value, drawn[name]) for name, value in self.headlines.items()}

    @property
    def n_tokens(self) -> int:
        """Number of scored tokens."""
        return len(self.steps.gold)

    @property
    def n_sentences(self) -> int:
        """Number of sentences that have a scored token."""
        return len(self.steps.sentences)

    @property
    def counts(self) -> dict[str, int | None]:
        """Numbers of scored sentences, scored tokens, and tokens of each kind of word; None for an unknown kind."""
        kinds = {
            f"{kind}_tokens": None if chosen is None else int(chosen.sum()) for kind, chosen in self.steps.kinds.items()
        }
        return {"sentences": self.n_sentences, "tokens": self.n_tokens, **kinds}

    @property
    def accuracy(self) -> float:
        """Fraction of tokens tagged correctly."""
        return self.headlines.get("accuracy", 0.0)

    @property
    def baseline_accuracies(self) -> dict[str, float]:
        """Accuracy of each baseline, by name."""
        return {name: int(right.sum()) / max(self.n_tokens, 1) for name, right in self.steps.baselines.items()}

    @property
    def baseline_accuracy(self) -> float:
        """Accuracy of each word's most frequent tag; without words, of the most frequent tag of all."""
        accuracies = self.baseline_accuracies
        return accuracies.get("most_frequent_tag", accuracies["majority_tag"])

    @property
    def unbeaten_baselines(self) -> tuple[str, ...]:
        """Names of the baselines that are at least as accurate as the tagger."""
        n_right = int(self.steps.is_right.sum())
        return tuple(name for name, is_right in self.steps.baselines.items() if is_right.sum() >= n_right)

    @property
    def by_tag(self) -> dict[str, dict[str, float]]:
        """Accuracy, precision, recall, F1 and support of each tag.

        A tag's accuracy is the fraction of its gold tokens tagged correctly, which is also its recall.
        """
        steps, n = self.steps, len(self.tags)
        counts = (np.bincount(ids, minlength=n) for ids in (steps.gold[steps.is_right], steps.predicted, steps.gold))
        rows = {}
        for tag, right, predicted, gold in zip(self.tags, *(column.tolist() for column in counts), strict=True):
            scores = precision_recall_f1(right, predicted, gold)
            rows[tag] = {"accuracy": scores["recall"], **scores, "support": gold}
        return rows

    def to_json(self) -> dict[str, Any]:
        """Convert to a JSON object, as in `metrics.json`; ratios from 0 to 1."""
        may_be_none = {f"{kind}_accuracy" for kind in WORD_KINDS}
        ratios = {
            name: self.headlines.get(name, None if name in may_be_none else 0.0)
            for name in headlines(self.sentence_counts.sum(axis=0))
            if self.segments is not None or name not in SEGMENT_METRICS
        }
        return {
            **self.counts,
            **{name: value for name, value in ratios.items() if name != "span_f1"},  # it is in `spans`
            "intervals": {name: self.intervals.get(name) for name in ratios},
            "baseline_accuracy": self.baseline_accuracy,
            "baselines": self.baseline_accuracies,
            "beats_baselines": not self.unbeaten_baselines,
            "tags": self.by_tag,
            "confusion": {"tags": self.tags, "cells": self._cells()},
            "spans": self._spans_to_json(),
            **({} if self.segments is None else {"segments": self.segments.to_json()}),
            "by_length": by_length(self.steps),
            "by_position": [] if self.kind == "label" else by_position(self.steps),
            "calibration": self._calibration_to_json(),
        }

    def _cells(self) -> dict[str, dict[str, int]]:
        """Return the number of tokens by gold tag and predicted tag, for pairs that occur."""
        cells: dict[str, dict[str, int]] = {}
        for gold, predicted, tokens in self.confusion.tolist():
            cells.setdefault(self.tags[gold], {})[self.tags[predicted]] = tokens
        return cells

    def _spans_to_json(self) -> dict[str, Any] | None:
        if self.spans is None or self.strict_spans is None:
            return None
        return {**self.spans.to_json(), "strict": self.strict_spans.ratios}

    def _calibration_to_json(self) -> dict[str, Any] | None:
        confidence, is_right = self.steps.confidence, self.steps.is_right
        if confidence is None or not self.n_tokens:
            return None
        return {
            "error": calibration_error(confidence, is_right),
            "bins": calibration_bins(confidence, is_right),
            "coverage": coverage(confidence, is_right),
        }


def evaluate(
    gold: Iterable[Sequence[str]],
    predicted: Iterable[Sequence[str]],
    tokens: Iterable[Sequence[str]],
    lexicon: Lexicon,
    *,
    confidence: Iterable[Sequence[float]] | None = None,
    known_tags: Sequence[str] = (),
    ignore: Sequence[str] = (),
    scheme: Scheme = "none",
    spelling: Spelling = PLAIN,
    kind: AnswerKind = "tag",
    lengths: Sequence[int] | Positions | None = None,
    baselines: Mapping[str, Iterable[Sequence[str]]] = {},
    is_series: bool = False,
) -> Evaluation:
    """Evaluate predicted tags against gold tags.

    Args:
        gold: gold tags of each sentence.
        predicted: predicted tags of each sentence.
        tokens: tokens of each sentence.
        lexicon: words of train, for unseen words and baselines.
        confidence: probability of each predicted tag, from 0 to 1, for each sentence.
        known_tags: tags to list even if they do not occur.
        ignore: gold tags whose tokens are not scored.
        scheme: scheme of all tags.
        spelling: spelling of all tags.
        kind: kind of the answers that are passed as tags, see `Evaluation`.
        lengths: number of tokens of each sentence, if not that of its tokens here.
        baselines: tags of each sentence by further baselines, by name.
        is_series: whether the sentences are series of numbers, whose segments are scored unless tags have a scheme.

    Raises:
        ValueError: gold tags, predicted tags, tokens or confidences of a sentence differ in number.
    """
    gold, predicted = list(gold), list(predicted)
    steps = scored_steps(
        gold, predicted, tokens, lexicon,
        confidence=confidence, known_tags=known_tags, ignore=ignore, lengths=lengths, baselines=baselines,
    )  # fmt: skip
    if scheme == "none":
        return Evaluation(steps, kind=kind, is_series=is_series)
    scored = mask_ignored([gold[i] for i in steps.indices], [predicted[i] for i in steps.indices], ignore)
    gold, predicted = ([[*map(spelling.read, tags)] for tags in each] for each in scored)
    strict = count_spans(gold, predicted, scheme, strict=True)
    return Evaluation(steps, count_spans(gold, predicted, scheme), strict, kind, is_series)
