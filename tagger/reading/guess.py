"""The format and columns of a file, recognised by its content."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tagger.corpus.answer_columns import label_keys
from tagger.corpus.conllu_columns import FIELDS, parse_global_columns
from tagger.corpus.foreign import refuse_foreign
from tagger.corpus.formats import SKIP_HINT, format_by_suffix, load_format
from tagger.corpus.formats.columns import DOCUMENT_MARK, is_tab_delimited
from tagger.corpus.formats.csv import SEP_LINE
from tagger.corpus.json_values import looks_like_json
from tagger.corpus.layout import Layout, with_columns
from tagger.errors import DataError
from tagger.format_names import FORMATS
from tagger.reading.answered import are_texts, guess_answered, has_labels_only
from tagger.reading.column_profile import NEARLY_ALL, PIECE, fraction
from tagger.reading.conllu import guess_conllu
from tagger.reading.json_keys import guess_objects
from tagger.reading.refusals import refuse_joined_words, refuse_labels, texts_with_quotes
from tagger.reading.roles import Roles, choose_roles
from tagger.reading.sentence_bounds import find_sentence_rows, split_by_column
from tagger.reading.tables import MAKE_TAGS, NO_HEADER, TAB, Guess, Table, column_table, conllu_table, csv_table

DECIMAL = re.compile(r"[+-]?(\d+|\d*,\d+)([eE][+-]?\d+)?")


def guess_layout(lines: Sequence[str], path: str, known: Layout = Layout(), *, require_tag_like: bool = True) -> Guess:
    """Guess the layout of a tagged file.

    Args:
        lines: first lines of the file, see `first_lines`.
        path: path of the file, for messages.
        known: layout as far as known; the rest is guessed. If it has answers, there need not be a column of tags.
        require_tag_like: whether the tag column must look like tags; if not, the second of two columns may be the tags.

    Raises:
        DataError: the file is empty, has only one column, has no column that could be tokens or tags, or is tagged in
            an unsupported way; names the file.
    """
    content = [line for line in lines if line.strip(" \t")]
    if not content:
        raise DataError(f"{path}: {'nothing but blank lines' if lines else 'the file is empty'}", MAKE_TAGS)
    named = format_by_suffix(Path(path))
    refuse_foreign(lines, path)
    if looks_like_json(content[0]) or (named == "jsonl" and content[0].lstrip()[0] in "{["):
        return with_known(guess_objects(content, path, known), known)
    rows = [line for line in content if line[0] != "#" and not line.startswith(DOCUMENT_MARK)] or content
    is_one_per_line = _is_one_per_line(rows)
    word_lines = fraction(map(load_format("conllu").recognises, rows))
    is_conllu = (named == "conllu" and word_lines > 0) or any(map(parse_global_columns, lines))
    if is_conllu or word_lines > 0.5:
        trees = conllu_table(lines, path, known)
        if is_conllu or fraction(sentence[0][0] == "1" for sentence in trees.sentences) > NEARLY_ALL:
            return with_known(_guess_trees(trees, path, known), known)
    if (
        is_one_per_line
        and label_keys(known)
        and has_labels_only(known)
        and all(key not in rows[0] for key in label_keys(known))
    ):
        return Guess(replace(known, format="columns", token=0), {"format": "one column of tokens"})
    for name in FORMATS:
        file_format = load_format(name)
        is_odd = is_one_per_line and file_format.is_sentence_a_line
        if not is_odd and "token" not in file_format.keys and fraction(map(file_format.recognises, rows)) > NEARLY_ALL:
            return Guess(replace(known, format=name), {"format": file_format.description})
    table = _table(lines, rows, path, known, is_one_per_line=is_one_per_line)
    if table is None:
        return Guess(replace(known, format="csv"), {"format": "a table, by its name"})
    return _guess_table(table, path, known, require_tag_like=require_tag_like)


def table_of(lines: Sequence[str], path: str, known: Layout = Layout()) -> Table | None:
    """The cells of a column file or table, before the roles of columns are known; None if it is neither.

    Args:
        lines: first lines of the file, see `first_lines`.
        path: path of the file, for messages.
        known: layout as far as known.

    Raises:
        DataError: the file has only one column, or words and tags are joined in an unsupported way.
    """
    rows = [line for line in lines if line.strip(" \t") and line[0] != "#" and not line.startswith(DOCUMENT_MARK)]
    if not rows:
        return None
    return _table(lines, rows, path, known, is_one_per_line=_is_one_per_line(rows))


def _is_one_per_line(rows: Sequence[str]) -> bool:
    return fraction(len(PIECE.findall(line)) == 1 for line in rows) > NEARLY_ALL


def _guess_trees(trees: Table, path: str, known: Layout) -> Guess:
    if known.tag is not None or known.answers or not trees.sentences:
        return Guess(trees.layout, trees.why)
    if tuple(trees.names) == FIELDS:
        return guess_conllu(trees, path)
    roles = choose_roles(trees, path)
    token, tag = (trees.names[column.index] for column in (roles.token, roles.tags[0]))
    return Guess(replace(trees.layout, token=token, tag=tag), {**trees.why, "tag": roles.notes_on_tags()})


def with_known(guess: Guess, known: Layout) -> Guess:
    """The guess, overridden by what is known of the layout."""
    layout = guess.layout
    guessed = replace(known, format=layout.format, token=layout.token, tag=layout.tag)
    return replace(guess, layout=with_columns(guessed, known))


def _table(
    lines: Sequence[str],
    rows: list[str],
    path: str,
    known: Layout,
    *,
    is_one_per_line: bool,
) -> Table | None:
    """The cells of a column file or table; None if its name says that it is a table, but its rows do not."""
    named = format_by_suffix(Path(path))
    if SEP_LINE.fullmatch(rows[0]) and (table := csv_table(lines, path, known)):
        return table
    with_tab = fraction(map(is_tab_delimited, rows))
    if with_tab > (0.1 if known.bad_rows == "skip" else 0.9):
        by_tab = column_table(lines, TAB, path, known)
        is_single = len(by_tab.sentences) == 1
        is_table = named == "csv" or isinstance(by_tab.names[0], str)
        if is_single and (is_table or find_sentence_rows(by_tab) or are_texts(by_tab, known)):
            as_table = csv_table(lines, path, known)
            if as_table is None and are_texts(by_tab, known):
                raise texts_with_quotes(path)
            return as_table or by_tab
        return by_tab
    if table := csv_table(lines, path, known):
        return table
    if named == "csv":
        return None
    if with_tab > 0.1:
        odd = next(line for line in rows if not is_tab_delimited(line))
        problem = f"{path}:{lines.index(odd) + 1}: no TAB, which {with_tab:.0%} of lines have: {odd[:80]!r}"
        raise DataError(problem, SKIP_HINT)
    refuse_joined_words(lines, path, is_one_per_line=is_one_per_line)
    return column_table(lines, " ", path, known)


def _guess_table(table: Table, path: str, known: Layout, *, require_tag_like: bool) -> Guess:
    """Guess the columns of a table by their values, except those that are known."""
    is_short = len(table.names) == 2 and any("" in row for sentence in table.sentences for row in sentence)
    if not table.has_columns(known) or (is_short and not known.answers):  # the reader reports what is missing
        return Guess(replace(known, format=table.layout.format, comments=table.layout.comments), table.why)
    layout, why, header = replace(known, format=table.layout.format), dict(table.why), table.names
    layout = replace(layout, comments=known.comments or table.layout.comments)
    if table.delimiter != "," and (with_points := _with_decimal_points(table)):
        layout, table = replace(layout, decimal=","), with_points
        why["decimal"] = "numbers have a decimal comma"
    if known.answers:
        return guess_answered(table, path, layout, why)
    whole = find_sentence_rows(table) if layout.format == "csv" and known.sentence is None else None
    if whole and not whole.table.has_columns(known):
        whole = None
    if whole:
        layout, table = replace(layout, per_row="sentence"), whole.table
        why["per_row"] = "two or more columns have as many pieces between spaces in each row"
    elif len(table.sentences) == 1:
        table, layout, why["sentence"] = split_by_column(table, layout, path)
    if known.token is not None and known.tag is not None:
        return Guess(layout, why)
    roles = choose_roles(table, path, layout, require_tag_like=require_tag_like)
    token, tag = (table.names[column.index] for column in (roles.token, roles.tags[0]))
    layout = replace(layout, token=token, tag=tag)
    if whole:
        whole.refuse_lists(layout, path)
        if _is_sentence(layout, roles):
            layout = replace(layout, token=header.index(token), tag=header.index(tag))
            why["format"] = f"{why['format'].removesuffix(' under a header')}; {NO_HEADER}"
    elif len(table.sentences) == 1:
        refuse_labels(roles.token.cells, roles.tags[0].cells, path)
    why["tag"] = roles.notes_on_tags()
    return with_numbers(Guess(layout, why, roles.tags[0].is_tag_like, others=roles.others), roles)


def _with_decimal_points(table: Table) -> Table | None:
    """The table with decimal points in columns of numbers with decimal commas; None if there are no such columns."""

    def is_decimal(index: int) -> bool:
        cells = [row[index] for sentence in table.sentences for row in sentence]
        return fraction("," in cell for cell in cells) > 0.2 and fraction(map(DECIMAL.fullmatch, cells)) > NEARLY_ALL

    indices = set(filter(is_decimal, range(len(table.names))))
    if not indices:
        return None
    sentences = [
        [[cell.replace(",", ".") if i in indices else cell for i, cell in enumerate(row)] for row in sentence]
        for sentence in table.sentences
    ]
    return replace(table, sentences=sentences)


def _is_sentence(layout: Layout, roles: Roles) -> bool:
    """Whether the names in a header are the tokens and tags of a sentence."""
    tokens, tags = str(layout.token).split(), str(layout.tag).split()
    return len(tokens) == len(tags) > 1 and fraction(tag in roles.tags[0].counts for tag in tags) > 0.5


def with_numbers(guess: Guess, roles: Roles) -> Guess:
    """Add columns of numbers to a guess: as features of a series, else as a remark."""
    numeric = roles.numeric
    if not numeric:
        return guess
    names, used = tuple(roles.names[column.index] for column in numeric), {*numeric}
    if not roles.is_series:
        remark = f"columns of numbers that could be features: {', '.join(map(str, names))}"
        return replace(guess, why=guess.why | {"numeric": remark})
    why = {
        "token": "shown beside the state: there is no column of words",
        "numeric": "the columns of numbers, which are the only features",
    }
    if times := [roles.names[column.index] for column in roles.measured if column not in used]:
        why["numeric"] += f"; increasing values are taken for times and left out: {', '.join(map(str, times))}"
    return replace(guess, why=guess.why | why, numeric=names)
