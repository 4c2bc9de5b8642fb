"""Tables with a header (CSV): one token or measurement a row, or one sentence.

They are read by the standard library's csv, not by pandas: sentences come while the file is still read, an error names
its line, a token `NA` or `null` stays what it is, and predicting needs no package for it.
"""

import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator
from operator import itemgetter

from tagger.corpus.csv_records import hides_rows, records
from tagger.corpus.formats import FileFormat, Source, other_columns
from tagger.corpus.layout import SAID_BY_JSONL, Column, Layout, Rows, refuse_tag_as_input
from tagger.corpus.rows import Choice, Choose, joined_sentences, sentences, split_at
from tagger.corpus.sentence import Sentence
from tagger.errors import DataError

DELIMITERS = {"\t": "TAB", ",": "commas", ";": "semicolons"}  # of two that fit, the first is meant
BAR = "|"  # delimits where none of them does
SEP_LINE = re.compile(r'"?sep=(\\t|\t|[^\w\s"])"?', re.IGNORECASE)  # the first line of a table that Excel wrote
HEADER = "sentence,token,tag\n"
NAME = re.compile(r"[^\W\d]\w*")  # of a column, where a file's name does not show that it is a table


def read(source: Source) -> Iterator[Sentence]:
    """The sentences of a table; a row is a token, or a whole sentence.

    Raises:
        DataError: as `chosen_rows`; also where a row has no such cell, or a token or tag is empty.
        ConfigError: the column of tags is an input, too.
    """
    rows, choice = chosen_rows(source)
    if source.layout.per_row == "sentence":
        return joined_sentences(rows, choice, source)
    return sentences(rows, choice, source)


def chosen_rows(source: Source) -> tuple[Rows, Choice]:
    """The rows of a table, and where in them the chosen columns stand; a row of blank cells is a break.

    Where no column is chosen, those named token, tag and sentence are, as a table that we write has them.

    Raises:
        DataError: there is no header, it lacks a column, or a row is not CSV; names the line.
        ConfigError: the column of tags is an input, too.
    """
    layout, path, tagged = source.layout, source.path, source.tagged
    body = read_rows(source)
    first = next(body, None)
    line, text, names, _ = first or (1, "", None, None)
    if not names:
        raise DataError(f"{path}:{line}: expected a header that names the columns, got an empty line or file")
    header = names
    if source.notes:
        source.notes.header = header

    def index(column: Column) -> int:
        try:
            return header.index(column) if isinstance(column, str) else range(len(header))[column]
        except (ValueError, IndexError):
            hint = None if len(header) > 1 else _one_column_hint(text)
            have = ", ".join(header)
            raise DataError(f"{path}:{line}: there is no column {column!r}; the header has {have}", hint) from None

    def chooser(column: Column) -> Choose:
        return itemgetter(index(column))

    def default(name: str, place: int) -> Column:
        """The column that says what it is, as those of a table that we write; else by its place."""
        return name if name in header else place

    token = default("token", 0) if layout.token is None else layout.token
    tag = default("tag", max(1, len(header) - 1)) if layout.tag is None else layout.tag
    if tagged:
        refuse_tag_as_input(layout, path, token=token, tag=tag, place_of=index)

    if layout.sentence is not None:
        body = split_at(body, chooser(layout.sentence))
    elif {"sentence", "token"} <= set(header):
        body = split_at(body, chooser("sentence"))
    return body, Choice(
        token=chooser(token),
        tag=chooser(tag) if tagged else None,
        numeric=tuple((str(column), chooser(column)) for column in layout.numeric),
        columns=tuple((str(column), chooser(column)) for column in layout.columns),
        group=None if layout.group is None else (str(layout.group), chooser(layout.group)),
        width=len(header),
    )


def parted_header(line: str) -> tuple[str, list[str]]:
    """What parts the cells of a header, and the cells: the sign that parts it into most."""
    return max(((sign, _cells(line, sign)) for sign in DELIMITERS), key=lambda parted: len(parted[1]))


def delimited(lines: Iterable[str]) -> tuple[str, int, Iterator[str]]:
    """The delimiter of a table, the number of the line of its header, and the lines from there on.

    A first line such as `sep=;`, which Excel writes, gives the delimiter; else it is the sign that makes most cells of
    the header.
    """
    lines = iter(lines)
    first = next(lines, "")
    if sep := SEP_LINE.fullmatch(first):
        return "\t" if sep[1] == "\\t" else sep[1], 2, lines
    delimiter, cells = parted_header(first)
    return BAR if len(cells) < 2 and BAR in first else delimiter, 1, itertools.chain([first], lines)


def _head(lines: Iterable[str]) -> tuple[str, list[str]]:
    """The delimiter of a table, and the names in its header."""
    delimiter, _, lines = delimited(lines)
    return delimiter, _cells(next(lines, ""), delimiter)


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _one_column_hint(header: str) -> str:
    if " " in header:
        return 'are cells delimited by spaces? data.format = "columns" reads them'
    return "cells of a table are delimited by TAB, commas, semicolons or |; a first line sep=: says that : does"


