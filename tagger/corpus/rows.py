"""Rows of cells to sentences: what columns, tables and CoNLL-U have in common."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tagger.corpus.formats import Source
from tagger.corpus.layout import Row, Rows
from tagger.corpus.sentence import Sentence
from tagger.errors import DataError

LARGEST = 3.4e38  # that single precision, in which networks compute, can say
PIECE = re.compile(r"[^ \t\n]+")  # of a cell that holds a sentence; other white space is part of a token


Choose = Callable[[list[str]], str]


@dataclass(frozen=True, slots=True)
class Choice:
    """How the cells of a row give its token, tag and numbers, and the values of other columns.

    A chooser raises IndexError where the row has no such cell; `width` is what it is then told to have.

    Args:
        token: of a step.
        tag: of a step; None where none is read.
        numeric: with their names in messages.
        columns: with their names; their values enter as symbols.
        group: with its name; of which a sentence has one value, an empty cell or `_` says nothing.
        by_document: whether the marks of documents say the group instead.
        width: columns.
        n_cells: of the file's first row, where other rows may have more; else 0.
    """

    token: Choose
    tag: Choose | None
    numeric: tuple[tuple[str, Choose], ...] = ()
    columns: tuple[tuple[str, Choose], ...] = ()
    group: tuple[str, Choose] | None = None
    by_document: bool = False
    width: int = 0
    n_cells: int = 0


def sentences(rows: Rows, choice: Choice, source: Source) -> Iterator[Sentence]:
    """The sentences that rows of one token each make up.

    Raises:
        DataError: names the line where a chosen cell is missing, a token or tag is empty, a number is none, or a
            sentence is of no group or of several.
    """
    comments: list[Row] = []  # that stand before the next sentence, and blank lines behind them
    n_documents, document = 0, "document 0"  # what stands before the first mark
    for first in rows:
        if first is None:
            if comments:
                comments.append((comments[-1][0] + 1, "", None, None))
            continue
        block = [first, *iter(rows.__next__, None)]
        if choice.by_document:
            for name in (name for _, _, _, name in block if name is not None):
                n_documents += 1
                document = name or f"document {n_documents}"
        cells = [cells for _, _, cells, _ in block if cells is not None]
        if cells:
            yield _sentence([*comments, *block] if comments else block, cells, choice, source, document)
            comments = []
        elif source.keep_rows:
            comments += [*block, (block[-1][0] + 1, "", None, None)]


def joined_sentences(rows: Rows, choice: Choice, source: Source) -> Iterator[Sentence]:
    """A sentence of each row, in whose chosen cells tokens, tags, numbers and symbols are parted by spaces.

    A group is the whole cell.

    Raises:
        DataError: names the line where a chosen cell is missing, counts differ, or a number is none.
    """
    for row in filter(None, rows):
        number, line, cells, _ = row
        if cells is None:
            continue
        _note_surplus([row], [cells], choice, source)
        place = f"{source.path}:{number}"
        try:
            token = choice.token(cells)
            tag = choice.tag(cells) if choice.tag else None
            numeric = [(name, choose(cells)) for name, choose in choice.numeric]
            symbols = [(name, PIECE.findall(choose(cells))) for name, choose in choice.columns]
        except IndexError:
            raise _too_short(cells, line, choice, place) from None
        tokens = PIECE.findall(token)
        tags = None if tag is None else PIECE.findall(tag)
        numbers = [(name, PIECE.findall(text)) for name, text in numeric]
        for what, pieces in (
            ("tags", tags),
            *((f"numbers in column {name}", texts) for name, texts in numbers),
            *((f"values in column {name}", values) for name, values in symbols),
        ):
            if pieces is not None and len(pieces) != len(tokens):
                raise DataError(f"{place}: {len(tokens)} tokens, but {len(pieces)} {what}: {line[:80]!r}")
        if tokens:
            steps = zip(*([_number(text, name, place) for text in texts] for name, texts in numbers), strict=True)
            yield Sentence(
                tokens=tuple(tokens),
                tags=None if tags is None else tuple(tags),
                numbers=tuple(steps) if numbers else None,
                columns=tuple(zip(*(values for _, values in symbols), strict=True)) if symbols else None,
                group=_group([row], choice, source.path),
                path=source.path,
                line=number,
            )


def split_at(rows: Rows, choose: Choose) -> Rows:
    """The rows, with a break wherever the chosen cell changes; an empty cell says the same as the one above it."""
    before = None
    for row in rows:
        if row is not None and row[2] is not None:
            try:
                value = choose(row[2])
            except IndexError:
                value = ""  # a row that is too short: reported, with its line, where its token is chosen
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
        if row is not None and row[2] is not None:
            return


def _sentence(block: list[Row], cells: list[list[str]], choice: Choice, source: Source, document: str) -> Sentence:
    """The sentence of some rows, of which each that is a token's has cells."""
    _note_surplus(block, cells, choice, source)
    tokens, tags, numbers, symbols = _words(cells, choice) or _steps(block, choice, source.path)
    return Sentence(
        tokens=tuple(tokens),
        tags=tuple(tags) if choice.tag else None,
        numbers=tuple(numbers) if choice.numeric else None,
        columns=tuple(symbols) if choice.columns else None,
        group=document if choice.by_document else _group(block, choice, source.path),
        rows=tuple((line, cells is not None) for _, line, cells, _ in block) if source.keep_rows else None,
        path=source.path,
        line=next(number for number, _, cells, _ in block if cells is not None),
    )


