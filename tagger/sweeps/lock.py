"""Lock of a sweep's folder: one sweep at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tagger import locks
from tagger.errors import RunError
from tagger.files import writing

NAME = "lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Lock a folder, created if missing; the file of the lock stays, as the mark of a sweep.

    Raises:
        RunError: another sweep runs in the folder.
    """
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)

    def refusal(process: str) -> RunError:
        return RunError(
            f"{folder}: a sweep is already running there, as {process}",
            "--status shows its progress, --run DIR starts another sweep",
        )

    with locks.locked(folder, folder / NAME, refusal, keeps_file=True):
        yield


def is_locked(folder: Path) -> bool:
    """Whether a sweep is running in the folder."""
    return locks.is_locked(folder / NAME)
