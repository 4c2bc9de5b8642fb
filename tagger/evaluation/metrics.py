"""Gold and predicted tags → counts, and every ratio from them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import confusion_matrix, f1_score

from tagger.corpus.schemes import Scheme
from tagger.encoding.lexicon import Lexicon
from tagger.evaluation.spans import SpanCounts, count_spans

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was counted over the scored tokens of some sentences.

    Args:
        tags: all tags that occur, gold or predicted, and those that the tagger knows.
        confusion: (tags, tags) tokens by gold tag (row) and predicted tag (column).
        n_sentences: that have a scored token.
        n_sentences_right: of which every scored token is right.
        n_unseen: tokens whose form, as written, does not occur in train; None where the tagger reads no words.
        n_unseen_right: of which are right.
        baselines: by name, the tokens that a tagger without a network gets right.
        spans: how spans meet; None where tags are of no scheme.
    """

    tags: tuple[str, ...]
    confusion: Counts
    n_sentences: int
    n_sentences_right: int
    n_unseen: int | None
    n_unseen_right: int
    baselines: dict[str, int]
    spans: SpanCounts | None = None

    @property
    def n_tokens(self) -> int:
        """Scored tokens."""
        return int(self.confusion.sum())

    @property
    def accuracy(self) -> float:
        """Of the tokens, the share tagged right."""
        return _share(int(self.confusion.trace()), self.n_tokens)

    @property
    def sentence_accuracy(self) -> float:
        """Of the sentences, the share without an error."""
        return _share(self.n_sentences_right, self.n_sentences)

    @property
    def unseen_accuracy(self) -> float | None:
        """Of the unseen tokens, the share tagged right; None where there are none."""
        return _share(self.n_unseen_right, self.n_unseen) if self.n_unseen else None

    @property
    def baseline_accuracies(self) -> dict[str, float]:
        """By name, the share that a tagger without a network gets right."""
        return {name: _share(right, self.n_tokens) for name, right in self.baselines.items()}

    @property
    def baseline_accuracy(self) -> float:
        """Of the last baseline: each word's most frequent tag, where words are read."""
        return list(self.baseline_accuracies.values())[-1]

    @property
    def macro_f1(self) -> float:
        """The mean of F1 over the tags that occur, gold or predicted."""
        right, both = self.confusion.diagonal(), self.confusion.sum(axis=0) + self.confusion.sum(axis=1)
        return float(np.mean(2 * right[both > 0] / both[both > 0])) if self.n_tokens else 0.0

    @property
    def by_tag(self) -> dict[str, dict[str, float]]:
        """Each tag's accuracy, precision, recall, F1 and support.

        A tag's accuracy is the share of its gold tokens that are tagged right, and so the same as its recall.
        """
        rows = {}
        for i, tag in enumerate(self.tags):
            right, gold, predicted = (
                int(n) for n in (self.confusion[i, i], self.confusion[i].sum(), self.confusion[:, i].sum())
            )
            rows[tag] = {
                "accuracy": _share(right, gold),
                "precision": _share(right, predicted),
                "recall": _share(right, gold),
                "f1": _share(2 * right, gold + predicted),
                "support": gold,
            }
        return rows

    def to_json(self) -> dict[str, Any]:
        """The evaluation as `metrics.json` has it; ratios from 0 to 1."""
        return {
            "sentences": self.n_sentences,
            "tokens": self.n_tokens,
            "accuracy": self.accuracy,
            "sentence_accuracy": self.sentence_accuracy,
            "unseen_accuracy": self.unseen_accuracy,
            "unseen_tokens": self.n_unseen,
            "macro_f1": self.macro_f1,
            "baseline_accuracy": self.baseline_accuracy,
            "baselines": self.baseline_accuracies,
            "tags": self.by_tag,
            "spans": None if self.spans is None else self.spans.to_json(),
        }


def evaluate(
    gold: Iterable[Sequence[str]],
    predicted: Iterable[Sequence[str]],
    tokens: Iterable[Sequence[str]],
    lexicon: Lexicon,
    *,
    known_tags: Sequence[str] = (),
    ignore: Sequence[str] = (),
    scheme: Scheme = "none",
) -> Evaluation:
    """Counts how predicted tags meet gold ones.

    Args:
        gold: of each sentence, the gold tags.
        predicted: of each sentence, as many predicted tags.
        tokens: of each sentence, its tokens.
        lexicon: what is known of train's words, for unseen words and baselines.
        known_tags: that are listed even if they do not occur.
        ignore: gold tags whose tokens are not counted.
        scheme: of the tags, gold and predicted.
    """
    gold, predicted = list(gold), list(predicted)
    golds: list[str] = []
    guesses: list[str] = []
    n_sentences = n_sentences_right = n_unseen = n_unseen_right = 0
    forms, single_word_taggers = lexicon.forms, lexicon.baselines
    baselines = dict.fromkeys(single_word_taggers, 0)
    for gold_tags, tags, words in zip(gold, predicted, tokens, strict=True):
        scored = [step for step in zip(gold_tags, tags, words, strict=True) if step[0] not in ignore]
        n_sentences += bool(scored)
        n_sentences_right += bool(scored) and all(right == tag for right, tag, _ in scored)
        for right, tag, word in scored:
            golds.append(right)
            guesses.append(tag)
            if forms is not None and word not in forms:
                n_unseen += 1
                n_unseen_right += right == tag
            for name, guess in single_word_taggers.items():
                baselines[name] += guess(word) == right
    tags = tuple(dict.fromkeys([*known_tags, *sorted({*golds, *guesses})]))
    if golds and len(tags) > 1:
        confusion = confusion_matrix(golds, guesses, labels=list(tags))
    else:  # where scikit-learn fails, or warns
        confusion = np.full((len(tags), len(tags)), len(golds), np.int64)
    return Evaluation(
        tags=tags,
        confusion=confusion,
        n_sentences=n_sentences,
        n_sentences_right=n_sentences_right,
        n_unseen=n_unseen if forms is not None else None,
        n_unseen_right=n_unseen_right,
        baselines=baselines,
        spans=None if scheme == "none" else _count_scored_spans(gold, predicted, scheme, ignore),
    )


def _count_scored_spans(
    gold: Sequence[Sequence[str]], predicted: Sequence[Sequence[str]], scheme: Scheme, ignore: Sequence[str]
) -> SpanCounts:
    """Counts spans; none reaches into a token whose gold tag is ignored."""
    if ignore:
        predicted = [
            ["O" if right in ignore else tag for right, tag in zip(gold_tags, tags, strict=True)]
            for gold_tags, tags in zip(gold, predicted, strict=True)
        ]
        gold = [["O" if tag in ignore else tag for tag in tags] for tags in gold]
    return count_spans(gold, predicted, scheme)


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
        return _count_scored_spans(gold, predicted, scheme, ignore).f1
    pairs = [
        (right, tag)
        for gold_tags, tags in zip(gold, predicted, strict=True)
        for right, tag in zip(gold_tags, tags, strict=True)
        if right not in ignore
    ]
    if not pairs:
        return 0.0
    if metric == "accuracy":
        return sum(right == tag for right, tag in pairs) / len(pairs)
    return float(f1_score(*zip(*pairs, strict=True), average="macro", zero_division=0))


def _share(part: int, whole: int) -> float:
    """The ratio, 0 where there is nothing to share."""
    return part / whole if whole else 0.0
