"""Which scheme the tags of a corpus are in, how it is spelled, and the evidence for it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from tagger.corpus.schemes import LETTERS, LETTERS_OF, Scheme, can_follow, continues, read_tag
from tagger.corpus.spelling import BIES, NAMED_LETTERS, OUTSIDE, PLAIN, Notation, Spelling

Pair = tuple[str | None, str | None]  # neighbours, None at a sentence's border

OTHER = ""  # stands for all tags that are neither of a span nor O nor _
SCHEMES: tuple[Scheme, ...] = ("bio", "iob1", "bioes", "ioe2", "ioe1")  # of two that fit, the first is meant
FEW = 10  # so many times more are nearly all
LETTER_SETS = (*NAMED_LETTERS.values(), *map(str.lower, NAMED_LETTERS.values()))


@dataclass(frozen=True, slots=True)
class Detection:
    """The scheme that tags are in, a sentence for users that says why, and how the tags are spelled."""

    scheme: Scheme
    evidence: str
    spelling: Spelling = PLAIN

    def notation(self, wanted: Scheme | Literal["auto"] = "auto") -> Notation:
        """The scheme as it is spelled, or another that the tags are said to be in."""
        scheme = self.scheme if wanted == "auto" else wanted
        return Notation() if scheme == "none" else Notation(scheme, self.spelling)


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
    and one of I, M, E and L are among them. Where it would be `none`, other spellings are tried, see `_Fit.is_sound`.

    Args:
        written: how often each tag stands behind each other.
    """
    counts: Counter[str] = Counter()
    for (_, tag), n in written.items():
        if tag is not None:
            counts[tag] += n
    spellings = _spellings(counts)
    usual = _Fit(next(spellings), written, counts)
    if usual.is_sound:
        return Detection(usual.scheme, _why(usual), usual.spelling)
    fits = [usual, *(_Fit(spelling, written, counts) for spelling in spellings)]
    best = max(fits, key=lambda fit: (fit.is_sound, fit.is_likely, fit.margin))
    if best.is_sound:
        return Detection(best.scheme, _why(best), best.spelling)
    return Detection("none", f"none: {_why_none(usual, best, counts)}", best.spelling if best.is_likely else PLAIN)


def _spellings(counts: Mapping[str, int]) -> Iterator[Spelling]:
    """How the tags may be spelled, first with a hyphen behind the letter."""
    outside = max(OUTSIDE, key=lambda tag: counts.get(tag, 0))
    ways = {("-", False): None}
    for tag in counts:
        for letter, separator, is_suffix in ((tag[:1], tag[1:2], False), (tag[-1:], tag[-2:-1], True)):
            if len(tag) > 2 and not separator.isalnum() and any(letter in letters for letters in LETTER_SETS):
                ways[separator, is_suffix] = None
    ways["", False] = None
    for separator, is_suffix in ways:
        spelling = Spelling(BIES, outside, separator, is_suffix)
        letters: Counter[str] = Counter()
        for tag, n in counts.items():
            letters[spelling.parts(tag)[0]] += n
        most = max(LETTER_SETS, key=lambda names: sum(letters[letter] for letter in names))
        yield Spelling(most, outside, separator, is_suffix)


class _Fit:
    """How well tags fit a spelling, in the scheme that is best for it.

    Attributes:
        spelling: that they are read by.
        has_types: whether tags have types; else they are letters alone.
        scheme: in which fewest tags cannot follow what stands before them.
        n_misfits: how many these are.
        n_other: how many tags are neither of a span nor O nor _.
        has_outside: whether there is an O.
        letters: how often each stands in the tags of spans.
        starts: how often each starts a span.
        types: of spans, with the letters that each has.
        spans: the tags of spans, as they are written.
    """

    def __init__(self, spelling: Spelling, written: Mapping[Pair, int], counts: Mapping[str, int]) -> None:
        self.spelling = spelling
        read = {tag: spelling.read(tag) for tag in counts}
        self.has_types = not _are_letters({*read.values()})
        kinds = {None: None} | {tag: _kind(name, self.has_types) for tag, name in read.items()}
        pairs: Counter[Pair] = Counter()
        for (before, tag), n in written.items():
            pairs[kinds[before], kinds[tag]] += n
        self.n_other, self.has_outside = 0, spelling.outside in counts
        self.letters: Counter[str] = Counter()
        self.starts: Counter[str] = Counter()
        self.types: dict[str, set[str]] = defaultdict(set)
        self.spans = [tag for tag, kind in kinds.items() if tag and kind not in ("O", "_", OTHER)]
        for (before, tag), n in pairs.items():
            letter, span_type = read_tag(tag)
            self.n_other += n * (tag == OTHER)
            if letter != "O":
                self.letters[letter] += n
                self.starts[letter] += n * (not continues(read_tag(before), (letter, span_type)))
                self.types[span_type].add(letter)
        candidates = SCHEMES if self.letters["I"] or self.is_pure else SCHEMES[:3]  # E- alone may stand for anything
        misfits = {name: sum(n for pair, n in pairs.items() if not can_follow(*pair, name)) for name in candidates}
        self.scheme = min(candidates, key=misfits.__getitem__)
        self.n_misfits = misfits[self.scheme]

    @property
    def is_pure(self) -> bool:
        """Whether all tags but those of spans are O."""
        return self.has_outside and not self.n_other

    @property
    def n_in_spans(self) -> int:
        """How many tags are of spans."""
        return self.letters.total()

    @property
    def margin(self) -> int:
        """How many more tags are of spans than speak against it."""
        return self.n_in_spans - self.n_other - self.n_misfits

    @property
    def has_pair(self) -> bool:
        """Whether a type has two letters."""
        return any(len(letters) > 1 for letters in self.types.values())

    @property
    def is_usual(self) -> bool:
        """Whether tags are spelled as most files have them."""
        return self.spelling.letters.isupper() and (self.spelling.separator, self.spelling.is_suffix) == ("-", False)

    @property
    def is_likely(self) -> bool:
        """Whether the tags may be spelled so: without a separator, nearly all should look like it."""
        return bool(self.spelling.separator) or not self.has_types or self.n_in_spans >= FEW * self.n_other

    @property
    def is_sound(self) -> bool:
        """Whether the tags are spans that are spelled so.

        Where that is not as most files do, one type should have two letters, or all other tags be O, and hardly any
        tag not fit; without a separator, one type should.
        """
        if not self.spelling.separator and self.has_types:
            return self.has_pair and self.has_outside and self.is_likely and self.n_in_spans >= FEW * self.n_misfits
        if self.is_usual:
            return self.margin > 0
        return (self.has_pair or self.is_pure) and self.margin > 0 and self.n_in_spans >= FEW * self.n_misfits


