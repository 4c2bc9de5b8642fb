"""Words to standard error, data to standard output, and every error as one clear message with its exit code."""

import contextlib
import functools
import gzip
import io
import logging
import os
import re
import sys
import traceback
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn, ParamSpec, TextIO

import typer

from tagger.errors import TaggerError
from tagger.files import writing, written_beside

if TYPE_CHECKING:
    from tagger.network.events import BatchDone, Epoch

P = ParamSpec("P")

TEXT: dict[str, Any] = {"encoding": "utf-8", "errors": "surrogateescape", "newline": "\n"}  # of all output

KEY = re.compile(r'(?<![\w/.-])data\.(\w+)\b(?: = "?([^\s",;]+)"?)?( in the config)?')
OPTIONS = {  # of commands that read data without a config, by the names of their parameters: the key, the option
    "token": ("token", "--token"),
    "tag": ("tag", "--tag"),
    "sentence": ("sentence", "--sentence"),
    "per_row": ("per_row", "--per-row"),
    "bad_rows": ("bad_rows", "--bad-rows"),
    "encoding": ("encoding", "--encoding"),
    "from_format": ("format", "--from"),
    "input_format": ("format", "--input-format"),
}

log = logging.getLogger("tagger")


def in_options(parameters: Collection[str]) -> Callable[[str], str]:
    """A function that names options in a text, where a config's keys are named; for commands without a config.

    Args:
        parameters: of the command; a key that none of them stands for stays as it is.
    """
    options = dict(OPTIONS[name] for name in parameters if name in OPTIONS)

    def option(key: re.Match[str]) -> str:
        name = options.get(key[1])
        return key[0] if name is None else f"{name} {key[2]}" if key[2] else name

    return lambda text: KEY.sub(option, text)


class _ToStandardError(logging.Handler):
    def __init__(self, level: int, named: Callable[[str], str]) -> None:
        super().__init__(level)
        self.named = named

    def emit(self, record: logging.LogRecord) -> None:
        prefix = f"{record.levelname.lower()}: " if record.levelno >= logging.WARNING else ""
        # Looked up at each line: the progress bar puts another stream in its place, to print above itself.
        with contextlib.suppress(OSError):  # whoever closed standard error does not want the words; log.txt has them
            print(f"{prefix}{self.named(record.getMessage())}", file=sys.stderr, flush=True)


def reported(command: Callable[P, None]) -> Callable[P, None]:
    """The command, with what it raises told as a message, and its exit code."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        _open_closed_streams()
        named = in_options(kwargs)
        handler = _ToStandardError(logging.WARNING if kwargs.get("quiet") else logging.INFO, named)
        level = log.level
        log.setLevel(logging.INFO)
        log.addHandler(handler)
        try:
            command(*args, **kwargs)
            sys.stdout.flush()
        except (typer.Exit, typer.TyperException):
            raise
        except BaseException as error:
            if kwargs.get("debug"):
                traceback.print_exc()
            _tell(error, named)
        finally:
            log.removeHandler(handler)
            log.setLevel(level)

    return run


def _open_closed_streams() -> None:
    """Puts an empty stream in the place of one that whoever started us has closed, for which Python has None.

    It stays open for as long as the process runs.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115


