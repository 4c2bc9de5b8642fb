"""Files and folders that are written whole or not at all."""

import hashlib
import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from tagger.border.regular import open_new
from tagger.errors import TaggerError

# Folders in a run folder with the run that a new one replaces, until the new one has a bundle; the second while files
# are moved.
REPLACED, MOVING = ".replaced", ".moving"
IN_A_CELL = str.maketrans({"\t": "\\t", "\n": "\\n", "\r": "\\r"})  # cells of CSV files may hold them


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Name the file in errors of writing; the system does not if the disk is full.

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
    """A temporary file to write, renamed to its path when it is complete."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with writing(path):
            with io.TextIOWrapper(open_new(unfinished), "utf-8", errors="surrogateescape", newline="\n") as file:
                yield file
            unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def write_file(path: Path, text: str) -> None:
    """Write a whole text file or none; its folder is created."""
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    with written_beside(path) as file:
        file.write(text)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def swap_in(new: Path, folder: Path) -> None:
    """Replace a folder by a finished one."""
    old = folder.with_name(f"{folder.name}.old")
    remove(old)  # left by a process that was killed here
    if os.path.lexists(folder):
        folder.rename(old)
    new.rename(folder)
    remove(old)


def remove(path: Path) -> None:
    """Remove a folder as far as possible, or a file, if it exists; of a link only the link."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
