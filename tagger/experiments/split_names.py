"""Which split of a data set a file is, told by its name."""

import re
from collections.abc import Sequence
from pathlib import Path

WORDS = {  # in a file's name; testa and testb are dev and test of CoNLL-2002 and 2003
    "train": r"train|training|trn",
    "dev": r"dev|devel|development|val|valid|validation|testa",
    "test": r"test|testb|tst|eval|evaluation|gold|heldout",
}
PATTERNS = {split: re.compile(rf"(?<![a-z])({words})(?![a-z])") for split, words in WORDS.items()}

END = re.compile(r"(train|dev|test)(?![a-z])")


def name_splits(paths: Sequence[Path]) -> dict[str, Path]:
    """A name for each file: the split that it is by its name, or by its folder's where no file's name tells one.

    Of the others the first is train, where none is yet, and the rest have their own names. Train, dev and test stand
    first, in this order.
    """
    told = splits_in([path.name for path in paths])
    if not any(told):
        told = splits_in([path.parent.name for path in paths])
    named: dict[str, Path] = {}
    rest = []
    for path, split in zip(paths, told, strict=True):
        if split is None or split in named:
            rest.append(path)
        else:
            named[split] = path
    for path in rest:
        candidates = ("train", path.name, str(path), *(f"{path} ({n})" for n in range(2, len(paths) + 1)))
        named[next(name for name in candidates if name not in named)] = path
    return {name: named[name] for name in sorted(named, key=lambda name: [*WORDS, name].index(name))}


def splits_in(names: Sequence[str]) -> list[str | None]:
    """The split that each of some names tells, or None.

    A split is a word of the name, or the end of one where another name begins alike and ends in another split.

    >>> splits_in(["en_ewt-ud-dev.conllu", "wnut17train.conll", "latest.tsv", "train+dev.tsv"])
    ['dev', 'train', None, None]
    >>> splits_in(["engtrain.bio", "engtest.bio"])
    ['train', 'test']
    """
    found = [[split for split, word in PATTERNS.items() if word.search(name.lower())] for name in names]
    told = [of_name[0] if len(of_name) == 1 else None for of_name in found]
    ends = [(i, end) for i, of_name in enumerate(found) if not of_name and (end := END.search(names[i].lower()))]
    for i, end in ends:
        if any(other.string[: other.start()] == end.string[: end.start()] and other[0] != end[0] for _, other in ends):
            told[i] = end[0]
    return told
