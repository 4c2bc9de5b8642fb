"""Reader of the steps that `tagger predict --stream` tags, each as soon as its line is complete."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO, NamedTuple

from tagger.corpus.chunks import read_chunks, source_name
from tagger.corpus.file_notes import FileNotes
from tagger.corpus.formats import Source, format_of
from tagger.corpus.formats.columns import open_rows
from tagger.corpus.formats.csv import detect_delimiter, open_table
from tagger.corpus.layout import Column, Layout, check_layout, with_columns
from tagger.corpus.lines import Lines
from tagger.corpus.rows import steps_of_rows
from tagger.corpus.sentence import Sentence
from tagger.errors import DataError
from tagger.tagging.input import InputOptions


class StepRow(NamedTuple):
    """A row of the input.

    Args:
        step: the step, a sentence of one token.
        cells: all cells of the row.
        series: value of the column that names the series; empty without one.
    """

    step: Sentence
    cells: list[str]
    series: str


@dataclass(frozen=True, slots=True)
class StepTable:
    """A stream of steps.

    Args:
        path: name of the stream, for messages.
        header: names of the columns; empty if the file does not name them.
        has_series: whether a column names the series; else blank lines separate them.
        rows: the rows as they come; None where a series ends.
        line: formats cells as a line of the file.
    """

    path: str
    header: Sequence[str]
    has_series: bool
    rows: Iterator[StepRow | None]
    line: Callable[[Sequence[str]], str]


def read_steps(source: BinaryIO, trained_on: Layout, options: InputOptions) -> StepTable:
    """Read the first line of a stream, and return its rows, which are read as they come.

    Args:
        source: the stream.
        trained_on: layout of the files that the tagger was trained on.
        options: format, columns and encoding.

    Raises:
        DataError: the input cannot be read, also when rows are taken; names the line.
    """
    path, layout = source_name(source), step_layout(trained_on, options)
    encoding = options.encoding or ("utf-8" if layout.encoding == "auto" else layout.encoding)
    lines = Lines(read_chunks(source), path, encoding=encoding, max_tokens=options.max_tokens)
    check_layout(layout, format_of(layout).keys, path)
    notes = FileNotes()
    notes.path, notes.layout = path, layout
    rows_source = Source(lines, layout, path, tagged=False, notes=notes)
    if layout.format == "csv":
        delimiter, _, _ = detect_delimiter(lines.first(1))
        rows, pickers = open_table(rows_source)
        line = _csv_line(delimiter)
    else:
        rows, pickers = open_rows(rows_source)
        line = _columns_line
    header = tuple(notes.header or ())
    series = layout.sentence
    if series is None and layout.format == "csv" and {"sentence", "token"} <= {*header}:
        series = "sentence"  # as `open_table` reads it
    steps = steps_of_rows(rows, pickers, rows_source)
    return StepTable(path, header, series is not None, _with_series(steps, series, header), line)


def step_layout(trained_on: Layout, options: InputOptions) -> Layout:
    """The layout of a stream: that of train, if a line of it is a step; else a token per line.

    Raises:
        DataError: the tagger reads columns that such a stream does not have.
    """
    reads_rows = trained_on.format in ("csv", "columns") and trained_on.per_row == "token"
    if options.format == "auto":
        if not reads_rows and (trained_on.numeric or trained_on.columns):
            raise DataError(
                f"this tagger reads columns of {trained_on.format} files, which --stream does not read",
                "--input-format csv reads a table with these columns and a header",
            )
        layout = trained_on if reads_rows else Layout(format="columns", token=0)
    elif options.format in ("csv", "columns"):
        columns = trained_on if trained_on.format == options.format else replace(trained_on, token=None, sentence=None)
        layout = replace(columns, format=options.format, per_row="token")
    else:
        raise DataError(f"--stream reads a step per line, not {options.format}", "--input-format csv, or columns")
    layout = replace(layout, answers=(), tag=None, map=(), group=None, max_tokens=options.max_tokens)
    return with_columns(layout, Layout(token=options.token, sentence=options.sentence))


def _with_series(
    steps: Iterator[tuple[Sentence, list[str]] | None], column: Column | None, header: Sequence[str]
) -> Iterator[StepRow | None]:
    index = header.index(column) if isinstance(column, str) else column
    series = ""
    for step in steps:
        if step is None:
            yield None
            continue
        if index is not None and (name := step[1][index]).strip():  # an empty cell repeats the one above it
            series = name
        yield StepRow(*step, series)


def _csv_line(delimiter: str) -> Callable[[Sequence[str]], str]:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")

    def line(cells: Sequence[str]) -> str:
        text.seek(0)
        text.truncate()
        writer.writerow(cells)
        return text.getvalue()

    return line


def _columns_line(cells: Sequence[str]) -> str:
    return "\t".join(cells) + "\n"
