"""Files to sentences."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO

from tagger.corpus import columns, conllu, table
from tagger.corpus.layout import Column, Format, Layout
from tagger.corpus.lines import read_lines, source_name
from tagger.corpus.rows import Choice, Choose, Rows, sentences
from tagger.corpus.sentence import Sentence
from tagger.errors import DataError


def read_sentences(
    source: Path | BinaryIO, layout: Layout = Layout(), *, tagged: bool = True, keep_rows: bool = False
) -> Iterator[Sentence]:
    """The sentences of a file or stream, one by one as they come.

    Args:
        source: a path, or a binary stream.
        layout: which columns of which format.
        tagged: whether tags are read; without, a file needs none.
        keep_rows: whether sentences keep the file's own lines, for a writer that gives them back.

    Raises:
        DataError: the file cannot be read; names file and line.
    """
    path = source_name(source)
    lines = read_lines(source, encoding=layout.encoding)
    if layout.format == "auto":
        ahead: list[str] = []
        layout = replace(layout, format=_guess_format(_kept(lines, ahead), path))
        lines = itertools.chain(ahead, lines)
    match layout.format:
        case "conllu":
            rows, choice = conllu.read_rows(lines, path), _conllu_choice(layout, tagged)
        case "csv":
            rows, choice = _table(lines, layout, tagged, path)
        case _:
            rows, choice = _columns(lines, layout, tagged)
    yield from sentences(rows, choice, path, keep_rows=keep_rows)


def resolve_format(path: Path, layout: Layout) -> Layout:
    """The layout with `auto` decided by a file's name and first lines.

    Raises:
        DataError: the file cannot be read.
    """
    if layout.format != "auto":
        return layout
    return replace(layout, format=_guess_format(read_lines(path, encoding=layout.encoding), str(path)))


def _guess_format(lines: Iterable[str], path: str) -> Format:
    """CSV goes by the file's name; ten columns of which the first is a word id are CoNLL-U; all else is columns."""
    if path.lower().endswith(".csv"):
        return "csv"
    for line in lines:
        cells = line.split("\t")
        if len(cells) == 10 and (cells[0].isdecimal() or conllu.NO_WORD.fullmatch(cells[0])):
            return "conllu"
        if line.strip(" \t") and not line.startswith("#"):
            break
    return "columns"


def _kept(lines: Iterable[str], ahead: list[str]) -> Iterator[str]:
    """The lines, of which those that are taken are kept for who reads on: a stream may be slow."""
    for line in lines:
        ahead.append(line)
        yield line


def _conllu_choice(layout: Layout, tagged: bool) -> Choice:
    return Choice(
        token=conllu.chooser("form" if layout.token is None else layout.token),
        tag=conllu.chooser("upos" if layout.tag is None else layout.tag) if tagged else None,
        numeric=tuple((str(name), conllu.chooser(name)) for name in layout.numeric),
        width=10,
    )


def _columns(lines: Iterable[str], layout: Layout, tagged: bool) -> tuple[Rows, Choice]:
    rows = columns.read_rows(lines, comments=layout.comments)
    # The first row says how many columns there are, and so which is the last.
    ahead = list(_up_to_first_cells(rows))
    first = ahead[-1].cells if ahead and ahead[-1] else None
    n_columns = len(first or ())
    token = columns.index(0 if layout.token is None else layout.token, n_columns)
    tag = columns.index(max(1, n_columns - 1) if layout.tag is None else layout.tag, n_columns) if tagged else None
    numeric = [columns.index(column, n_columns) for column in layout.numeric]
    choice = Choice(
        token=itemgetter(token),
        tag=None if tag is None else itemgetter(tag),
        numeric=tuple((str(name), itemgetter(column)) for name, column in zip(layout.numeric, numeric, strict=True)),
        width=1 + max(column for column in (token, tag, *numeric) if column is not None),
    )
    return itertools.chain(ahead, rows), choice


def _up_to_first_cells(rows: Rows) -> Rows:
    for row in rows:
        yield row
        if row is not None and row.cells is not None:
            return


def _table(lines: Iterable[str], layout: Layout, tagged: bool, path: str) -> tuple[Rows, Choice]:
    header, rows = table.read_table(lines, path)

    def chooser(column: Column) -> Choose:
        return table.chooser(header, column, path)

    if layout.sentence is not None:
        rows = table.split_at(rows, chooser(layout.sentence))
    choice = Choice(
        token=chooser(0 if layout.token is None else layout.token),
        tag=chooser(max(1, len(header) - 1) if layout.tag is None else layout.tag) if tagged else None,
        numeric=tuple((str(column), chooser(column)) for column in layout.numeric),
        width=len(header),
    )
    return rows, choice


def read_tagged(path: Path, layout: Layout) -> list[Sentence]:
    """All sentences of a tagged file.

    Raises:
        DataError: as `read_sentences`; also where there is no sentence, or no word has a tag but `_`.
    """
    layout = resolve_format(path, layout)
    found = list(read_sentences(path, layout))
    if not found:
        raise DataError(f"{path}: no sentence found", "is it empty, or all comments?")
    if all(set(sentence.tags or ()) == {"_"} for sentence in found):
        tag: Column = ("upos" if layout.format == "conllu" else "of tags") if layout.tag is None else layout.tag
        where = "has that key" if layout.format == "conllu" and conllu.is_key(tag) else "is tagged"
        raise DataError(
            f"{path}: column {tag}: all {sum(map(len, found))} tags are `_`: no word {where}",
            "another column may be meant: data.tag in the config says which",
        )
    return found
