"""CSV tables with a header: one token, measurement or sentence per row.

They are read by the standard library's csv, not by pandas: sentences are available while the file is still being read,
an error names its line, a token `NA` or `null` stays a token, and prediction needs no further package.
"""

import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator
from operator import itemgetter

from tagger.corpus.answer_columns import is_per_token, named_location, refuse_answers_as_inputs, requested_answers
from tagger.corpus.cell_pickers import CellPicker, CellPickers, LabelPicker, TagPicker
from tagger.corpus.column_names import did_you_mean, listed, no_header_hint
from tagger.corpus.csv_records import hides_rows, records
from tagger.corpus.formats import FileFormat, Source, other_columns
from tagger.corpus.layout import JSONL_HINT, AnswerColumn, Column, Layout, Rows
from tagger.corpus.rows import sentences_of_tokens, split_on_change
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentence_rows import sentences_of_rows
from tagger.errors import DataError

DELIMITERS = {"\t": "TAB", ",": "commas", ";": "semicolons"}  # preferred ones first
BAR = "|"  # the delimiter if the header has none of these
SEP_LINE = re.compile(r'"?sep=(\\t|\t|[^\w\s"])"?', re.IGNORECASE)  # the first line of a table written by Excel
HEADER = "sentence,token,tag\n"
NAME = re.compile(r"[^\W\d]\w*")  # a column's name, in a file whose suffix is not that of a table


def read(source: Source) -> Iterator[Sentence]:
    """Read the sentences of a table; a row is a token, or a whole sentence.

    Raises:
        DataError: as for `open_table`; a row lacks a cell, or a token or tag is empty.
        ConfigError: the column of tags is also an input.
    """
    rows, pickers = open_table(source)
    if source.layout.per_row == "sentence":
        return sentences_of_rows(rows, pickers, source)
    return sentences_of_tokens(rows, pickers, source)


def open_table(source: Source) -> tuple[Rows, CellPickers]:
    """Read the header of a table and return its rows, with pickers for the columns of the layout.

    The default columns are those named token, tag and sentence, as in tables that `write_rows` writes.

    Raises:
        DataError: there is no header, it lacks a column, or a row is not CSV; names the line.
        ConfigError: the column of tags is also an input.
    """
    layout, path, tagged = source.layout, source.path, source.tagged
    source.end_sentence()
    delimiter, number, lines = detect_delimiter(source.lines)
    body = read_rows(lines, delimiter, number, source)
    line, text, names, _ = next(body, None) or (1, "", None, None)
    if not names:
        raise DataError(f"{path}:{line}: expected a header that names the columns, got an empty line or file")
    header = names
    positions = {name: i for i, name in reversed([*enumerate(header)])}
    if source.notes:
        source.notes.header = header

    def index(column: Column, answer: AnswerColumn | None = None) -> int:
        try:
            return positions[column] if isinstance(column, str) else range(len(header))[column]
        except (KeyError, IndexError):
            meant = did_you_mean(column, header)
            location = named_location(f"{path}:{line}", answer)
            problem = f"{location}: there is no column {column!r}; the header has {listed(header)}{meant}"
            hint = None if len(header) > 1 else _one_column_hint(text)
            if isinstance(column, str) and "\t" in text and not meant:  # without a header, it is a column file
                hint = no_header_hint(column, layout, len(header), answer)
            raise DataError(problem, hint) from None

    def picker(column: Column) -> CellPicker:
        return itemgetter(index(column))

    def answer_picker(answer: AnswerColumn) -> CellPicker:
        return itemgetter(index(0 if answer.column is None else answer.column, answer))

    def default(name: str, position: int) -> Column:
        return name if name in header else position

    token = default("token", 0) if layout.token is None else layout.token
    answers = requested_answers(layout, default("tag", max(1, len(header) - 1)), tagged=tagged)
    tags = tuple(TagPicker(answer, answer_picker(answer)) for answer in answers if is_per_token(answer))
    labels = tuple(LabelPicker(answer, pick=answer_picker(answer)) for answer in answers if not is_per_token(answer))
    refuse_answers_as_inputs(layout, path, token=token, answers=answers, identify=index)

    if layout.sentence is not None:
        body = split_on_change(body, picker(layout.sentence))
    elif {"sentence", "token"} <= set(header):
        body = split_on_change(body, picker("sentence"))
    return body, CellPickers(
        token=picker(token),
        tags=tags,
        numeric=tuple((str(column), picker(column)) for column in layout.numeric),
        columns=tuple((str(column), picker(column)) for column in layout.columns),
        group=None if layout.group is None else (str(layout.group), picker(layout.group)),
        labels=labels,
        width=len(header),
        header=tuple(header),
        row_delimiter=delimiter,
    )


def detect_delimiter(lines: Iterable[str]) -> tuple[str, int, Iterator[str]]:
    """Detect the delimiter of a table: that of a first line such as `sep=;`, else the one that gives most names.

    Returns:
        The delimiter, the number of the header's line, and the lines from the header on.
    """
    lines = iter(lines)
    first = next(lines, "")
    if sep := SEP_LINE.fullmatch(first):
        return "\t" if sep[1] == "\\t" else sep[1], 2, lines
    delimiter, cells = _split_header(first)
    return BAR if len(cells) < 2 and BAR in first else delimiter, 1, itertools.chain([first], lines)


