"""Detection of the scheme and spelling of the tags of a corpus, with the evidence."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from tagger.corpus.counted import counted
from tagger.corpus.schemes import LETTERS, SCHEME_LETTERS, Scheme, can_follow, continues, read_tag
from tagger.corpus.spelling import BIES, NAMED_LETTERS, OUTSIDE, PLAIN, Notation, Spelling

Pair = tuple[str | None, str | None]  # neighbouring tags; None at the start or end of a sentence

OTHER = ""  # replaces all tags that are neither O nor _ nor in a span
SCHEMES: tuple[Scheme, ...] = ("bio", "iob1", "bioes", "ioe2", "ioe1")  # preferred ones first
# Minimum number of tags in spans per misfit, for an unusual spelling, and per other tag, for one without a separator.
CLEAR_MAJORITY = 10
LETTER_SETS = (*NAMED_LETTERS.values(), *map(str.lower, NAMED_LETTERS.values()))


@dataclass(frozen=True, slots=True)
class Detection:
    """The detected scheme, the evidence in words for users, and the spelling of the tags."""

    scheme: Scheme
    evidence: str
    spelling: Spelling = PLAIN

    def notation(self, scheme: Scheme | Literal["auto"] = "auto") -> Notation:
        """The notation of the tags; a scheme other than `auto` overrides the detected one."""
        scheme = self.scheme if scheme == "auto" else scheme
        return Notation() if scheme == "none" else Notation(scheme, self.spelling)


def detect_scheme(tag_sequences: Iterable[Sequence[str]]) -> Detection:
    """Detect the scheme that fits sentences best, see `detect_scheme_from_counts`.

    Args:
        tag_sequences: the tags of each sentence; read once, in memory that depends on the number of distinct tags only.

    >>> detect_scheme([["O", "B-per", "I-per", "B-org"]]).evidence
    'bio: 2 types, 2 B- tags; every span starts with B-; no E- or S-'
    """
    pair_counts: Counter[Pair] = Counter()
    for tags in tag_sequences:
        pair_counts.update(pairwise((None, *tags, None)))
    return detect_scheme_from_counts(pair_counts)


def detect_scheme_from_counts(pair_counts: Mapping[Pair, int]) -> Detection:
    """Detect the scheme that fits a corpus best: the one in which fewest tags cannot follow the tag before them.

    The scheme is `none` unless n_in_spans > n_misfits + n_other (see `_Fit`).
    Letters without a type count only if all tags are such letters, `O` or `_`, and B and one of I, M, E and L are among
    them. If the result is `none`, other spellings are tried, see `_Fit.is_sound`.

    Args:
        pair_counts: count of each pair of neighbouring tags, as in the file.
    """
    counts: Counter[str] = Counter()
    for (_, tag), n in pair_counts.items():
        if tag is not None:
            counts[tag] += n
    spellings = _spellings(counts)
    usual = _Fit(next(spellings), pair_counts, counts)
    if usual.is_sound:
        return Detection(usual.scheme, _why(usual), usual.spelling)
    fits = [usual, *(_Fit(spelling, pair_counts, counts) for spelling in spellings)]
    best = max(fits, key=lambda fit: (fit.is_sound, fit.is_likely, fit.margin))
    if best.is_sound:
        return Detection(best.scheme, _why(best), best.spelling)
    return Detection("none", f"none: {_why_none(usual, best, counts)}", best.spelling if best.is_likely else PLAIN)


def _spellings(counts: Mapping[str, int]) -> Iterator[Spelling]:
    """Yield possible spellings of the tags, the usual one with a hyphen after the letter first."""
    outside = max(OUTSIDE, key=lambda tag: counts.get(tag, 0))
    candidates = {("-", False): None}
    for tag in counts:
        for letter, separator, is_suffix in ((tag[:1], tag[1:2], False), (tag[-1:], tag[-2:-1], True)):
            if len(tag) > 2 and not separator.isalnum() and any(letter in letters for letters in LETTER_SETS):
                candidates[separator, is_suffix] = None
    candidates["", False] = None
    for separator, is_suffix in candidates:
        spelling = Spelling(BIES, outside, separator, is_suffix)
        letters: Counter[str] = Counter()
        for tag, n in counts.items():
            letters[spelling.parts(tag)[0]] += n
        usual = max(LETTER_SETS, key=lambda names: sum(letters[letter] for letter in names))
        yield Spelling(usual, outside, separator, is_suffix)


class _Fit:
    """How well tags fit a spelling, in the best scheme for it.

    Attributes:
        spelling: the spelling.
        has_types: whether tags have types; otherwise they are only letters.
        scheme: scheme in which fewest tags cannot follow the tag before them.
        n_misfits: number of such tags.
        n_other: number of tags that are neither O nor _ nor in a span.
        has_outside: whether there is an O.
        letters: count of each letter in the tags of spans.
        starts: number of spans that each letter starts.
        types: letters that occur with each type of spans.
        spans: distinct tags of spans, as in the file.
    """

    def __init__(self, spelling: Spelling, pair_counts: Mapping[Pair, int], counts: Mapping[str, int]) -> None:
        self.spelling = spelling
        read = {tag: spelling.read(tag) for tag in counts}
        self.has_types = not _are_letters({*read.values()})
        kinds = {None: None} | {tag: _kind(name, self.has_types) for tag, name in read.items()}
        pairs: Counter[Pair] = Counter()
        for (before, tag), n in pair_counts.items():
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
        candidates = SCHEMES if self.letters["I"] or self.is_pure else SCHEMES[:3]  # E- without I- may mean anything
        misfits = {name: sum(n for pair, n in pairs.items() if not can_follow(*pair, name)) for name in candidates}
        self.scheme = min(candidates, key=misfits.__getitem__)
        self.n_misfits = misfits[self.scheme]

    @property
    def is_pure(self) -> bool:
        """Whether all tags outside spans are O."""
        return self.has_outside and not self.n_other

    @property
    def n_in_spans(self) -> int:
        """Number of tags in spans."""
        return self.letters.total()

    @property
    def margin(self) -> int:
        """Number of tags in spans, minus the tags that speak against the spelling."""
        return self.n_in_spans - self.n_other - self.n_misfits

    @property
    def has_pair(self) -> bool:
        """Whether a type occurs with two letters."""
        return any(len(letters) > 1 for letters in self.types.values())

    @property
    def is_usual(self) -> bool:
        """Whether tags are spelled as in most files."""
        return self.spelling.letters.isupper() and (self.spelling.separator, self.spelling.is_suffix) == ("-", False)

    @property
    def is_likely(self) -> bool:
        """Whether the spelling is plausible: without a separator, nearly all tags should fit it."""
        return bool(self.spelling.separator) or not self.has_types or self.n_in_spans >= CLEAR_MAJORITY * self.n_other

    @property
    def is_sound(self) -> bool:
        """Whether the tags mark spans in this spelling.

        An unusual spelling needs a type with two letters, or only O outside spans, and hardly any misfits; without a
        separator, it needs a type with two letters and an O.
        """
        has_few_misfits = self.n_in_spans >= CLEAR_MAJORITY * self.n_misfits
        if not self.spelling.separator and self.has_types:
            return self.has_pair and self.has_outside and self.is_likely and has_few_misfits
        if self.is_usual:
            return self.margin > 0
        return (self.has_pair or self.is_pure) and self.margin > 0 and has_few_misfits


def _are_letters(tags: set[str]) -> bool:
    """Whether these are tags of spans without types."""
    return "B" in tags and not tags.isdisjoint("IMEL") and tags <= {"O", "_", *LETTERS}


def _kind(tag: str, has_types: bool) -> str:
    """The tag, or OTHER; next to tags with types, a letter alone (S of S, V and O) is not in a span."""
    is_in_span = read_tag(tag)[0] != "O" and ("-" in tag or not has_types)
    return tag if tag in ("O", "_") or is_in_span else OTHER


def _why(fit: _Fit) -> str:
    scheme, spelling, letters, n_types = fit.scheme, fit.spelling, fit.letters, len(fit.types)
    types = counted(n_types, "type") if fit.has_types else "no types"
    b, i, e, s = (spelling.write(f"{letter}-" if fit.has_types else letter) for letter in BIES)
    name = f"{scheme}{_unusual_spelling(fit)}: {types}"
    n_spans, n_misfits = fit.starts.total(), fit.n_misfits
    if scheme == "bioes":
        whole = f"every span is {s} or goes from {b} to {e}"
        if n_misfits:
            whole = f"pairs of tags that do not fit: {n_misfits:,}"
        return f"{name}, {letters['E']:,} {e} and {letters['S']:,} {s} tags; {whole}"
    foreign = [letter for letter in BIES if letter not in SCHEME_LETTERS[scheme]]
    n_foreign = sum(letters[letter] for letter in foreign)
    names = " or ".join({"B": b, "E": e, "S": s}[letter] for letter in foreign)
    rest = f"no {names}" if not n_foreign else f"{n_foreign:,} {names}"
    if scheme in ("bio", "ioe2"):
        mark, verb, n = (b, "start", fit.starts["B"]) if scheme == "bio" else (e, "end", letters["E"])
        whole = f"every span {verb}s with {mark}"
        if n < n_spans:
            whole = f"all but {n_spans - n:,} of {n_spans:,} spans {verb} with {mark}"
        return f"{name}, {_n_tags(n if scheme == 'ioe2' else letters['B'], mark)}; {whole}; {rest}"
    mark, n, side, verb = (
        (b, letters["B"], "after", "follow") if scheme == "iob1" else (e, letters["E"], "before", "precede")
    )
    n_needless = n_misfits - n_foreign
    whole = f"{n:,} {mark}, each directly {side} a span of its type" if n else f"no {mark}"
    if n_needless:
        whole = f"all but {n_needless:,} of {n:,} {mark} directly {verb} a span of their type"
    return f"{name}, {_n_tags(letters['I'], i)}; {whole}; {rest}"


def _n_tags(n: int, mark: str) -> str:
    return counted(n, f"{mark} tag")


def _unusual_spelling(fit: _Fit) -> str:
    """Describe the spelling of tags if it is unusual."""
    spelling = fit.spelling
    name = next(name for name, letters in NAMED_LETTERS.items() if letters == spelling.letters.upper())
    example = spelling.write(f"{'I' if fit.scheme.startswith('ioe') else 'B'}{'-TYPE' if fit.has_types else ''}")
    parts = [name.upper().replace("BILU", "BILOU")] if name != "bioes" else []
    parts += [example] if example not in ("B-TYPE", "I-TYPE", "B") else []
    parts += [f"{spelling.outside} for O"] if spelling.outside != "O" and fit.has_outside else []
    return f", written as {' and '.join(parts)}" if parts else ""


def _why_none(usual: _Fit, best: _Fit, counts: Mapping[str, int]) -> str:
    if not counts:
        return "there are no tags"
    if counts.keys() == {usual.spelling.outside}:
        return f"every tag is {usual.spelling.outside}"
    if best.is_likely and best.has_pair and not best.is_usual and best.n_in_spans > best.n_other:
        example = max(best.spans, key=counts.__getitem__)
        override = f'data.scheme = "{best.scheme}" reads them as spans anyway'
        return f"tags like {example} do not fit {best.scheme} well; {override}"
    if not usual.n_in_spans:
        return "no tag is written like B-TYPE or I-TYPE"
    evidence = f"tags like B-TYPE or I-TYPE: {usual.n_in_spans:,}, other tags than O: {usual.n_other:,}"
    n_misfits = usual.n_misfits
    return f"{evidence}, pairs of tags that would not fit {usual.scheme}: {n_misfits:,}" if n_misfits else evidence
