"""Tag schemes: spans of tokens ↔ one tag a token.

A tag of a span is a letter, a hyphen and a type (`B-person`); it is split at the first hyphen, so that a type may hold
hyphens itself. A letter alone (`B`) tags a span whose type is empty. Every other tag, `O` or not, is outside all spans.

    tokens  Ada  Byron  ,  London  Paris
    iob1    I-P  I-P    O  I-L     B-L     B only where a span directly follows one of its type (Ramshaw & Marcus, 1995)
    bio     B-P  I-P    O  B-L     B-L     also IOB2: every span starts with B (Tjong Kim Sang & Veenstra, 1999)
    bioes   B-P  E-P    O  S-L     S-L     also the end is told, and a span of one token (S)

BILOU (Ratinov & Roth, 2009) writes bioes with L for E and U for S, BMES with M for I: they are read, never written.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

Scheme = Literal["none", "iob1", "bio", "bioes"]

_LETTERS = {"B": "B", "I": "I", "M": "I", "E": "E", "L": "E", "S": "S", "U": "S"}


class Span(NamedTuple):
    """Tokens `start` to `end`, which is the first token behind the span, and what they are."""

    start: int
    end: int
    type: str


@dataclass(frozen=True, slots=True)
class Detection:
    """The scheme that tags are in, and a sentence for users that says why."""

    scheme: Scheme
    evidence: str


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
    for i, tag in enumerate((*map(_read, tags), outside)):
        if not _continues(before, tag):
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
        raise ValueError("spans cannot be written in scheme none; expected iob1, bio or bioes")
    tags = ["O"] * n_tokens
    before = Span(0, 0, "")
    for span in sorted(spans):
        if not before.end <= span.start < span.end <= n_tokens:
            raise ValueError(f"{span} is empty, overlaps another or leaves the sentence of {n_tokens} tokens")
        letters = ["I"] * (span.end - span.start)
        if scheme == "bioes":
            letters[-1] = "E"
        if scheme != "iob1" or (0 < before.end == span.start and before.type == span.type):
            letters[0] = "S" if scheme == "bioes" and len(letters) == 1 else "B"
        tags[span.start : span.end] = [f"{letter}-{span.type}" if span.type else letter for letter in letters]
        before = span
    return tuple(tags)


def convert(tags: Sequence[str], source: Scheme, target: Scheme) -> tuple[str, ...]:
    """The same spans in another scheme; tags outside of them stay, and all do where either scheme is `none`.

    The outcome is always valid in the target scheme. So converting to the same scheme mends what was not valid, writes
    BILOU and BMES as BIOES and `B-` as `B`, and changes nothing else.

    >>> convert(["_", "I-per", "I-per"], "iob1", "bioes")
    ('_', 'B-per', 'E-per')
    """
    if "none" in (source, target):
        return tuple(tags)
    written = tags_of(spans_of(tags, source), len(tags), target)
    return tuple(old if new == "O" else new for old, new in zip(tags, written, strict=True))


def can_follow(before: str | None, tag: str | None, scheme: Scheme) -> bool:
    """Whether a tag may stand behind another in a valid sentence; None is the sentence's border.

    - `none`: always.
    - `iob1`: B only behind a span of its type.
    - `bio`: I only behind B or I of its type.
    - `bioes`: behind B and I only I and E of their type, and these nowhere else.

    E and S are no letters of `iob1` and `bio`, and follow nothing there.
    """
    if scheme == "none":
        return True
    left, right = _read(before), _read(tag)
    if scheme == "bioes":
        is_open, needs_open = left[0] in "BI", right[0] in "IE"
        return _continues(left, right) or not (is_open or needs_open)
    if scheme == "bio":
        return right[0] in "OB" or (right[0] == "I" and _continues(left, right))
    return right[0] in "OI" or (right[0] == "B" and left[0] != "O" and left[1] == right[1])


def invalid_starts(tags: Sequence[str], scheme: Scheme) -> list[int]:
    """The positions, from 0, of tags that cannot follow what stands before them, see `can_follow`.

    These are tags that continue nothing, tags that break a span off (bioes), B where I would do (iob1), and letters
    that the scheme does not have. A span that the sentence's end breaks off (bioes) counts at the last token.

    >>> invalid_starts(["I-per", "O", "B-per", "I-org"], "bio")
    [0, 3]
    """
    positions = [i for i, (before, tag) in enumerate(pairwise((None, *tags))) if not can_follow(before, tag, scheme)]
    last = len(tags) - 1
    if tags and last not in positions[-1:] and not can_follow(tags[last], None, scheme):
        positions.append(last)
    return positions


def detect_scheme(tag_sequences: Iterable[Sequence[str]]) -> Detection:
    """The scheme that fits a corpus best: the one in which fewest tags cannot follow what stands before them.

    It is `none` unless the tags written like `B-TYPE` outnumber those that do not fit and those that are written
    otherwise (`O` and `_` aside). Letters without a type count only where all tags are such letters, `O` or `_`, and B
    and one of I, M, E and L are among them.

    Args:
        tag_sequences: the tags of each sentence; read once. What is remembered grows with the kinds of tags alone.

    >>> detect_scheme([["O", "B-per", "I-per", "B-org"]]).evidence
    'bio: 2 types, 2 B- tags; every span starts with B-; no E- or S-'
    """
    pairs: Counter[Pair] = Counter()
    for tags in tag_sequences:
        pairs.update(pairwise((None, *map(_kind, tags), None)))
    kinds = {tag for _, tag in pairs if tag is not None}
    is_typed = not _are_letters(kinds)
    if is_typed:
        pairs = _without_letters(pairs)
    candidates: tuple[Scheme, ...] = ("bio", "iob1", "bioes")
    n_misfits = {scheme: sum(n for pair, n in pairs.items() if not can_follow(*pair, scheme)) for scheme in candidates}
    scheme = min(candidates, key=n_misfits.__getitem__)
    counts = _count(pairs)
    if counts.n_in_spans <= counts.n_other + n_misfits[scheme]:
        return Detection("none", f"none: {_why_none(counts, kinds, n_misfits[scheme], scheme)}")
    return Detection(scheme, _why(scheme, counts, n_misfits[scheme], "-" if is_typed else ""))


Pair = tuple[str | None, str | None]  # neighbours, None at a sentence's border

_OTHER = ""  # stands for all tags that are neither of a span nor O nor _


@dataclass(frozen=True, slots=True)
class _Counts:
    n_tokens: int
    n_other: int
    n_spans: int
    letters: Counter[str]  # as they are written, each tag of a span
    starts: Counter[str]  # as they are read, the first tag of each span
    types: frozenset[str]

    @property
    def n_in_spans(self) -> int:
        return self.letters.total()


@lru_cache(maxsize=10_000)
def _read(tag: str | None) -> tuple[str, str]:
    """A tag's letter (B, I, E, S, or O for all that is outside spans) and type."""
    letter, _, span_type = (tag or "O").partition("-")
    read = _LETTERS.get(letter)
    return ("O", "") if read is None else (read, span_type)


