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
UNUSUAL = re.compile(r"[^;|,]([;|,])[^;|,]")  # delimiters of tables, in a file of columns
DECIMAL_COMMA = re.compile(r"\s*[-+]?\d*,\d+([eE][-+]?\d+)?\s*")


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
        delimiter: of cells in column files; else empty.
    """

    token: Choose
    tag: Choose | None
    numeric: tuple[tuple[str, Choose], ...] = ()
    columns: tuple[tuple[str, Choose], ...] = ()
    group: tuple[str, Choose] | None = None
    by_document: bool = False
    width: int = 0
    n_cells: int = 0
    delimiter: str = ""


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
            sentence = _sentence([*comments, *block] if comments else block, cells, choice, source, document)
            if sentence is not None:
                yield sentence
            comments = []
        elif source.keep_rows:
            comments += [*block, (block[-1][0] + 1, "", None, None)]


def joined_sentences(rows: Rows, choice: Choice, source: Source) -> Iterator[Sentence]:
    """A sentence of each row, in whose chosen cells tokens, tags, numbers and symbols are delimited by spaces.

    A group is the whole cell.

    Raises:
        DataError: names the line where a chosen cell is missing, counts differ, or a number is none.
    """
    for row in filter(None, rows):
        if row[2]:
            _note_surplus([row], [row[2]], choice, source)
            try:
                sentence = _joined_sentence(row, row[2], choice, source)
            except DataError as error:
                source.leave_out(row[0], error)
                continue
            if sentence is not None:
                yield sentence


def _joined_sentence(row: Row, cells: list[str], choice: Choice, source: Source) -> Sentence | None:
    number, line, _, _ = row
    place = f"{source.path}:{number}"
    try:
        token = choice.token(cells)
        tag = choice.tag(cells) if choice.tag else None
        numeric = [(name, choose(cells)) for name, choose in choice.numeric]
        symbols = [(name, PIECE.findall(choose(cells))) for name, choose in choice.columns]
        if choice.group:
            choice.group[1](cells)
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
    if not tokens:
        return None
    decimal = source.layout.decimal
    steps = zip(*([_number(text, name, place, decimal) for text in texts] for name, texts in numbers), strict=True)
    return Sentence(
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


def _sentence(
    block: list[Row], cells: list[list[str]], choice: Choice, source: Source, document: str
) -> Sentence | None:
    """The sentence of some rows, of which each that is a token's has cells; None where all are left out."""
    _note_surplus(block, cells, choice, source)
    steps = _words(cells, choice)
    if steps is None:
        block, steps = _steps(block, choice, source)
    tokens, tags, numbers, symbols = steps
    if not tokens:
        return None
    return Sentence(
        tokens=tuple(tokens),
        tags=tuple(tags) if choice.tag else None,
        numbers=tuple(numbers) if choice.numeric else None,
        columns=tuple(symbols) if choice.columns else None,
        group=document if choice.by_document else _group(block, choice, source.path),
        rows=tuple((line, None if cells == [] else cells is not None) for _, line, cells, _ in block)
        if source.keep_rows
        else None,
        path=source.path,
        line=next(number for number, _, cells, _ in block if cells),
    )


def _note_surplus(block: list[Row], cells: list[list[str]], choice: Choice, source: Source) -> None:
    if source.notes and choice.n_cells and max(map(len, cells)) > choice.n_cells:
        source.notes.note_surplus(block, choice.n_cells)


Steps = tuple[list[str], list[str], list[tuple[float, ...]], list[tuple[str, ...]]]  # tokens, tags, numbers, symbols


def _words(cells: list[list[str]], choice: Choice) -> Steps | None:
    """Tokens and tags, all at once, as files have millions; None where something is wrong, or more is to be read."""
    if choice.numeric or choice.columns or choice.group:
        return None
    try:
        tokens = [*map(choice.token, cells)]
        tags = [tag.strip(" ") for tag in map(choice.tag, cells)] if choice.tag else []
    except IndexError:
        return None
    return None if "" in tokens or "" in tags else (tokens, tags, [], [])


