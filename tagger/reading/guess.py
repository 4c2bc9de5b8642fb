"""The format and columns of a file, recognised by its content."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from tagger.corpus.conllu_columns import FIELDS, parse_global_columns
from tagger.corpus.foreign import refuse_foreign
from tagger.corpus.formats import format_by_suffix, load_format
from tagger.corpus.formats.columns import DOCUMENT_MARK, is_tab_delimited
from tagger.corpus.formats.csv import SEP_LINE
from tagger.corpus.json_values import looks_like_json
from tagger.corpus.layout import Layout, with_columns
from tagger.errors import DataError
from tagger.format_names import FORMATS, FormatName
from tagger.reading.cells import MOST, N_ROWS, PIECE, Cells, share
from tagger.reading.conllu import guess_conllu
from tagger.reading.objects import guess_objects, untagged_objects
from tagger.reading.roles import Roles, choose_roles, choose_token
from tagger.reading.sentences import joined, sentence_column
from tagger.reading.tables import HEADER, MAKE_TAGS, NO_HEADER, TAB, Guess, Table, column_table, conllu_table, csv_table
from tagger.reading.unread import no_sentence_ends, refuse_joined_words, refuse_labels

DECIMAL = re.compile(r"[+-]?(\d+|\d*,\d+)([eE][+-]?\d+)?")
N_LINES = N_ROWS  # that are looked at


def guess_layout(lines: Sequence[str], path: str, known: Layout = Layout(), *, is_sure: bool = True) -> Guess:
    """The layout of a tagged file.

    Args:
        lines: the first of the file, up to `N_LINES`.
        path: of the file, for messages.
        known: what is known of the layout: it stays as it is, what it leaves open is guessed.
        is_sure: whether columns have to be like tags to be so; else the second of two is, behind the tokens.

    Raises:
        DataError: the file is empty, has one column only, or none that could be tokens or tags, or is tagged in a way
            that is not read; names the file.
    """
    content = [line for line in lines if line.strip(" \t")]
    if not content:
        raise DataError(f"{path}: {'nothing but blank lines' if lines else 'the file is empty'}", MAKE_TAGS)
    named = format_by_suffix(Path(path))
    refuse_foreign(lines, path)
    if looks_like_json(content[0]) or (named == "jsonl" and content[0].lstrip()[0] in "{["):
        return _completed(guess_objects(content, path, known), known)
    rows = [line for line in content if line[0] != "#" and not line.startswith(DOCUMENT_MARK)] or content
    n_words = share(map(load_format("conllu").recognises, rows))
    is_conllu = (named == "conllu" and n_words > 0) or any(map(parse_global_columns, lines))
    if is_conllu or n_words > 0.5:
        trees = conllu_table(lines, path, known)
        if is_conllu or share(sentence[0][0] == "1" for sentence in trees.sentences) > MOST:
            return _completed(_guess_trees(trees, path, known), known)
    is_one_a_line = share(len(PIECE.findall(line)) == 1 for line in rows) > MOST
    for name in FORMATS:
        file_format = load_format(name)
        is_odd = is_one_a_line and file_format.is_sentence_a_line
        if not is_odd and "token" not in file_format.keys and share(map(file_format.recognises, rows)) > MOST:
            return Guess(replace(known, format=name), {"format": file_format.description})
    table = _table(lines, rows, path, named, known, is_one_a_line=is_one_a_line)
    if table is None:
        return Guess(replace(known, format="csv"), {"format": "a table, by its name"})
    return _guess_table(table, path, known, is_sure=is_sure)


def _guess_trees(trees: Table, path: str, known: Layout) -> Guess:
    if known.tag is not None or not trees.sentences:
        return Guess(trees.layout, trees.why)
    if tuple(trees.names) == FIELDS:
        return guess_conllu(trees, path)
    roles = choose_roles(trees, path)
    token, tag = (trees.names[column.place] for column in (roles.token, roles.tags[0]))
    return Guess(replace(trees.layout, token=token, tag=tag), {**trees.why, "tag": roles.about_tags()})


def guess_untagged(lines: Sequence[str], path: str, known: Layout = Layout()) -> Layout | None:
    """The layout of a file whose tags, if it has some, are not read; None if it is text, a sentence a line.

    A tagged file is seen as `guess_layout` sees it. Of all others, JSON, CoNLL-U and tables are recognised by their
    content, one token a line by the name of the file; the tokens of a table are its richest column of words.

    Args:
        lines: the first of the file, up to `N_LINES`.
        path: of the file, for messages.
        known: what is known of the layout.

    Raises:
        DataError: the file is a table or JSON without tokens; names the file.
    """
    content = [line for line in lines if line.strip(" \t")]
    named = format_by_suffix(Path(path))
    if not content or (named == "csv" and len(content) == 1):  # or a header alone
        return replace(known, format=named) if named and named != "slash" else None
    if named != "slash":  # no .txt, which may be about markup
        refuse_foreign(lines, path)
    try:
        guess = guess_layout(lines, path, known)
        layout = guess.layout
    except DataError:
        if looks_like_json(content[0]):
            return _completed(Guess(untagged_objects(content, path), {}), known).layout
        if named == "conllu" or share(map(load_format("conllu").recognises, content)) > 0.5:
            return replace(known, format="conllu")
        return _untagged_table(lines, path, named, known) if named in ("csv", "columns") else None
    n_blocks = sum(not line.strip(" \t") for line in lines)
    is_parted = named is None and layout.format == "columns" and 0 < n_blocks < 0.7 * len(content)
    if named in ("slash", None) and known.token is None and not (is_parted or _is_no_text(guess, content)):
        return None
    if layout.format == "csv" and layout.per_row == "token" and (layout.token is None or known.token is not None):
        by_row = _untagged_table(lines, path, named, known)
        return by_row if layout.token is None or by_row.per_row == "sentence" else layout
    return layout


def _is_no_text(guess: Guess, content: Sequence[str]) -> bool:
    """Whether a file whose name tells nothing is so surely of a format that it is no text, a sentence a line."""
    match guess.layout.format:
        case "columns":
            is_by_words = (
                share(map(is_tab_delimited, content)) > 0.9 and not share(" " in line for line in content) > 0.5
            )
            return guess.is_marked or is_by_words
        case "csv":
            return any(map(HEADER.fullmatch, (str(guess.layout.token), str(guess.layout.tag))))
        case "slash":
            return not any(sign.isdecimal() for sign in content[0])
    return True


def _untagged_table(lines: Sequence[str], path: str, named: FormatName | None, known: Layout) -> Layout:
    """The layout of a table, or of columns, with one column of tokens or of texts."""
    table = None if named == "columns" else csv_table(lines, path, least=1)
    if table is None:
        return replace(known, format="columns", token=0 if known.token is None else known.token)
    if not table.has(known):  # which its reader says
        return replace(known, format="csv")
    columns = [Cells(place, table.sentences) for place in range(len(table.names))]
    texts = [column for column in columns if not (column.is_number or column.is_blank or column.is_dated)]
    if known.token is not None:
        texts = [columns[table.place(known.token)]]
    elif not texts:
        return replace(known, format="csv")
    token, _ = choose_token(texts)
    per_row: Literal["token", "sentence"] = "sentence" if token.pieces > 1.5 else "token"
    return replace(known, format="csv", token=table.names[token.place], per_row=per_row)


def _is_told(known: Layout) -> bool:
    """Whether the columns of tokens and tags are known."""
    return known.token is not None and known.tag is not None


def _completed(guess: Guess, known: Layout) -> Guess:
    """The guess with what is known in place of what was guessed."""
    layout = guess.layout
    guessed = replace(known, format=layout.format, token=layout.token, tag=layout.tag)
    return replace(guess, layout=with_columns(guessed, known))


def _table(
    lines: Sequence[str],
    rows: list[str],
    path: str,
    named: FormatName | None,
    known: Layout,
    *,
    is_one_a_line: bool,
) -> Table | None:
    """The cells of a file of columns or of a table; None where it is named as a table and its rows are none."""
    if SEP_LINE.fullmatch(rows[0]) and (table := csv_table(lines, path, known)):
        return table
    with_tab = share(map(is_tab_delimited, rows))
    if with_tab > (0.1 if known.bad_rows == "skip" else 0.9):
        by_tab = column_table(lines, TAB, path, known)
        is_single = len(by_tab.sentences) == 1
        if is_single and (named == "csv" or isinstance(by_tab.names[0], str) or joined(by_tab)):
            return csv_table(lines, path, known) or by_tab
        return by_tab
    if table := csv_table(lines, path, known):
        return table
    if named == "csv":
        return None
    if with_tab > 0.1:
        odd = next(line for line in rows if not is_tab_delimited(line))
        raise DataError(f"{path}:{lines.index(odd) + 1}: no TAB, which {with_tab:.0%} of lines have: {odd[:80]!r}")
    refuse_joined_words(lines, path, is_one_a_line=is_one_a_line)
    return column_table(lines, " ", path, known)


def _guess_table(table: Table, path: str, known: Layout, *, is_sure: bool) -> Guess:
    """The columns of a table: those that are known, and what their values are like."""
    is_short = len(table.names) == 2 and any("" in row for sentence in table.sentences for row in sentence)
    if not table.has(known) or is_short:  # what it lacks, its reader says
        return Guess(replace(known, format=table.layout.format, comments=table.layout.comments), table.why)
    layout, why, names, header = replace(known, format=table.layout.format), dict(table.why), table.names, table.names
    layout = replace(layout, comments=known.comments or table.layout.comments)
    if table.sign != "," and (with_points := _with_points(table)):
        layout, table = replace(layout, decimal=","), with_points
        why["decimal"] = "numbers have a decimal comma"
    whole = joined(table) if layout.format == "csv" and known.sentence is None else None
    if whole and not whole.table.has(known):
        whole = None
    if whole:
        layout, table, names = replace(layout, per_row="sentence"), whole.table, whole.table.names
        why["per_row"] = "the pieces between spaces are as many in both columns of each row"
    elif len(table.sentences) == 1 and (found := sentence_column(table, known.sentence)):
        layout, table = replace(layout, sentence=names[found.place]), replace(table, sentences=found.sentences)
        why["sentence"] = found.told
    elif len(table.sentences) == 1:
        for place in range(len(names)):
            if Cells(place, table.sentences).n_restarts > 2:
                raise no_sentence_ends(path, table.sign, names[place], place)
        why["sentence"] = "no blank line and no column parts sentences: the file is read as a single one"
    if _is_told(known):
        return Guess(layout, why)
    roles = choose_roles(table, path, layout, is_sure=is_sure)
    layout = replace(layout, token=names[roles.token.place], tag=names[roles.tags[0].place])
    if whole:
        whole.refuse_lists(layout, path)
        if _is_sentence(layout, roles):
            token, tag = (header.index(names[column.place]) for column in (roles.token, roles.tags[0]))
            layout = replace(layout, token=token, tag=tag)
            why["format"] = f"{why['format'].removesuffix(' under a header')}; {NO_HEADER}"
    elif len(table.sentences) == 1:
        refuse_labels(roles.token.cells, roles.tags[0].cells, path)
    why["tag"] = roles.about_tags()
    return _with_numbers(Guess(layout, why, is_marked=roles.tags[0].is_marked), roles)


def _with_points(table: Table) -> Table | None:
    """The table with points for decimal commas, in columns of nothing but numbers; None where there are no such."""

    def is_decimal(place: int) -> bool:
        cells = [row[place] for sentence in table.sentences for row in sentence]
        return share("," in cell for cell in cells) > 0.2 and share(map(DECIMAL.fullmatch, cells)) > MOST

    places = set(filter(is_decimal, range(len(table.names))))
    if not places:
        return None
    sentences = [
        [[cell.replace(",", ".") if i in places else cell for i, cell in enumerate(row)] for row in sentence]
        for sentence in table.sentences
    ]
    return replace(table, sentences=sentences)


def _is_sentence(layout: Layout, roles: Roles) -> bool:
    """Whether a header's names are a sentence's tokens and its tags."""
    tokens, tags = str(layout.token).split(), str(layout.tag).split()
    return len(tokens) == len(tags) > 1 and share(tag in roles.tags[0].counts for tag in tags) > 0.5


def _with_numbers(guess: Guess, roles: Roles) -> Guess:
    """The guess with columns of numbers: those that could enter, and of a series those that should."""
    if not roles.numeric:
        return guess
    names = tuple(roles.names[column.place] for column in roles.numeric)
    if not roles.is_series:
        could = f"columns of numbers, which could enter too: {', '.join(map(str, names))}"
        return replace(guess, why=guess.why | {"numeric": could})
    why = {
        "token": "shown beside the tag: there is no column of words",
        "numeric": "the columns of numbers, and those are all that enters",
    }
    if times := [roles.names[column.place] for column in roles.measured if column not in roles.numeric]:
        why["numeric"] += f"; column {', '.join(map(str, times))} only rises, as a time does, and is left out"
    return replace(guess, why=guess.why | why, numeric=names)
