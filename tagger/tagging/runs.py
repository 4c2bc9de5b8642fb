"""Runs of equal tags, by which a long sequence is shown in short."""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple


class TagRun(NamedTuple):
    """Consecutive steps with the same tag.

    Args:
        tag: their tag.
        start: index of the first step, from 0.
        end: index after the last step.
    """

    tag: str
    start: int
    end: int


def tag_runs(tags: Sequence[str]) -> list[TagRun]:
    """Divide tags into runs.

    >>> tag_runs(["rest", "rest", "rise"])
    [TagRun(tag='rest', start=0, end=2), TagRun(tag='rise', start=2, end=3)]
    """
    runs, start = [], 0
    for tag, steps in groupby(tags):
        end = start + sum(1 for _ in steps)
        runs.append(TagRun(tag, start, end))
        start = end
    return runs
