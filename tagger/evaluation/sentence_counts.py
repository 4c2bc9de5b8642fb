"""Counts that add up over sentences, and the headlines from their sums: the few numbers that a tagger is known by.

A row of counts belongs to a sentence, a sum of rows to many. Of all rows the sum gives a headline itself, of rows drawn
with replacement its interval, and of two taggers' rows, swapped or not, whether they differ.
"""

from collections.abc import Mapping

import numpy as np

from tagger.evaluation.spans import SpanCounts
from tagger.evaluation.steps import Flags, Floats, Ids, Steps

HEADLINES = {  # as tables on a terminal call them, in their order
    "accuracy": "all",
    "seen_accuracy": "seen words",
    "unseen_accuracy": "unseen words",
    "ambiguous_accuracy": "ambiguous words",
    "sentence_accuracy": "sentences",
    "macro_f1": "macro F1",
    "weighted_f1": "weighted F1",
    "span_f1": "span F1",
}
MEASURES = {  # as pages call them
    "accuracy": "tokens right",
    "seen_accuracy": "words seen in train, right",
    "unseen_accuracy": "words unseen in train, right",
    "ambiguous_accuracy": "words with two or more tags in train, right",
    "sentence_accuracy": "sentences all right",
    "macro_f1": "macro F1, each tag counts alike",
    "weighted_f1": "weighted F1, each tag counts by its tokens",
    "span_f1": "F1 of spans",
}

# The columns of counts: of each kind of word its tokens, then those that are right. Behind them stand, of each tag: its
# tokens that are right, gold ones, predicted ones.
SENTENCES, SENTENCES_RIGHT = 0, 1
SEEN, SEEN_RIGHT, UNSEEN, UNSEEN_RIGHT, AMBIGUOUS, AMBIGUOUS_RIGHT = range(2, 8)
SPANS_RIGHT, SPANS_PREDICTED, SPANS_GOLD = range(8, 11)
N_COLUMNS = 11


def count_sentences(steps: Steps, spans: SpanCounts | None) -> Ids:
    """(sentences, columns) counts of each sentence.

    Args:
        steps: the scored tokens.
        spans: of the same sentences; None where tags are of no scheme.
    """
    n_sentences, n_tags = len(steps.sentences), len(steps.tags)

    def by_sentence(chosen: Flags) -> Ids:
        return np.bincount(steps.sentence[chosen], minlength=n_sentences)

    def by_tag(tags: Ids, sentence: Ids) -> Ids:
        return np.bincount(sentence * n_tags + tags, minlength=n_sentences * n_tags).reshape(n_sentences, n_tags)

    right = steps.is_right
    counts = np.zeros((n_sentences, N_COLUMNS), np.int64)
    counts[:, SENTENCES] = 1
    counts[:, SENTENCES_RIGHT] = by_sentence(~right) == 0
    for column, chosen in (
        (SEEN, None if steps.is_unseen is None else ~steps.is_unseen),
        (UNSEEN, steps.is_unseen),
        (AMBIGUOUS, steps.is_ambiguous),
    ):
        if chosen is not None:
            counts[:, column] = by_sentence(chosen)
            counts[:, column + 1] = by_sentence(chosen & right)
    if spans is not None:
        counts[:, [SPANS_RIGHT, SPANS_PREDICTED, SPANS_GOLD]] = np.reshape(spans.by_sentence, (n_sentences, 3))
    return np.hstack(
        [
            counts,
            by_tag(steps.gold[right], steps.sentence[right]),
            by_tag(steps.gold, steps.sentence),
            by_tag(steps.predicted, steps.sentence),
        ]
    )


def headlines(counts: Ids | Floats) -> dict[str, Floats]:
    """Each headline, from 0 to 1, of every sum of sentences' counts; NaN where there is nothing to share.

    Args:
        counts: (…, columns) as `count_sentences` has them.

    Returns:
        (…) by name. Macro F1 is the mean over the tags that occur, gold or predicted; weighted F1 the mean over the
        tokens, each with the F1 of its gold tag.
    """
    counts = counts.astype(np.float64)
    right, gold, predicted = np.split(counts[..., N_COLUMNS:], 3, axis=-1)
    f1 = _share(2 * right, gold + predicted)
    return {
        "accuracy": _share(right.sum(-1), gold.sum(-1)),
        "seen_accuracy": _share(counts[..., SEEN_RIGHT], counts[..., SEEN]),
        "unseen_accuracy": _share(counts[..., UNSEEN_RIGHT], counts[..., UNSEEN]),
        "ambiguous_accuracy": _share(counts[..., AMBIGUOUS_RIGHT], counts[..., AMBIGUOUS]),
        "sentence_accuracy": _share(counts[..., SENTENCES_RIGHT], counts[..., SENTENCES]),
        "macro_f1": _share(np.nansum(f1, -1), np.isfinite(f1).sum(-1, dtype=np.float64)),
        "weighted_f1": _share(np.nansum(f1 * gold, -1), gold.sum(-1)),
        "span_f1": _share(2 * counts[..., SPANS_RIGHT], counts[..., SPANS_PREDICTED] + counts[..., SPANS_GOLD]),
    }


def named(values: Mapping[str, Floats]) -> dict[str, float]:
    """Those headlines of one sum that exist, as plain numbers."""
    return {name: float(value) for name, value in values.items() if not np.isnan(value)}


def _share(part: Floats, whole: Floats) -> Floats:
    shares: Floats = np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=whole > 0)
    return shares
