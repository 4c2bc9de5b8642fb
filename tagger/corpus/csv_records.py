"""Rows of a table as CSV has them, and whether its quotation marks quote cells or are tokens that hide rows."""

import csv
from collections.abc import Iterable, Iterator

Record = tuple[list[str], list[str] | csv.Error]  # the lines of a row, and its cells, or why it has none


def records(lines: Iterable[str], delimiter: str) -> Iterator[Record]:
    """The rows of a table as CSV has them; the list of lines is the same one each time, filled anew."""
    taken: list[str] = []

    def ended() -> Iterator[str]:
        for line in lines:
            taken.append(line)
            yield f"{line}\n"

    reader = csv.reader(ended(), delimiter=delimiter, strict=True)
    while True:
        taken.clear()
        try:
            yield taken, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield taken, error


def quotes_delimit(lines: Iterable[str], delimiter: str) -> bool:
    """Whether quotation marks quote cells in the lines of a table, and no row is lost to one that is a token.

    A row of CSV of which most lines, cut at each delimiter, have as many cells as the header is several rows, in which
    the marks quote nothing. Such rows are compared in number with those that are a row only because of their marks.

    Args:
        lines: of the table, the header first.
        delimiter: of its cells.

    >>> quotes_delimit(["token,tag", '",",O', '"New',  'York",X'], ",")
    True
    >>> quotes_delimit(["token,tag", '",O', "a,X", '",O'], ",")
    False
    """
    width = n_lost = n_quoted = 0
    for taken, cells in records(lines, delimiter):
        if isinstance(cells, csv.Error):
            return False
        width = width or len(cells)
        n_lost += hides_rows(taken, len(cells), width, delimiter)
        n_quoted += len(cells) == width != taken[0].count(delimiter) + 1
    return not n_lost or n_lost < n_quoted


def hides_rows(taken: list[str], n_cells: int, width: int, delimiter: str) -> bool:
    """Whether the lines that CSV takes for one row of some cells are rows of their own, with marks that quote nothing.

    >>> hides_rows(['",O', "a,X", '",O'], 2, 2, ","), hides_rows(['"New', 'York",X'], 2, 2, ",")
    (True, False)
    """
    rows = [line for line in taken if line.strip(" \t")]
    if width < 2 or (len(rows) < 2 and n_cells == width):
        return False
    return 2 * sum(line.count(delimiter) + 1 == width for line in rows) > len(rows)
