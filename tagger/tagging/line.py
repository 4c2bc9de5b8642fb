"""The line of a channel: the lowest and highest value in each column of pixels, as path data of SVG.

A long series has more steps than a page has pixels. A column of pixels then stands for several steps and shows
everything that occurs in them, so that a drawing has the same size for any length, and no peak is lost.
"""

from typing import NamedTuple

import numpy as np

from tagger.encoding.arrays import Doubles, Positions

MAX_COLUMNS = 900  # columns of pixels of a drawing
DRAWABLE = 1e300  # larger values are cut, so that differences stay finite


class Extremes(NamedTuple):
    """The lowest and highest value in each column of pixels.

    Args:
        low: (columns,) lowest value; NaN if all values are missing.
        high: (columns,) highest value; NaN where `low` is.
    """

    low: Doubles
    high: Doubles


def column_starts(n_steps: int) -> Positions:
    """The first step, from 0, of each column of pixels; up to `MAX_COLUMNS` steps have a column each.

    >>> len(column_starts(5)), len(column_starts(10_000_000))
    (5, 900)
    """
    n_columns = min(n_steps, MAX_COLUMNS)
    return -(-np.arange(n_columns, dtype=np.int64) * n_steps // max(n_columns, 1))


def extremes(values: Doubles) -> Extremes:
    """The lowest and highest value in each column of pixels; missing values, NaN, are left out.

    Args:
        values: (steps,) one value per step, at least one step.
    """
    starts, values = column_starts(len(values)), np.clip(values, -DRAWABLE, DRAWABLE)
    return Extremes(np.fmin.reduceat(values, starts), np.fmax.reduceat(values, starts))


def line_data(values: Extremes) -> tuple[str, str]:
    """Path data of a line that covers, in each column of pixels, exactly the range of its values, and of single points.

    It goes up one column and down the next one, so that it is only interrupted where values are missing. A point is
    single if values are missing on both sides.

    Args:
        values: the range of each column, in pixels from the top.
    """
    n = len(values.low)
    x = np.round((np.arange(n) + 0.5) * (MAX_COLUMNS / n), 1).tolist()
    lows, highs = (np.round(each, 1).tolist() for each in values)
    is_missing = [True, *np.isnan(values.low).tolist(), True]
    parts, points = [], []
    goes_up = False
    for i, (low, high) in enumerate(zip(lows, highs, strict=True)):
        if is_missing[i + 1]:
            continue
        first, last = (low, high) if goes_up else (high, low)
        parts.append(f"{'M' if is_missing[i] else 'L'}{x[i]:g} {first:g}")
        if first != last:
            parts.append(f"V{last:g}")
            goes_up = not goes_up
        elif is_missing[i] and is_missing[i + 2]:
            points.append(f"M{x[i]:g} {first:g}h0")
    return "".join(parts), "".join(points)