def _tell(error: BaseException, named: Callable[[str], str]) -> NoReturn:
    interrupted = _interrupt_behind(error)
    if interrupted is not None:
        _say(f"interrupted{': ' if interrupted.args else ''}{' '.join(map(str, interrupted.args))}")
        raise typer.Exit(130)
    if isinstance(error, BrokenPipeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains when it closes it
        raise typer.Exit(0)
    if isinstance(error, TaggerError):
        _say(named(f"error: {error.message}" + (f"\n\nhint: {error.hint}" if error.hint else "")))
        raise typer.Exit(1)
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        _say(f"error: {where}{error.strerror or error}")
        raise typer.Exit(1)
    # Only what tagging needs may be installed; a module of our own that is not there is a bug.
    if isinstance(error, ModuleNotFoundError) and not f"{error.name}.".startswith("tagger."):
        _say(f"error: this command needs {error.name}, which is not installed\n\nhint: pip install {error.name}")
        raise typer.Exit(1)
    if isinstance(error, MemoryError):
        _say("error: not enough memory\n\nhint: a smaller training.batch_size or training.max_steps needs less")
        raise typer.Exit(1)
    if isinstance(error, Exception):
        _say(f"error: a bug in tagger: {type(error).__name__}: {str(error).partition(chr(10))[0]}\n\n"
             "hint: --debug shows where; please report it")  # fmt: skip
        raise typer.Exit(70)
    raise error


def _interrupt_behind(error: BaseException | None) -> KeyboardInterrupt | None:
    """The Ctrl-C that an error is or comes from: an import that is broken off ends in errors of many kinds."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error


def _say(message: str) -> None:
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    with contextlib.suppress(OSError):
        print(message, file=sys.stderr, flush=True)


def standard_input(what: str = "sentences") -> BinaryIO:
    """The bytes of standard input as they come, unbuffered; `what` is typed, if it is a terminal."""
    if sys.stdin.isatty():
        log.info("reading %s from the terminal, one a line; Ctrl-D ends", what)
    # A thread may still wait for the buffered stream when the process ends, which Python cannot bear.
    return getattr(sys.stdin.buffer, "raw", sys.stdin.buffer)


def print_data(text: str) -> None:
    """A text and a line end to standard output."""
    with output(None) as file:
        file.write(f"{text}\n")


@contextmanager
def output(path: Path | None) -> Iterator[TextIO]:
    """Standard output, or a file that is written beside its place and renamed when it is whole, packed if named .gz."""
    is_packed = path is not None and path.name.lower().endswith(".gz")
    if path is not None and path.is_symlink():
        path = path.resolve()  # a link stays one: /dev/stdout is such
    if path is None:
        sys.stdout.reconfigure(**TEXT)  # type: ignore[union-attr]
        with writing(Path("standard output")):
            yield sys.stdout
            sys.stdout.flush()
        return
    is_special = path.exists() and not path.is_file()  # a device or a named pipe is written to as it is
    with writing(path), path.open("w", **TEXT) if is_special else written_beside(path) as file:
        if is_packed:
            with _packed(file) as text:
                yield text
        else:
            yield file


@contextmanager
def _packed(file: TextIO) -> Iterator[TextIO]:
    """A file whose text goes into another as gzip, which has no time in it: the same text gives the same bytes."""
    with (
        gzip.GzipFile("", "wb", compresslevel=6, fileobj=file.buffer, mtime=0) as pack,
        io.TextIOWrapper(pack, **TEXT) as text,
    ):
        yield text


@contextmanager
def progress(*, quiet: bool) -> Iterator["Callable[[BatchDone | Epoch], None]"]:
    """A function to tell of each batch: it draws a bar on a terminal, and nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield lambda event: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("epoch {task.fields[epoch]}/{task.fields[epochs]}"),
        BarColumn(),
        TextColumn("loss {task.fields[loss]:.4f}  {task.fields[speed]:,.0f} tokens/s"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task("training", visible=False, epoch=0, epochs=0, loss=0.0, speed=0.0)

        def listen(event: "BatchDone | Epoch") -> None:
            from tagger.network.events import BatchDone

            if isinstance(event, BatchDone):
                done = (event.epoch - 1) * event.epoch_tokens + event.tokens
                bar.update(
                    task,
                    visible=True,
                    total=event.epochs * event.epoch_tokens,
                    completed=done,
                    epoch=event.epoch,
                    epochs=event.epochs,
                    loss=event.loss,
                    speed=event.tokens_per_second,
                )

        yield listen


@contextmanager
def download_progress(*, quiet: bool) -> Iterator["Callable[[str, int, int], None] | None"]:
    """A function to tell of a file's name, the bytes that are here and the bytes in all; None where no bar is drawn."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", visible=False)
        yield lambda name, n_bytes, size: bar.update(
            task, description=name, completed=n_bytes, total=size, visible=n_bytes < size
        )
