"""Symbol files of a bundle: one row per line, symbols delimited by TAB."""

import itertools
import re
from pathlib import Path

# Symbols may contain TABs and line ends, which are escaped.
ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
UNESCAPES = {escaped: plain for plain, escaped in ESCAPES.items()}


def write_rows(path: Path, rows: list[tuple[str, ...]]) -> None:
    """Write rows of symbols."""
    escape = str.maketrans(ESCAPES)
    path.write_bytes("".join("\t".join(cell.translate(escape) for cell in row) + "\n" for row in rows).encode())


def read_rows(text: str) -> list[tuple[str, ...]]:
    """Read the text of a file written by `write_rows`."""
    rows = map(tuple, map(str.split, text.split("\n")[:-1], itertools.repeat("\t")))
    return [tuple(map(_unescape, row)) for row in rows] if "\\" in text else [*rows]


def read_symbols(text: str) -> tuple[str, ...]:
    """Read the text of a file with one symbol per line.

    Raises:
        ValueError: a line has more than one symbol.
    """
    if "\t" in text:
        raise ValueError("more than one symbol in a line")
    symbols = text.split("\n")[:-1]
    return tuple(map(_unescape, symbols) if "\\" in text else symbols)


def _unescape(cell: str) -> str:
    return re.sub(r"\\[\\nrt]", lambda escaped: UNESCAPES[escaped[0]], cell)
