"""Splits of files, recognised by their names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

WORDS = {  # parts of file names; testa and testb are dev and test of CoNLL-2002 and 2003
    "train": r"train|training|trn",
    "dev": r"dev|devel|development|val|valid|validation|testa",
    "test": r"test|testb|tst|heldout",
}
PATTERNS = {split: re.compile(rf"(?<![a-z])({words})(?![a-z])") for split, words in WORDS.items()}
SCORED = re.compile(r"(?<![a-z])(eval|evaluation|gold)(?![a-z])")  # test, if no other word is in the name

END = re.compile(r"(train|dev|test)(?![a-z])")


@dataclass(frozen=True, slots=True)
class SplitAssignment:
    """Files assigned to splits.

    Args:
        splits: files of train, dev and test, in this order, as far as there are any.
        rest: all other files, the largest first.
        has_train_name: whether train was recognised by a name.
    """

    splits: dict[str, Path]
    rest: list[Path]
    has_train_name: bool


def assign_splits(paths: Sequence[Path]) -> SplitAssignment:
    """Assign files to splits by their names, or by those of their folders if no file's name says which split it is.

    Names of folders count only if there are several folders. Of several files with the same split, the largest is
    chosen. If none is train by its name, the largest of the files without a recognised split is.
    """
    by_size = sorted(paths, key=lambda path: -_size(path))
    names = splits_of_names([path.name for path in by_size])
    if not any(names) and len({path.parent for path in paths}) > 1:
        names = splits_of_names([path.parent.name for path in by_size])
    splits: dict[str, Path] = {}
    rest = []
    for path, split in zip(by_size, names, strict=True):
        if split is None or split in splits:
            rest.append(path)
        else:
            splits[split] = path
    has_train_name = "train" in splits
    unnamed = [path for path, split in zip(by_size, names, strict=True) if split is None]
    if not has_train_name and unnamed:
        splits["train"] = unnamed[0]
        rest.remove(unnamed[0])
    return SplitAssignment({split: splits[split] for split in WORDS if split in splits}, rest, has_train_name)


def name_files(paths: Sequence[Path]) -> dict[str, Path]:
    """Name each file by its split, else by its file name; train, dev and test come first, in this order."""
    assignment = assign_splits(paths)
    named = dict(assignment.splits)
    for path in sorted(assignment.rest, key=paths.index):
        candidates = (path.name, str(path), *(f"{path} ({n})" for n in range(2, len(paths) + 1)))
        named[next(name for name in candidates if name not in named)] = path
    return named


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # reported when the file is read
        return 0


def splits_of_names(names: Sequence[str]) -> list[str | None]:
    """Recognise the split in each of several names, or None.

    A split is a word of the name, or the end of a name that begins like another one which ends in another split. If a
    name has two such words, one that all names share does not count.

    >>> splits_of_names(["en_ewt-ud-dev.conllu", "wnut17train.conll", "latest.tsv", "train+dev.tsv"])
    ['dev', 'train', None, None]
    >>> splits_of_names(["engtrain.bio", "engtest.bio"])
    ['train', 'test']
    >>> splits_of_names(["train_dev.bio", "train_test.bio", "train_gold.bio"])
    ['dev', 'test', 'test']
    """
    words = [[split for split, pattern in PATTERNS.items() if pattern.search(name.lower())] for name in names]
    shared = [split for split in WORDS if all(split in own for own in words)]
    for own, name in zip(words, names, strict=True):
        if SCORED.search(name.lower()) and not set(own) - set(shared):
            own.append("test")
        if len(set(own)) > 1:
            own[:] = [split for split in own if split not in shared]
    splits = [own[0] if len(set(own)) == 1 else None for own in words]
    ends = [(i, end) for i, own in enumerate(words) if not own and (end := END.search(names[i].lower()))]
    for i, end in ends:
        if any(other.string[: other.start()] == end.string[: end.start()] and other[0] != end[0] for _, other in ends):
            splits[i] = end[0]
    return splits
