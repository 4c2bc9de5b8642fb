"""Series as columns of pixels: the lowest and highest value, and the states, that occur in each.

A long series has more steps than a page has pixels. A column of pixels then stands for several steps and shows
everything that occurs in them, so that a drawing has the same size for any length, and no peak is lost.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from tagger.encoding.arrays import Doubles, Flags, Positions

MAX_COLUMNS = 900  # columns of pixels of a drawing
MAX_CHANNELS = 8  # lines of a drawing, confidence left out
DIGITS = 9  # significant digits of a value: a coordinate may differ in the last ones only
DRAWABLE = 1e300  # larger values are cut, so that differences stay finite


class Extremes(NamedTuple):
    """The lowest and highest value in each column of pixels.

    Args:
        low: (columns,) lowest value; NaN if all values are missing.
        high: (columns,) highest value; NaN where `low` is.
    """

    low: Doubles
    high: Doubles


class Channel(NamedTuple):
    """A numeric column of a series: its name, what each column of pixels shows, and how many values are missing."""

    name: str
    extremes: Extremes
    n_missing: int


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


def occurs(flags: Flags) -> Flags:
    """(columns,) whether a flag is set at any step of a column of pixels.

    Args:
        flags: (steps,) one flag per step, at least one step.
    """
    columns: Flags = np.logical_or.reduceat(flags, column_starts(len(flags)))
    return columns


def channels_of(names: Sequence[str], numbers: Doubles) -> list[Channel]:
    """The channels of a series.

    Args:
        names: names of the numeric columns.
        numbers: (steps, columns) their values; NaN is missing.
    """
    return [
        Channel(name, extremes(values), int(np.isnan(values).sum()))
        for name, values in zip(names, numbers.T, strict=True)
    ]


def channel_to_json(channel: Channel) -> dict[str, Any]:
    """Convert to a JSON object; null stands for a column of pixels without a value."""
    low, high = ([None if x != x else float(f"{x:.{DIGITS}g}") for x in each.tolist()] for each in channel.extremes)
    return {"name": channel.name, "missing": channel.n_missing, "low": low, "high": high}


def channel_from_json(value: Mapping[str, Any]) -> Channel:
    """Convert the JSON object of a channel back, once its schema is checked."""
    low, high = (np.array(value[key], np.float64).clip(-DRAWABLE, DRAWABLE) for key in ("low", "high"))  # null: NaN
    return Channel(value["name"], Extremes(low, high), value["missing"])
