"""What is or may be wrong with the sentences of splits: findings, each with its places."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal, NamedTuple

from tagger.corpus.characters import INVISIBLE, N_SHOWN, ODDITIES, oddities, shown
from tagger.corpus.schemes import Scheme, can_follow, invalid_starts
from tagger.corpus.sentence import Sentence

Splits = Mapping[str, Sequence[Sentence]]  # by name; what is learned from is `train`, and stands first

N_PLACES = 1000  # that a finding names, of all it counts
N_RARE = 3  # uses in train, from which on a tag is no longer rare
N_TAGS = 30  # so many are never too many


class Place(NamedTuple):
    """Where something is: a line from 1, or None for a file as a whole; and what is to be seen there."""

    path: str
    line: int | None = None
    note: str = ""

    def __str__(self) -> str:
        return self.path if self.line is None else f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong (error), or may be (warning).

    Args:
        key: of its kind, for programs.
        level: an error makes the data useless as it is.
        split: where it was found; None where it is of several splits or of none.
        count: how many there are.
        what: was found, in words.
        advice: what it means and what to do.
        places: the first of them.
    """

    key: str
    level: Literal["error", "warning"]
    split: str | None
    count: int
    what: str
    advice: str
    places: tuple[Place, ...]


class _Hit(NamedTuple):
    sentence: Sentence
    at: int  # which token
    note: str


def find(
    splits: Splits,
    *,
    scheme: Scheme = "none",
    ignore: Collection[str] = (),
    max_steps: int = 5000,
    may_lack_tags: bool = False,
) -> list[Finding]:
    """What is or may be wrong, errors first.

    Places name the line of a token where the sentences keep their rows, else that of the sentence.

    Args:
        splits: tagged sentences, at least one each.
        scheme: of the tags.
        ignore: tags that are neither learned nor scored.
        max_steps: tokens, above which a sentence is cut in training.
        may_lack_tags: whether `_` is no gap but what a word without a key of FEATS or MISC has.
    """
    found: list[Finding] = []
    for split, sentences in splits.items():
        found += _tags(split, sentences, ignore, may_lack_tags)
        if scheme != "none":
            found += _transitions(split, sentences, scheme)
        found += _lengths(split, sentences, max_steps)
    found += _against_train(splits, ignore)
    found += _overlaps(splits)
    found += _contradictions(splits, ignore)
    for split, sentences in splits.items():
        found += _duplicates(split, sentences)
        found += _characters(split, sentences)
    return errors_first(found)


def errors_first(findings: Iterable[Finding]) -> list[Finding]:
    """The errors, then the warnings, in their order."""
    return sorted(findings, key=lambda finding: finding.level != "error")


def brief(findings: Iterable[Finding]) -> list[str]:
    """A line for each finding, with its first place."""
    return [f"{finding.what}{f'; first {finding.places[0]}' if finding.places else ''}" for finding in findings]


def _finding(
    key: str, split: str | None, hits: Collection[_Hit], what: str, advice: str, *, is_error: bool = False
) -> Finding:
    return Finding(key, "error" if is_error else "warning", split, len(hits), what, advice, tuple(_places(hits)))


def _places(hits: Iterable[_Hit]) -> Iterator[Place]:
    last, lines = None, [0]
    for sentence, at, note in islice(hits, N_PLACES):
        if sentence is not last:
            last, lines = sentence, _token_lines(sentence)
        yield Place(sentence.path, lines[at], note)


def _token_lines(sentence: Sentence) -> list[int]:
    """The line of each token, as far as the sentence knows it."""
    if sentence.rows is None:
        return [sentence.line] * len(sentence)
    lines: list[int] = []
    line = sentence.line
    for row, is_token in sentence.rows:
        if is_token:
            lines.append(line)
        if lines:  # a sentence's line is that of its first token
            line += 1 + row.count("\n")
    return lines


def _tags(split: str, sentences: Sequence[Sentence], ignore: Collection[str], may_lack: bool) -> Iterator[Finding]:
    counts = Counter(tag for sentence in sentences for tag in sentence.tags or ())
    learned = counts.keys() - set(ignore)
    start = [_Hit(sentences[0], 0, "")]
    wrong_column = "Probably another column is meant: data.tag in the config says which."
    if counts.keys() == {"_"}:
        what = f"{split}: all {counts['_']:,} tags are `_`: no word is tagged"
        yield _finding("blank-tags", split, start, what, wrong_column, is_error=True)
        return
    if not learned:
        what = f"{split}: data.ignore leaves none of its tags"
        yield _finding("ignored", split, start, what, "There is nothing to learn or to score.", is_error=True)
        return
    if len(learned) == 1:
        what = f"{split}: the only tag is {shown(*learned)}"
        yield _finding("one-tag", split, start, what, f"There is nothing to tell apart. {wrong_column}")
    if "_" in learned and not may_lack:
        blank = _uses(sentences, {"_"})
        what = f"{split}: {len(blank):,} of {counts.total():,} tokens have the tag `_`"
        yield _finding(
            "blank-tags", split, blank, what,
            'It is learned as a tag like any other. If it stands for a missing one: data.ignore = ["_"].',
        )  # fmt: skip
    odd = {tag for tag in learned if tag != tag.strip() or INVISIBLE.search(tag)}
    if odd:
        yield _finding(
            "tag-characters", split, _counted(_first_uses(sentences, odd), counts),
            f"{split}: {_n(len(odd), 'tag')} with spaces at the ends or invisible characters",
            "To a tagger it is another tag than the one that looks the same: take them out.",
        )  # fmt: skip