def _note_surplus(block: list[Row], cells: list[list[str]], choice: Choice, source: Source) -> None:
    if source.notes and choice.n_cells and max(map(len, cells)) > choice.n_cells:
        source.notes.note_surplus(block, choice.n_cells)


Steps = tuple[list[str], list[str], list[tuple[float, ...]], list[tuple[str, ...]]]  # tokens, tags, numbers, symbols


def _words(cells: list[list[str]], choice: Choice) -> Steps | None:
    """Tokens and tags, all at once, as files have millions; None where something is wrong, or more is to be read."""
    if choice.numeric or choice.columns:
        return None
    try:
        tokens = [*map(choice.token, cells)]
        tags = [tag.strip(" ") for tag in map(choice.tag, cells)] if choice.tag else []
    except IndexError:
        return None
    return None if "" in tokens or "" in tags else (tokens, tags, [], [])


def _steps(block: list[Row], choice: Choice, path: str) -> Steps:
    """The values of each step, one by one: an error names its line."""
    tokens, tags, numbers, symbols = [], [], [], []
    for number, line, cells, _ in block:
        if cells is None:
            continue
        try:
            token = choice.token(cells)
            tag = choice.tag(cells).strip(" ") if choice.tag else None
            texts = [(name, choose(cells)) for name, choose in choice.numeric]
            if choice.columns:
                symbols.append(tuple(choose(cells) for _, choose in choice.columns))
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
    return tokens, tags, numbers, symbols


def _group(block: list[Row], choice: Choice, path: str) -> str:
    """The one value that a sentence's rows have in the column of groups; empty where none was asked for."""
    if choice.group is None:
        return ""
    name, choose = choice.group
    group, first = "", 0
    for number, line, cells, _ in block:
        if cells is None:
            continue
        first = first or number
        try:
            value = choose(cells)
        except IndexError:
            raise _too_short(cells, line, choice, f"{path}:{number}") from None
        if not value.strip() or value == "_":
            continue
        if value != (group := group or value):
            raise DataError(f"{path}:{number}: column {name}: a sentence of the group {group!r} goes on in {value!r}")
    if not group:
        raise DataError(
            f"{path}:{first}: column {name}: nothing says which group the sentence belongs to",
            "another column may be meant: data.group in the config says which",
        )
    return group


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
