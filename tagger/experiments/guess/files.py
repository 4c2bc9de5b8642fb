"""Which of some files is train, which dev and which test."""

from dataclasses import dataclass
from pathlib import Path

from tagger.errors import DataError
from tagger.experiments.split_names import splits_in
from tagger.experiments.splits import SPLITS


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
    told = splits_in([path.name for path in by_size])
    if not any(told) and len({path.parent.name for path in paths}) == len(paths):
        told = splits_in([path.parent.name for path in by_size])
    for path, split in zip(by_size, told, strict=True):
        named[split or ""].append(path)
    found: dict[str, Path] = {split: named[split][0] for split in SPLITS if named[split]}
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
