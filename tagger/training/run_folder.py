"""The folder of a run: made, written file by file, and left whole or as it was."""

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

OURS = (
    "config.toml", "data.json", "history.csv", "metrics.json", "report.html", "log.txt", "splits.tsv",
    "bundle", "bundle.tmp", "bundle.old", "checkpoint", "predictions",
)  # fmt: skip
CHECKPOINT = Path("checkpoint", "state.npz")  # what a run goes on from, in its folder
WAYS_OUT = "--overwrite replaces that run, --run DIR makes another"
REPLACED = ".replaced"  # where an older run waits until the new one has a bundle

log = logging.getLogger("tagger")


class _LogFile(logging.FileHandler):
    """A log file that tells when it cannot be written, where logging's own prints a traceback and goes on."""

    def emit(self, record: logging.LogRecord) -> None:
        with writing(Path(self.baseFilename)):
            super().emit(record)

    def close(self) -> None:
        with writing(Path(self.baseFilename)):
            super().close()

    def handleError(self, record: logging.LogRecord) -> None:
        raise  # what logging is handling when it calls this


@contextmanager
def run_folder(folder: Path, *, overwrite: bool, resume: bool = False) -> Iterator[Path]:
    """Makes the folder of a run, with its `log.txt` open.

    If the run ends before it has a bundle, by the user's will or a mistake that the user can mend, the folder is left
    as it was, with the run that it held; our own bugs leave the log with the traceback. A run that goes on after its
    checkpoint leaves that in any case, and so does one that a full disk ends.

    Args:
        folder: where to.
        overwrite: whether a run that is there is replaced. Other files stay.
        resume: whether a run that is there goes on if it has a checkpoint, and else begins anew if it has no bundle.

    Raises:
        RunError: the folder holds a run already, or something that is no run, or cannot be made.
    """
    goes_on = resume and (folder / CHECKPOINT).is_file()
    _check(folder, overwrite=overwrite, resume=resume)
    if resume and not goes_on:
        log.info("%s: no checkpoint to go on from; training starts at the beginning", folder)
    is_new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_unfinished(folder)
        if not goes_on:
            _put_aside(folder)
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
            with contextlib.suppress(TaggerError):  # what went wrong first is what is told
                handler.close()
            if not isinstance(error, TaggerError | OSError | KeyboardInterrupt):
                with (folder / "log.txt").open("a", encoding="utf-8", errors="backslashreplace") as file:
                    traceback.print_exc(file=file)
            elif goes_on or _can_go_on(folder):
                remove(folder / "bundle.tmp")
            else:
                with contextlib.suppress(OSError):  # as above
                    _put_back(folder)
                    if is_new and not (folder / "bundle").is_dir():
                        folder.rmdir()
        raise
    else:
        remove(folder / REPLACED)
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
        handler.close()


def is_finished(folder: Path) -> bool:
    """Whether it holds a run that has come to its end."""
    return (folder / "metrics.json").is_file() and _has_bundle(folder) and not (folder / CHECKPOINT).is_file()


def _can_go_on(folder: Path) -> bool:
    """Whether a new run has an epoch to go on from, and no older one waits for its place."""
    return (folder / CHECKPOINT).is_file() and not (folder / REPLACED / "bundle").is_dir()


def _check(folder: Path, *, overwrite: bool, resume: bool) -> None:
    if folder.exists() and not folder.is_dir():
        raise RunError(f"{folder}: is a file, not a folder", "choose another with --run DIR")
    # A killed process may leave a file that it had not finished.
    names = {path.name for path in folder.iterdir() if path.suffix != ".tmp"} if folder.exists() else set()
    is_run = _has_bundle(folder) or names <= {*OURS, REPLACED}
    if names and not is_run:
        raise RunError(f"{folder}: holds files, and no run of tagger", "choose another with --run DIR")
    goes_on = (folder / CHECKPOINT).is_file()
    if resume and not goes_on and _has_bundle(folder):
        raise RunError(f"{folder}: holds a tagger, and no checkpoint to go on from", WAYS_OUT)
    if names and not (overwrite or resume):
        raise RunError(
            f"{folder}: is there already", ("--resume goes on with that run, " if goes_on else "") + WAYS_OUT
        )


def _has_bundle(folder: Path) -> bool:
    return (folder / "bundle" / "bundle.json").is_file()


def _remove_unfinished(folder: Path) -> None:
    """Takes away what a killed process was writing beside its place."""
    for name in OURS:
        for path in folder.glob(f".{name}.*.tmp"):
            path.unlink()


def _put_aside(folder: Path) -> None:
    """Moves an older run out of the way; one that a killed process has left there comes back first."""
    if (folder / REPLACED / "bundle").is_dir() and not (folder / "bundle").is_dir():
        _put_back(folder)
    shutil.rmtree(folder / REPLACED, ignore_errors=True)
    if older := [folder / name for name in OURS if (folder / name).exists()]:
        (folder / REPLACED).mkdir()
        for path in older:
            path.rename(folder / REPLACED / path.name)


def _put_back(folder: Path) -> None:
    """Leaves the new run where it has a bundle, else the older one."""
    shutil.rmtree(folder / "bundle.tmp", ignore_errors=True)
    if not (folder / "bundle").is_dir():
        for name in OURS:
            path = folder / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
            if (folder / REPLACED / name).exists():
                (folder / REPLACED / name).rename(path)
    shutil.rmtree(folder / REPLACED, ignore_errors=True)