def _are_letters(tags: set[str]) -> bool:
    """Whether these are the tags of spans without types."""
    return "B" in tags and not tags.isdisjoint("IMEL") and tags <= {"O", "_", *LETTERS}


def _kind(tag: str, has_types: bool) -> str:
    """The tag, if it is outside spans or of one; beside typed ones, letters alone (S of S, V and O) are of none."""
    is_of_span = read_tag(tag)[0] != "O" and ("-" in tag or not has_types)
    return tag if tag in ("O", "_") or is_of_span else OTHER


def _why(fit: _Fit) -> str:
    scheme, spelling, letters, n_types = fit.scheme, fit.spelling, fit.letters, len(fit.types)
    types = "no types" if not fit.has_types else "1 type" if n_types == 1 else f"{n_types:,} types"
    b, i, e, s = (spelling.write(f"{letter}-" if fit.has_types else letter) for letter in BIES)
    name = f"{scheme}{_way(fit)}: {types}"
    n_spans, n_misfits = fit.starts.total(), fit.n_misfits
    if scheme == "bioes":
        whole = f"every span is {s} or goes from {b} to {e}"
        if n_misfits:
            whole = f"pairs of tags that do not fit: {n_misfits:,}"
        return f"{name}, {letters['E']:,} {e} and {letters['S']:,} {s} tags; {whole}"
    foreign = [letter for letter in BIES if letter not in LETTERS_OF[scheme]]
    n_foreign = sum(letters[letter] for letter in foreign)
    names = " or ".join({"B": b, "E": e, "S": s}[letter] for letter in foreign)
    rest = f"no {names}" if not n_foreign else f"{n_foreign:,} {names}"
    if scheme in ("bio", "ioe2"):
        mark, verb, n = (b, "start", fit.starts["B"]) if scheme == "bio" else (e, "end", letters["E"])
        whole = f"every span {verb}s with {mark}"
        if n < n_spans:
            whole = f"all but {n_spans - n:,} of {n_spans:,} spans {verb} with {mark}"
        return f"{name}, {n if scheme == 'ioe2' else letters['B']:,} {mark} tags; {whole}; {rest}"
    mark, n, side, verb = (
        (b, letters["B"], "behind", "follow") if scheme == "iob1" else (e, letters["E"], "before", "precede")
    )
    n_needless = n_misfits - n_foreign
    whole = f"{n:,} {mark}, each directly {side} a span of its type" if n else f"no {mark}"
    if n_needless:
        whole = f"all but {n_needless:,} of {n:,} {mark} directly {verb} a span of their type"
    return f"{name}, {letters['I']:,} {i} tags; {whole}; {rest}"


def _way(fit: _Fit) -> str:
    """How tags are spelled, where it is not as most files do."""
    spelling = fit.spelling
    name = next(name for name, letters in NAMED_LETTERS.items() if letters == spelling.letters.upper())
    example = spelling.write(f"{'I' if fit.scheme.startswith('ioe') else 'B'}{'-TYPE' if fit.has_types else ''}")
    ways = [name.upper().replace("BILU", "BILOU")] if name != "bioes" else []
    ways += [example] if example not in ("B-TYPE", "I-TYPE", "B") else []
    ways += [f"{spelling.outside} for O"] if spelling.outside != "O" and fit.has_outside else []
    return f", written as {' and '.join(ways)}" if ways else ""


def _why_none(usual: _Fit, best: _Fit, counts: Mapping[str, int]) -> str:
    if not counts:
        return "there are no tags"
    if counts.keys() == {usual.spelling.outside}:
        return f"every tag is {usual.spelling.outside}"
    if best.is_likely and best.has_pair and not best.is_usual and best.n_in_spans > best.n_other:
        example = max(best.spans, key=counts.__getitem__)
        return f'tags like {example} fit {best.scheme} badly; data.scheme = "{best.scheme}" reads them as spans anyway'
    if not usual.n_in_spans:
        return "no tag is written like B-TYPE or I-TYPE"
    told = f"tags like B-TYPE or I-TYPE: {usual.n_in_spans:,}, other tags than O: {usual.n_other:,}"
    n_misfits = usual.n_misfits
    return f"{told}, pairs of tags that would not fit {usual.scheme}: {n_misfits:,}" if n_misfits else told
