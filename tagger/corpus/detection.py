"""Which scheme the tags of a corpus are in, and the evidence for it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tagger.corpus.schemes import LETTERS, Scheme, can_follow, continues, read_tag

Pair = tuple[str | None, str | None]  # neighbours, None at a sentence's border

OTHER = ""  # stands for all tags that are neither of a span nor O nor _


@dataclass(frozen=True, slots=True)
class Detection:
    """The scheme that tags are in, and a sentence for users that says why."""

    scheme: Scheme
    evidence: str


def detect_scheme(tag_sequences: Iterable[Sequence[str]]) -> Detection:
    """The scheme that fits sentences best, see `scheme_of_pairs`.

    Args:
        tag_sequences: the tags of each sentence; read once. What is remembered grows with the kinds of tags alone.

    >>> detect_scheme([["O", "B-per", "I-per", "B-org"]]).evidence
    'bio: 2 types, 2 B- tags; every span starts with B-; no E- or S-'
    """
    written: Counter[Pair] = Counter()
    for tags in tag_sequences:
        written.update(pairwise((None, *tags, None)))
    return scheme_of_pairs(written)


def scheme_of_pairs(written: Mapping[Pair, int]) -> Detection:
    """The scheme that fits a corpus best: the one in which fewest tags cannot follow what stands before them.

    It is `none` unless the tags written like `B-TYPE` outnumber those that do not fit and those that are written
    otherwise (`O` and `_` aside). Letters without a type count only where all tags are such letters, `O` or `_`, and B
    and one of I, M, E and L are among them.

    Args:
        written: how often each tag stands behind each other.
    """
    different = {tag for _, tag in written if tag is not None}
    has_types = not _are_letters(different)
    kinds = {None: None} | {tag: _kind(tag, has_types) for tag in different}
    pairs: Counter[Pair] = Counter()
    for (before, tag), n in written.items():
        pairs[kinds[before], kinds[tag]] += n
    candidates: tuple[Scheme, ...] = ("bio", "iob1", "bioes")
    n_misfits = {scheme: sum(n for pair, n in pairs.items() if not can_follow(*pair, scheme)) for scheme in candidates}
    scheme = min(candidates, key=n_misfits.__getitem__)
    counts = _count(pairs)
    if counts.n_in_spans <= counts.n_other + n_misfits[scheme]:
        return Detection("none", f"none: {_why_none(counts, different, n_misfits[scheme], scheme)}")
    return Detection(scheme, _why(scheme, counts, n_misfits[scheme], "-" if has_types else ""))


def _are_letters(tags: set[str]) -> bool:
    """Whether these are the tags of spans without types."""
    return "B" in tags and not tags.isdisjoint("IMEL") and tags <= {"O", "_", *LETTERS}


def _kind(tag: str, has_types: bool) -> str:
    """The tag, if it is outside spans or of one; beside typed ones, letters alone (S of S, V and O) are of none."""
    letter, hyphen, _ = tag.partition("-")
    of_span = letter in LETTERS and (hyphen or not has_types)
    return tag if tag in ("O", "_") or of_span else OTHER


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


def _count(pairs: Counter[Pair]) -> _Counts:
    letters: Counter[str] = Counter()
    starts: Counter[str] = Counter()
    types = set()
    n_tokens = n_other = 0
    for (before, tag), n in pairs.items():
        if tag is None:
            continue
        n_tokens += n
        n_other += n * (tag == OTHER)
        letter, span_type = read_tag(tag)
        if letter != "O":
            letters[tag[0]] += n
            types.add(span_type)
            starts[letter] += n * (not continues(read_tag(before), (letter, span_type)))
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


def _why_none(counts: _Counts, tags: set[str], n_misfits: int, scheme: Scheme) -> str:
    if not counts.n_tokens:
        return "there are no tags"
    if tags == {"O"}:
        return "every tag is O"
    if not counts.n_in_spans:
        return "no tag is written like B-TYPE or I-TYPE"
    told = f"tags like B-TYPE or I-TYPE: {counts.n_in_spans:,}, other tags than O: {counts.n_other:,}"
    return f"{told}, pairs of tags that would not fit {scheme}: {n_misfits:,}" if n_misfits else told
