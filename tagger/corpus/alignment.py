"""Spans of characters → spans of tokens."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from tagger.corpus.schemes import Span


class CharSpan(NamedTuple):
    """Characters `start` to `end`, which is the first character behind the span, and what they are."""

    start: int
    end: int
    type: str


class Misfit(NamedTuple):
    """A span that is not what it was, and why: it is now that of all tokens it touches, or gone."""

    span: CharSpan
    why: Literal["cuts a token", "overlaps another", "touches no token"]


def align(spans: Iterable[CharSpan], offsets: Sequence[tuple[int, int]], text: str) -> tuple[list[Span], list[Misfit]]:
    """The token spans of character spans, in order, and what did not fit.

    A span that begins or ends inside a token is widened to the whole token; white space at its ends does not count. Of
    spans that then share a token the longer one (in characters, as given) is kept, of equals the first. A span that is
    given twice counts once.

    Args:
        spans: within the text.
        offsets: where each token starts and ends, from left to right.
        text: what the offsets are of.

    >>> align([CharSpan(0, 8, "loc")], [(0, 3), (4, 8), (9, 12)], "New York ...")
    ([Span(start=0, end=2, type='loc')], [])
    >>> align([CharSpan(0, 6, "loc"), CharSpan(4, 8, "x")], [(0, 3), (4, 8)], "New York")[1][1]
    Misfit(span=CharSpan(start=4, end=8, type='x'), why='overlaps another')
    """
    starts, ends = [start for start, _ in offsets], [end for _, end in offsets]
    found: list[Span] = []
    misfits: list[Misfit] = []
    taken = [False] * len(offsets)
    for span in sorted(dict.fromkeys(spans), key=lambda span: span.start - span.end):
        first, behind = bisect_right(ends, span.start), bisect_left(starts, span.end)
        if first >= behind or span.start == span.end:
            misfits.append(Misfit(span, "touches no token"))
        elif any(taken[first:behind]):
            misfits.append(Misfit(span, "overlaps another"))
        else:
            taken[first:behind] = [True] * (behind - first)
            found.append(Span(first, behind, span.type))
            outside = text[span.start : starts[first]] + text[ends[behind - 1] : span.end]
            if span.start > starts[first] or span.end < ends[behind - 1] or outside.strip():
                misfits.append(Misfit(span, "cuts a token"))
    return sorted(found), misfits
