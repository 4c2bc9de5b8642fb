"""Sentences from rows of cells: the part that column files, tables and CoNLL-U share."""

import re
from collections.abc import Iterator, Sequence

from tagger.corpus.cell_pickers import CellPicker, CellPickers, parse_number, too_few_cells
from tagger.corpus.counted import counted
from tagger.corpus.formats import Source
from tagger.corpus.layout import Row, Rows
from tagger.corpus.sentence import Sentence
from tagger.errors import DataError

PIECE = re.compile(r"[^ \t\n]+")  # token in a cell that holds a sentence; other white space is part of it


def sentences_of_tokens(rows: Rows, pickers: CellPickers, source: Source) -> Iterator[Sentence]:
    """Yield the sentences of rows that hold one token each.

    Raises:
        DataError: names the line where a picked cell is missing, a token or tag is empty, a number is invalid, or a
            sentence has no group or several.
    """
    comments: list[Row] = []  # comments before the next sentence, and blank lines after them
    n_documents, document = 0, "document 0"  # rows before the first mark
    for first in rows:
        if first is None:
            if comments:
                comments.append((comments[-1][0] + 1, "", None, None))
            continue
        block = [first, *iter(rows.__next__, None)]
        if pickers.by_document:
            for name in (name for _, _, _, name in block if name is not None):
                n_documents += 1
                document = name or f"document {n_documents}"
        cells = [cells for _, _, cells, _ in block if cells is not None]
        if cells:
            sentence = _sentence([*comments, *block] if comments else block, cells, pickers, source, document)
            if sentence is not None:
                yield sentence
            comments = []
        elif source.keep_rows:
            comments += [*block, (block[-1][0] + 1, "", None, None)]


def sentences_of_rows(rows: Rows, pickers: CellPickers, source: Source) -> Iterator[Sentence]:
    """Yield the sentence of each row; spaces delimit the tokens, tags, numbers and values in its cells.

    The cell of the group is not split.

    Raises:
        DataError: names the line where a picked cell is missing, counts differ, or a number is invalid.
    """
    for row in filter(None, rows):
        if row[2]:
            _note_surplus([row], [row[2]], pickers, source)
            try:
                sentence = _sentence_of_row(row, row[2], pickers, source)
            except DataError as error:
                source.skip_row(row[0], error)
                continue
            if sentence is not None:
                yield sentence


def _sentence_of_row(row: Row, cells: list[str], pickers: CellPickers, source: Source) -> Sentence | None:
    number, line, _, _ = row
    location = f"{source.path}:{number}"
    try:
        tokens = PIECE.findall(pickers.token(cells))
        tags = PIECE.findall(pickers.tag(cells)) if pickers.tag else None
        numeric = [(name, PIECE.findall(pick(cells))) for name, pick in pickers.numeric]
        columns = [(name, PIECE.findall(pick(cells))) for name, pick in pickers.columns]
        if pickers.group:
            pickers.group[1](cells)
    except IndexError:
        raise too_few_cells(cells, line, pickers, location) from None
    for pieces, noun, where in (
        (tags, "tag", ""),
        *((texts, "number", f" in column {name}") for name, texts in numeric),
        *((values, "value", f" in column {name}") for name, values in columns),
    ):
        if pieces is not None and len(pieces) != len(tokens):
            counts = f"{counted(len(tokens), 'token')}, but {counted(len(pieces), noun)}{where}"
            raise DataError(f"{location}: {counts}: {line[:80]!r}")
    if not tokens:
        return None
    decimal = source.layout.decimal
    numbers = [[parse_number(text, name, location, decimal) for text in texts] for name, texts in numeric]
    return Sentence(
        tokens=tuple(tokens),
        tags=None if tags is None else tuple(tags),
        numbers=tuple(zip(*numbers, strict=True)) if numbers else None,
        columns=tuple(zip(*(values for _, values in columns), strict=True)) if columns else None,
        group=_group([row], pickers, source.path),
        path=source.path,
        line=number,
    )


def split_on_change(rows: Rows, pick: CellPicker) -> Rows:
    """Insert a sentence break wherever the picked cell changes; an empty cell repeats the one above it."""
    before = None
    for row in rows:
        if row is not None and row[2] is not None:
            try:
                value = pick(row[2])
            except IndexError:
                value = ""  # too few cells: reported, with the line, when the token is picked
            if before is None:
                before = value
            elif value.strip() and value != before:
                yield None
                before = value
        yield row


