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

from tagger.corpus.formats import FileFormat, Source, other_columns
from tagger.corpus.layout import SAID_BY_JSONL, Column, Layout, Rows, refuse_tag_as_input
from tagger.corpus.rows import Choice, Choose, joined_sentences, sentences, split_at
from tagger.corpus.sentence import Sentence
from tagger.errors import DataError

DELIMITERS = {"\t": "TAB", ",": "commas", ";": "semicolons"}  # of two that fit, the first is meant
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
    body = read_rows(source.lines, path)
    first = next(body, None)
    header = first[2] if first else None
    if header is None:
        raise DataError(f"{path}:1: expected a header that names the columns, got an empty line or file")
    if source.notes:
        source.notes.header = header

    def index(column: Column) -> int:
        try:
            return header.index(column) if isinstance(column, str) else range(len(header))[column]
        except (ValueError, IndexError):
            raise DataError(f"{path}:1: there is no column {column!r}; the header has {', '.join(header)}") from None

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
        n_cells=len(header),
    )


def parted_header(line: str) -> tuple[str, list[str]]:
    """What parts the cells of a header, and the cells: the sign that parts it into most."""
    return max(((sign, _cells(line, sign)) for sign in DELIMITERS), key=lambda parted: len(parted[1]))


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def read_rows(lines: Iterable[str], path: str) -> Rows:
    """The rows of a table, the header first; a row of blank cells is a break.

    Raises:
        DataError: names the line that is not CSV.
    """
    lines = iter(lines)
    first = next(lines, "")
    delimiter, _ = parted_header(first)
    whole = (f"{line}\n" for line in itertools.chain([first], lines))
    reader = csv.reader(whole, delimiter=delimiter, strict=True)
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise DataError(f"{path}:{number}: not a row of CSV: {error}") from None
        if cells is None:
            return
        is_blank = not "".join(cells).strip(" \t")  # spreadsheets write a blank row as ,,
        yield None if is_blank else (number, delimiter.join(cells), cells, None)


def write_rows(sentences: Iterable[Sentence]) -> Iterator[str]:
    """The header, then the rows of each sentence: its number in the first column, its tokens and their tags.

    Raises:
        DataError: a token or tag holds a lone CR, which a reader takes for a line end.
    """
    yield HEADER
    for number, sentence in enumerate(sentences, 1):
        text = io.StringIO()
        rows = zip(sentence.tokens, sentence.tags or (), strict=True)
        csv.writer(text, lineterminator="\n").writerows((number, token, tag) for token, tag in rows)
        if "\r" in text.getvalue():
            odd = next(cell for cell in (*sentence.tokens, *(sentence.tags or ())) if "\r" in cell)
            raise DataError(f"{sentence.place}: a table cannot say {odd!r}", SAID_BY_JSONL)
        yield text.getvalue()


def _recognises(line: str) -> bool:
    """Whether a line is nothing but names parted by commas or semicolons."""
    _, header = parted_header(line)
    return len(set(header)) == len(header) > 1 and all(map(NAME.fullmatch, header))


def _left_out(lines: Iterator[str], layout: Layout) -> list[str]:
    _, header = parted_header(next(lines, ""))
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
    surplus_advice="Is there a cell with a comma in it? Quote it.",
)
