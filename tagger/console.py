"""Messages to standard error, data to standard output, and every error as one message with its exit code.

All text passes through here: a control character reaches no terminal, see `tagger.terminal_text`. Whoever lays text out
shows cells and names in it as one line first; the streams escape the rest.
"""

import contextlib
import functools
import gzip
import io
import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, ParamSpec, TextIO, cast

import typer

from tagger.errors import TaggerError
from tagger.files import writing, written_beside
from tagger.interrupts import exit_code
from tagger.option_names import in_options
from tagger.terminal_text import EscapingStream, escaped, escaped_json, message, one_line

P = ParamSpec("P")

# Settings of all output streams.
TEXT: dict[str, Any] = {"encoding": "utf-8", "errors": "surrogateescape", "newline": "\n"}

log = logging.getLogger("tagger")


@contextmanager
def escaping_messages() -> Iterator[None]:
    """Escape whatever anyone writes to standard error: libraries, warnings, tracebacks, usage errors."""
    stream = sys.stderr
    if stream is not None:
        sys.stderr = EscapingStream(stream)
    try:
        yield
    finally:
        sys.stderr = stream


class _ToStandardError(logging.Handler):
    def __init__(self, level: int, named: Callable[[str], str]) -> None:
        super().__init__(level)
        self.named = named

    def emit(self, record: logging.LogRecord) -> None:
        prefix = f"{record.levelname.lower()}: " if record.levelno >= logging.WARNING else ""
        # Looked up for each line: the progress bar replaces the stream, to print above itself.
        with contextlib.suppress(OSError):  # standard error is closed; log.txt has the message
            print_message(message(f"{prefix}{self.named(record.getMessage())}"))


def reported(command: Callable[P, None]) -> Callable[P, None]:
    """The command, its exceptions reported as messages with exit codes."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        _open_closed_streams()
        named = in_options(kwargs)
        handler = _ToStandardError(logging.WARNING if kwargs.get("quiet") else logging.INFO, named)
        level = log.level
        log.setLevel(logging.INFO)
        log.addHandler(handler)
        try:
            _check_names(kwargs.values())
            command(*args, **kwargs)
            sys.stdout.flush()
        except (typer.Exit, typer.TyperException):
            raise
        except BaseException as error:
            if kwargs.get("debug"):
                _say(traceback.format_exc())
            _report(error, named, command.__name__)
        finally:
            log.removeHandler(handler)
            log.setLevel(level)

    return run


def _check_names(arguments: Iterable[object]) -> None:
    """Refuse a file name with a line end, of which a part could pass for a message of ours.

    Raises:
        TaggerError: there is one.
    """
    for argument in arguments:
        for path in argument if isinstance(argument, list) else [argument]:
            if isinstance(path, Path) and "\n" in str(path):
                raise TaggerError(f"{one_line(path)}: a file name with a line end cannot be used", "rename the file")


def _open_closed_streams() -> None:
    """Replace standard streams that the caller has closed, which are None, by /dev/null."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115


