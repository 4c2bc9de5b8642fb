"""Which split of a data set a file is, told by its name."""

import re
from collections.abc import Sequence
from pathlib import Path

WORDS = {  # in a file's name; testa and testb are dev and test of CoNLL-2002 and 2003
    "train": r"train|training|trn",
    "dev": r"dev|devel|development|val|valid|validation|testa",
    "test": r"test|testb|tst|eval|evaluation",
}
PATTERNS = {split: re.compile(rf"(?<![a-z])({words})(?![a-z])") for split, words in WORDS.items()}


def name_splits(paths: Sequence[Path]) -> dict[str, Path]:
    """A name for each file: the split that it is by its name, or by its folder's where no file's name tells one.

    Of the others the first is train, where none is yet, and the rest have their own names. Train, dev and test stand
    first, in this order.
    """
    told = [_split_in(path.name) for path in paths]
    if not any(told):
        told = [_split_in(path.parent.name) for path in paths]
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


def _split_in(name: str) -> str | None:
    return next((split for split, pattern in PATTERNS.items() if pattern.search(name.lower())), None)
