"""Options and arguments that several commands share."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tagger.cli.kinds import kind_of
from tagger.cli.operands import Wanted, check_operand
from tagger.format_names import Format

if TYPE_CHECKING:
    from tagger.corpus.layout import Layout

Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, only warnings.")]
Threads = Annotated[int, typer.Option(min=0, metavar="N", help="Threads to compute with; 0: one per core.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
On = Annotated[Literal["local", "ray"], typer.Option("--on", help="Work on this machine, or on a Ray cluster.")]
Address = Annotated[
    str | None,
    typer.Option("--address", metavar="ADDR", help="The cluster's head, HOST:PORT; default: the one that runs here."),
]
TokenColumn = Annotated[
    str | None, typer.Option("--token", metavar="COLUMN", help="The column of tokens, by name or index from 0.")
]
TagColumn = Annotated[str | None, typer.Option("--tag", metavar="COLUMN", help="The column of tags.")]
SentenceColumn = Annotated[
    str | None, typer.Option("--sentence", metavar="COLUMN", help="The column that tells sentences apart.")
]
PerRow = Annotated[
    Literal["token", "sentence"], typer.Option(help="Tables: whether a row is a token, or a whole sentence.")
]
FileFormat = Annotated[
    Format, typer.Option("--input-format", help="The format of the files; auto recognises it by their content.")
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", metavar="E", help="The files' encoding; default: it is recognised.")
]
BadRows = Annotated[
    Literal["error", "skip"], typer.Option("--bad-rows", help="Stop at a row that cannot be read, or leave it out.")
]
ModelDir = Annotated[Path, typer.Argument(metavar="MODEL", help="A run folder or a bundle folder.")]


def local(path: Path, wanted: Wanted = "data", *others: Path) -> Path:
    """The file that a name such as ewt:test stands for, fetched if it is not here; any other path as it is.

    Args:
        path: as it was typed.
        wanted: what the command takes there.
        others: further operands of the command, with which this one may have been confused.

    Raises:
        TaggerError: it is something else.
    """
    if ":" in str(path) and kind_of(path) == "missing":
        from tagger.corpus.download import resolve

        if resolved := resolve(str(path)):
            return resolved
    return check_operand(path, wanted, *others)


def known_layout(
    file_format: Format,
    token: str | None,
    tag: str | None,
    sentence: str | None,
    encoding: str | None,
    bad_rows: Literal["error", "skip"],
    per_row: Literal["token", "sentence"] = "token",
) -> "Layout":
    """The layout of files as far as the options say it; the rest is recognised."""
    from tagger.corpus.layout import Layout

    token_column, tag_column, sentence_column = map(column, (token, tag, sentence))
    return Layout(
        file_format,
        token_column,
        tag_column,
        sentence=sentence_column,
        per_row=per_row,
        encoding=encoding or "auto",
        bad_rows=bad_rows,
    )


def column(text: str | None) -> int | str | None:
    """A column as a config has it: an index where the text is a whole number, else a name."""
    return int(text) if text and re.fullmatch(r"-?\d+", text) else text


def check_place(on: str, address: str | None) -> None:
    """Refuses a cluster's address for work on this machine."""
    if address and on == "local":
        raise typer.BadParameter("--address is of a cluster, and goes with --on ray")
