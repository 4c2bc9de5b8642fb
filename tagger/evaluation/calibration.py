"""Whether confidence is what it says: of the tags that are 80 % sure, are 80 % right?"""

import numpy as np
import numpy.typing as npt


def calibration_error(
    confidence: npt.NDArray[np.floating], is_right: npt.NDArray[np.bool_], *, n_bins: int = 15
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
    bins = np.minimum((confidence * n_bins).astype(int), n_bins - 1)
    gaps = np.bincount(bins, confidence - is_right, n_bins)
    return float(np.round(np.abs(gaps).sum() / len(confidence), 12))
