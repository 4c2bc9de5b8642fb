"""Series as columns of pixels: the lowest and highest value, and the states, that occur in each.

A report keeps these of the series that it draws, in place of their steps.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from tagger.encoding.arrays import Doubles, Flags
from tagger.tagging.line import DRAWABLE, Extremes, column_starts, extremes

MAX_CHANNELS = 8  # lines of a drawing, confidence left out
DIGITS = 9  # significant digits of a value: a coordinate may differ in the last ones only


class Channel(NamedTuple):
    """A numeric column of a series: its name, what each column of pixels shows, and how many values are missing."""

    name: str
    extremes: Extremes
    n_missing: int


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
