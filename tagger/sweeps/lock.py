"""One sweep at a time in a folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tagger.errors import RunError
from tagger.files import writing

NAME = "lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Holds a folder, which is made if need be. The system lets go of it when the process dies, however it does.

    Raises:
        RunError: another sweep holds it.
    """
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / NAME).open("a+", encoding="utf-8")
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise RunError(
                f"{folder}: a sweep runs there already, as process {file.read().strip() or 'unknown'}",
                "--status tells how far it is, --run DIR begins another",
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def is_locked(folder: Path) -> bool:
    """Whether a sweep runs in the folder at this moment."""
    try:
        with (folder / NAME).open(encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
