"""Files and folders that are written whole or not at all."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from tagger.errors import TaggerError

IN_A_CELL = str.maketrans({"\t": "\\t", "\n": "\\n", "\r": "\\r"})  # a cell of a CSV file may hold any of them


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Names the file in what goes wrong while it is written: the system does not, where a disk is full.

    Raises:
        TaggerError: for any OSError but a closed pipe.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise TaggerError(f"{path}: cannot be written: {error.strerror or error}") from error


@contextmanager
def written_beside(path: Path) -> Iterator[TextIO]:
    """A file to write, which takes its place when it is whole, so that no half of it is ever seen there."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with writing(path):
            with unfinished.open("w", encoding="utf-8", errors="surrogateescape", newline="\n") as file:
                yield file
            unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def write_file(path: Path, text: str) -> None:
    """Writes a text file at once or not at all; its folder is made."""
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    with written_beside(path) as file:
        file.write(text)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def swap_in(new: Path, place: Path) -> None:
    """Puts a finished folder in the place of another, which is removed."""
    old = place.with_name(f"{place.name}.old")
    remove(old)  # of a process that was killed here
    if place.exists():
        place.rename(old)
    new.rename(place)
    remove(old)


def remove(folder: Path) -> None:
    """Takes a folder away, if it is there."""
    shutil.rmtree(folder, ignore_errors=True)
