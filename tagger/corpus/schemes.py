"""Tag schemes: conversion between spans of tokens and one tag per token.

The tag of a token in a span is a letter, a hyphen and a type (`B-person`), split at the first hyphen: a type may
contain hyphens. A letter alone (`B`) tags a span with an empty type. Every other tag is outside all spans, like `O`.

    tokens  Ada  Byron  ,  London  Paris
    iob1    I-P  I-P    O  I-L     B-L     B only if a span directly follows one of its type (Ramshaw & Marcus, 1995)
    bio     B-P  I-P    O  B-L     B-L     also IOB2: every span starts with B (Tjong Kim Sang & Veenstra, 1999)
    ioe1    I-P  I-P    O  E-L     I-L     E only if a span of its type directly follows (ibid.)
    ioe2    I-P  E-P    O  E-L     E-L     every span ends with E (ibid.)
    bioes   B-P  E-P    O  S-L     S-L     marks the first token (B), the last one (E), and a span of one token (S)

BILOU (Ratinov & Roth, 2009) writes bioes with L for E and U for S, BMES with M for I: see `spelling`.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

Scheme = Literal["none", "iob1", "bio", "ioe1", "ioe2", "bioes"]

SCHEME_LETTERS: dict[Scheme, str] = {"iob1": "OBI", "bio": "OBI", "ioe1": "OIE", "ioe2": "OIE", "bioes": "OBIES"}

LETTERS = {"B": "B", "I": "I", "M": "I", "E": "E", "L": "E", "S": "S", "U": "S"}  # letter in a file: letter in a scheme


class Span(NamedTuple):
    """Span of tokens from `start` up to, but not including, `end`, and its type."""

    start: int
    end: int
    type: str


def spans_of(tags: Sequence[str], scheme: Scheme) -> list[Span]:
    """Return the spans of a sentence in order, by the rules of conlleval (Tjong Kim Sang & Buchholz, 2000).

    - B and S always start a span.
    - I and E continue the span before them if its last tag is B or I and has their type; otherwise they start one.
    - A span ends where the next tag does not continue it.

    The rules are the same for all schemes but `none`, which has no spans. Where conlleval has no rule (S, and B after
    E), they are seqeval's. Tags such as `X` or `_`, for which conlleval has a nameless type, are outside.

    >>> spans_of(["I-per", "I-per", "O", "B-per", "I-org"], "bio")
    [Span(start=0, end=2, type='per'), Span(start=3, end=4, type='per'), Span(start=4, end=5, type='org')]
    """
    spans: list[Span] = []
    if scheme == "none":
        return spans
    before = outside = ("O", "")
    start = 0
    for i, tag in enumerate((*map(read_tag, tags), outside)):
        if not continues(before, tag):
            if before[0] != "O":
                spans.append(Span(start, i, before[1]))
            start = i
        before = tag
    return spans


def tags_of(spans: Iterable[Span], n_tokens: int, scheme: Scheme) -> tuple[str, ...]:
    """Return the tags of a sentence, `O` outside the spans.

    Args:
        spans: spans in any order.
        n_tokens: length of the sentence.
        scheme: scheme of the tags; not `none`, which cannot represent spans.

    Raises:
        ValueError: a span is empty, overlaps another or exceeds the sentence, or the scheme is `none`.

    >>> tags_of([Span(0, 2, "loc"), Span(2, 3, "loc")], 4, "iob1")
    ('I-loc', 'I-loc', 'B-loc', 'O')
    """
    if scheme == "none":
        raise ValueError(f"spans cannot be written in scheme none; expected one of {', '.join(SCHEME_LETTERS)}")
    tags, spans, border = ["O"] * n_tokens, sorted(spans), Span(0, 0, "")
    for before, span, after in zip([border, *spans], spans, [*spans[1:], border], strict=False):
        if not before.end <= span.start < span.end <= n_tokens:
            raise ValueError(f"{span} is empty, overlaps another or exceeds the sentence of {n_tokens} tokens")
        letters = ["I"] * (span.end - span.start)
        if scheme in ("ioe2", "bioes") or (scheme == "ioe1" and _touch(span, after)):
            letters[-1] = "E"
        if scheme in ("bio", "bioes") or (scheme == "iob1" and _touch(before, span)):
            letters[0] = "S" if scheme == "bioes" and len(letters) == 1 else "B"
        tags[span.start : span.end] = [f"{letter}-{span.type}" if span.type else letter for letter in letters]
    return tuple(tags)


def _touch(span: Span, after: Span) -> bool:
    """Whether the second span directly follows the first and has its type."""
    return 0 < span.end == after.start and span.type == after.type


def convert(tags: Sequence[str], source: Scheme, target: Scheme) -> tuple[str, ...]:
    """Convert the tags of a sentence to another scheme; tags outside spans are kept, all if either scheme is `none`.

    The result is always valid in the target scheme: converting to the same scheme repairs invalid tags, writes `B-` as
    `B`, and changes nothing else.

    >>> convert(["_", "I-per", "I-per"], "iob1", "bioes")
    ('_', 'B-per', 'E-per')
    """
    if "none" in (source, target):
        return tuple(tags)
    written = tags_of(spans_of(tags, source), len(tags), target)
    return tuple(old if new == "O" else new for old, new in zip(tags, written, strict=True))


@lru_cache(maxsize=100_000)
def can_follow(before: str | None, tag: str | None, scheme: Scheme) -> bool:
    """Whether a tag may follow another in a valid sentence; None is the start or end of the sentence.

    - `none`: always.
    - `iob1`: B only after a span of its type.
    - `bio`: I only after B or I of its type.
    - `ioe1`: after E only I and E of its type.
    - `ioe2`: after I only I and E of its type.
    - `bioes`: after B and I only I and E of their type, and these nowhere else.

    A tag with a letter that is not in the scheme, see `SCHEME_LETTERS`, may follow nothing.
    """
    if scheme == "none":
        return True
    left, right = read_tag(before), read_tag(tag)
    if scheme == "bioes":
        is_open, needs_open = left[0] in "BI", right[0] in "IE"
        return continues(left, right) or not (is_open or needs_open)
    if scheme == "bio":
        return right[0] in "OB" or (right[0] == "I" and continues(left, right))
    if scheme == "ioe2":
        return right[0] in "OIE" and (left[0] != "I" or continues(left, right))
    if scheme == "ioe1":
        return right[0] in "OIE" and (left[0] != "E" or (right[0] != "O" and left[1] == right[1]))
    return right[0] in "OI" or (right[0] == "B" and left[0] != "O" and left[1] == right[1])


def invalid_starts(tags: Sequence[str], scheme: Scheme) -> list[int]:
    """Return the positions, from 0, of tags that cannot follow the tag before them, see `can_follow`.

    These are tags that continue no span, tags that break a span off (bioes, ioe2), B or E instead of I (iob1, ioe1),
    and letters that are not in the scheme. If the sentence cannot end with its last tag, that tag's position is
    included.

    >>> invalid_starts(["I-per", "O", "B-per", "I-org"], "bio")
    [0, 3]
    """
    positions = [i for i, (before, tag) in enumerate(pairwise((None, *tags))) if not can_follow(before, tag, scheme)]
    last = len(tags) - 1
    if tags and last not in positions[-1:] and not can_follow(tags[last], None, scheme):
        positions.append(last)
    return positions


@lru_cache(maxsize=10_000)
def read_tag(tag: str | None) -> tuple[str, str]:
    """Split a tag into its letter (B, I, E, S; O outside spans) and type."""
    letter, _, span_type = (tag or "O").partition("-")
    scheme_letter = LETTERS.get(letter)
    return ("O", "") if scheme_letter is None else (scheme_letter, span_type)


def continues(before: tuple[str, str], tag: tuple[str, str]) -> bool:
    """Whether a tag continues the span of the tag before it; both are results of `read_tag`."""
    return tag[0] in "IE" and before[0] in "BI" and tag[1] == before[1]
