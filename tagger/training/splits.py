"""Splitting one file into train, dev and test at random, by shares or folds, with groups kept whole."""

import json
import math
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from tagger.config import Data
from tagger.corpus.chunks import display_path
from tagger.corpus.counted import counted
from tagger.corpus.layout import DOCUMENT, Layout
from tagger.corpus.sentence import Sentence
from tagger.errors import ConfigError
from tagger.files import IN_A_CELL, write_file
from tagger.training.time_cuts import describe_cuts

SPLITS = ("train", "dev", "test")
UNUSED_GROUP = "data.group: neither dev nor test is split off train, so groups are not used"

Splits = Mapping[str, Sequence[Sentence]]
SentenceGroup = list[int]  # positions of its sentences, from 0


def needs_split(data: Data) -> bool:
    """Whether dev or test is split off train's file, or the file of a source."""
    shares = [data.dev, data.test, *(share for source in data.sources for share in (source.dev, source.test))]
    return data.folds is not None or any(isinstance(share, float) for share in shares)


def layout_of_train(layout: Layout, data: Data) -> Layout:
    """Return the layout of train's file: that of all files, with groups if it is split."""
    return replace(layout, group=data.group) if needs_split(data) else layout


def split_train(sentences: Sequence[Sentence], data: Data, table: str = "data") -> dict[str, SentenceGroup]:
    """Assign the sentences of train's file to train, and to dev and test if the config splits them off.

    No group has sentences in two splits. Shares refer to all sentences of the file, and are met as closely as whole
    groups allow; test is split off first. Groups are assigned to folds from the largest to the smallest, each to the
    fold with the fewest sentences, and each sentence is in the test split of exactly one fold.

    The same sentences in the same order and the same seed give the same splits, on any machine.

    Args:
        sentences: all sentences of train's file.
        data: the shares or folds.
        table: name of the table with the shares, for messages: `data.sources[0]` for a source.

    Returns:
        Positions of sentences, from 0 and ascending, by split.

    Raises:
        ConfigError: there are too few sentences or groups.
    """
    rest = _shuffled_groups(sentences, data)
    taken: dict[str, list[SentenceGroup]] = {}
    if data.folds is not None and data.fold is not None:
        taken["test"] = _fold(rest, data.folds, data.fold, sentences)
        rest = _without(rest, taken["test"])
    for split, share in (("test", data.test), ("dev", data.dev)):
        if isinstance(share, float):
            if len(rest) < 2:
                raise ConfigError(f"{table}.{split}: a share cannot be split off {_count_text(rest, sentences)}")
            target = max(1, round(len(sentences) * share))
            n_left = 2 if split == "test" and isinstance(data.dev, float) and len(rest) > 2 else 1
            taken[split] = [rest[i] for i in _nearest_sum([len(group) for group in rest], target, n_left)]
            rest = _without(rest, taken[split])
    taken["train"] = rest
    return {split: sorted(i for group in taken[split] for i in group) for split in SPLITS if split in taken}


def describe_splits(splits: Splits, data: Data) -> str:
    """Describe in one line how train's file was split."""
    if data.split == "time":
        return describe_cuts(splits, data)
    n_sentences = sum(map(len, splits.values()))
    parts = []
    for split, sentences in splits.items():
        share, requested = len(sentences) / n_sentences, getattr(data, split)
        notes = [f"fold {data.fold} of {data.folds}"] if split == "test" and data.folds else []
        if data.group is not None:
            n_groups = len({sentence.group for sentence in sentences})
            notes.append(counted(n_groups, "group"))
        if isinstance(requested, float) and abs(share - requested) > requested / 10:
            notes.append(f"{requested:.1%} requested")
        parts.append(f"{split} {share:.1%}" + (f" ({', '.join(notes)})" if notes else ""))
    group = "" if data.group is None else f", data.group = {json.dumps(data.group, ensure_ascii=False)}"
    path = display_path(splits["train"][0].path)
    return f"{path} is split at random (data.seed = {data.seed}{group}): {', '.join(parts)}"


def write_splits(path: Path, splits: Splits) -> None:
    """Write a table of the split, file, line and group of each sentence, in the order of the file."""
    rows = sorted(
        (sentence.path, sentence.line, split, sentence.group)
        for split, sentences in splits.items()
        for sentence in sentences
    )
    lines = [(split, file, str(line), group) for file, line, split, group in rows]
    text = "".join("\t".join(cell.translate(IN_A_CELL) for cell in cells) + "\n" for cells in lines)
    write_file(path, f"split\tfile\tline\tgroup\n{text}")


