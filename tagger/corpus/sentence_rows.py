"""Sentences from rows of a whole sentence each, whose cells hold all tokens and tags, or a text and its label."""

import logging
import re
from collections.abc import Iterator

from tagger.corpus.answer_columns import arrange, reads_texts
from tagger.corpus.cell_pickers import CellPickers, parse_number, too_few_cells
from tagger.corpus.counted import counted
from tagger.corpus.formats import SKIP_HINT, Source
from tagger.corpus.labels import BLANK
from tagger.corpus.layout import Row, Rows
from tagger.corpus.rows import group_of, note_surplus
from tagger.corpus.sentence import Sentence
from tagger.errors import DataError

PIECE = re.compile(r"[^ \t\n]+")  # token in a cell that holds a sentence; other white space is part of it

log = logging.getLogger("tagger")


def sentences_of_rows(rows: Rows, pickers: CellPickers, source: Source) -> Iterator[Sentence]:
    """Yield the sentence of each row; spaces delimit the tokens, tags, numbers and values in its cells.

    The cells of the group and of labels are not split. If labels are all that is read with the tokens, the cell of
    tokens is a text, which is tokenized.

    Raises:
        DataError: names the line where a picked cell is missing, counts differ, a label is empty, or a number is
            invalid.
    """
    is_text, is_warned, end_sentence = reads_texts(source.layout), False, source.end_sentence
    for row in filter(None, rows):
        end_sentence()
        if row[2]:
            note_surplus([row], [row[2]], pickers, source)
            try:
                sentence = _sentence_of_row(row, row[2], pickers, source)
            except DataError as error:
                source.skip_row(row[0], error)
                continue
            if sentence is not None:
                if is_text and not is_warned and _has_unspaced_script(sentence):
                    is_warned = True
                    log.warning(
                        "%s: a script without spaces between words: each run of its characters is one token; "
                        "a table with a row per token can have other tokens", sentence.location,
                    )  # fmt: skip
                yield sentence


def _has_unspaced_script(sentence: Sentence) -> bool:
    from tagger.corpus.tokenizer import has_unspaced_script  # other tables do not need the tokenizer

    return has_unspaced_script(" ".join(sentence.tokens))


def _tokens(cell: str, source: Source) -> tuple[list[str], tuple[tuple[int, int], ...] | None]:
    """Tokens in a cell and, if it is a text, their offsets."""
    if not reads_texts(source.layout):
        return PIECE.findall(cell), None
    from tagger.corpus.text import text_sentence

    sentence = text_sentence(cell)
    return [*sentence.tokens], sentence.offsets


def _sentence_of_row(row: Row, cells: list[str], pickers: CellPickers, source: Source) -> Sentence | None:
    number, line, _, _ = row
    location = f"{source.path}:{number}"
    try:
        tokens, offsets = _tokens(pickers.token(cells), source)
        tags = [(each.answer, PIECE.findall(each.pick(cells))) for each in pickers.tags]
        labels = [(label.answer, label.pick(cells).strip()) for label in pickers.labels if label.pick]
        numeric = [(name, PIECE.findall(pick(cells))) for name, pick in pickers.numeric]
        columns = [(name, PIECE.findall(pick(cells))) for name, pick in pickers.columns]
        if pickers.group:
            pickers.group[1](cells)
    except IndexError:
        raise too_few_cells(cells, line, pickers, location) from None
    for pieces, noun, where in (
        *((values, answer.kind, f" of {answer.title}" if answer.title else "") for answer, values in tags),
        *((texts, "number", f" in column {name}") for name, texts in numeric),
        *((values, "value", f" in column {name}") for name, values in columns),
    ):
        if len(pieces) != len(tokens):
            counts = f"{counted(len(tokens), 'token')}, but {counted(len(pieces), noun)}{where}"
            raise DataError(f"{location}: {counts}: {line[:80]!r}")
    if not tokens:
        return None
    for answer, label in labels:
        if label in BLANK:
            problem = f"{location}: {answer.title}: column {answer.column}: the sentence has no label"
            raise DataError(problem, f"set {answer.key} to another column; {SKIP_HINT}")
    decimal, may_miss = source.layout.decimal, source.layout.missing_numbers
    numbers = [
        [parse_number(text, name, location, decimal, may_miss=may_miss) for text in texts] for name, texts in numeric
    ]
    sentence_tags, answers = arrange(
        source.layout, [values for _, values in tags], [label for _, label in labels], tagged=source.tagged
    )
    return Sentence(
        tokens=tuple(tokens),
        tags=sentence_tags,
        numbers=tuple(zip(*numbers, strict=True)) if numbers else None,
        columns=tuple(zip(*(values for _, values in columns), strict=True)) if columns else None,
        group=group_of([row], pickers, source.path),
        offsets=offsets,
        path=source.path,
        line=number,
        answers=answers,
    )
