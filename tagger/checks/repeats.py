"""Sentences that occur more than once: within a split, in two splits, or with different tags."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import combinations, islice
from typing import Any

import numpy as np
import numpy.typing as npt

from tagger.checks.characters import MAX_SHOWN, quoted
from tagger.checks.findings import Finding, FlaggedToken, Split, finding_at
from tagger.corpus.counted import counted
from tagger.corpus.file_notes import MAX_LISTED
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences

Group = dict[str, list[int]]  # sentences with equal inputs: their indices in each split
Steps = npt.NDArray[Any]
Ids = Callable[[Sequence[str]], Steps]


def repeat_findings(splits: Sequence[Split], ignore: Collection[str]) -> Iterator[Finding]:
    """Report repeated sentences; two sentences are the same if all inputs of a tagger are equal, whatever their tags.

    Args:
        splits: train first.
        ignore: tags that contradict no other tag.
    """
    groups = [*_groups(splits)]
    for earlier, split in combinations(splits, 2):
        yield from _overlaps(split, earlier, groups)
    yield from _differing(splits, groups, ignore)
    for split in splits:
        yield from _duplicates(split, groups)


def contradiction_findings(splits: Sequence[Split], ignore: Collection[str]) -> Iterator[Finding]:
    """Report sentences with equal inputs and different tags.

    Args:
        splits: train first.
        ignore: tags that contradict no other tag.
    """
    yield from _differing(splits, [*_groups(splits)], ignore)


def _differing(splits: Sequence[Split], groups: Iterable[Group], ignore: Collection[str]) -> Iterator[Finding]:
    tags = _contents(splits, _tags)
    differ = (g for g in groups if len({tags[name](i) for name, indices in g.items() for i in indices}) > 1)
    yield from _contradictions({split.name: split for split in splits}, differ, set(ignore))


def _groups(splits: Sequence[Split]) -> Iterator[Group]:
    """Groups of two or more equal sentences, in order of first occurrence."""
    hashes = [np.empty(0, np.uint64), *(split.flat.hashes() for split in splits)]
    _, kinds, counts = np.unique(np.concatenate(hashes), return_inverse=True, return_counts=True)
    members: dict[int, list[tuple[Split, int]]] = defaultdict(list)  # keys: kinds of sentences
    start = 0
    for split in splits:
        split_kinds = kinds[start : start + len(split.sentences)]
        start += len(split.sentences)
        for i in np.flatnonzero(counts[split_kinds] > 1).tolist():
            members[int(split_kinds[i])].append((split, i))
    inputs = _contents(splits, _inputs)
    for same_hash in members.values():
        same: dict[bytes, Group] = defaultdict(lambda: defaultdict(list))
        for split, i in same_hash:
            same[inputs[split.name](i)][split.name].append(i)
        yield from (group for group in same.values() if sum(map(len, group.values())) > 1)


def _inputs(flat: Sentences, ids: Ids) -> list[Steps]:
    columns = [] if flat.columns is None else [ids(flat.cells)[flat.columns]]
    numbers = [] if flat.numbers is None else [flat.numbers + 0.0]  # turns -0.0 into 0.0, whose bytes differ
    return [ids(flat.forms)[flat.tokens], *columns, *numbers]


def _tags(flat: Sentences, ids: Ids) -> list[Steps]:
    return [] if flat.tags is None else [ids(flat.tag_names)[flat.tags]]


def _contents(
    splits: Sequence[Split], arrays_of: Callable[[Sentences, Ids], list[Steps]]
) -> dict[str, Callable[[int], bytes]]:
    """Per split, a function from a sentence's index to its content as bytes, comparable across splits.

    Args:
        splits: splits with different names.
        arrays_of: arrays of a split with one row per step, built with ids that are the same in all splits.
    """
    known: dict[str, int] = {}

    def ids(symbols: Sequence[str]) -> Steps:
        return np.fromiter((known.setdefault(symbol, len(known)) for symbol in symbols), np.int32, len(symbols))

    def content(starts: Steps, arrays: list[Steps]) -> Callable[[int], bytes]:
        return lambda i: b"".join(array[starts[i] : starts[i + 1]].tobytes() for array in arrays)

    return {split.name: content(split.flat.starts, arrays_of(split.flat, ids)) for split in splits}


def _overlaps(split: Split, earlier: Split, groups: Sequence[Group]) -> Iterator[Finding]:
    both = (group for group in groups if split.name in group and earlier.name in group)
    pairs = sorted((i, group[earlier.name][0]) for group in both for i in group[split.name])
    if pairs:
        occur = "occurs" if len(pairs) == 1 else "occur"
        is_same_file = all(split.sentences[i].path == earlier.sentences[first].path for i, first in pairs)
        remedy = f"remove them from {earlier.name} or from {split.name}"
        if is_same_file:
            remedy = "both splits are taken from one file, so remove the duplicates from the file"
        yield finding_at(
            "overlap", split.name, _repeats(split, ((i, earlier.sentences[first].location) for i, first in pairs)),
            f"{len(pairs):,} of {len(split.sentences):,} sentences also {occur} in {earlier.name}",
            f"Scores on sentences that the tagger has seen in {earlier.name} are too optimistic: {remedy}.",
            count=len(pairs),
        )  # fmt: skip


def _contradictions(splits: dict[str, Split], groups: Iterable[Group], ignored: set[str]) -> Iterator[Finding]:
    same = ([splits[name].sentences[i] for name, indices in group.items() for i in indices] for group in groups)
    if tokens := [token for sentences in same if (token := _contradiction(sentences, ignored))]:
        yield finding_at(
            "contradictions", None, tokens,
            f"{counted(len(tokens), 'sentence')} tagged in more than one way",
            "The same tokens have different tags: one of them is wrong, or the tokens alone do not decide. No tagger "
            "can get both right.",
        )  # fmt: skip


def _contradiction(sentences: Sequence[Sentence], ignored: set[str]) -> FlaggedToken | None:
    """The first token at which the tags differ."""
    for i, tags in enumerate(zip(*(sentence.tags or () for sentence in sentences), strict=True)):
        first_with: dict[str, Sentence] = {}
        for tag, sentence in zip(tags, sentences, strict=True):
            if tag not in ignored:
                first_with.setdefault(tag, sentence)
        if len(first_with) > 1:
            (tag, first), (other, sentence) = islice(first_with.items(), 2)
            there = f"in line {first.line}" if first.path == sentence.path else f"at {first.location}"
            note = f"{quoted(sentence.tokens[i])} in {_text(sentence)}: {other} here, {tag} {there}"
            return FlaggedToken(sentence, i, note)
    return None


def _duplicates(split: Split, groups: Iterable[Group]) -> Iterator[Finding]:
    same = (group[split.name] for group in groups if split.name in group)
    pairs = sorted((i, indices[0]) for indices in same for i in indices[1:])
    if pairs:
        repeat = "repeats" if len(pairs) == 1 else "repeat"
        effect = "They weigh more than others in scores."
        if split.name == "train":
            effect = "They weigh more than others in training, and a dev that is split off train may share them."
        lines = ((i, f"line {split.sentences[first].line}") for i, first in pairs)
        yield finding_at(
            "duplicates", split.name, _repeats(split, lines),
            f"{len(pairs):,} of {len(split.sentences):,} sentences {repeat} an earlier one",
            f"{effect} Unless this is intended, keep one of each.",
            count=len(pairs),
        )  # fmt: skip


def _repeats(split: Split, pairs: Iterable[tuple[int, str]]) -> Iterator[FlaggedToken]:
    """The first repeated sentences, each with the location of its first occurrence."""
    for i, first_place in islice(pairs, MAX_LISTED):
        sentence = split.sentences[i]
        yield FlaggedToken(sentence, 0, f"{_text(sentence)}, same as {first_place}")


def _text(sentence: Sentence) -> str:
    return quoted(" ".join(sentence.tokens[:MAX_SHOWN]))
