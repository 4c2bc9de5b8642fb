"""Rows of numbers, and wrapped sentences, as text for a terminal."""

from collections.abc import Iterable
from textwrap import wrap

WIDTH = 100  # characters per line of wrapped text
UNITS_SHOWN = 8  # more do not fit in a line; JSON has all


def number_text(value: float) -> str:
    """Format a number with six significant digits, one less than single precision holds.

    >>> number_text(0.63031382)
    '0.630314'
    """
    return f"{value:#.6g}"


def row_text(name: str, cells: Iterable[str], token: str) -> str:
    """A row with its token last, because not all scripts have letters of one width."""
    return f"{name:>5}  {'  '.join(f'{cell:>12}' for cell in cells)}  {token}".rstrip()


def units_heading(name: str, n_units: int, heading: str) -> str:
    """The row of headings above numbers of units; the last column is headed by `heading`."""
    return row_text(name, (f"unit {i}" for i in range(1, min(n_units, UNITS_SHOWN) + 1)), heading)


def units_note(n_units: int) -> str:
    """A clause on the number of units that are shown; empty if all are."""
    return f", the first {UNITS_SHOWN} of {n_units} units (--format json has all)" if n_units > UNITS_SHOWN else ""


def wrapped(text: str, *, indent: int = 0) -> list[str]:
    """Lines of a text, each indented by a number of spaces."""
    return wrap(text, WIDTH, initial_indent=" " * indent, subsequent_indent=" " * indent)
