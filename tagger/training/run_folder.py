"""The folder of a run: one writer at a time, and the previous run is kept until the new one has a bundle."""

import contextlib
import io
import logging
import traceback
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from tagger.border.regular import links, open_to_append
from tagger.errors import RunError, TaggerError
from tagger.files import MOVING, REPLACED, remove, writing
from tagger.interrupts import ignored_interrupts
from tagger.locks import locked
from tagger.terminal_text import command_line, escaped, message

NAMES = (
    "config.toml", "data.json", "history.csv", "metrics.json", "report.html", "log.txt", "splits.tsv",
    "bundle", "bundle.tmp", "bundle.old", "checkpoint", "predictions", "frames",
)  # fmt: skip
CHECKPOINT = Path("checkpoint", "state.npz")  # path in a run folder
LOCK = ".lock"
REPLACE_HINT = "--overwrite replaces that run, --run DIR uses another folder"

log = logging.getLogger("tagger")


class _LogFile(logging.FileHandler):
    """A log file that raises an error if it cannot be written; logging's own prints a traceback and continues."""

    def _open(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(open_to_append(Path(self.baseFilename)), self.encoding, self.errors)

    def format(self, record: logging.LogRecord) -> str:
        return message(super().format(record))

    def emit(self, record: logging.LogRecord) -> None:
        with writing(Path(self.baseFilename)):
            super().emit(record)

    def close(self) -> None:
        with writing(Path(self.baseFilename)):
            super().close()

    def handleError(self, record: logging.LogRecord) -> None:
        raise  # the exception that logging is handling when it calls this


def run_lock(folder: Path) -> AbstractContextManager[None]:
    """Lock an existing run folder.

    Raises:
        RunError: another process writes there.
    """

    def refusal(process: str) -> RunError:
        return RunError(
            f"{folder}: a training is already running there, as {process}",
            "wait until it has ended, or choose another folder with --run DIR",
        )

    return locked(folder, folder / LOCK, refusal)


@contextmanager
def run_folder(folder: Path, *, overwrite: bool, resume: bool = False) -> Iterator[Path]:
    """Create and lock the folder of a run, and log to its `log.txt`.

    If anything ends the run before it has a bundle, the folder gets back its previous content; after a bug of ours the
    log has the traceback. A run that is resumed keeps its checkpoint in any case, and so does a new run after its first
    epoch, unless it replaces an older tagger. After a kill, the previous run is in a folder of its own, where
    `find_bundle` finds it, until the new run has a bundle.

    Args:
        folder: the run folder.
        overwrite: whether to replace a run in the folder; files that do not belong to a run stay.
        resume: whether to continue a run in the folder; without a checkpoint it restarts, unless it has a bundle.

    Raises:
        RunError: the folder holds a run already or other files, another process writes there, it cannot be written, or
            a part of the run is a link.
    """
    if folder.exists() and not folder.is_dir():
        raise RunError(f"{folder}: is a file, not a folder", "choose another with --run DIR")
    with _created(folder), run_lock(folder):
        refuse_links(folder)
        with _changing(folder):
            undo_moves(folder)
        _check_usable(folder, overwrite=overwrite, resume=resume)
        is_resumed = resume and (folder / CHECKPOINT).is_file()
        if resume and not is_resumed:
            log.info("%s: there is no checkpoint to resume from; training starts from the beginning", folder)
        try:
            with _changing(folder):
                _make_room(folder, is_resumed=is_resumed)
        except BaseException:
            with ignored_interrupts():
                undo_moves(folder)
            raise
        try:
            with _log_file(folder / "log.txt"):
                yield folder
        except BaseException as error:
            with ignored_interrupts():
                _clean_up(folder, error, is_resumed=is_resumed)
            raise
        remove(folder / REPLACED)


def refuse_links(folder: Path) -> None:
    """Refuse to write into a run with a link in it: files elsewhere would be changed.

    Raises:
        RunError: names the link.
    """
    for path in links(folder):
        if path.name in {*NAMES, REPLACED, MOVING}:
            raise RunError(f"{path}: is a link, which could lead anywhere", f"remove it: {command_line('rm', path)}")


def is_finished(folder: Path) -> bool:
    """Whether a folder holds a finished run; its checkpoint is removed last."""
    return (folder / "metrics.json").is_file() and _has_bundle(folder) and not (folder / CHECKPOINT).is_file()


def remains(folder: Path) -> list[Path]:
    """Files and folders of a finished run that a process left which was killed at its very end."""
    names = ("checkpoint", "bundle.tmp", "bundle.old", REPLACED)
    return [*(path for name in names if (path := folder / name).exists()), *_temporary(folder)]


@contextmanager
def _created(folder: Path) -> Iterator[None]:
    """Create a folder; a new one that is still empty at the end is removed."""
    try:
        with _changing(folder):
            folder.mkdir(parents=True)
    except FileExistsError:
        yield
        return
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # it is not empty, or another process has locked it by now
            folder.rmdir()


@contextmanager
def _changing(folder: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise
    except OSError as error:
        raise RunError(f"{folder}: cannot be written: {error.strerror}", "choose another with --run DIR") from None


@contextmanager
def _log_file(path: Path) -> Iterator[None]:
    with _changing(path):
        handler = _LogFile(path, encoding="utf-8", errors="backslashreplace")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    level = log.level
    log.setLevel(logging.INFO)
    log.addHandler(handler)
    try:
        yield
    except BaseException:
        with contextlib.suppress(TaggerError):  # the first error is the one to report
            handler.close()
        raise
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
        handler.close()


def _check_usable(folder: Path, *, overwrite: bool, resume: bool) -> None:
    # A killed process may leave unfinished files.
    names = {path.name for path in folder.iterdir() if path.suffix != ".tmp"} - {LOCK}
    is_run = _has_bundle(folder) or (folder / REPLACED).is_dir() or names <= {*NAMES}
    if names and not is_run:
        raise RunError(f"{folder}: holds files that are not a run of tagger", "choose another with --run DIR")
    has_checkpoint = (folder / CHECKPOINT).is_file()
    if resume and not has_checkpoint and _has_bundle(folder):
        raise RunError(f"{folder}: holds a tagger, but no checkpoint to resume from", REPLACE_HINT)
    if names and not (overwrite or resume):
        resume_hint = "--resume continues that run, " if has_checkpoint else ""
        raise RunError(f"{folder}: exists already", resume_hint + REPLACE_HINT)


def _has_bundle(folder: Path) -> bool:
    return (folder / "bundle" / "bundle.json").is_file()


def _temporary(folder: Path) -> Iterator[Path]:
    """Temporary files of a killed process."""
    for name in NAMES:
        yield from folder.glob(f".{name}.*.tmp")


def _make_room(folder: Path, *, is_resumed: bool) -> None:
    """Remove what a killed process left, and move the previous run into a folder of its own.

    A killed replacement without a bundle is removed; the run that it was to replace stays in its folder.
    """
    for path in _temporary(folder):
        remove(path)
    if is_resumed:
        return
    if (folder / REPLACED).exists():
        if not _has_bundle(folder):
            _remove_run(folder)
            return
        remove(folder / REPLACED)
    if paths := [folder / name for name in NAMES if (folder / name).exists()]:
        (folder / MOVING).mkdir()
        for path in paths:
            path.rename(folder / MOVING / path.name)
        (folder / MOVING).rename(folder / REPLACED)


def undo_moves(folder: Path) -> None:
    """Move back what a process was moving that was killed meanwhile; nothing else is in the folder then."""
    if (folder / MOVING).is_dir():
        for name in NAMES:
            if (folder / MOVING / name).exists():
                (folder / MOVING / name).rename(folder / name)
        (folder / MOVING).rmdir()


def _remove_run(folder: Path) -> None:
    for name in NAMES:
        remove(folder / name)


def _clean_up(folder: Path, error: BaseException, *, is_resumed: bool) -> None:
    """Keep a run that has ended with an error if it has a bundle or can be resumed, else restore the previous one."""
    is_bug = isinstance(error, Exception) and not isinstance(error, TaggerError | OSError | MemoryError)
    stack = escaped(traceback.format_exc()) if is_bug else ""
    previous, has_checkpoint = folder / REPLACED, (folder / CHECKPOINT).is_file()
    remove(folder / "bundle.tmp")
    try:
        if _has_bundle(folder):
            remove(previous)
        elif is_resumed or (has_checkpoint and not _has_bundle(previous)):
            if previous.exists():
                log.info("%s: the run before is in %s until this one has a tagger", folder, previous.name)
        elif previous.exists():
            _remove_run(folder)
            previous.rename(folder / MOVING)  # from here on, the next command completes this if the process is killed
            undo_moves(folder)
            log.info("%s: the run before is back", folder)
        elif not is_bug:
            _remove_run(folder)
        if is_bug:
            with open_to_append(folder / "log.txt") as file:
                file.write(stack.encode(errors="backslashreplace"))
    except OSError as problem:  # the first error is the one to report
        if previous.exists():
            log.warning("%s: the run before could not be restored, and is in %s: %s", folder, previous.name, problem)
