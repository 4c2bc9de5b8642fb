"""The folder of a run, which keeps the previous run until the new one has a bundle."""

import contextlib
import logging
import shutil
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tagger.errors import RunError, TaggerError
from tagger.files import remove, writing
from tagger.training.interrupts import ignored_interrupts

NAMES = (
    "config.toml", "data.json", "history.csv", "metrics.json", "report.html", "log.txt", "splits.tsv",
    "bundle", "bundle.tmp", "bundle.old", "checkpoint", "predictions",
)  # fmt: skip
CHECKPOINT = Path("checkpoint", "state.npz")  # path in a run folder
PREVIOUS = ".replaced"  # folder of the previous run, until the new one has a bundle
REPLACE_HINT = "--overwrite replaces that run, --run DIR uses another folder"

log = logging.getLogger("tagger")


class _LogFile(logging.FileHandler):
    """A log file that raises an error if it cannot be written; logging's own prints a traceback and continues."""

    def emit(self, record: logging.LogRecord) -> None:
        with writing(Path(self.baseFilename)):
            super().emit(record)

    def close(self) -> None:
        with writing(Path(self.baseFilename)):
            super().close()

    def handleError(self, record: logging.LogRecord) -> None:
        raise  # the exception that logging is handling when it calls this


@contextmanager
def run_folder(folder: Path, *, overwrite: bool, resume: bool = False) -> Iterator[Path]:
    """Create the folder of a run, and log to its `log.txt`.

    If an interrupt or an error that the user can correct ends the run before it has a bundle, the folder gets back its
    previous content; after a bug of ours it keeps the log with the traceback. A run that is resumed keeps its
    checkpoint in any case, and so does a new run after its first epoch, unless it replaces an older tagger.

    Args:
        folder: the run folder.
        overwrite: whether to replace a run in the folder; files that do not belong to a run stay.
        resume: whether to continue a run in the folder; without a checkpoint it restarts, unless it has a bundle.

    Raises:
        RunError: the folder holds a run already or other files, or cannot be created.
    """
    has_checkpoint = resume and (folder / CHECKPOINT).is_file()
    _check_usable(folder, overwrite=overwrite, resume=resume)
    if resume and not has_checkpoint:
        log.info("%s: there is no checkpoint to resume from; training starts from the beginning", folder)
    is_new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_unfinished(folder)
        if not has_checkpoint:
            _move_previous_away(folder)
        handler = _LogFile(folder / "log.txt", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise RunError(f"{folder}: cannot be written: {error.strerror}", "choose another with --run DIR") from None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    level = log.level
    log.setLevel(logging.INFO)
    log.addHandler(handler)
    try:
        yield folder
    except BaseException as error:
        with ignored_interrupts():
            with contextlib.suppress(TaggerError):  # the first error is the one to report
                handler.close()
            if not isinstance(error, TaggerError | OSError | KeyboardInterrupt):
                with (folder / "log.txt").open("a", encoding="utf-8", errors="backslashreplace") as file:
                    traceback.print_exc(file=file)
            elif has_checkpoint or _can_be_resumed(folder):
                remove(folder / "bundle.tmp")
            else:
                with contextlib.suppress(OSError):  # as above
                    _restore_previous(folder)
                    if is_new and not (folder / "bundle").is_dir():
                        folder.rmdir()
        raise
    else:
        remove(folder / PREVIOUS)
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
        handler.close()


def is_finished(folder: Path) -> bool:
    """Whether a folder holds a finished run."""
    return (folder / "metrics.json").is_file() and _has_bundle(folder) and not (folder / CHECKPOINT).is_file()


def _can_be_resumed(folder: Path) -> bool:
    """Whether a new run has a checkpoint, and there is no older tagger to restore."""
    return (folder / CHECKPOINT).is_file() and not (folder / PREVIOUS / "bundle").is_dir()


def _check_usable(folder: Path, *, overwrite: bool, resume: bool) -> None:
    if folder.exists() and not folder.is_dir():
        raise RunError(f"{folder}: is a file, not a folder", "choose another with --run DIR")
    # A killed process may leave unfinished files.
    names = {path.name for path in folder.iterdir() if path.suffix != ".tmp"} if folder.exists() else set()
    is_run = _has_bundle(folder) or names <= {*NAMES, PREVIOUS}
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


def _remove_unfinished(folder: Path) -> None:
    """Remove the temporary files of a killed process."""
    for name in NAMES:
        for path in folder.glob(f".{name}.*.tmp"):
            path.unlink()


def _move_previous_away(folder: Path) -> None:
    """Move a previous run into a subfolder; first restore one that a killed process left there."""
    if (folder / PREVIOUS / "bundle").is_dir() and not (folder / "bundle").is_dir():
        _restore_previous(folder)
    shutil.rmtree(folder / PREVIOUS, ignore_errors=True)
    if paths := [folder / name for name in NAMES if (folder / name).exists()]:
        (folder / PREVIOUS).mkdir()
        for path in paths:
            path.rename(folder / PREVIOUS / path.name)


def _restore_previous(folder: Path) -> None:
    """Keep the new run if it has a bundle, else restore the previous one."""
    shutil.rmtree(folder / "bundle.tmp", ignore_errors=True)
    if not (folder / "bundle").is_dir():
        for name in NAMES:
            path = folder / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
            if (folder / PREVIOUS / name).exists():
                (folder / PREVIOUS / name).rename(path)
    shutil.rmtree(folder / PREVIOUS, ignore_errors=True)
