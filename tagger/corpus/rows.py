"""Sentences from rows of a token each: the part that column files, tables and CoNLL-U share."""

import math
from collections.abc import Iterator, Sequence

from tagger.corpus.answer_columns import answer_noun, arrange
from tagger.corpus.cell_pickers import CellPicker, CellPickers, parse_number, too_few_cells
from tagger.corpus.formats import Source
from tagger.corpus.labels import find_label, require_labels
from tagger.corpus.layout import Layout, Row, Rows
from tagger.corpus.sentence import Sentence
from tagger.errors import DataError

NO_NUMBER = "NaN"  # token of a step whose number is missing, if the token is that number


def sentences_of_tokens(rows: Rows, pickers: CellPickers, source: Source) -> Iterator[Sentence]:
    """Yield the sentences of rows that hold one token each.

    Raises:
        DataError: names the line where a picked cell is missing, a token or tag is empty, a number is invalid, or a
            sentence has no group or label, or several.
    """
    if pickers.labels:
        rows = require_labels(rows, pickers.labels, source.path)
    comments: list[Row] = []  # comments before the next sentence, and blank lines after them
    n_documents, document = 0, "document 0"  # rows before the first mark
    end_sentence = source.end_sentence
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
            end_sentence()
            sentence = _sentence([*comments, *block] if comments else block, cells, pickers, source, document)
            if sentence is not None:
                yield sentence
            comments = []
        elif source.keep_rows:
            comments += [*block, (block[-1][0] + 1, "", None, None)]


def steps_of_rows(rows: Rows, pickers: CellPickers, source: Source) -> Iterator[tuple[Sentence, list[str]] | None]:
    """Yield the step of each row as soon as it is read, a sentence of one token, with its cells; None ends a sentence.

    Raises:
        DataError: as for `sentences_of_tokens`.
    """
    for row in rows:
        source.end_sentence()
        if row is None:
            yield None
        elif row[2] and (step := _sentence([row], [row[2]], pickers, source, "")):
            yield step, row[2]


def split_on_change(rows: Rows, pick: CellPicker) -> Rows:
    """Insert a sentence break wherever the picked cell changes; an empty cell repeats the one above it.

    Comments are part of the sentence that follows them.
    """
    before = None
    held: list[Row | None] = []  # comments and breaks since the last row
    for row in rows:
        if row is None or row[2] is None:
            held.append(row)
            continue
        try:
            value = pick(row[2])
        except IndexError:
            value = ""  # too few cells: reported, with the line, when the token is picked
        if before is None:
            before = value
        elif value.strip() and value != before:
            yield None
            before = value
        yield from held
        held = []
        yield row
    yield from held


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
    note_surplus(block, cells, pickers, source)
    steps = _tokens_and_tags(cells, pickers)
    if steps is None:
        block, steps = _steps(block, pickers, source)
    tokens, tags, numbers, columns = steps
    if not tokens:
        return None
    labels: list[str] = []
    for picker in pickers.labels:
        label = find_label(block, picker, source.path, source.skip_row)
        if label is None:
            return None
        labels.append(label)
    sentence_tags, answers = arrange(source.layout, tags, labels, tagged=source.tagged)
    lines: Sequence[int] = range(block[0][0], block[-1][0] + 1)
    if not len(tokens) == len(block) == len(lines):
        lines = [number for number, _, cells, _ in block if cells]
    return Sentence(
        tokens=tuple(tokens),
        tags=sentence_tags,
        numbers=tuple(numbers) if pickers.numeric else None,
        columns=tuple(columns) if pickers.columns else None,
        group=document if pickers.by_document else group_of(block, pickers, source.path),
        rows=tuple((line, None if cells == [] else cells is not None) for _, line, cells, _ in block)
        if source.keep_rows
        else None,
        row_columns=pickers.header if source.keep_rows else (),
        row_delimiter=pickers.row_delimiter if source.keep_rows else "",
        path=source.path,
        line=lines[0],
        token_lines=lines,
        answers=answers,
    )


def note_surplus(block: list[Row], cells: list[list[str]], pickers: CellPickers, source: Source) -> None:
    """Note the rows of a block with more cells than the first row of the file."""
    if source.notes and pickers.n_cells and max(map(len, cells)) > pickers.n_cells:
        source.notes.note_surplus(block, pickers.n_cells)


# Tokens; for each answer per token, its values; numbers; columns.
Steps = tuple[list[str], list[list[str]], list[tuple[float, ...]], list[tuple[str, ...]]]


def _tokens_and_tags(cells: list[list[str]], pickers: CellPickers) -> Steps | None:
    """The fast path for millions of rows; None if a row is bad, or numbers, columns or groups are read."""
    if pickers.numeric or pickers.columns or pickers.group:
        return None
    try:
        tokens = [*map(pickers.token, cells)]
        tags = [
            [tag.strip(" ") for tag in map(each.pick, cells)] if each.strips else [*map(each.pick, cells)]
            for each in pickers.tags
        ]
        for label in pickers.labels:
            if label.key is None and label.pick:
                [*map(label.pick, cells)]  # a row without the cell is bad
    except IndexError:
        return None
    return None if "" in tokens or any("" in values for values in tags) else (tokens, tags, [], [])


def _steps(block: list[Row], pickers: CellPickers, source: Source) -> tuple[list[Row], Steps]:
    """Read row by row, so that an error names its line. Skipped rows have no cells in the returned block."""
    kept: list[Row] = []
    steps: Steps = ([], [[] for _ in pickers.tags], [], [])
    tokens, tags, numbers, columns = steps
    for number, line, cells, name in block:
        if cells:
            try:
                step = _step(cells, line, pickers, f"{source.path}:{number}", source.layout)
            except DataError as error:
                source.skip_row(number, error)
                cells = []
            else:
                tokens.append(step[0])
                for values, value in zip(tags, step[1], strict=True):
                    values.append(value)
                numbers.append(step[2])
                columns.append(step[3])
        kept.append((number, line, cells, name))
    return kept, steps


def _step(
    cells: list[str], line: str, pickers: CellPickers, location: str, layout: Layout
) -> tuple[str, list[str], tuple[float, ...], tuple[str, ...]]:
    """The token, tags, numbers and further values of a row."""
    try:
        token = pickers.token(cells)
        tags = [each.pick(cells).strip(" ") if each.strips else each.pick(cells) for each in pickers.tags]
        texts = [(name, pick(cells)) for name, pick in pickers.numeric]
        columns = tuple(pick(cells) for _, pick in pickers.columns)
        if pickers.group:
            pickers.group[1](cells)
        for label in pickers.labels:
            if label.pick:
                label.pick(cells)
    except IndexError:
        raise too_few_cells(cells, line, pickers, location) from None
    decimal, may_miss = layout.decimal, layout.missing_numbers
    numbers = tuple(parse_number(text, name, location, decimal, may_miss=may_miss) for name, text in texts)
    if not token and any(map(math.isnan, numbers)):  # the token is one of the numbers
        token = NO_NUMBER
    if not token:
        raise DataError(f"{location}: the token is empty: {line[:80]!r}")
    for each, tag in zip(pickers.tags, tags, strict=True):
        if not tag:
            raise DataError(f"{location}: the {answer_noun(each.answer)} is empty: {line[:80]!r}")
    return token, tags, numbers, columns


def group_of(block: list[Row], pickers: CellPickers, path: str) -> str:
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
