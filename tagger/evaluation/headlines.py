"""Headline scores (accuracy, F1 and so on) from counts that add up over sentences.

Each sentence has a row of counts. The sum of all rows gives the scores, sums of rows drawn with replacement give their
intervals, and sums of two taggers' rows, randomly swapped, give the significance of a difference.
"""

from collections.abc import Mapping

import numpy as np

from tagger.encoding.arrays import Doubles, Flags, Positions
from tagger.evaluation.segments import SegmentCounts
from tagger.evaluation.spans import SpanCounts
from tagger.evaluation.steps import WORD_KINDS, ScoredSteps

# Columns of counts: these nine, then tokens and right tokens of each kind of word, then right tokens by tag, tokens by
# gold tag, and tokens by predicted tag.
SENTENCES, SENTENCES_RIGHT, SPANS_RIGHT, SPANS_PREDICTED, SPANS_GOLD = range(5)
SEGMENTS_PREDICTED, SEGMENTS_GOLD, SEGMENTS_RIGHT, SEGMENTS_RIGHT_75 = range(5, 9)
FIRST_KIND, FIRST_TAG = 9, 9 + 2 * len(WORD_KINDS)

SEGMENT_METRICS = ("segment_f1", "segment_f1_75")  # undefined without segments


def count_sentences(steps: ScoredSteps, spans: SpanCounts | None, segments: SegmentCounts | None = None) -> Positions:
    """Return the (sentences, columns) counts of each sentence.

    Args:
        steps: the scored tokens.
        spans: span counts of the same sentences; None if tags have no scheme.
        segments: segments of the same steps; None if they are not series.
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
    if segments is not None:
        counts[:, SEGMENTS_PREDICTED : SEGMENTS_RIGHT_75 + 1] = segments.by_series(n_sentences)
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
    """Compute the headline scores of sums of sentence counts.

    Macro F1 is the mean F1 of the tags that occur, gold or predicted. Weighted F1 is the mean over tokens of the F1 of
    their gold tags. Segment F1 is at an IoU of 0.5 and of 0.75, see `tagger.evaluation.segments`.

    Args:
        counts: (…, columns) sums of rows of `count_sentences`.

    Returns:
        (…) scores from 0 to 1 by name; NaN where undefined, as nothing is counted.
    """
    counts = counts.astype(np.float64)
    right, gold, predicted = np.split(counts[..., FIRST_TAG:], 3, axis=-1)
    f1 = _ratio(2 * right, gold + predicted)
    n_segments = counts[..., SEGMENTS_PREDICTED] + counts[..., SEGMENTS_GOLD]
    kinds = np.moveaxis(counts[..., FIRST_KIND:FIRST_TAG], -1, 0)
    return {
        "accuracy": _ratio(right.sum(-1), gold.sum(-1)),
        **{f"{kind}_accuracy": _ratio(kinds[2 * i + 1], kinds[2 * i]) for i, kind in enumerate(WORD_KINDS)},
        "sentence_accuracy": _ratio(counts[..., SENTENCES_RIGHT], counts[..., SENTENCES]),
        "macro_f1": _ratio(np.nansum(f1, -1), np.isfinite(f1).sum(-1, dtype=np.float64)),
        "weighted_f1": _ratio(np.nansum(f1 * gold, -1), gold.sum(-1)),
        "span_f1": _ratio(2 * counts[..., SPANS_RIGHT], counts[..., SPANS_PREDICTED] + counts[..., SPANS_GOLD]),
        "segment_f1": _ratio(2 * counts[..., SEGMENTS_RIGHT], n_segments),
        "segment_f1_75": _ratio(2 * counts[..., SEGMENTS_RIGHT_75], n_segments),
    }


def defined_headlines(values: Mapping[str, Doubles]) -> dict[str, float]:
    """Return the headline scores of one sum that are defined, as floats."""
    return {name: float(value) for name, value in values.items() if not np.isnan(value)}


def _ratio(part: Doubles, whole: Doubles) -> Doubles:
    ratios: Doubles = np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=whole > 0)
    return ratios
