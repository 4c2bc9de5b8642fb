"""Which of some files is train, which dev and which test."""

import re
from dataclasses import dataclass
from pathlib import Path

from tagger.errors import DataError

NAMES = {  # of splits, in files' names; what stands first is looked for first
    "test": r"test[ab]?|tst|eval|evaluation|gold|heldout",
    "dev": r"dev|devel|development|valid|validation|val|testa",
    "train": r"train|training|trn",
}


@dataclass(frozen=True, slots=True)
class Splits:
    """Which file is what, by split, why, and the files that are nothing."""

    paths: dict[str, Path]
    why: str
    unused: list[Path]


def guess_splits(paths: list[Path]) -> Splits:
    """Which file is what: by their names, by the names of their folders, else by their sizes.

    Raises:
        DataError: a path is a folder, or there is no such file.
    """
    paths = list({path.resolve(): path for path in paths}.values())
    for path in paths:
        if path.is_dir():
            raise DataError(f"{path}: is a folder", f"name the files in it: tagger init {path / '*'}")
        if not path.is_file():
            raise DataError(f"{path}: there is no such file")
    if len(paths) == 1:
        return Splits({"train": paths[0]}, "the only file; a share of it is cut off as dev", [])
    by_size = sorted(paths, key=lambda path: -path.stat().st_size)
    named: dict[str, list[Path]] = {"train": [], "dev": [], "test": [], "": []}
    for path in by_size:
        named[_split_in(path.name)].append(path)
    if len(named[""]) == len(paths) and len({path.parent.name for path in paths}) == len(paths):
        named[""] = []
        for path in by_size:
            named[_split_in(path.parent.name)].append(path)
    found: dict[str, Path] = {split: named[split][0] for split in NAMES if named[split]}
    if not found:
        rest = dict(zip(("test", "dev") if len(paths) > 2 else ("test",), by_size[1:], strict=False))
        found, why = {"train": by_size[0], **rest}, "names do not tell which is which; the largest file is train"
    elif "train" in found:
        why = "told by the names of the files"
    else:
        largest = (named[""] or by_size)[0]
        found = {split: path for split, path in found.items() if path != largest} | {"train": largest}
        why = "no name says train; the largest file " + ("of the others is" if named[""] else "is")
    ordered: dict[str, Path] = {split: found[split] for split in ("train", "dev", "test") if split in found}
    return Splits(ordered, why, [path for path in by_size if path not in found.values()])


def _split_in(name: str) -> str:
    """The split that a file's name tells, or nothing: whole words first, then words that begin or end so."""
    words = re.findall(r"[a-z]+", name.lower())
    if {"train", "dev"} <= set(words):
        return ""  # both in one file, as some sets publish them
    order = ("dev", "test", "train")
    for test in (re.fullmatch, re.match):
        for split in order:
            for word in words:
                if test(NAMES[split], word) or (test is re.match and re.search(rf"({NAMES[split]})$", word)):
                    return split
    return ""
