"""Gold and predicted tags → counts, and every ratio from them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from tagger.corpus.schemes import Scheme
from tagger.corpus.spelling import PLAIN, Spelling
from tagger.encoding.arrays import Positions
from tagger.encoding.lexicon import Lexicon
from tagger.evaluation.bootstrap import interval, resampled
from tagger.evaluation.breakdown import by_length, by_position
from tagger.evaluation.calibration import calibration_bins, calibration_error, coverage
from tagger.evaluation.headlines import count_sentences, headlines, named
from tagger.evaluation.spans import SpanCounts, count_spans, outside_ignored, precision_recall_f1
from tagger.evaluation.steps import KINDS, ScoredSteps, scored_steps


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Counts over the scored tokens of some sentences; ratios go from 0 to 1, and are 0 where nothing is scored.

    Args:
        steps: the scored tokens.
        spans: counts of spans; None where tags are of no scheme.
        strict_spans: counts of those that are written as the scheme has it.
    """

    steps: ScoredSteps
    spans: SpanCounts | None = None
    strict_spans: SpanCounts | None = None

    @property
    def tags(self) -> tuple[str, ...]:
        """All tags that occur, gold or predicted, and those that the tagger knows."""
        return self.steps.tags

    @cached_property
    def confusion(self) -> Positions:
        """(pairs, 3) gold tag and predicted tag, as places in `tags`, and tokens, of each pair that occurs."""
        n = len(self.tags)
        pairs, counts = np.unique(self.steps.gold * n + self.steps.predicted, return_counts=True)
        return np.column_stack([*np.divmod(pairs, max(n, 1)), counts])

    @cached_property
    def sentence_counts(self) -> Positions:
        """(sentences, columns) counts that add up over sentences, see `count_sentences`."""
        return count_sentences(self.steps, self.spans)

    @cached_property
    def headlines(self) -> dict[str, float]:
        """Headlines that exist for these tokens, by name."""
        return named(headlines(self.sentence_counts.sum(axis=0)))

    @cached_property
    def intervals(self) -> dict[str, tuple[float, float]]:
        """The 95 % interval of each headline, by bootstrap over sentences."""
        if not self.headlines:
            return {}
        drawn = headlines(resampled(self.sentence_counts))
        return {name: interval(value, drawn[name]) for name, value in self.headlines.items()}

    @property
    def n_tokens(self) -> int:
        """Scored tokens."""
        return len(self.steps.gold)

    @property
    def n_sentences(self) -> int:
        """Sentences that have a scored token."""
        return len(self.steps.sentences)

    @property
    def counts(self) -> dict[str, int | None]:
        """Scored sentences, scored tokens, and those of each kind of word; None where a kind is not known."""
        kinds = {
            f"{kind}_tokens": None if chosen is None else int(chosen.sum()) for kind, chosen in self.steps.kinds.items()
        }
        return {"sentences": self.n_sentences, "tokens": self.n_tokens, **kinds}

    @property
    def accuracy(self) -> float:
        """Share of the tokens that are tagged right."""
        return self.headlines.get("accuracy", 0.0)

    @property
    def baseline_accuracies(self) -> dict[str, float]:
        """Accuracy of each tagger without a network, by name."""
        return {name: int(right.sum()) / max(self.n_tokens, 1) for name, right in self.steps.baselines.items()}

    @property
    def baseline_accuracy(self) -> float:
        """Accuracy of each word's most frequent tag; where no words are read, of the most frequent tag."""
        accuracies = self.baseline_accuracies
        return accuracies.get("most_frequent_tag", accuracies["majority_tag"])

    @property
    def not_beaten(self) -> tuple[str, ...]:
        """The names of the baselines that are as accurate, or more."""
        right = int(self.steps.is_right.sum())
        return tuple(name for name, of_baseline in self.steps.baselines.items() if of_baseline.sum() >= right)

    @property
    def by_tag(self) -> dict[str, dict[str, float]]:
        """Each tag's accuracy, precision, recall, F1 and support.

        A tag's accuracy is the share of its gold tokens that are tagged right, and so the same as its recall.
        """
        steps, n = self.steps, len(self.tags)
        counts = (np.bincount(ids, minlength=n) for ids in (steps.gold[steps.is_right], steps.predicted, steps.gold))
        rows = {}
        for tag, right, predicted, gold in zip(self.tags, *(column.tolist() for column in counts), strict=True):
            scores = precision_recall_f1(right, predicted, gold)
            rows[tag] = {"accuracy": scores["recall"], **scores, "support": gold}
        return rows

    def to_json(self) -> dict[str, Any]:
        """The evaluation as `metrics.json` has it; ratios from 0 to 1."""
        of_some = {f"{kind}_accuracy" for kind in KINDS}  # tokens, of which there may be none
        ratios = {
            name: self.headlines.get(name, None if name in of_some else 0.0)
            for name in headlines(self.sentence_counts.sum(axis=0))
        }
        return {
            **self.counts,
            **{name: value for name, value in ratios.items() if name != "span_f1"},  # stands with the spans
            "intervals": {name: self.intervals.get(name) for name in ratios},
            "baseline_accuracy": self.baseline_accuracy,
            "baselines": self.baseline_accuracies,
            "beats_baselines": not self.not_beaten,
            "tags": self.by_tag,
            "confusion": {"tags": self.tags, "cells": self._cells()},
            "spans": self._spans_to_json(),
            "by_length": by_length(self.steps),
            "by_position": by_position(self.steps),
            "calibration": self._calibration_to_json(),
        }

    def _cells(self) -> dict[str, dict[str, int]]:
        """Tokens by gold tag and predicted tag; a pair that does not occur is left out."""
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
) -> Evaluation:
    """Compare predicted tags with gold ones.

    Args:
        gold: gold tags of each sentence.
        predicted: as many predicted tags of each sentence.
        tokens: tokens of each sentence.
        lexicon: the words of train, for unseen words and baselines.
        confidence: probability of each predicted tag, from 0 to 1, of each sentence.
        known_tags: tags that are listed even if they do not occur.
        ignore: gold tags whose tokens are not counted.
        scheme: of the tags, gold and predicted.
        spelling: of the same.

    Raises:
        ValueError: a sentence's gold tags, predicted tags, tokens or confidences differ in number.
    """
    gold, predicted = list(gold), list(predicted)
    steps = scored_steps(gold, predicted, tokens, lexicon, confidence=confidence, known_tags=known_tags, ignore=ignore)
    if scheme == "none":
        return Evaluation(steps)
    is_scored = [any(tag not in ignore for tag in tags) for tags in gold]
    masked, guesses = outside_ignored(
        [tags for tags, scored in zip(gold, is_scored, strict=True) if scored],
        [tags for tags, scored in zip(predicted, is_scored, strict=True) if scored],
        ignore,
    )
    masked, guesses = ([[*map(spelling.read, tags)] for tags in each] for each in (masked, guesses))
    strict = count_spans(masked, guesses, scheme, strict=True)
    return Evaluation(steps, count_spans(masked, guesses, scheme), strict)
