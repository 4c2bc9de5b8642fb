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


def read_rows(text: str, n_cells: int) -> list[tuple[str, ...]]:
    """Read the text of a file written by `write_rows`.

    Raises:
        ValueError: a line has another number of cells, or the last has no end; names the line.
    """
    rows = [*map(tuple, map(str.split, _lines(text), itertools.repeat("\t")))]
    if not {*map(len, rows)} <= {n_cells}:
        number, n = next((i, len(row)) for i, row in enumerate(rows, start=1) if len(row) != n_cells)
        raise ValueError(f"line {number}: expected {n_cells} cells, delimited by TAB, got {n}")
    return [tuple(map(_unescape, row)) for row in rows] if "\\" in text else rows


def read_symbols(text: str) -> tuple[str, ...]:
    """Read the text of a file with one symbol per line; errors as for `read_rows`."""
    if "\t" in text:
        return tuple(symbol for (symbol,) in read_rows(text, 1))
    symbols = _lines(text)
    return tuple(map(_unescape, symbols) if "\\" in text else symbols)


def _lines(text: str) -> list[str]:
    *lines, rest = text.split("\n")
    if rest:
        raise ValueError(f"line {len(lines) + 1}: has no end, so the file is cut off")
    return lines


def _unescape(cell: str) -> str:
    return re.sub(r"\\[\\nrt]", lambda escaped: UNESCAPES[escaped[0]], cell)
