"""Spans of characters to spans of tokens."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from tagger.corpus.schemes import Span


class CharSpan(NamedTuple):
    """Span of characters from `start` up to, but not including, `end`, and its type."""

    start: int
    end: int
    type: str


class Misfit(NamedTuple):
    """A span that was widened or left out, and why."""

    span: CharSpan
    why: Literal["cuts a token", "overlaps another", "touches no token"]


def align(spans: Iterable[CharSpan], offsets: Sequence[tuple[int, int]], text: str) -> tuple[list[Span], list[Misfit]]:
    """Convert spans of characters to spans of tokens, in order, and list those that do not fit the tokens.

    A span that starts or ends inside a token is widened to the whole token; white space at its ends is ignored. If
    spans share a token then, the longest (in characters, before widening) is kept, or the first of equal length.
    Duplicates are dropped.

    Args:
        spans: spans within the text.
        offsets: start and end of each token, in order.
        text: the text.

    >>> align([CharSpan(0, 8, "loc")], [(0, 3), (4, 8), (9, 12)], "New York ...")
    ([Span(start=0, end=2, type='loc')], [])
    >>> align([CharSpan(0, 6, "loc"), CharSpan(4, 8, "x")], [(0, 3), (4, 8)], "New York")[1][1]
    Misfit(span=CharSpan(start=4, end=8, type='x'), why='overlaps another')
    """
    starts, ends = [start for start, _ in offsets], [end for _, end in offsets]
    aligned: list[Span] = []
    misfits: list[Misfit] = []
    is_taken = [False] * len(offsets)
    for span in sorted(dict.fromkeys(spans), key=lambda span: span.start - span.end):
        first, end = bisect_right(ends, span.start), bisect_left(starts, span.end)
        if first >= end or span.start == span.end:
            misfits.append(Misfit(span, "touches no token"))
        elif any(is_taken[first:end]):
            misfits.append(Misfit(span, "overlaps another"))
        else:
            is_taken[first:end] = [True] * (end - first)
            aligned.append(Span(first, end, span.type))
            outside = text[span.start : starts[first]] + text[ends[end - 1] : span.end]
            if span.start > starts[first] or span.end < ends[end - 1] or outside.strip():
                misfits.append(Misfit(span, "cuts a token"))
    return sorted(aligned), misfits
