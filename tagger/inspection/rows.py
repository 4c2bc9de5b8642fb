"""Rows of numbers, and wrapped sentences, as text for a terminal."""

from collections.abc import Iterable
from textwrap import wrap
from typing import NamedTuple

from tagger.terminal_text import one_line

WIDTH = 80  # characters per line of wrapped text


class Limits(NamedTuple):
    """How much of a table is shown.

    Args:
        units: columns of units; more do not fit in a line.
        steps: rows of steps; of more, the first and the last.
        rows: rows of a weight.
    """

    units: int = 8
    steps: int = 40
    rows: int = 10


SHORT = Limits()
ALL = Limits(*[10**9] * 3)
LAST_SHOWN = 10  # of the steps of a long sentence


def number_text(value: float) -> str:
    """Format a number with six significant digits, one less than single precision holds.

    >>> number_text(0.63031382)
    '0.630314'
    """
    return f"{value:#.6g}"


def row_text(name: str, cells: Iterable[str], token: str) -> str:
    """A row with its token last, because not all scripts have letters of one width."""
    return one_line(f"{name:>5}  {'  '.join(f'{cell:>12}' for cell in cells)}  {token}".rstrip())


def units_heading(name: str, n_units: int, heading: str, limits: Limits) -> str:
    """The row of headings above numbers of units; the last column is headed by `heading`."""
    return row_text(name, (f"unit {i}" for i in range(1, min(n_units, limits.units) + 1)), heading)


def units_note(n_units: int, limits: Limits) -> str:
    """A clause on the number of units that are shown; empty if all are."""
    return f", the first {limits.units} of {n_units} units (--all shows all)" if n_units > limits.units else ""


def cut_steps(rows: list[str], limits: Limits) -> list[str]:
    """Rows of steps, those in the middle replaced by their number if there are too many."""
    n_cut = len(rows) - limits.steps
    if n_cut <= 0:
        return rows
    return [*rows[: limits.steps - LAST_SHOWN], f"    …  {n_cut:,} steps (--all shows them)", *rows[-LAST_SHOWN:]]


def wrapped(text: str, *, indent: int = 0) -> list[str]:
    """Lines of a text, each indented by a number of spaces."""
    return wrap(text, WIDTH, initial_indent=" " * indent, subsequent_indent=" " * indent)