def _shuffled_groups(sentences: Sequence[Sentence], data: Data) -> list[SentenceGroup]:
    """Groups of sentences, shuffled by the seed; without `data.group`, each sentence is a group.

    Raises:
        ConfigError: all sentences belong to one group.
    """
    groups: dict[str | int, SentenceGroup] = {}
    for i, sentence in enumerate(sentences):
        groups.setdefault(i if data.group is None else sentence.group, []).append(i)
    if data.group is not None and len(groups) == 1:
        file = display_path(sentences[0].path)
        if data.group == DOCUMENT and sentences[0].group == "document 0":
            raise ConfigError(
                f'data.group: "{DOCUMENT}": {file} has no document marks',
                "a mark is a line that starts with -DOCSTART- in columns, with # newdoc in CoNLL-U; "
                "data.group may also name a column",
            )
        raise ConfigError(f"data.group: all sentences of {file} belong to one group, {sentences[0].group!r}")
    rng = random.Random(data.seed)  # Python guarantees the same random() in all versions
    return [group for _, group in sorted((rng.random(), group) for group in groups.values())]


def _fold(
    groups: Sequence[SentenceGroup], n_folds: int, fold: int, sentences: Sequence[Sentence]
) -> list[SentenceGroup]:
    """The groups of a fold, counted from 1."""
    if len(groups) < n_folds:
        raise ConfigError(f"data.folds: {n_folds} folds cannot be made of {_count_text(groups, sentences)}")
    folds: list[list[SentenceGroup]] = [[] for _ in range(n_folds)]
    sizes = [0] * n_folds
    for group in sorted(groups, key=len, reverse=True):
        smallest = sizes.index(min(sizes))
        folds[smallest].append(group)
        sizes[smallest] += len(group)
    return folds[fold - 1]


def _nearest_sum(sizes: Sequence[int], target: int, n_left: int) -> list[int]:
    """Positions of sizes whose sum is nearest to a target; at least one size is taken, and `n_left` are left.

    >>> _nearest_sum([5, 4, 3, 1], 7, n_left=1), _nearest_sum([5, 5], 1, n_left=1)
    ([1, 2], [0])
    """
    unit = math.gcd(*sizes)  # equal sizes become ones
    sizes, target = [size // unit for size in sizes], max(1, round(target / unit))
    if max(sizes) == 1:
        return list(range(min(target, len(sizes) - n_left)))
    # A sum above twice the target is farther from it than 0, but the smallest size may exceed that.
    end = min(sum(sizes), max(2 * target, min(sizes)) + 1)
    last = np.full(end, -1, np.int64)  # for each sum, position of the size added last; -1: not reached
    last[0] = len(sizes)
    n_sums = 1
    n_seen: Counter[int] = Counter()
    for i, size in enumerate(sizes):
        if n_seen[size] * size >= end:
            continue
        n_seen[size] += 1
        n_sums = min(end, n_sums + size)
        reached = last[:n_sums] >= 0
        new = np.flatnonzero(reached[: max(0, n_sums - size)] & ~reached[size:]) + size
        last[new] = i
        if target < end and last[target] >= 0:
            break
    sums = np.flatnonzero(last[1:] >= 0) + 1
    remaining = int(sums[np.abs(sums - target).argmin()])
    chosen: list[int] = []
    while remaining:
        chosen.append(int(last[remaining]))
        remaining -= sizes[chosen[-1]]
    return sorted(chosen, key=lambda i: sizes[i], reverse=True)[: len(sizes) - n_left]


def _without(groups: Iterable[SentenceGroup], taken: Iterable[SentenceGroup]) -> list[SentenceGroup]:
    first = {group[0] for group in taken}
    return [group for group in groups if group[0] not in first]


def _count_text(groups: Sequence[SentenceGroup], sentences: Sequence[Sentence]) -> str:
    """The number of groups, or of sentences if these have no groups, and where the first one starts."""
    first = sentences[min(groups)[0]]
    return f"{counted(len(groups), 'group' if first.group else 'sentence')} (first at {first.location})"