def _report(error: BaseException, named: Callable[[str], str], command: str) -> NoReturn:
    interrupted = _interrupt_behind(error)
    if interrupted is not None:
        _say(f"interrupted{': ' if interrupted.args else ''}{' '.join(map(str, interrupted.args))}")
        raise typer.Exit(exit_code())
    if isinstance(error, BrokenPipeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python reports an error on closing it
        raise typer.Exit(0)
    from tagger.resources import lacks_disk, lacks_memory, memory_hint  # only now, as most commands end well

    if lacks_memory(error) and not (isinstance(error, TaggerError) and "memory" in error.message):
        _say(f"error: not enough memory\n\nhint: {memory_hint(command)}")
        raise typer.Exit(1)
    if isinstance(error, OSError):
        where = f"{one_line(error.filename)}: " if error.filename else ""
        _say(f"error: {where}{error.strerror or error}")
        raise typer.Exit(1)
    # A light installation lacks what training needs; a missing module of our own is a bug.
    if isinstance(error, ModuleNotFoundError) and not f"{error.name}.".startswith("tagger."):
        from tagger.packages import missing_packages, packages_error

        extra = "ray" if error.name == "ray" else "train"
        error = packages_error(extra, missing_packages(extra) or [str(error.name)])
    if isinstance(error, TaggerError):
        hint = f"\n\nhint: {message(error.hint)}" if error.hint else ""
        _say(named(f"error: {message(error.message)}{hint}"))
        raise typer.Exit(1)
    if lacks_disk(error):
        _say(f"error: the disk is full: {str(error).partition(chr(10))[0]}\n\nhint: free some space on it, and repeat")
        raise typer.Exit(1)
    if isinstance(error, Exception):
        _say(f"error: a bug in tagger: {type(error).__name__}: {str(error).partition(chr(10))[0]}\n\n"
             "hint: --debug shows where; please report it")  # fmt: skip
        raise typer.Exit(70)
    raise error


def _interrupt_behind(error: BaseException | None) -> KeyboardInterrupt | None:
    """The Ctrl-C that caused an error, if any: an interrupted import fails in many ways."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error


def _say(text: str) -> None:
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    with contextlib.suppress(OSError):
        print_message(text)


def print_message(text: str) -> None:
    """Print a message to standard error, on a terminal with colours and lines that fit."""
    sys.stderr.write(for_reading(f"{escaped(text)}\n", sys.stderr))
    sys.stderr.flush()


def for_reading(text: str, stream: TextIO) -> str:
    """A report or a message, escaped, as a stream shows it: with colours, and on a terminal with lines that fit."""
    if stream.isatty():
        from tagger.terminal_folding import folded  # not needed by programs

        text = folded(text, terminal_width(stream))
    if not has_colour(stream):
        return text
    from tagger.terminal_colour import emphasised

    return emphasised(text)


def has_colour(stream: TextIO) -> bool:
    """Whether text is coloured in a stream; on Windows, in its Terminal only, as older windows show the codes."""
    from tagger.terminal_colour import shows_colour

    is_terminal = stream.isatty() and (os.name != "nt" or "WT_SESSION" in os.environ)
    return shows_colour(os.environ, is_terminal=is_terminal)


def terminal_width(stream: TextIO) -> int:
    """Number of columns of the terminal that a stream writes to: of COLUMNS if it is set, 80 if unknown."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns):
        return int(columns)
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def standard_input(what: str = "sentences") -> BinaryIO:
    """Standard input, unbuffered; `what` names the expected input in a message, if it is a terminal."""
    if sys.stdin.isatty():
        log.info("reading %s from the terminal, one a line; Ctrl-D ends", what)
    # A thread that waits for the buffered stream at exit would crash Python.
    return getattr(sys.stdin.buffer, "raw", sys.stdin.buffer)


def print_data(text: str) -> None:
    """Print a text that is laid out, such as a table, to standard output."""
    with output(None) as file:
        file.write(f"{escaped(text)}\n")


def print_report(text: str) -> None:
    """Print a text for reading to standard output, on a terminal with colours and lines that fit."""
    with output(None) as file:
        file.write(for_reading(f"{escaped(text)}\n", file))


def print_json(value: object, *, indent: int | None = None) -> None:
    """Print a value as JSON to standard output."""
    import json  # not needed by the fastest commands

    print_data(escaped_json(json.dumps(value, indent=indent, ensure_ascii=False)))


@contextmanager
def output(path: Path | None) -> Iterator[TextIO]:
    """Standard output, or a file that is renamed to its path when complete, compressed if named .gz.

    Text is written as it is, but to a terminal without control characters.

    Raises:
        TaggerError: the file cannot be written, or another process is writing it.
    """
    is_packed = path is not None and path.name.lower().endswith(".gz")
    if path is not None and path.is_symlink():
        path = path.resolve()  # keeps links, such as /dev/stdout
    if path is None:
        sys.stdout.reconfigure(**TEXT)  # type: ignore[union-attr]
        with writing(Path("standard output")):
            yield _for_display(sys.stdout)
            sys.stdout.flush()
        return
    from tagger.locks import locked  # not needed by the fastest commands

    is_special = path.exists() and not path.is_file()  # devices and named pipes are written directly
    with (
        nullcontext() if is_special else locked(path, path.with_name(f".{path.name}.lock"), partial(_busy, path)),
        writing(path),
        path.open("w", **TEXT) if is_special else written_beside(path) as file,
    ):
        if is_packed:
            with _packed(file) as text:
                yield text
        else:
            yield _for_display(file)


def _for_display(file: TextIO) -> TextIO:
    return cast(TextIO, EscapingStream(file)) if file.isatty() else file


def _busy(path: Path, process: str) -> TaggerError:
    return TaggerError(f"{path}: {process} is writing it", "wait until it has ended, or write another file")


@contextmanager
def _packed(file: TextIO) -> Iterator[TextIO]:
    """A text file that is written to another as gzip, without a time: equal texts give equal bytes."""
    with (
        gzip.GzipFile("", "wb", compresslevel=6, fileobj=file.buffer, mtime=0) as pack,
        io.TextIOWrapper(pack, **TEXT) as text,
    ):
        yield text
