"""Tables whose answers are known: their tokens, and whether a row is a token, a sentence or a whole text."""

from dataclasses import replace

from tagger.corpus.answer_columns import is_per_token
from tagger.corpus.layout import Column, Layout
from tagger.errors import DataError
from tagger.reading.column_profile import NEARLY_ALL, ColumnProfile, fraction
from tagger.reading.roles import choose_roles, choose_token
from tagger.reading.sentence_bounds import find_sentence_rows, split_by_column
from tagger.reading.tables import Guess, Table

TEXT = 1.5  # mean number of words in a cell, above which it is a text


def guess_answered(table: Table, path: str, layout: Layout, why: dict[str, str]) -> Guess:
    """Guess the column of tokens, that of sentences, and whether a row is a whole sentence.

    Args:
        table: rows of a file that has the columns of the layout.
        path: path of the file, for errors.
        layout: layout with answers.
        why: reasons so far.

    Raises:
        DataError: no column could be the tokens, or only a counter shows where sentences begin.
    """
    per_token = tuple(answer for answer in layout.answers if is_per_token(answer) and answer.column is not None)
    whole = find_sentence_rows(table) if layout.format == "csv" and layout.sentence is None else None
    if whole and per_token and all(answer.column in whole.table.names for answer in per_token):
        token = _token(whole.table, path, replace(layout, answers=per_token))
        why = why | {"per_row": "columns have as many pieces between spaces in each row"}
        whole.refuse_lists(replace(layout, token=token, tag=per_token[0].column), path)
        return Guess(replace(layout, per_row="sentence", token=token), why)
    is_open = layout.per_row == "token" and layout.sentence is None
    if layout.format == "csv" and is_open and has_labels_only(layout):
        text = _text_per_row(table, path, layout)
        if text is not None:
            why |= {"per_row": "a row is a text and its label", "format": f"{why['format']}, a text in each row"}
            return Guess(replace(layout, per_row="sentence", token=text), why)
    if layout.per_row == "token" and len(table.sentences) == 1:
        table, layout, why["sentence"] = split_by_column(table, layout, path, _indices(table, layout))
    return Guess(replace(layout, token=_token(table, path, layout)), why)


def has_labels_only(known: Layout) -> bool:
    """Whether labels of sentences are the only known answers of a file."""
    answers = [answer for answer in known.answers if answer.column is not None]
    return bool(answers) and not any(map(is_per_token, answers))


def are_texts(table: Table, known: Layout) -> bool:
    """Whether labels are the only known answers of a table, and one of its columns holds texts of several words."""
    columns = (ColumnProfile(i, table.sentences) for i in range(len(table.names)))
    return has_labels_only(known) and any(column.mean_pieces > TEXT for column in columns)


def _text_per_row(table: Table, path: str, layout: Layout) -> Column | None:
    """The column of texts if a row is a whole text, else None.

    It is one if a text has several words, or if no column has one value for all rows with the same label.
    """
    taken = _indices(table, layout)
    columns = [ColumnProfile(i, table.sentences) for i in range(len(table.names)) if i not in taken]
    texts = [c for c in columns if not (c.is_number or c.is_blank or c.is_date or c.is_counter)]
    if layout.token is not None:
        texts = [ColumnProfile(table.index(layout.token), table.sentences)]
    if not texts:
        return None
    text = max(texts, key=lambda column: (column.mean_pieces, column.richness))
    if text.mean_pieces <= TEXT and len(texts) > 1:
        text, _ = choose_token(texts)
    if text.mean_pieces <= TEXT and not layout.numeric:
        sentences = table.sentences
        if len(sentences) == 1:
            try:
                split, _, _ = split_by_column(table, layout, path, taken)
            except DataError:
                return None
            sentences = split.sentences
        labels = [ColumnProfile(i, sentences) for i in taken]
        is_constant = all(fraction(len(set(cells)) == 1 for cells in label.sentences) > NEARLY_ALL for label in labels)
        if len(sentences) > 1 and is_constant:
            return None
    elif text.mean_pieces <= TEXT:
        return None
    return table.names[text.index]


def _token(table: Table, path: str, layout: Layout) -> Column:
    """The column of tokens, known or chosen."""
    if layout.token is not None:
        return layout.token
    return table.names[choose_roles(table, path, layout).token.index]


def _indices(table: Table, layout: Layout) -> set[int]:
    """Indices of the columns of answers; labels in comments have none."""
    columns = (answer.column for answer in layout.answers)
    return {table.index(column) for column in columns if isinstance(column, int) or (column and column in table.names)}
