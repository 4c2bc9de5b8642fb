"""Files to sentences."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace
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
        ahead = list(itertools.islice(lines, 100))
        layout = replace(layout, format=_guess_format(ahead, path))
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
    first_lines = itertools.islice(read_lines(path, encoding=layout.encoding), 100)
    return replace(layout, format=_guess_format(first_lines, str(path)))


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
    token: Column = 0 if layout.token is None else layout.token
    tag: Column = max(1, len(first or ()) - 1) if layout.tag is None else layout.tag
    chosen = [token, *([tag] if tagged else []), *layout.numeric]
    choice = Choice(
        token=columns.chooser(token),
        tag=columns.chooser(tag) if tagged else None,
        numeric=tuple((str(column), columns.chooser(column)) for column in layout.numeric),
        width=max(column + 1 if column >= 0 else -column for column in chosen if isinstance(column, int)),
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
        tag=chooser(-1 if layout.tag is None else layout.tag) if tagged else None,
        numeric=tuple((str(column), chooser(column)) for column in layout.numeric),
        width=len(header),
    )
    return rows, choice


def read_tagged(path: Path, layout: Layout) -> list[Sentence]:
    """All sentences of a tagged file.

    Raises:
        DataError: as `read_sentences`; also where there is no sentence, or no word has a tag but `_`.
    """
    found = list(read_sentences(path, layout))
    if not found:
        raise DataError(f"{path}: no sentence found", "is it empty, or all comments?")
    tag = "upos" if layout.tag is None else layout.tag
    if all(set(sentence.tags or ()) == {"_"} for sentence in found):
        where = "has that key" if conllu.is_key(tag) and layout.tag is not None else "is tagged"
        raise DataError(
            f"{path}: column {tag}: all {sum(map(len, found))} tags are `_`: no word {where}",
            "choose another column with --set data.tag=…",
        )
    return found
