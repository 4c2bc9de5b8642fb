"""Options and arguments that several commands share."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from tagger.cli.kinds import kind_of
from tagger.cli.operands import Wanted, check_operand

Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, only warnings.")]
Threads = Annotated[int, typer.Option(min=0, metavar="N", help="Threads to compute with; 0: one per core.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
On = Annotated[Literal["local", "ray"], typer.Option("--on", help="Work on this machine, or on a Ray cluster.")]
Address = Annotated[
    str | None,
    typer.Option("--address", metavar="ADDR", help="The cluster's head, HOST:PORT; default: the one that runs here."),
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


def check_place(on: str, address: str | None) -> None:
    """Refuses a cluster's address for work on this machine."""
    if address and on == "local":
        raise typer.BadParameter("--address is of a cluster, and goes with --on ray")
