"""Which split of a data set a file is, told by its name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

WORDS = {  # in a file's name; testa and testb are dev and test of CoNLL-2002 and 2003
    "train": r"train|training|trn",
    "dev": r"dev|devel|development|val|valid|validation|testa",
    "test": r"test|testb|tst|heldout",
}
PATTERNS = {split: re.compile(rf"(?<![a-z])({words})(?![a-z])") for split, words in WORDS.items()}
SCORED = re.compile(r"(?<![a-z])(eval|evaluation|gold)(?![a-z])")  # test, where no other word is

END = re.compile(r"(train|dev|test)(?![a-z])")


@dataclass(frozen=True, slots=True)
class Named:
    """Files by what their names tell.

    Args:
        splits: train, dev and test, in this order, as far as there are such.
        rest: all others, the largest first.
        is_train_told: whether a name tells which is train.
    """

    splits: dict[str, Path]
    rest: list[Path]
    is_train_told: bool


def tell_splits(paths: Sequence[Path]) -> Named:
    """Which of some files is which split: by their names, or by their folders' where no file's name tells one.

    Folders tell only where there are several. Of files that are told to be the same split, the largest is it; where
    none is told to be train, the largest of those that are told nothing is.
    """
    by_size = sorted(paths, key=lambda path: -_size(path))
    told = splits_in([path.name for path in by_size])
    if not any(told) and len({path.parent for path in paths}) > 1:
        told = splits_in([path.parent.name for path in by_size])
    found: dict[str, Path] = {}
    rest = []
    for path, split in zip(by_size, told, strict=True):
        if split is None or split in found:
            rest.append(path)
        else:
            found[split] = path
    is_train_told = "train" in found
    if not is_train_told and (untold := [path for path, split in zip(by_size, told, strict=True) if split is None]):
        found["train"] = untold[0]
        rest.remove(untold[0])
    return Named({split: found[split] for split in WORDS if split in found}, rest, is_train_told)


def name_splits(paths: Sequence[Path]) -> dict[str, Path]:
    """A name for each file: the split that it is, else its own. Train, dev and test stand first, in this order."""
    told = tell_splits(paths)
    named = dict(told.splits)
    for path in sorted(told.rest, key=paths.index):
        candidates = (path.name, str(path), *(f"{path} ({n})" for n in range(2, len(paths) + 1)))
        named[next(name for name in candidates if name not in named)] = path
    return named


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # it is told when it is read
        return 0


def splits_in(names: Sequence[str]) -> list[str | None]:
    """The split that each of some names tells, or None.

    A split is a word of the name, or the end of one where another name begins alike and ends in another split. Of two
    words in a name, one that all names share tells nothing.

    >>> splits_in(["en_ewt-ud-dev.conllu", "wnut17train.conll", "latest.tsv", "train+dev.tsv"])
    ['dev', 'train', None, None]
    >>> splits_in(["engtrain.bio", "engtest.bio"])
    ['train', 'test']
    >>> splits_in(["train_dev.bio", "train_test.bio", "train_gold.bio"])
    ['dev', 'test', 'test']
    """
    found = [[split for split, word in PATTERNS.items() if word.search(name.lower())] for name in names]
    shared = [split for split in WORDS if all(split in of_name for of_name in found)]
    for of_name, name in zip(found, names, strict=True):
        if SCORED.search(name.lower()) and not set(of_name) - set(shared):
            of_name.append("test")
        if len(set(of_name)) > 1:
            of_name[:] = [split for split in of_name if split not in shared]
    told = [of_name[0] if len(set(of_name)) == 1 else None for of_name in found]
    ends = [(i, end) for i, of_name in enumerate(found) if not of_name and (end := END.search(names[i].lower()))]
    for i, end in ends:
        if any(other.string[: other.start()] == end.string[: end.start()] and other[0] != end[0] for _, other in ends):
            told[i] = end[0]
    return told
