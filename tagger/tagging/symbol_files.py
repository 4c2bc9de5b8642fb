"""Files of a bundle with symbols: a row a line, its symbols parted by TAB."""

import itertools
import re
from pathlib import Path

# A symbol may hold what parts symbols and lines; a backslash says so.
ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
UNESCAPES = {escaped: plain for plain, escaped in ESCAPES.items()}


def write_rows(path: Path, rows: list[tuple[str, ...]]) -> None:
    """Writes rows of symbols."""
    escape = str.maketrans(ESCAPES)
    path.write_bytes("".join("\t".join(cell.translate(escape) for cell in row) + "\n" for row in rows).encode())


def read_rows(text: str) -> list[tuple[str, ...]]:
    """What `write_rows` has written."""
    rows = map(tuple, map(str.split, text.split("\n")[:-1], itertools.repeat("\t")))
    return [tuple(map(_unescaped, row)) for row in rows] if "\\" in text else [*rows]


def read_symbols(text: str) -> tuple[str, ...]:
    """The symbols of a file of one column.

    Raises:
        ValueError: a line has more.
    """
    if "\t" in text:
        raise ValueError("more than one symbol in a line")
    symbols = text.split("\n")[:-1]
    return tuple(map(_unescaped, symbols) if "\\" in text else symbols)


def _unescaped(cell: str) -> str:
    return re.sub(r"\\[\\nrt]", lambda escaped: UNESCAPES[escaped[0]], cell)