def _continues(before: tuple[str, str], tag: tuple[str, str]) -> bool:
    return tag[0] in "IE" and before[0] in "BI" and tag[1] == before[1]


def _kind(tag: str) -> str:
    return tag if tag in ("O", "_") or tag.partition("-")[0] in _LETTERS else _OTHER


def _are_letters(kinds: set[str]) -> bool:
    """Whether these are the tags of spans without types."""
    return "B" in kinds and not kinds.isdisjoint("IMEL") and kinds <= {"O", "_", *_LETTERS}


def _without_letters(pairs: Counter[Pair]) -> Counter[Pair]:
    """The pairs with letters that stand alone among other tags, such as S of S, V and O, as tags of no span."""
    merged: Counter[Pair] = Counter()
    for (before, tag), n in pairs.items():
        merged[_OTHER if before in _LETTERS else before, _OTHER if tag in _LETTERS else tag] += n
    return merged


def _count(pairs: Counter[Pair]) -> _Counts:
    letters: Counter[str] = Counter()
    starts: Counter[str] = Counter()
    types = set()
    n_tokens = n_other = 0
    for (before, tag), n in pairs.items():
        if tag is None:
            continue
        n_tokens += n
        n_other += n * (tag == _OTHER)
        letter, span_type = _read(tag)
        if letter != "O":
            letters[tag[0]] += n
            types.add(span_type)
            starts[letter] += n * (not _continues(_read(before), (letter, span_type)))
    return _Counts(n_tokens, n_other, starts.total(), letters, starts, frozenset(types))


def _why(scheme: Scheme, counts: _Counts, n_misfits: int, hyphen: str) -> str:
    n_types = len(counts.types)
    types = "no types" if not hyphen else "1 type" if n_types == 1 else f"{n_types:,} types"
    letters, n_spans = counts.letters, counts.n_spans
    b, i, e, s = (f"{letter}{hyphen}" for letter in "BIES")
    if scheme == "bioes":
        name = "bioes"
        if letters["L"] + letters["U"] > letters["E"] + letters["S"]:
            name, e, s = "bioes, written as BILOU", f"L{hyphen}", f"U{hyphen}"
        elif letters["M"] > letters["I"]:
            name = "bioes, written as BMES"
        fit = f"every span is {s} or goes from {b} to {e}"
        if n_misfits:
            fit = f"pairs of tags that do not fit: {n_misfits:,}"
        return f"{name}: {types}, {letters[e[0]]:,} {e} and {letters[s[0]]:,} {s} tags; {fit}"
    n_ends = sum(letters[letter] for letter in "ELSU")
    ends = f"no {e} or {s}" if not n_ends else f"{n_ends:,} {e} or {s}"
    if scheme == "bio":
        n_rest = n_spans - counts.starts["B"]
        fit = f"every span starts with {b}" if not n_rest else f"all but {n_rest:,} of {n_spans:,} spans start with {b}"
        return f"bio: {types}, {letters['B']:,} {b} tags; {fit}; {ends}"
    n_needless = n_misfits - n_ends
    fit = f"no {b}"
    if n_needless:
        fit = f"all but {n_needless:,} of {letters['B']:,} {b} directly follow a span of their type"
    elif letters["B"]:
        fit = f"{letters['B']:,} {b}, each directly behind a span of its type"
    return f"iob1: {types}, {letters['I']:,} {i} tags; {fit}; {ends}"


def _why_none(counts: _Counts, kinds: set[str], n_misfits: int, scheme: Scheme) -> str:
    if not counts.n_tokens:
        return "there are no tags"
    if kinds == {"O"}:
        return "every tag is O"
    if not counts.n_in_spans:
        return "no tag is written like B-TYPE or I-TYPE"
    told = f"tags like B-TYPE or I-TYPE: {counts.n_in_spans:,}, other tags than O: {counts.n_other:,}"
    return f"{told}, pairs of tags that would not fit {scheme}: {n_misfits:,}" if n_misfits else told
