"""Calibration: how well confidence matches accuracy, for example whether 80 % of tags with confidence 0.8 are right."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

N_BINS = 15
COVERAGES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)


def calibration_error(
    confidence: npt.NDArray[np.floating], is_right: npt.NDArray[np.bool_], *, n_bins: int = N_BINS
) -> float:
    """Return the expected calibration error, from 0 to 1 (Naeini et al., 2015).

    Tokens are put into bins of equal width by confidence. The error is the absolute difference between mean confidence
    and accuracy in a bin, averaged over all tokens.

    Args:
        confidence: (tokens,) from 0 to 1; at least one.
        is_right: (tokens,) whether the predicted tag is the gold tag.
        n_bins: number of bins.

    >>> calibration_error(np.array([0.8, 0.8, 0.8, 0.8, 0.8]), np.array([True, True, True, True, False]))
    0.0
    >>> calibration_error(np.array([1.0, 0.6]), np.array([False, True]))
    0.7
    """
    gaps = np.bincount(_bins(confidence, n_bins), confidence - is_right, n_bins)
    return float(np.round(np.abs(gaps).sum() / len(confidence), 12))


def calibration_bins(
    confidence: npt.NDArray[np.floating], is_right: npt.NDArray[np.bool_], *, n_bins: int = N_BINS
) -> list[dict[str, Any]]:
    """Return range, tokens, mean confidence and accuracy of each bin that has tokens, as `metrics.json` has them.

    Args:
        confidence: (tokens,) from 0 to 1.
        is_right: (tokens,) whether the predicted tag is the gold tag.
        n_bins: number of bins.
    """
    bins = _bins(confidence, n_bins)
    tokens, right, sums = (np.bincount(bins, weights, n_bins) for weights in (None, is_right, confidence))
    return [
        {
            "from": i / n_bins,
            "to": (i + 1) / n_bins,
            "tokens": int(tokens[i]),
            "confidence": _round(sums[i] / tokens[i]),
            "accuracy": float(right[i] / tokens[i]),
        }
        for i in range(n_bins)
        if tokens[i]
    ]


def coverage(confidence: npt.NDArray[np.floating], is_right: npt.NDArray[np.bool_]) -> list[dict[str, float]]:
    """Return accuracy on the most confident tokens, for growing coverage (El-Yaniv & Wiener, 2010).

    Args:
        confidence: (tokens,) from 0 to 1.
        is_right: (tokens,) whether the predicted tag is the gold tag.

    Returns:
        Coverage (fraction of tokens with at least confidence `threshold`), their accuracy and the threshold. Tokens of
        equal confidence are not separated, so that coverage may exceed the value in `COVERAGES`.

    >>> rows = coverage(np.array([0.9, 0.6, 0.6, 0.5]), np.array([True, True, False, False]))
    >>> [(row["coverage"], row["threshold"], round(row["accuracy"], 2)) for row in rows]
    [(0.25, 0.9, 1.0), (0.75, 0.6, 0.67), (1.0, 0.5, 0.5)]
    """
    n = len(confidence)
    highest_first = np.sort(confidence)[::-1]
    ranks = (max(math.ceil(round(fraction * n, 6)), 1) for fraction in COVERAGES)
    thresholds = dict.fromkeys(float(highest_first[rank - 1]) for rank in ranks)
    rows = []
    for threshold in thresholds:
        is_covered = confidence >= threshold
        n_covered = int(is_covered.sum())
        accuracy = float(is_right[is_covered].sum() / n_covered)
        rows.append({"coverage": n_covered / n, "accuracy": accuracy, "threshold": threshold})
    return rows


def _bins(confidence: npt.NDArray[np.floating], n_bins: int) -> npt.NDArray[np.int64]:
    return np.minimum((confidence * n_bins).astype(np.int64), n_bins - 1)


def _round(value: float) -> float:
    """Round off the last digits, which depend on the order of summation."""
    return float(np.round(value, 12))
