"""One file cut into train, dev and test: by shares or folds, by whole groups, drawn by data.seed."""

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
from tagger.corpus.layout import DOCUMENT, Layout
from tagger.corpus.sentence import Sentence
from tagger.errors import ConfigError
from tagger.files import IN_A_CELL, write_file

SPLITS = ("train", "dev", "test")
UNUSED_GROUP = "data.group: neither dev nor test is cut off train, so that groups play no part"

Splits = Mapping[str, Sequence[Sentence]]
SentenceGroup = list[int]  # which sentences, from 0


def is_cut(data: Data) -> bool:
    """Whether dev or test is a part of train's file."""
    return data.folds is not None or isinstance(data.dev, float) or isinstance(data.test, float)


def layout_of_train(layout: Layout, data: Data) -> Layout:
    """The layout of a config's files, and where train's is to be cut, what its groups are."""
    return replace(layout, group=data.group) if is_cut(data) else layout


def cut_train(sentences: Sequence[Sentence], data: Data) -> dict[str, SentenceGroup]:
    """Which sentences of train's file, from 0, are train, and which dev and test where the config cuts these off.

    No group has sentences in two splits. Shares are of all sentences of the file, and as near to what was asked for as
    whole groups allow; test is cut off first. Into folds, groups are dealt from the largest on, each into the one with
    the fewest sentences, and each sentence is in the test of exactly one fold.

    The same sentences in the same order and the same seed give the same splits, on any machine.

    Raises:
        ConfigError: there are too few sentences or groups.
    """
    rest = _drawn_groups(sentences, data)
    taken: dict[str, list[SentenceGroup]] = {}
    if data.folds is not None and data.fold is not None:
        taken["test"] = _fold(rest, data.folds, data.fold, sentences)
        rest = _without(rest, taken["test"])
    for split, share in (("test", data.test), ("dev", data.dev)):
        if isinstance(share, float):
            if len(rest) < 2:
                raise ConfigError(f"data.{split}: a share of train cannot be cut off {_few(rest, sentences)}")
            wanted = max(1, round(len(sentences) * share))
            n_left = 2 if split == "test" and isinstance(data.dev, float) and len(rest) > 2 else 1
            taken[split] = [rest[i] for i in _nearest([len(group) for group in rest], wanted, n_left)]
            rest = _without(rest, taken[split])
    taken["train"] = rest
    return {split: sorted(i for group in taken[split] for i in group) for split in SPLITS if split in taken}


def describe_cut(splits: Splits, data: Data) -> str:
    """How train's file was cut into splits, in one line."""
    n_sentences = sum(map(len, splits.values()))
    parts = []
    for split, sentences in splits.items():
        share, wanted = len(sentences) / n_sentences, getattr(data, split)
        notes = [f"fold {data.fold} of {data.folds}"] if split == "test" and data.folds else []
        if data.group is not None:
            n_groups = len({sentence.group for sentence in sentences})
            notes.append(f"{n_groups:,} group{'s' if n_groups > 1 else ''}")
        if isinstance(wanted, float) and abs(share - wanted) > wanted / 10:
            notes.append(f"asked for {wanted:.1%}")
        parts.append(f"{split} {share:.1%}" + (f" ({', '.join(notes)})" if notes else ""))
    by_group = (
        "" if data.group is None else f" and whole groups (data.group = {json.dumps(data.group, ensure_ascii=False)})"
    )
    return f"{display_path(splits['train'][0].path)} is cut by data.seed = {data.seed}{by_group}: {', '.join(parts)}"


def write_splits(path: Path, splits: Splits) -> None:
    """Writes which split each sentence is in: its file and line there, and its group; in the order of the files."""
    rows = sorted(
        (sentence.path, sentence.line, split, sentence.group)
        for split, sentences in splits.items()
        for sentence in sentences
    )
    lines = [(split, file, str(line), group) for file, line, split, group in rows]
    text = "".join("\t".join(cell.translate(IN_A_CELL) for cell in cells) + "\n" for cells in lines)
    write_file(path, f"split\tfile\tline\tgroup\n{text}")


