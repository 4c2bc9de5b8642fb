"""Tag schemes: spans of tokens ↔ one tag a token.

A tag of a span is a letter, a hyphen and a type (`B-person`); it is split at the first hyphen, so that a type may hold
hyphens itself. A letter alone (`B`) tags a span whose type is empty. Every other tag, `O` or not, is outside all spans.

    tokens  Ada  Byron  ,  London  Paris
    iob1    I-P  I-P    O  I-L     B-L     B only where a span directly follows one of its type (Ramshaw & Marcus, 1995)
    bio     B-P  I-P    O  B-L     B-L     also IOB2: every span starts with B (Tjong Kim Sang & Veenstra, 1999)
    ioe1    I-P  I-P    O  E-L     I-L     E only where a span of its type directly follows (ibid.)
    ioe2    I-P  E-P    O  E-L     E-L     every span ends with E (ibid.)
    bioes   B-P  E-P    O  S-L     S-L     first and last tokens are told, and spans of one token (S)

BILOU (Ratinov & Roth, 2009) writes bioes with L for E and U for S, BMES with M for I: see `spelling`.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

Scheme = Literal["none", "iob1", "bio", "ioe1", "ioe2", "bioes"]

LETTERS_OF: dict[Scheme, str] = {"iob1": "OBI", "bio": "OBI", "ioe1": "OIE", "ioe2": "OIE", "bioes": "OBIES"}

LETTERS = {"B": "B", "I": "I", "M": "I", "E": "E", "L": "E", "S": "S", "U": "S"}  # as written: as read


class Span(NamedTuple):
    """Tokens `start` to `end`, which is the first token behind the span, and what they are."""

    start: int
    end: int
    type: str


def spans_of(tags: Sequence[str], scheme: Scheme) -> list[Span]:
    """The spans of a sentence, from left to right, by the rules of conlleval (Tjong Kim Sang & Buchholz, 2000).

    - B and S always start a span.
    - I and E continue the span before them where its last tag is B or I and its type theirs; else they start one.
    - A span ends where the next tag does not continue it.

    The rules are the same for all schemes but `none`, which has no spans. Where conlleval has no rule (S, and B behind
    E) they are seqeval's. Tags such as `X` or `_`, for which conlleval has a nameless type, are outside.

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
    """A sentence's tags, `O` outside the spans.

    Args:
        spans: in any order.
        n_tokens: the sentence's length.
        scheme: any but `none`, which cannot say where a span ends.

    Raises:
        ValueError: spans overlap, are empty or leave the sentence, or the scheme is `none`.

    >>> tags_of([Span(0, 2, "loc"), Span(2, 3, "loc")], 4, "iob1")
    ('I-loc', 'I-loc', 'B-loc', 'O')
    """
    if scheme == "none":
        raise ValueError(f"spans cannot be written in scheme none; expected one of {', '.join(LETTERS_OF)}")
    tags, spans, border = ["O"] * n_tokens, sorted(spans), Span(0, 0, "")
    for before, span, after in zip([border, *spans], spans, [*spans[1:], border], strict=False):
        if not before.end <= span.start < span.end <= n_tokens:
            raise ValueError(f"{span} is empty, overlaps another or leaves the sentence of {n_tokens} tokens")
        letters = ["I"] * (span.end - span.start)
        if scheme in ("ioe2", "bioes") or (scheme == "ioe1" and _touch(span, after)):
            letters[-1] = "E"
        if scheme in ("bio", "bioes") or (scheme == "iob1" and _touch(before, span)):
            letters[0] = "S" if scheme == "bioes" and len(letters) == 1 else "B"
        tags[span.start : span.end] = [f"{letter}-{span.type}" if span.type else letter for letter in letters]
    return tuple(tags)


def _touch(span: Span, after: Span) -> bool:
    """Whether a span directly follows another of its type."""
    return 0 < span.end == after.start and span.type == after.type


def convert(tags: Sequence[str], source: Scheme, target: Scheme) -> tuple[str, ...]:
    """The same spans in another scheme; tags outside of them stay, and all do where either scheme is `none`.

    The outcome is always valid in the target scheme. So converting to the same scheme mends what was not valid, writes
    `B-` as `B`, and changes nothing else.

    >>> convert(["_", "I-per", "I-per"], "iob1", "bioes")
    ('_', 'B-per', 'E-per')
    """
    if "none" in (source, target):
        return tuple(tags)
    written = tags_of(spans_of(tags, source), len(tags), target)
    return tuple(old if new == "O" else new for old, new in zip(tags, written, strict=True))


@lru_cache(maxsize=100_000)
def can_follow(before: str | None, tag: str | None, scheme: Scheme) -> bool:
    """Whether a tag may stand behind another in a valid sentence; None is the sentence's border.

    - `none`: always.
    - `iob1`: B only behind a span of its type.
    - `bio`: I only behind B or I of its type.
    - `ioe1`: behind E only I and E of its type.
    - `ioe2`: behind I only I and E of its type.
    - `bioes`: behind B and I only I and E of their type, and these nowhere else.

    A tag whose letter the scheme lacks, see `LETTERS_OF`, follows nothing.
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
    """The positions, from 0, of tags that cannot follow what stands before them, see `can_follow`.

    These are tags that continue nothing, tags that break a span off (bioes, ioe2), B or E where I would do (iob1,
    ioe1), and letters that the scheme does not have. Where the sentence's end is at fault, the last token counts.

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
    """A tag's letter (B, I, E, S, or O for all that is outside spans) and type."""
    letter, _, span_type = (tag or "O").partition("-")
    read = LETTERS.get(letter)
    return ("O", "") if read is None else (read, span_type)


def continues(before: tuple[str, str], tag: tuple[str, str]) -> bool:
    """Whether a tag goes on with the span of the tag before it, both as `read_tag` gives them."""
    return tag[0] in "IE" and before[0] in "BI" and tag[1] == before[1]
