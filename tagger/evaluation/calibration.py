"""Whether confidence is what it says: of the tags that are 80 % sure, are 80 % right?"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

N_BINS = 15
COVERAGES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)


def calibration_error(
    confidence: npt.NDArray[np.floating], is_right: npt.NDArray[np.bool_], *, n_bins: int = N_BINS
) -> float:
    """The expected calibration error, from 0 to 1 (Naeini et al., 2015).

    Tokens are put into bins of equal width by their confidence; it is the mean over all tokens of how far, in their
    bin, the mean confidence is from the share that is right.

    Args:
        confidence: (tokens,) from 0 to 1; at least one.
        is_right: (tokens,) whether the tag is the gold one.
        n_bins: how many bins.

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
    """The bins of the error: borders, tokens, mean confidence and accuracy of each that has tokens.

    Args:
        confidence: (tokens,) from 0 to 1.
        is_right: (tokens,) whether the tag is the gold one.
        n_bins: how many bins.
    """
    bins = _bins(confidence, n_bins)
    tokens, right, sure = (np.bincount(bins, weights, n_bins) for weights in (None, is_right, confidence))
    return [
        {
            "from": i / n_bins,
            "to": (i + 1) / n_bins,
            "tokens": int(tokens[i]),
            "confidence": _rounded(sure[i] / tokens[i]),
            "accuracy": float(right[i] / tokens[i]),
        }
        for i in range(n_bins)
        if tokens[i]
    ]


def coverage(confidence: npt.NDArray[np.floating], is_right: npt.NDArray[np.bool_]) -> list[dict[str, float]]:
    """How many tags are right if only those are taken that are sure enough (El-Yaniv & Wiener, 2010).

    Args:
        confidence: (tokens,) from 0 to 1.
        is_right: (tokens,) whether the tag is the gold one.

    Returns:
        Of growing coverages: the share of tokens that are at least as sure as `threshold`, and their accuracy. Tokens
        that are equally sure go together, so that a coverage may be higher than the round number that was aimed at.

    >>> rows = coverage(np.array([0.9, 0.6, 0.6, 0.5]), np.array([True, True, False, False]))
    >>> [(row["coverage"], row["threshold"], round(row["accuracy"], 2)) for row in rows]
    [(0.25, 0.9, 1.0), (0.75, 0.6, 0.67), (1.0, 0.5, 0.5)]
    """
    n = len(confidence)
    surest_first = np.sort(confidence)[::-1]
    thresholds = dict.fromkeys(float(surest_first[max(math.ceil(round(part * n, 6)), 1) - 1]) for part in COVERAGES)
    rows = []
    for threshold in thresholds:
        is_taken = confidence >= threshold
        n_taken = int(is_taken.sum())
        rows.append(
            {"coverage": n_taken / n, "accuracy": float(is_right[is_taken].sum() / n_taken), "threshold": threshold}
        )
    return rows


def _bins(confidence: npt.NDArray[np.floating], n_bins: int) -> npt.NDArray[np.int64]:
    return np.minimum((confidence * n_bins).astype(np.int64), n_bins - 1)


def _rounded(value: float) -> float:
    """Without the last digits, which the order of what was added up decides."""
    return float(np.round(value, 12))