def _transitions(split: str, sentences: Sequence[Sentence], scheme: Scheme) -> Iterator[Finding]:
    hits = []
    for sentence in sentences:
        tags = sentence.tags or ()
        for i in invalid_starts(tags, scheme):
            before = tags[i - 1] if i else None
            if can_follow(before, tags[i], scheme):
                note = f"the sentence ends behind {shown(tags[i])}"
            else:
                note = f"{shown(tags[i])} {f'behind {shown(before)}' if before else 'at the start'}"
            hits.append(_Hit(sentence, i, note))
    if hits:
        yield _finding(
            "transitions", split, hits,
            f"{split}: {_n(len(hits), 'tag')} where {scheme} does not allow {'them' if len(hits) > 1 else 'it'}",
            "They are read as conlleval reads them: a tag that continues nothing starts a span, a span that is not "
            "continued ends. `tagger convert` writes that down; if they are many, the scheme may be another.",
        )  # fmt: skip


def _lengths(split: str, sentences: Sequence[Sentence], max_steps: int) -> Iterator[Finding]:
    if len(sentences) > 1 and all(len(sentence) == 1 for sentence in sentences):
        yield _finding(
            "one-token", split, [_Hit(sentence, 0, "") for sentence in sentences],
            f"{split}: every sentence is a single token",
            "Sentences are parted by a blank line, or by the column that data.sentence names. Are the tokens of one "
            "sentence apart?",
        )  # fmt: skip
    if long := [_Hit(sentence, 0, f"{len(sentence):,} tokens") for sentence in sentences if len(sentence) > max_steps]:
        yield _finding(
            "long", split, long,
            f"{split}: {_n(len(long), 'sentence')} of more than {max_steps:,} tokens",
            "Is the blank line between sentences missing? If not: training cuts them, tagging does not, and both take "
            "memory.",
        )  # fmt: skip


def _characters(split: str, sentences: Sequence[Sentence]) -> Iterator[Finding]:
    odd: dict[str, list[tuple[str, str]]] = {}
    for word in {token for sentence in sentences for token in sentence.tokens}:
        if not (word.isascii() and word.isprintable() and " " not in word) and (found := list(oddities(word))):
            odd[word] = found
    hits: dict[str, list[_Hit]] = defaultdict(list)
    for sentence in sentences:
        if not odd.keys().isdisjoint(sentence.tokens):
            for i, token in enumerate(sentence.tokens):
                for key, note in odd.get(token, ()):
                    hits[key].append(_Hit(sentence, i, f"{shown(token)}{note}"))
    for key, (what, advice) in ODDITIES.items():
        if key in hits:
            yield _finding(key, split, hits[key], f"{split}: {_n(len(hits[key]), 'token')} with {what}", advice)


def _against_train(splits: Splits, ignore: Collection[str]) -> Iterator[Finding]:
    if "train" not in splits:
        return
    train = splits["train"]
    counts = Counter(tag for sentence in train for tag in sentence.tags or ())
    n_words = len({token for sentence in train for token in sentence.tokens})
    learned = counts.keys() - set(ignore)
    if (len(learned) > max(N_TAGS, n_words / 10)) or counts.total() == len(learned) >= 10:
        what = f"train: {len(learned):,} different tags for {n_words:,} different words"
        advice = (
            "Probably other columns are meant: data.tag in the config says which has the tags, data.token the tokens."
        )
        yield _finding("many-tags", "train", _counted(_first_uses(train, learned), counts), what, advice)
    elif rare := {tag for tag in learned if counts[tag] < N_RARE}:
        what = f"train: {_n(len(rare), 'tag')} with fewer than {N_RARE} uses"
        advice = "Too few to learn from. Is it a slip? data.map merges and renames tags."
        yield _finding("rare-tags", "train", _counted(_first_uses(train, rare), counts), what, advice)
    for split, sentences in splits.items():
        used = Counter(tag for sentence in sentences for tag in sentence.tags or ())
        if unseen := used.keys() - counts.keys() - set(ignore):
            what = f"{split}: {_n(len(unseen), 'tag')} that train lacks"
            advice = "No tagger can give a tag that it has never seen: their tokens count as errors."
            yield _finding("unseen-tags", split, _counted(_first_uses(sentences, unseen), used), what, advice)


