"""The layout of a file whose tags, if any, are not read, as `predict` reads it; or that it is text."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from tagger.corpus.foreign import refuse_foreign
from tagger.corpus.formats import format_by_suffix, load_format
from tagger.corpus.formats.columns import is_tab_delimited
from tagger.corpus.json_values import looks_like_json
from tagger.corpus.layout import Layout
from tagger.errors import DataError
from tagger.format_names import FormatName
from tagger.reading.answered import has_labels_only
from tagger.reading.column_profile import ColumnProfile, fraction
from tagger.reading.guess import guess_layout, with_known
from tagger.reading.json_keys import guess_untagged_objects
from tagger.reading.roles import choose_token
from tagger.reading.tables import HEADER, Guess, csv_table
from tagger.reading.token_lines import is_token_per_line


def guess_untagged(lines: Sequence[str], path: str, known: Layout = Layout()) -> Layout | None:
    """Guess the layout of a file whose tags, if any, are not read; None if it is text, one sentence per line.

    A tagged file is recognised as by `guess_layout`. Untagged JSON, CoNLL-U and tables are recognised by their content,
    one token per line also by the name of the file; the tokens of a table are its richest column of words.

    Args:
        lines: first lines of the file, see `first_lines`.
        path: path of the file, for messages.
        known: layout as far as known. Its answers help to recognise a table of texts and labels.

    Raises:
        DataError: the file is a table or JSON without tokens; names the file.
    """
    if has_labels_only(known) and (texts := _texts_beside_labels(lines, path, known)):
        return texts
    known = replace(known, answers=())
    content = [line for line in lines if line.strip(" \t")]
    named = format_by_suffix(Path(path))
    if not content or (named == "csv" and len(content) == 1):  # nothing, or only a header
        return replace(known, format=named) if named and named != "slash" else None
    if named != "slash":  # a .txt may be text about markup
        refuse_foreign(lines, path)
    try:
        guess = guess_layout(lines, path, known)
        layout = guess.layout
    except DataError:
        if looks_like_json(content[0]):
            return with_known(Guess(guess_untagged_objects(content, path), {}), known).layout
        if named == "conllu" or fraction(map(load_format("conllu").recognises, content)) > 0.5:
            return replace(known, format="conllu")
        if named in ("slash", None) and is_token_per_line(lines):
            named = "columns"
        return _untagged_table(lines, path, named, known) if named in ("csv", "columns") else None
    n_blank = sum(not line.strip(" \t") for line in lines)
    has_blank_lines = named is None and layout.format == "columns" and 0 < n_blank < 0.7 * len(content)
    is_maybe_text = named in ("slash", None) and known.token is None
    if is_maybe_text and not (has_blank_lines or _is_certain(guess, content)):
        return None
    if layout.format == "csv" and layout.per_row == "token" and (layout.token is None or known.token is not None):
        by_row = _untagged_table(lines, path, named, known)
        return by_row if layout.token is None or by_row.per_row == "sentence" else layout
    return layout


def _texts_beside_labels(lines: Sequence[str], path: str, known: Layout) -> Layout | None:
    """The layout of a table of texts that has the columns of labels; None if it is another file."""
    try:
        layout = guess_layout(lines, path, known).layout
    except DataError:
        return None
    return layout if layout.format == "csv" and layout.per_row == "sentence" else None


def _is_certain(guess: Guess, content: Sequence[str]) -> bool:
    """Whether a file is so clearly of the guessed format that it cannot be text, one sentence per line."""
    match guess.layout.format:
        case "columns":
            is_token_per_line = (
                fraction(map(is_tab_delimited, content)) > 0.9 and fraction(" " in line for line in content) <= 0.5
            )
            return guess.is_tag_like or is_token_per_line
        case "csv":
            return any(map(HEADER.fullmatch, (str(guess.layout.token), str(guess.layout.tag))))
        case "slash":
            return not any(character.isdecimal() for character in content[0])
    return True


def _untagged_table(lines: Sequence[str], path: str, named: FormatName | None, known: Layout) -> Layout:
    """The layout of a table, or of columns, with one column of tokens or of texts."""
    table = None if named == "columns" else csv_table(lines, path, min_columns=1)
    if table is None:
        return replace(known, format="columns", token=0 if known.token is None else known.token)
    if not table.has_columns(known):  # the reader reports it
        return replace(known, format="csv")
    columns = [ColumnProfile(i, table.sentences) for i in range(len(table.names))]
    texts = [column for column in columns if not (column.is_number or column.is_blank or column.is_date)]
    if known.token is not None:
        texts = [columns[table.index(known.token)]]
    elif not texts:
        return replace(known, format="csv")
    token, _ = choose_token(texts)
    per_row: Literal["token", "sentence"] = "sentence" if token.mean_pieces > 1.5 else "token"
    return replace(known, format="csv", token=table.names[token.index], per_row=per_row)
