"""Rows of cells to sentences: what columns, tables and CoNLL-U have in common."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from tagger.corpus.sentence import Sentence
from tagger.errors import DataError

LARGEST = 3.4e38  # that single precision, in which networks compute, can say
PIECE = re.compile(r"[^ \t\n]+")  # of a cell that holds a sentence; other white space is part of a token


class Row(NamedTuple):
    """One line of a file; `cells` is None where the line is no token's (a comment, a range of words)."""

    number: int
    line: str
    cells: list[str] | None


Rows = Iterator[Row | None]  # None: a sentence ends here
Choose = Callable[[list[str]], str]


@dataclass(frozen=True, slots=True)
class Choice:
    """How the cells of a row give its token, tag and numbers.

    A chooser raises IndexError where the row has no such cell; `width` is what it is then told to have.
    """

    token: Choose
    tag: Choose | None
    numeric: tuple[tuple[str, Choose], ...] = ()
    width: int = 0


def sentences(rows: Iterable[Row | None], choice: Choice, path: str, *, keep_rows: bool) -> Iterator[Sentence]:
    """The sentences that rows of one token each make up.

    Raises:
        DataError: names the line where a chosen cell is missing, a token or tag is empty, or a number is none.
    """
    kept: list[Row] = []
    for row in rows:
        if row is not None:
            kept.append(row)
        elif kept:
            yield from _sentence(kept, choice, path, keep_rows)
            kept = []
    if kept:
        yield from _sentence(kept, choice, path, keep_rows)


def joined_sentences(rows: Iterable[Row | None], choice: Choice, path: str) -> Iterator[Sentence]:
    """A sentence of each row, in whose chosen cells tokens, tags and numbers are parted by spaces.

    Raises:
        DataError: names the line where a chosen cell is missing, counts differ, or a number is none.
    """
    for row in rows:
        if row is None or row.cells is None:
            continue
        place = f"{path}:{row.number}"
        try:
            token = choice.token(row.cells)
            tag = choice.tag(row.cells) if choice.tag else None
            numeric = [(name, choose(row.cells)) for name, choose in choice.numeric]
        except IndexError:
            raise _too_short(row.cells, row.line, choice, place) from None
        tokens = PIECE.findall(token)
        tags = None if tag is None else PIECE.findall(tag)
        numbers = [(name, PIECE.findall(text)) for name, text in numeric]
        for what, pieces in (("tags", tags), *((f"numbers in column {name}", texts) for name, texts in numbers)):
            if pieces is not None and len(pieces) != len(tokens):
                raise DataError(f"{place}: {len(tokens)} tokens, but {len(pieces)} {what}: {row.line[:80]!r}")
        if tokens:
            steps = zip(*([_number(text, name, place) for text in texts] for name, texts in numbers), strict=True)
            yield Sentence(
                tokens=tuple(tokens),
                tags=None if tags is None else tuple(tags),
                numbers=tuple(steps) if numbers else None,
                path=path,
                line=row.number,
            )


def split_at(rows: Iterable[Row | None], choose: Choose) -> Rows:
    """The rows, with a break wherever the chosen cell changes; an empty cell says the same as the one above it."""
    before = None
    for row in rows:
        if row is not None and row.cells is not None:
            try:
                value = choose(row.cells)
            except IndexError:
                value = ""  # a row that is too short: told, with its line, where its token is chosen
            if before is None:
                before = value
            elif value.strip() and value != before:
                yield None
                before = value
        yield row


def up_to_first_cells(rows: Rows) -> Rows:
    """The rows up to the first that has cells, which is the last that is taken."""
    for row in rows:
        yield row
        if row is not None and row.cells is not None:
            return


def _sentence(rows: list[Row], choice: Choice, path: str, keep_rows: bool) -> Iterator[Sentence]:
    steps = [(row.number, row.line, row.cells) for row in rows if row.cells is not None]
    if not steps:
        return
    tokens, tags, numbers = [], [], []
    for number, line, cells in steps:
        try:
            token = choice.token(cells)
            tag = choice.tag(cells) if choice.tag else None
            texts = [(name, choose(cells)) for name, choose in choice.numeric]
        except IndexError:
            raise _too_short(cells, line, choice, f"{path}:{number}") from None
        if texts:
            numbers.append(tuple(_number(text, name, f"{path}:{number}") for name, text in texts))
        if not token:
            raise DataError(f"{path}:{number}: the token is empty: {line[:80]!r}")
        tokens.append(token)
        if tag is not None:
            if not tag:
                raise DataError(f"{path}:{number}: the tag is empty: {line[:80]!r}")
            tags.append(tag)
    yield Sentence(
        tokens=tuple(tokens),
        tags=tuple(tags) if choice.tag else None,
        numbers=tuple(numbers) if choice.numeric else None,
        rows=tuple((row.line, row.cells is not None) for row in rows) if keep_rows else None,
        path=path,
        line=steps[0][0],
    )


def _too_short(cells: list[str], line: str, choice: Choice, place: str) -> DataError:
    expected = f"{choice.width} column{'s' if choice.width > 1 else ''}"
    return DataError(f"{place}: expected {expected}, got {len(cells)}: {line[:80]!r}")


def _number(text: str, column: str, place: str) -> float:
    try:
        value = float(text)
    except ValueError:
        found = f"got {text!r}" if text.strip() else "the cell is empty"
        raise DataError(f"{place}: column {column}: expected a number, {found}") from None
    if not abs(value) <= LARGEST:  # nor is NaN
        raise DataError(f"{place}: column {column}: expected a finite number, got {text!r}")
    return value