def read_rows(source: Source) -> Rows:
    """The rows of a table, the header first; a row of blank cells is a break.

    Raises:
        DataError: names the line that is not CSV, has more cells than the header, or a quotation mark that hides rows.
    """
    delimiter, number, lines = delimited(source.lines)
    width = 0
    for taken, cells in records(lines, delimiter):
        if isinstance(cells, csv.Error) or "".join(cells).strip(" \t"):
            if len(taken) > 1 or isinstance(cells, csv.Error) or len(cells) != width or delimiter == "\t":
                cells = _checked(taken, cells, number, width, delimiter, source)
            width = width or len(cells)
            yield number, delimiter.join(cells or taken), cells, None
        else:  # spreadsheets write a blank row as ,,
            yield None
        number += len(taken)


def _checked(
    taken: list[str], cells: list[str] | csv.Error, number: int, width: int, delimiter: str, source: Source
) -> list[str]:
    """The cells of a row, the header's where `width` is 0; none where the row is left out.

    Raises:
        DataError: the row cannot be read.
    """
    place, line = f"{source.path}:{number}", taken[0]
    is_by_tab, per_row = delimiter == "\t", source.layout.per_row
    if isinstance(cells, csv.Error):
        is_token = hides_rows(taken, 0, width, delimiter)
        error = DataError(f"{place}: not a row of CSV: {cells}", _quote_hint(delimiter, per_row) if is_token else None)
        if len(taken) > 1 or not width:
            raise error
    elif hides_rows(taken, len(cells), width, delimiter) and (
        per_row == "token" or is_by_tab or '"' in line.split(delimiter)  # else a text of several lines, with commas
    ):
        end = f"to line {number + len(taken) - 1}" if len(taken) > 1 else "behind a delimiter"
        what = f"a quotation mark opens a cell that goes on {end}: {line[:80]!r}"
        raise DataError(f"{place}: {what}", _quote_hint(delimiter, per_row))
    elif width and any(map(str.strip, cells[width:])):
        name = DELIMITERS.get(delimiter, repr(delimiter)).removesuffix("s")
        alone = 3 * delimiter  # a token
        quote = f"""sed 's/{alone}/{delimiter}"{delimiter}"{delimiter}/' OLD >NEW"""
        hint = quote.replace("\t", "\\t") if alone in line and len(cells) == width + 1 else None
        error = DataError(f"{place}: {len(cells)} cells, the header has {width}: is a {name} not quoted?", hint)
    else:
        if source.notes and (len(taken) > 1 or (is_by_tab and any("\t" in cell for cell in cells))):
            source.notes.broken.add(number, "\n".join(taken))
        return cells
    source.leave_out(number, error)
    return []


def _quote_hint(delimiter: str, per_row: str) -> str:
    """The hint for quotation marks that quote nothing."""
    if delimiter == "\t" and per_row == "token":
        return 'is the mark a token? data.format = "columns" takes it as it is'
    cell = f"[^{delimiter}]*".replace("\t", "\\t")
    return f"""is the mark a token, and no cell quoted? sed 's/"/""/g; s/{cell}""{cell}/"&"/g' OLD >NEW"""


def write_rows(sentences: Iterable[Sentence]) -> Iterator[str]:
    """The header, then the rows of each sentence: its number in the first column, its tokens and their tags.

    Raises:
        DataError: a token or tag holds a CR, which a reader takes for a line end like any other.
    """
    yield HEADER
    for number, sentence in enumerate(sentences, 1):
        text = io.StringIO()
        rows = list(zip(sentence.tokens, sentence.tags or (), strict=True))
        if lost := [row for row in rows if "\r" in "".join(row)]:
            raise DataError(
                f"{sentence.place}: a table cannot say {lost[0][0]!r} with the tag {lost[0][1]!r}", SAID_BY_JSONL
            )
        csv.writer(text, lineterminator="\n").writerows((number, token, tag) for token, tag in rows)
        yield text.getvalue()


def _recognises(line: str) -> bool:
    """Whether a line is nothing but names parted by commas or semicolons, or says the delimiter of a table."""
    _, header = parted_header(line)
    is_header = len(set(header)) == len(header) > 1 and all(map(NAME.fullmatch, header))
    return is_header or bool(SEP_LINE.fullmatch(line))


def _left_out(lines: Iterator[str], layout: Layout) -> list[str]:
    _, header = _head(lines)
    has_sentence = layout.sentence is not None or {"sentence", "token"} <= set(header)
    return other_columns(len(header) - 2 - has_sentence)


FORMAT = FileFormat(
    read=read,
    write=lambda tagged, _: write_rows(tagged),
    suffixes=(".csv",),
    recognises=_recognises,
    keys=frozenset({"token", "tag", "numeric", "columns", "sentence", "per_row", "group"}),
    mistaken_for=("columns",),
    left_out=_left_out,
)
