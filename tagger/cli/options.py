"""Options and arguments that several commands share."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tagger.bounds import MAX_TOKENS, MOST_AHEAD, MOST_THREADS, MOST_TOKENS
from tagger.cli.help import ALWAYS
from tagger.cli.kinds import kind_of
from tagger.cli.operands import Wanted, check_operand
from tagger.format_names import Format

if TYPE_CHECKING:
    from tagger.corpus.layout import Layout


def complete_key(incomplete: str) -> list[str]:
    """Keys of a config that start with a text, for the completion of the shell."""
    from tagger.config.reference import reference

    return [name for name in reference() if name.startswith(incomplete)]


def complete_setting(incomplete: str) -> list[str]:
    """Settings `KEY=` that start with a text, for the completion of the shell."""
    return [f"{name}=" for name in complete_key(incomplete) if "." in name]


def complete_data_set(incomplete: str) -> list[str]:
    """Public data sets that start with a text, for the completion of the shell."""
    from tagger.corpus.catalogue import CATALOGUE

    return [name for name in CATALOGUE if name.startswith(incomplete)]


READING = "Reading the file (format and columns are recognised)"
RAY = "On a Ray cluster"

Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print warnings and errors only, no progress.", rich_help_panel=ALWAYS)
]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.", rich_help_panel=ALWAYS)]
Threads = Annotated[int, typer.Option(min=0, max=MOST_THREADS, metavar="N", help="Number of threads; 0: one per core.")]
LookAhead = Annotated[
    int,
    typer.Option(
        min=0,
        max=MOST_AHEAD,
        metavar="K",
        show_default=False,
        help="Tag each step when K later ones are known, as predict --stream does with taggers that need later steps.",
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Set a key of the config; may be repeated. `tagger config` lists all keys.",
        autocompletion=complete_setting,
    ),
]
On = Annotated[
    Literal["local", "ray"], typer.Option("--on", help="Run on this machine or on a Ray cluster.", rich_help_panel=RAY)
]
Address = Annotated[
    str | None,
    typer.Option(
        "--address",
        metavar="HOST:PORT",
        help="Head node of the cluster; default: the cluster of this machine.",
        rich_help_panel=RAY,
    ),
]
TokenColumn = Annotated[
    str | None,
    typer.Option(
        "--token", metavar="COLUMN", help="Column of the tokens: name or index from 0.", rich_help_panel=READING
    ),
]
TagColumn = Annotated[
    str | None,
    typer.Option("--tag", metavar="COLUMN", help="Column of the tags: name or index from 0.", rich_help_panel=READING),
]
HeadName = Annotated[
    str | None,
    typer.Option(
        "--head",
        metavar="NAME",
        help="Score this head only, if the tagger has several; --tag is its column.",
        rich_help_panel=READING,
    ),
]
SentenceColumn = Annotated[
    str | None,
    typer.Option(
        "--sentence",
        metavar="COLUMN",
        help="Column whose value changes with each sentence; default: blank lines end sentences.",
        rich_help_panel=READING,
    ),
]
PerRow = Annotated[
    Literal["token", "sentence"],
    typer.Option(help="Whether a row of a table is a token or a sentence.", rich_help_panel=READING),
]
FileFormat = Annotated[Format, typer.Option("--input-format", help="Format of the file.", rich_help_panel=READING)]
Encoding = Annotated[
    str | None,
    typer.Option("--encoding", metavar="NAME", help="Encoding, such as latin-1.", rich_help_panel=READING),
]
MaxTokens = Annotated[
    int,
    typer.Option(
        "--max-tokens", min=1, max=MOST_TOKENS, metavar="N", help="Most tokens of a sentence.", rich_help_panel=READING
    ),
]
BadRows = Annotated[
    Literal["error", "skip"],
    typer.Option("--bad-rows", help="Stop at a row that cannot be read, or skip it.", rich_help_panel=READING),
]
ModelDir = Annotated[Path, typer.Argument(metavar="MODEL", help="A run folder or a bundle folder.")]


def local(path: Path, wanted: Wanted = "data", *others: Path) -> Path:
    """The path, or the file of a public data set such as ewt:test, downloaded if needed.

    Args:
        path: as typed.
        wanted: what the command expects.
        others: further operands of the command, which may have been swapped with this one.

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
    *,
    max_tokens: int = MAX_TOKENS,
) -> "Layout":
    """The layout that the options set; the rest is recognised."""
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
        max_tokens=max_tokens,
    )


def column(text: str | None) -> int | str | None:
    """A column as in a config: an index if the text is a whole number, else a name."""
    return int(text) if text and re.fullmatch(r"-?\d{1,9}", text) else text


def check_address(on: str, address: str | None) -> None:
    """Refuse a cluster's address without `--on ray`."""
    if address and on == "local":
        raise typer.BadParameter("--address needs --on ray")
