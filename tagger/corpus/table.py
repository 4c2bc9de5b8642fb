"""CSV tables with a header: one token or measurement a row."""

import csv
from collections.abc import Iterable, Iterator
from operator import itemgetter

from tagger.corpus.layout import Column
from tagger.corpus.rows import Choose, Row, Rows
from tagger.errors import DataError


def read_table(lines: Iterable[str], path: str) -> tuple[list[str], Iterator[Row | None]]:
    """The header and the rows; a blank line is a break between sentences.

    Raises:
        DataError: there is no header, or a row is not CSV; names the line.
    """
    reader = csv.reader((f"{line}\n" for line in lines), strict=True)

    def rows() -> Rows:
        while True:
            number = reader.line_num + 1
            try:
                cells = next(reader, None)
            except csv.Error as error:
                raise DataError(f"{path}:{number}: not a row of CSV: {error}") from None
            if cells is None:
                return
            yield Row(number, ",".join(cells), cells) if cells else None

    body = rows()
    header = next(body, None)
    if header is None or header.cells is None:
        raise DataError(f"{path}:1: expected a header that names the columns, got an empty line or file")
    return header.cells, body


def split_at(rows: Iterable[Row | None], choose: Choose) -> Rows:
    """The rows, with a break wherever the chosen cell changes."""
    before = None
    for row in rows:
        if row is not None and row.cells is not None:
            try:
                value = choose(row.cells)
            except IndexError:
                value = before or ""  # a row that is too short: told, with its line, where its token is chosen
            if before is not None and value != before:
                yield None
            before = value
        yield row


def chooser(header: list[str], column: Column, path: str) -> Choose:
    """Picks a cell by its column's name or index.

    Raises:
        DataError: the header has no such column.
    """
    try:
        index = header.index(column) if isinstance(column, str) else range(len(header))[column]
    except (ValueError, IndexError):
        raise DataError(f"{path}:1: there is no column {column!r}; the header has {', '.join(header)}") from None
    return itemgetter(index)
