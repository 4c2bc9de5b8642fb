"""Headlines, the few numbers that a tagger is known by, from counts that add up over sentences.

A row of counts belongs to a sentence, a sum of rows to many. The sum of all rows gives a headline itself, sums of rows
drawn with replacement its interval, and sums of two taggers' rows, swapped or not, whether they differ.
"""

from collections.abc import Mapping

import numpy as np

from tagger.encoding.arrays import Doubles, Flags, Positions
from tagger.evaluation.spans import SpanCounts
from tagger.evaluation.steps import KINDS, ScoredSteps

# The first columns of counts. Behind them stand the tokens of each kind of word, then those of them that are right, and
# of each tag: its right tokens, gold tokens, predicted tokens.
SENTENCES, SENTENCES_RIGHT, SPANS_RIGHT, SPANS_PREDICTED, SPANS_GOLD = range(5)
FIRST_KIND, FIRST_TAG = 5, 5 + 2 * len(KINDS)


def count_sentences(steps: ScoredSteps, spans: SpanCounts | None) -> Positions:
    """(sentences, columns) counts of each sentence.

    Args:
        steps: the scored tokens.
        spans: of the same sentences; None where tags are of no scheme.
    """
    n_sentences, n_tags = len(steps.sentences), len(steps.tags)

    def by_sentence(chosen: Flags) -> Positions:
        return np.bincount(steps.sentence[chosen], minlength=n_sentences)

    def by_tag(tags: Positions, sentence: Positions) -> Positions:
        return np.bincount(sentence * n_tags + tags, minlength=n_sentences * n_tags).reshape(n_sentences, n_tags)

    right = steps.is_right
    counts = np.zeros((n_sentences, FIRST_TAG), np.int64)
    counts[:, SENTENCES] = 1
    counts[:, SENTENCES_RIGHT] = by_sentence(~right) == 0
    if spans is not None:
        counts[:, [SPANS_RIGHT, SPANS_PREDICTED, SPANS_GOLD]] = np.reshape(spans.by_sentence, (n_sentences, 3))
    for i, chosen in enumerate(steps.kinds.values()):
        if chosen is not None:
            counts[:, FIRST_KIND + 2 * i] = by_sentence(chosen)
            counts[:, FIRST_KIND + 2 * i + 1] = by_sentence(chosen & right)
    return np.hstack(
        [
            counts,
            by_tag(steps.gold[right], steps.sentence[right]),
            by_tag(steps.gold, steps.sentence),
            by_tag(steps.predicted, steps.sentence),
        ]
    )


def headlines(counts: Positions | Doubles) -> dict[str, Doubles]:
    """Each headline, from 0 to 1, of every sum of sentences' counts; NaN where there is nothing to share.

    Args:
        counts: (…, columns) as `count_sentences` has them.

    Returns:
        (…) by name. Macro F1 is the mean over the tags that occur, gold or predicted; weighted F1 the mean over the
        tokens, each with the F1 of its gold tag.
    """
    counts = counts.astype(np.float64)
    right, gold, predicted = np.split(counts[..., FIRST_TAG:], 3, axis=-1)
    f1 = _share(2 * right, gold + predicted)
    kinds = np.moveaxis(counts[..., FIRST_KIND:FIRST_TAG], -1, 0)
    return {
        "accuracy": _share(right.sum(-1), gold.sum(-1)),
        **{f"{kind}_accuracy": _share(kinds[2 * i + 1], kinds[2 * i]) for i, kind in enumerate(KINDS)},
        "sentence_accuracy": _share(counts[..., SENTENCES_RIGHT], counts[..., SENTENCES]),
        "macro_f1": _share(np.nansum(f1, -1), np.isfinite(f1).sum(-1, dtype=np.float64)),
        "weighted_f1": _share(np.nansum(f1 * gold, -1), gold.sum(-1)),
        "span_f1": _share(2 * counts[..., SPANS_RIGHT], counts[..., SPANS_PREDICTED] + counts[..., SPANS_GOLD]),
    }


def named(values: Mapping[str, Doubles]) -> dict[str, float]:
    """The headlines of one sum that exist, as plain numbers."""
    return {name: float(value) for name, value in values.items() if not np.isnan(value)}


def _share(part: Doubles, whole: Doubles) -> Doubles:
    shares: Doubles = np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=whole > 0)
    return shares
