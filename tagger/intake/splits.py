"""Assignment of files to train, dev and test, with reasons."""

from dataclasses import dataclass
from pathlib import Path

from tagger.errors import DataError
from tagger.intake.split_names import assign_splits
from tagger.terminal_text import command_line


@dataclass(frozen=True, slots=True)
class AssignedFiles:
    """Files by split, the reason for this assignment, and unused files."""

    paths: dict[str, Path]
    why: str
    unused: list[Path]


def guess_splits(paths: list[Path]) -> AssignedFiles:
    """Assign files to splits by their names, the names of their folders, or else by their sizes.

    Raises:
        DataError: a path is a folder or a stream, or does not exist.
    """
    paths = list({path.resolve(): path for path in paths}.values())
    for path in paths:
        if path.is_dir():
            raise DataError(f"{path}: is a folder", f"name the files in it: {command_line('tagger', 'init', path)}/*")
        if not path.exists():
            raise DataError(f"{path}: there is no such file")
        if not path.is_file():
            raise DataError(f"{path}: is a stream, but has to be read more than once", "save it as a file")
    if len(paths) == 1:
        return AssignedFiles({"train": paths[0]}, "the only file; part of it is split off as dev", [])
    assignment = assign_splits(paths)
    splits = dict(assignment.splits)
    if assignment.has_train_name:
        why = "recognised by the names of the files"
    elif splits.keys() == {"train"}:
        splits |= dict(zip(("test", "dev"), assignment.rest, strict=False))
        why = "names do not say which split is which; the largest file is train"
    elif "train" in splits:
        why = "no name says train; the largest of the other files is"
    else:
        others = [path for path in paths if path != splits.get("test")] or paths
        largest = max(others, key=lambda path: path.stat().st_size)
        splits = {split: path for split, path in splits.items() if path != largest} | {"train": largest}
        why = "no name says train; the largest file that is not test is"
    ordered: dict[str, Path] = {split: splits[split] for split in ("train", "dev", "test") if split in splits}
    return AssignedFiles(ordered, why, [path for path in assignment.rest if path not in splits.values()])
