"""The folder of a run: made, written file by file, and left whole or not at all."""

import logging
import shutil
import signal
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tagger.errors import RunError, TaggerError, writing

OURS = ("config.toml", "history.csv", "metrics.json", "log.txt", "bundle", "bundle.tmp", "bundle.old", "predictions")

log = logging.getLogger("tagger")


class _LogFile(logging.FileHandler):
    """A log file that tells when it cannot be written, where logging's own prints a traceback and goes on."""

    def emit(self, record: logging.LogRecord) -> None:
        with writing(Path(self.baseFilename)):
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:
        raise  # what logging is handling when it calls this


@contextmanager
def run_folder(folder: Path, *, overwrite: bool) -> Iterator[Path]:
    """Makes the folder of a run, with its `log.txt` open.

    If the run ends before there is a bundle, by the user's will or a mistake that the user can mend, nothing is left of
    it; our own bugs leave the log with the traceback.

    Args:
        folder: where to.
        overwrite: whether a run that is there is replaced. Files that are no run's stay.

    Raises:
        RunError: the folder is there already, or cannot be made.
    """
    if folder.exists() and not (folder.is_dir() and (overwrite or not any(folder.iterdir()))):
        raise RunError(f"{folder}: is there already", "--overwrite replaces that run, --run DIR makes another")
    is_new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_ours(folder)
        handler = _LogFile(folder / "log.txt", encoding="utf-8")
    except OSError as error:
        raise RunError(f"{folder}: cannot be written: {error.strerror}", "choose another with --run DIR") from None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    level = log.level
    log.setLevel(logging.INFO)
    log.addHandler(handler)
    try:
        yield folder
    except BaseException as error:
        if isinstance(error, TaggerError | OSError | KeyboardInterrupt):
            with ignored_interrupts():
                shutil.rmtree(folder / "bundle.tmp", ignore_errors=True)
                if not (folder / "bundle").is_dir():
                    _remove_ours(folder)
                    if is_new:
                        folder.rmdir()
        else:
            with (folder / "log.txt").open("a", encoding="utf-8") as file:
                traceback.print_exc(file=file)
        raise
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
        handler.close()


def write_file(path: Path, text: str) -> None:
    """Writes a file beside its place and renames it, so that no half of it is ever seen there."""
    unfinished = path.with_name(f"{path.name}.tmp")
    try:
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_text(text, encoding="utf-8", newline="\n")
            unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def swap_in(new: Path, place: Path) -> None:
    """Puts a finished folder in the place of another, which is removed."""
    old = place.with_name(f"{place.name}.old")
    if place.exists():
        place.rename(old)
    new.rename(place)
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def ignored_interrupts() -> Iterator[None]:
    """Lets what must not be broken off run to its end through a Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _remove_ours(folder: Path) -> None:
    for name in OURS:
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
