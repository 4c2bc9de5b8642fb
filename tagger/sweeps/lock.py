"""Lock of a sweep's folder: one sweep at a time."""

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
    """Lock a folder, created if missing; the system releases the lock when the process ends, even if it is killed.

    Raises:
        RunError: another sweep runs in the folder.
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
                f"{folder}: a sweep is already running there, as process {file.read().strip() or 'unknown'}",
                "--status shows its progress, --run DIR starts another sweep",
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def is_locked(folder: Path) -> bool:
    """Whether a sweep is running in the folder."""
    try:
        with (folder / NAME).open(encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