def leading_rows(rows: Rows) -> Rows:
    """Take rows up to and including the first one with cells."""
    for row in rows:
        yield row
        if row is not None and row[2] is not None:
            return


def _sentence(
    block: list[Row], cells: list[list[str]], pickers: CellPickers, source: Source, document: str
) -> Sentence | None:
    """The sentence of a block of rows; None if all its rows are skipped.

    `cells` are the cells of the rows with tokens.
    """
    _note_surplus(block, cells, pickers, source)
    steps = _tokens_and_tags(cells, pickers)
    if steps is None:
        block, steps = _steps(block, pickers, source)
    tokens, tags, numbers, columns = steps
    if not tokens:
        return None
    lines: Sequence[int] = range(block[0][0], block[-1][0] + 1)
    if not len(tokens) == len(block) == len(lines):
        lines = [number for number, _, cells, _ in block if cells]
    return Sentence(
        tokens=tuple(tokens),
        tags=tuple(tags) if pickers.tag else None,
        numbers=tuple(numbers) if pickers.numeric else None,
        columns=tuple(columns) if pickers.columns else None,
        group=document if pickers.by_document else _group(block, pickers, source.path),
        rows=tuple((line, None if cells == [] else cells is not None) for _, line, cells, _ in block)
        if source.keep_rows
        else None,
        path=source.path,
        line=lines[0],
        token_lines=lines,
    )


def _note_surplus(block: list[Row], cells: list[list[str]], pickers: CellPickers, source: Source) -> None:
    if source.notes and pickers.n_cells and max(map(len, cells)) > pickers.n_cells:
        source.notes.note_surplus(block, pickers.n_cells)


Steps = tuple[list[str], list[str], list[tuple[float, ...]], list[tuple[str, ...]]]  # tokens, tags, numbers, columns


def _tokens_and_tags(cells: list[list[str]], pickers: CellPickers) -> Steps | None:
    """The fast path for millions of rows; None if a row is bad, or more than tokens and tags is read."""
    if pickers.numeric or pickers.columns or pickers.group:
        return None
    try:
        tokens = [*map(pickers.token, cells)]
        tags = [tag.strip(" ") for tag in map(pickers.tag, cells)] if pickers.tag else []
    except IndexError:
        return None
    return None if "" in tokens or "" in tags else (tokens, tags, [], [])


def _steps(block: list[Row], pickers: CellPickers, source: Source) -> tuple[list[Row], Steps]:
    """Read row by row, so that an error names its line. Skipped rows have no cells in the returned block."""
    kept: list[Row] = []
    steps: Steps = ([], [], [], [])
    for number, line, cells, name in block:
        if cells:
            try:
                step = _step(cells, line, pickers, f"{source.path}:{number}", source.layout.decimal)
            except DataError as error:
                source.skip_row(number, error)
                cells = []
            else:
                for values, value in zip(steps, step, strict=True):
                    values.append(value)  # type: ignore[attr-defined]
        kept.append((number, line, cells, name))
    return kept, steps


def _step(
    cells: list[str], line: str, pickers: CellPickers, location: str, decimal: str
) -> tuple[str, str, tuple[float, ...], tuple[str, ...]]:
    """The token, tag, numbers and further values of a row."""
    try:
        token = pickers.token(cells)
        tag = pickers.tag(cells).strip(" ") if pickers.tag else None
        texts = [(name, pick(cells)) for name, pick in pickers.numeric]
        columns = tuple(pick(cells) for _, pick in pickers.columns)
        if pickers.group:
            pickers.group[1](cells)
    except IndexError:
        raise too_few_cells(cells, line, pickers, location) from None
    numbers = tuple(parse_number(text, name, location, decimal) for name, text in texts)
    if not token:
        raise DataError(f"{location}: the token is empty: {line[:80]!r}")
    if tag == "":
        raise DataError(f"{location}: the tag is empty: {line[:80]!r}")
    return token, tag or "", numbers, columns


def _group(block: list[Row], pickers: CellPickers, path: str) -> str:
    """The group of a sentence; empty if none was requested."""
    if pickers.group is None:
        return ""
    name, pick = pickers.group
    group, first = "", 0
    for number, _, cells, _ in block:
        if not cells:
            continue
        first = first or number
        value = pick(cells)
        if not value.strip() or value == "_":
            continue
        if value != (group := group or value):
            raise DataError(f"{path}:{number}: column {name}: the sentence has two groups, {group!r} and {value!r}")
    if not group:
        raise DataError(
            f"{path}:{first}: column {name}: the sentence has no group",
            "set data.group in the config to another column",
        )
    return group