def _drawn_groups(sentences: Sequence[Sentence], data: Data) -> list[SentenceGroup]:
    """The groups in an order that the seed draws; without groups, each sentence is one.

    Raises:
        ConfigError: all sentences are of one group.
    """
    groups: dict[str | int, SentenceGroup] = {}
    for i, sentence in enumerate(sentences):
        groups.setdefault(i if data.group is None else sentence.group, []).append(i)
    if data.group is not None and len(groups) == 1:
        file = display_path(sentences[0].path)
        if data.group == DOCUMENT and sentences[0].group == "document 0":
            raise ConfigError(
                f'data.group: "{DOCUMENT}": {file} has no marks of documents',
                "they are lines that start with -DOCSTART- in columns, with # newdoc in CoNLL-U; "
                "data.group may also be a column",
            )
        raise ConfigError(f"data.group: all sentences of {file} are of one group, {sentences[0].group!r}")
    draw = random.Random(data.seed)  # of which Python promises that random() stays the same
    drawn = [(draw.random(), group) for group in groups.values()]
    return [group for _, group in sorted(drawn)]


def _fold(
    groups: Sequence[SentenceGroup], n_folds: int, fold: int, sentences: Sequence[Sentence]
) -> list[SentenceGroup]:
    """The groups in one of the folds, which are counted from 1."""
    if len(groups) < n_folds:
        raise ConfigError(f"data.folds: {n_folds} folds cannot be made of {_few(groups, sentences)}")
    folds: list[list[SentenceGroup]] = [[] for _ in range(n_folds)]
    sizes = [0] * n_folds
    for group in sorted(groups, key=len, reverse=True):
        smallest = sizes.index(min(sizes))
        folds[smallest].append(group)
        sizes[smallest] += len(group)
    return folds[fold - 1]


def _nearest(sizes: Sequence[int], wanted: int, n_left: int) -> list[int]:
    """Which sizes add up to the sum nearest to one that is wanted, the first that do; at least one, and some are left.

    >>> _nearest([5, 4, 3, 1], 7, n_left=1), _nearest([5, 5], 1, n_left=1)
    ([1, 2], [0])
    """
    unit = math.gcd(*sizes)  # speakers with ten sentences each are as many ones
    sizes, wanted = [size // unit for size in sizes], max(1, round(wanted / unit))
    if max(sizes) == 1:
        return list(range(min(wanted, len(sizes) - n_left)))
    # A sum above twice the wanted one is farther from it than none; but the smallest size may have to do.
    end = min(sum(sizes), max(2 * wanted, min(sizes)) + 1)
    last = np.full(end, -1, np.int64)  # by sum: the last of the first sizes that add up to it; -1 where none do yet
    last[0] = len(sizes)
    n_sums = 1
    tried: Counter[int] = Counter()
    for i, size in enumerate(sizes):
        if tried[size] * size >= end:
            continue
        tried[size] += 1
        n_sums = min(end, n_sums + size)
        reached = last[:n_sums] >= 0
        new = np.flatnonzero(reached[: max(0, n_sums - size)] & ~reached[size:]) + size
        last[new] = i
        if wanted < end and last[wanted] >= 0:
            break
    sums = np.flatnonzero(last[1:] >= 0) + 1
    at = int(sums[np.abs(sums - wanted).argmin()])
    chosen: list[int] = []
    while at:
        chosen.append(int(last[at]))
        at -= sizes[chosen[-1]]
    return sorted(chosen, key=lambda i: sizes[i], reverse=True)[: len(sizes) - n_left]


def _without(groups: Iterable[SentenceGroup], taken: Iterable[SentenceGroup]) -> list[SentenceGroup]:
    first = {group[0] for group in taken}
    return [group for group in groups if group[0] not in first]


def _few(groups: Sequence[SentenceGroup], sentences: Sequence[Sentence]) -> str:
    """How many groups or sentences, and the first of them."""
    first = sentences[min(groups)[0]]
    what = "group" if first.group else "sentence"
    return f"{f'a single {what}' if len(groups) == 1 else f'{len(groups)} {what}s'}: {first.location}"
