"""Which of some files is train, which dev and which test."""

from dataclasses import dataclass
from pathlib import Path

from tagger.errors import DataError
from tagger.intake.split_names import tell_splits


@dataclass(frozen=True, slots=True)
class SplitFiles:
    """Which file is what, by split, why, and the files that are nothing."""

    paths: dict[str, Path]
    why: str
    unused: list[Path]


def guess_splits(paths: list[Path]) -> SplitFiles:
    """Which file is what: by their names, by the names of their folders, else by their sizes.

    Raises:
        DataError: a path is a folder, or there is no such file.
    """
    paths = list({path.resolve(): path for path in paths}.values())
    for path in paths:
        if path.is_dir():
            raise DataError(f"{path}: is a folder", f"name the files in it: tagger init {path / '*'}")
        if not path.exists():
            raise DataError(f"{path}: there is no such file")
        if not path.is_file():
            raise DataError(f"{path}: no file but a stream, and has to be read more than once", "save it as a file")
    if len(paths) == 1:
        return SplitFiles({"train": paths[0]}, "the only file; a share of it is cut off as dev", [])
    told = tell_splits(paths)
    found = dict(told.splits)
    if told.is_train_told:
        why = "told by the names of the files"
    elif found.keys() == {"train"}:
        found |= dict(zip(("test", "dev"), told.rest, strict=False))
        why = "names do not tell which is which; the largest file is train"
    elif "train" in found:
        why = "no name says train; the largest file of the others is"
    else:
        largest = max(paths, key=lambda path: path.stat().st_size)
        found = {split: path for split, path in found.items() if path != largest} | {"train": largest}
        why = "no name says train; the largest file is"
    ordered: dict[str, Path] = {split: found[split] for split in ("train", "dev", "test") if split in found}
    return SplitFiles(ordered, why, [path for path in told.rest if path not in found.values()])
