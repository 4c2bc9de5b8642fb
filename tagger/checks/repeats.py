"""Sentences that occur more than once: inside a split, in two splits, with other tags."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import combinations, islice
from typing import Any

import numpy as np
import numpy.typing as npt

from tagger.checks.characters import N_SHOWN, shown
from tagger.checks.findings import Finding, Hit, Split, finding, number_of
from tagger.corpus.file_notes import MAX_LISTED
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences

Group = dict[str, list[int]]  # sentences that are the same to a tagger: which of each split
Steps = npt.NDArray[Any]
Ids = Callable[[Sequence[str]], Steps]


def repeat_findings(splits: Sequence[Split], ignore: Collection[str]) -> Iterator[Finding]:
    """What is found of sentences that are the same in all that a tagger sees of them, their tags aside.

    Args:
        splits: of which what is learned from stands first.
        ignore: tags that contradict none.
    """
    groups = [*_groups(splits)]
    tags = _contents(splits, _tags)
    for earlier, split in combinations(splits, 2):
        yield from _overlaps(split, earlier, groups)
    differ = (g for g in groups if len({tags[name](i) for name, places in g.items() for i in places}) > 1)
    yield from _contradictions({split.name: split for split in splits}, differ, set(ignore))
    for split in splits:
        yield from _duplicates(split, groups)


def _groups(splits: Sequence[Split]) -> Iterator[Group]:
    """Sentences that occur more than once, in the order of their first ones."""
    hashes = [np.empty(0, np.uint64), *(split.flat.hashes() for split in splits)]
    _, kinds, counts = np.unique(np.concatenate(hashes), return_inverse=True, return_counts=True)
    of_kind: dict[int, list[tuple[Split, int]]] = defaultdict(list)
    start = 0
    for split in splits:
        of_split = kinds[start : start + len(split.read)]
        start += len(split.read)
        for i in np.flatnonzero(counts[of_split] > 1).tolist():
            of_kind[int(of_split[i])].append((split, i))
    inputs = _contents(splits, _inputs)
    for alike in of_kind.values():
        same: dict[bytes, Group] = defaultdict(lambda: defaultdict(list))
        for split, i in alike:
            same[inputs[split.name](i)][split.name].append(i)
        yield from (group for group in same.values() if sum(map(len, group.values())) > 1)


def _inputs(flat: Sentences, ids: Ids) -> list[Steps]:
    columns = [] if flat.columns is None else [ids(flat.cells)[flat.columns]]
    numbers = [] if flat.numbers is None else [flat.numbers + 0.0]  # of -0.0, which equals 0.0, the bytes differ
    return [ids(flat.forms)[flat.tokens], *columns, *numbers]


def _tags(flat: Sentences, ids: Ids) -> list[Steps]:
    return [] if flat.tags is None else [ids(flat.tag_names)[flat.tags]]


def _contents(
    splits: Sequence[Split], steps_of: Callable[[Sentences, Ids], list[Steps]]
) -> dict[str, Callable[[int], bytes]]:
    """Per split, a function that gives some content of a sentence as bytes: equal in all splits where the content is.

    Args:
        splits: with different names.
        steps_of: arrays with a row for each step of a split, made with the same ids for the same symbols.
    """
    known: dict[str, int] = {}

    def ids(symbols: Sequence[str]) -> Steps:
        return np.fromiter((known.setdefault(symbol, len(known)) for symbol in symbols), np.int32, len(symbols))

    def content(starts: Steps, arrays: list[Steps]) -> Callable[[int], bytes]:
        return lambda i: b"".join(array[starts[i] : starts[i + 1]].tobytes() for array in arrays)

    return {split.name: content(split.flat.starts, steps_of(split.flat, ids)) for split in splits}


def _overlaps(split: Split, earlier: Split, groups: Sequence[Group]) -> Iterator[Finding]:
    both = (group for group in groups if split.name in group and earlier.name in group)
    pairs = sorted((i, group[earlier.name][0]) for group in both for i in group[split.name])
    if pairs:
        stand = "stands" if len(pairs) == 1 else "stand"
        yield finding(
            "overlap", split.name, _hits(split, ((i, earlier.read[first].location) for i, first in pairs)),
            f"{len(pairs):,} of {len(split.read):,} sentences {stand} in {earlier.name} too",
            f"What a tagger has met in {earlier.name}, it need not understand in {split.name}, and scores flatter: "
            "take it out of one of them.",
            count=len(pairs),
        )  # fmt: skip


def _contradictions(splits: dict[str, Split], groups: Iterable[Group], ignored: set[str]) -> Iterator[Finding]:
    same = ([splits[name].read[i] for name, places in group.items() for i in places] for group in groups)
    if hits := [hit for sentences in same if (hit := _contradiction(sentences, ignored))]:
        yield finding(
            "contradictions", None, hits,
            f"{number_of('sentence', len(hits))} tagged in two ways or more",
            "The same tokens, and other tags: a slip, or the tokens alone do not tell. No tagger can have both right.",
        )  # fmt: skip


def _contradiction(sentences: Sequence[Sentence], ignored: set[str]) -> Hit | None:
    """Where the tags first differ."""
    for i, tags in enumerate(zip(*(sentence.tags or () for sentence in sentences), strict=True)):
        first_with: dict[str, Sentence] = {}
        for tag, sentence in zip(tags, sentences, strict=True):
            if tag not in ignored:
                first_with.setdefault(tag, sentence)
        if len(first_with) > 1:
            (tag, first), (other, sentence) = islice(first_with.items(), 2)
            there = f"line {first.line}" if first.path == sentence.path else first.location
            note = f"{shown(sentence.tokens[i])} in {_text(sentence)}: {other} here, {tag} in the one at {there}"
            return Hit(sentence, i, note)
    return None


def _duplicates(split: Split, groups: Iterable[Group]) -> Iterator[Finding]:
    same = (group[split.name] for group in groups if split.name in group)
    pairs = sorted((i, places[0]) for places in same for i in places[1:])
    if pairs:
        repeat = "repeats" if len(pairs) == 1 else "repeat"
        weigh = "They weigh more than others in scores."
        if split.name == "train":
            weigh = (
                "They weigh more than others in training, and a dev that is drawn from train (dev = 0.1) may share "
                "them."
            )
        yield finding(
            "duplicates", split.name, _hits(split, ((i, f"line {split.read[first].line}") for i, first in pairs)),
            f"{len(pairs):,} of {len(split.read):,} sentences {repeat} an earlier one",
            f"{weigh} Where that is not meant, keep one of each.",
            count=len(pairs),
        )  # fmt: skip


def _hits(split: Split, pairs: Iterable[tuple[int, str]]) -> Iterator[Hit]:
    """The first sentences, each with where the same one stands."""
    for i, there in islice(pairs, MAX_LISTED):
        sentence = split.read[i]
        yield Hit(sentence, 0, f"{_text(sentence)} as at {there}")


def _text(sentence: Sentence) -> str:
    return shown(" ".join(sentence.tokens[:N_SHOWN]))
