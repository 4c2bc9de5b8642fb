"""The layout of help: commands in groups with whole summaries, options in groups, an example for each command."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import typer.core

from tagger.terminal_text import one_line

OPTIONS = "Options"
ALWAYS = "Output and errors"  # the group of options that every command has, and of --help

typed: ContextVar[tuple[str, ...]] = ContextVar("typed", default=("",))  # the command and its arguments


@contextmanager
def escaped_errors() -> Iterator[None]:
    """Show a word that a usage error repeats on one line."""
    try:
        yield
    except typer.TyperException as error:
        error.message = one_line(error.message)
        raise


class Command(typer.core.TyperCommand):
    """A command whose options are shown in groups and whose epilog is a list of examples, one per line."""

    def format_options(self, ctx: Any, formatter: Any) -> None:  # noqa: D102
        groups: dict[str, list[tuple[str, str]]] = {"Arguments": [], OPTIONS: []}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            panel = ALWAYS if param.name == "help" else getattr(param, "rich_help_panel", None) or OPTIONS
            if record is not None:
                groups.setdefault("Arguments" if param.param_type_name == "argument" else panel, []).append(record)
        groups[ALWAYS] = groups.pop(ALWAYS)
        for title, records in groups.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:  # noqa: D102
        if self.epilog:
            with formatter.section("Examples"):
                for line in self.epilog.splitlines():
                    formatter.write(f"{'':>{formatter.current_indent}}{line}\n")


class Commands(typer.core.TyperGroup):
    """The commands in groups, each with its whole summary; remembers the words that were typed."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: D102
        typed.set(tuple(args) or ("",))
        with escaped_errors():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:  # noqa: D102
        with escaped_errors():
            return super().invoke(ctx)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: D102
        groups: dict[str, list[tuple[str, str]]] = {}
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            panel = getattr(command, "rich_help_panel", None) or "Commands"
            summary = ((command and command.help) or "").partition("\n\n")[0]
            groups.setdefault(str(panel), []).append((f"{name:<8}", " ".join(summary.split())))
        for title, rows in groups.items():
            with formatter.section(title):
                formatter.write_dl(rows, col_max=10)