def _uses(sentences: Iterable[Sentence], tags: Collection[str]) -> list[_Hit]:
    return [
        _Hit(sentence, i, tag) for sentence in sentences for i, tag in enumerate(sentence.tags or ()) if tag in tags
    ]


def _first_uses(sentences: Iterable[Sentence], tags: Collection[str]) -> list[_Hit]:
    """Of each tag its first use, which the tag is the note of."""
    left, hits = set(tags), []
    for sentence in sentences:
        if not left.isdisjoint(sentence.tags or ()):
            for i, tag in enumerate(sentence.tags or ()):
                if tag in left:
                    left.remove(tag)
                    hits.append(_Hit(sentence, i, tag))
    return hits


def _counted(hits: Iterable[_Hit], counts: Mapping[str, int]) -> list[_Hit]:
    return [hit._replace(note=f"{shown(hit.note)}, {_n(counts[hit.note], 'time')}") for hit in hits]


Identity = tuple[tuple[str, ...], tuple[tuple[float, ...], ...] | None]


def _identity(sentence: Sentence) -> Identity:
    """What a tagger sees of a sentence."""
    return sentence.tokens, sentence.numbers


def _overlaps(splits: Splits) -> Iterator[Finding]:
    earlier: dict[str, dict[Identity, Sentence]] = {}
    for split, sentences in splits.items():
        for other, known in earlier.items():
            hits = [
                _Hit(sentence, 0, f"{_text(sentence)} as at {known[key].place}")
                for sentence in sentences
                if (key := _identity(sentence)) in known
            ]
            if hits:
                stand = "stands" if len(hits) == 1 else "stand"
                yield _finding(
                    "overlap", split, hits,
                    f"{split}: {len(hits):,} of {len(sentences):,} sentences {stand} in {other} too",
                    f"What a tagger has met in {other}, it need not understand in {split}: take it out of one of them.",
                )  # fmt: skip
        earlier[split] = {_identity(sentence): sentence for sentence in reversed(sentences)}


def _duplicates(split: str, sentences: Sequence[Sentence]) -> Iterator[Finding]:
    firsts: dict[Identity, Sentence] = {}
    again = []
    for sentence in sentences:
        first = firsts.setdefault(_identity(sentence), sentence)
        if first is not sentence:
            again.append(_Hit(sentence, 0, f"{_text(sentence)} as at line {first.line}"))
    if again:
        repeat = "repeats" if len(again) == 1 else "repeat"
        yield _finding(
            "duplicates", split, again,
            f"{split}: {len(again):,} of {len(sentences):,} sentences {repeat} an earlier one",
            "They weigh more than others in training, and a dev that is drawn from train (dev = 0.1) may share them."
            if split == "train"
            else "They weigh more than others in scores.",
        )  # fmt: skip


def _contradictions(splits: Splits, ignore: Collection[str]) -> Iterator[Finding]:
    groups: dict[Identity, list[Sentence]] = defaultdict(list)
    for sentences in splits.values():
        for sentence in sentences:
            groups[_identity(sentence)].append(sentence)
    hits = []
    for group in groups.values():
        taggings: dict[tuple[str, ...], Sentence] = {}
        for sentence in group:
            taggings.setdefault(sentence.tags or (), sentence)
        if len(taggings) > 1 and (hit := _contradiction(list(taggings.values()), set(ignore))):
            hits.append(hit)
    if hits:
        yield _finding(
            "contradictions", None, hits,
            f"{_n(len(hits), 'sentence')} tagged in two ways or more",
            "The same tokens, and other tags: a slip, or the tokens alone do not tell. No tagger can have both right.",
        )  # fmt: skip


def _contradiction(sentences: Sequence[Sentence], ignored: set[str]) -> _Hit | None:
    """Where a sentence first has another tag than one with the same tokens before it; ignored tags contradict none."""
    for i, tags in enumerate(zip(*(sentence.tags or () for sentence in sentences), strict=True)):
        if len(set(tags) - ignored) > 1:
            told = [(tag, sentence) for tag, sentence in zip(tags, sentences, strict=True) if tag not in ignored]
            tag, first = told[0]
            other, sentence = next((other, sentence) for other, sentence in told if other != tag)
            there = f"line {first.line}" if first.path == sentence.path else first.place
            note = f"{shown(sentence.tokens[i])} in {_text(sentence)}: {other} here, {tag} in the one at {there}"
            return _Hit(sentence, i, note)
    return None


def _text(sentence: Sentence) -> str:
    return shown(" ".join(sentence.tokens[:N_SHOWN]))


def _n(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