def _steps(block: list[Row], choice: Choice, source: Source) -> tuple[list[Row], Steps]:
    """The rows with cells where they can be read, and the values of each step, one by one: an error names its line."""
    kept: list[Row] = []
    steps: Steps = ([], [], [], [])
    for number, line, cells, name in block:
        if cells:
            try:
                step = _step(cells, line, choice, f"{source.path}:{number}", source.layout.decimal)
            except DataError as error:
                source.leave_out(number, error)
                cells = []
            else:
                for values, value in zip(steps, step, strict=True):
                    values.append(value)  # type: ignore[attr-defined]
        kept.append((number, line, cells, name))
    return kept, steps


def _step(
    cells: list[str], line: str, choice: Choice, place: str, decimal: str
) -> tuple[str, str, tuple[float, ...], tuple[str, ...]]:
    """The token, the tag, the numbers and the symbols of a row."""
    try:
        token = choice.token(cells)
        tag = choice.tag(cells).strip(" ") if choice.tag else None
        texts = [(name, choose(cells)) for name, choose in choice.numeric]
        symbols = tuple(choose(cells) for _, choose in choice.columns)
        if choice.group:
            choice.group[1](cells)
    except IndexError:
        raise _too_short(cells, line, choice, place) from None
    numbers = tuple(_number(text, name, place, decimal) for name, text in texts)
    if not token:
        raise DataError(f"{place}: the token is empty: {line[:80]!r}")
    if tag == "":
        raise DataError(f"{place}: the tag is empty: {line[:80]!r}")
    return token, tag or "", numbers, symbols


def _group(block: list[Row], choice: Choice, path: str) -> str:
    """The one value that a sentence's rows have in the column of groups; empty where none was asked for."""
    if choice.group is None:
        return ""
    name, choose = choice.group
    group, first = "", 0
    for number, _, cells, _ in block:
        if not cells:
            continue
        first = first or number
        value = choose(cells)
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
    """The error for a row without a chosen cell; where the delimiter is why, it says so."""
    expected = f"expected {choice.width} column{'s' if choice.width > 1 else ''}, got {len(cells)}: {line[:80]!r}"
    if choice.delimiter == "\t" not in line and " " in line.strip(" "):
        return DataError(f"{place}: no TAB: {expected}", r"all rows alike: sed -E '/\t/!s/ +/\t/g' OLD >NEW")
    if choice.delimiter == " " and line[0] == " " and len(cells) == choice.width - 1:
        return DataError(
            f"{place}: the token is empty or a space: delimit columns by TAB to keep it",
            r"sed -E 's/ ([^ ]+)$/\t\1/' OLD >NEW" if choice.width == 2 else None,
        )
    if choice.delimiter == " " and len(cells) == 1 and (sign := UNUSUAL.search(line)):
        hint = f"are cells delimited by {sign[1]!r}? tr '{sign[1]}' '\\t' <OLD >NEW"
        return DataError(f"{place}: {expected}", hint)
    return DataError(f"{place}: {expected}")


def _number(text: str, column: str, place: str, decimal: str) -> float:
    if decimal != "." and "." in text:
        raise DataError(
            f"{place}: column {column}: expected a number with {decimal!r} before its fraction, got {text!r}"
        )
    try:
        value = float(text.replace(decimal, "."))
    except ValueError:
        got = f"got {text!r}" if text.strip() else "the cell is empty"
        hint = 'is it a decimal comma? data.decimal = "," reads it' if DECIMAL_COMMA.fullmatch(text) else None
        raise DataError(f"{place}: column {column}: expected a number, {got}", hint) from None
    if not abs(value) <= LARGEST:  # nor is NaN
        raise DataError(f"{place}: column {column}: expected a finite number, got {text!r}")
    return value
