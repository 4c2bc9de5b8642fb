"""Records of a CSV table, and whether its quotation marks quote cells or are tokens that hide rows."""

import csv
from collections.abc import Iterable, Iterator

Record = tuple[list[str], list[str] | csv.Error]  # the lines of a record, and its cells or the parser's error


def records(lines: Iterable[str], delimiter: str) -> Iterator[Record]:
    """Yield the records of a table; the list of lines is reused from one to the next."""
    consumed: list[str] = []

    def lines_with_ends() -> Iterator[str]:
        for line in lines:
            consumed.append(line)
            yield f"{line}\n"

    reader = csv.reader(lines_with_ends(), delimiter=delimiter, strict=True)
    while True:
        consumed.clear()
        try:
            yield consumed, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield consumed, error


def quotes_delimit(lines: Iterable[str], delimiter: str) -> bool:
    """Whether the quotation marks of a table quote cells; otherwise a mark is a token, and CSV would lose rows.

    A record whose lines mostly have as many delimiters as the header is really several rows. True if there are no such
    records, or fewer of them than records that have the right number of cells only because of quotation marks; False
    if the lines are not valid CSV.

    Args:
        lines: lines of the table, the header first.
        delimiter: delimiter of its cells.

    >>> quotes_delimit(["token,tag", '",",O', '"New',  'York",X'], ",")
    True
    >>> quotes_delimit(["token,tag", '",O', "a,X", '",O'], ",")
    False
    """
    width = n_lost = n_quoted = 0
    for record, cells in records(lines, delimiter):
        if isinstance(cells, csv.Error):
            return False
        width = width or len(cells)
        n_lost += hides_rows(record, len(cells), width, delimiter)
        n_quoted += len(cells) == width != record[0].count(delimiter) + 1
    return not n_lost or n_lost < n_quoted


def hides_rows(record: list[str], n_cells: int, width: int, delimiter: str) -> bool:
    """Whether the lines of a CSV record are rows of their own, so that its quotation marks quote nothing.

    Args:
        record: lines of the record.
        n_cells: number of its cells.
        width: number of columns of the table.
        delimiter: delimiter of cells.

    >>> hides_rows(['",O', "a,X", '",O'], 2, 2, ","), hides_rows(['"New', 'York",X'], 2, 2, ",")
    (True, False)
    """
    rows = [line for line in record if line.strip(" \t")]
    if width < 2 or (len(rows) < 2 and n_cells == width):
        return False
    return 2 * sum(line.count(delimiter) + 1 == width for line in rows) > len(rows)