def _split_header(line: str) -> tuple[str, list[str]]:
    """The delimiter that splits a header into most cells, and these cells."""
    return max(((delimiter, _cells(line, delimiter)) for delimiter in DELIMITERS), key=lambda split: len(split[1]))


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _one_column_hint(header: str) -> str:
    if " " in header:
        return 'are cells delimited by spaces? data.format = "columns" reads them'
    return "a table is delimited by TAB, commas, semicolons or |; a first line such as sep=: sets another delimiter"


def read_rows(lines: Iterable[str], delimiter: str, number: int, source: Source) -> Rows:
    """Read the rows of a table, the header first; a row of blank cells ends a sentence.

    Args:
        lines: the lines from the header on.
        delimiter: delimiter of their cells.
        number: number of the header's line.
        source: the file; if it keeps rows, the lines of a row are as in the file, else its cells joined.

    Raises:
        DataError: a row is not CSV, has more cells than the header, or a quotation mark that hides rows; names the
            line.
    """
    width = 0
    for record, cells in records(lines, delimiter):
        if isinstance(cells, csv.Error) or "".join(cells).strip(" \t"):
            if len(record) > 1 or isinstance(cells, csv.Error) or len(cells) != width or delimiter == "\t":
                cells = _check_record(record, cells, number, width, delimiter, source)
            width = width or len(cells)
            line = "\n".join(record) if source.keep_rows else delimiter.join(cells or record)
            yield number, line, cells, None
        else:  # spreadsheets write a blank row as ,,
            yield None
        number += len(record)


def _check_record(
    record: list[str], cells: list[str] | csv.Error, number: int, width: int, delimiter: str, source: Source
) -> list[str]:
    """Check an unusual record, and return its cells, or none if it is skipped; `width` is 0 for the header.

    Raises:
        DataError: the record cannot be read.
    """
    location, line = f"{source.path}:{number}", record[0]
    is_by_tab, per_row = delimiter == "\t", source.layout.per_row
    if isinstance(cells, csv.Error):
        is_token = hides_rows(record, 0, width, delimiter)
        error = DataError(
            f"{location}: not a row of CSV: {cells}", _quote_hint(delimiter, per_row) if is_token else None
        )
        if len(record) > 1 or not width:
            raise error
    elif hides_rows(record, len(cells), width, delimiter) and (
        per_row == "token" or is_by_tab or '"' in line.split(delimiter)  # else a text of several lines, with commas
    ):
        end = f"to line {number + len(record) - 1}" if len(record) > 1 else "after a delimiter"
        problem = f"a quotation mark starts a cell that continues {end}: {line[:80]!r}"
        raise DataError(f"{location}: {problem}", _quote_hint(delimiter, per_row))
    elif width and any(map(str.strip, cells[width:])):
        name = DELIMITERS.get(delimiter, repr(delimiter)).removesuffix("s")
        alone = 3 * delimiter  # a delimiter that is a token
        quote = f"""sed 's/{alone}/{delimiter}"{delimiter}"{delimiter}/' OLD >NEW"""
        hint = quote.replace("\t", "\\t") if alone in line and len(cells) == width + 1 else None
        error = DataError(f"{location}: {len(cells)} cells, the header has {width}: is a {name} not quoted?", hint)
    else:
        if source.notes and (len(record) > 1 or (is_by_tab and any("\t" in cell for cell in cells))):
            source.notes.broken.add(number, "\n".join(record))
        return cells
    source.skip_row(number, error)
    return []


def _quote_hint(delimiter: str, per_row: str) -> str:
    """Hint for a table whose quotation marks are tokens."""
    if delimiter == "\t" and per_row == "token":
        return 'is the mark a token? data.format = "columns" reads it unchanged'
    cell = f"[^{delimiter}]*".replace("\t", "\\t")
    return f"""is the mark a token, and no cell quoted? sed 's/"/""/g; s/{cell}""{cell}/"&"/g' OLD >NEW"""


def write_rows(sentences: Iterable[Sentence]) -> Iterator[str]:
    """Write a header, then a row per token: number of the sentence, token, tag.

    Raises:
        DataError: a token or tag holds a CR, which would be read as a line end.
    """
    yield HEADER
    for number, sentence in enumerate(sentences, 1):
        text = io.StringIO()
        rows = list(zip(sentence.tokens, sentence.tags or (), strict=True))
        for token, tag in rows:
            if "\r" in token + tag:
                problem = f"a table cannot hold {token!r} with the tag {tag!r}"
                raise DataError(f"{sentence.location}: {problem}", JSONL_HINT)
        csv.writer(text, lineterminator="\n").writerows((number, token, tag) for token, tag in rows)
        yield text.getvalue()


def _recognises(line: str) -> bool:
    """Whether a line consists of names delimited by commas or semicolons, or sets the delimiter of a table."""
    _, header = _split_header(line)
    is_header = len(set(header)) == len(header) > 1 and all(map(NAME.fullmatch, header))
    return is_header or bool(SEP_LINE.fullmatch(line))


def _not_converted(lines: Iterator[str], layout: Layout) -> list[str]:
    delimiter, _, lines = detect_delimiter(lines)
    header = _cells(next(lines, ""), delimiter)
    has_sentence = layout.sentence is not None or {"sentence", "token"} <= set(header)
    return other_columns(len(header) - 2 - has_sentence)


FORMAT = FileFormat(
    read=read,
    write=lambda tagged, _: write_rows(tagged),
    suffixes=(".csv",),
    recognises=_recognises,
    keys=frozenset({"token", "tag", "numeric", "columns", "sentence", "per_row", "group", "answers"}),
    mistaken_for=("columns",),
    not_converted=_not_converted,
)
