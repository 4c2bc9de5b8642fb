"""The format and columns of a tagged file, guessed from its content."""

from collections.abc import Iterable
from dataclasses import replace

from tagger.corpus.formats import load_format
from tagger.corpus.formats.columns import DOCUMENT_MARK
from tagger.corpus.formats.conllu import is_word_line
from tagger.corpus.layout import Layout
from tagger.errors import DataError
from tagger.format_names import FORMATS
from tagger.reading.cells import MOST, Cells, share
from tagger.reading.conllu import guess_conllu
from tagger.reading.objects import guess_objects, is_json
from tagger.reading.roles import Roles, choose_roles
from tagger.reading.sentences import joined, sentence_column
from tagger.reading.tables import MAKE_TAGS, NO_HEADER, TAB, Guess, Table, column_table, conllu_table, csv_table
from tagger.reading.unread import PIECE, no_sentence_ends, refuse_joined_words, refuse_markup


def guess_columns(lines: Iterable[str], path: str) -> Guess:
    """The layout of a tagged file.

    Raises:
        DataError: it is empty, has one column only, or none that could be tokens or tags, or is tagged in a way that
            is not read; names the file.
    """
    lines = list(lines)
    content = [line for line in lines if line.strip(" \t")]
    if not content:
        raise DataError(f"{path}: {'nothing but blank lines' if lines else 'the file is empty'}", MAKE_TAGS)
    if is_json(content[0]):
        return guess_objects(content, path)
    rows = [line for line in content if line[0] != "#" and not line.startswith(DOCUMENT_MARK)] or content
    if share(is_word_line(line) for line in rows) > MOST:
        table = conllu_table(lines, path)
        if share(sentence[0][0] == "1" for sentence in table.sentences) > MOST:
            return guess_conllu(table, path)
    refuse_markup(rows, path)
    is_one_a_line = share(len(PIECE.findall(line)) == 1 for line in rows) > MOST
    without_columns = {name: file_format for name in FORMATS if "token" not in (file_format := load_format(name)).keys}
    for name, file_format in without_columns.items():
        is_odd = is_one_a_line and file_format.is_sentence_a_line
        if not is_odd and share(map(file_format.recognises, rows)) > MOST:
            return Guess(Layout(format=name), {"format": file_format.describe(iter(rows))})
    if share(TAB in line for line in rows) > 0.9:
        return _guess_table(_tab_table(lines, path), path)
    if found := csv_table(lines, path):
        return _guess_table(found, path)
    refuse_joined_words(rows, path, is_one_a_line=is_one_a_line)
    return _guess_table(column_table(lines, " ", path), path)


def _tab_table(lines: list[str], path: str) -> Table:
    """The rows of a file parted by TAB, with a header as pandas writes it or without."""
    table = column_table(lines, TAB, path)
    if len(table.sentences) == 1 and (isinstance(table.names[0], str) or joined(table)):
        try:
            return csv_table(lines, path) or table
        except DataError:  # a quotation mark that is a token
            return table
    return table


def _guess_table(table: Table, path: str) -> Guess:
    layout, why, names, header = table.layout, dict(table.why), table.names, table.names
    whole = joined(table) if layout.format == "csv" else None
    if whole:
        layout, table, names = replace(layout, per_row="sentence"), whole.table, whole.table.names
        why["per_row"] = "the pieces between spaces are as many in both columns of each row"
    elif len(table.sentences) == 1 and (found := sentence_column(table)):
        layout, table = replace(layout, sentence=names[found.place]), replace(table, sentences=found.sentences)
        why["sentence"] = found.told
    elif len(table.sentences) == 1:
        for place in range(len(names)):
            if Cells(place, table.sentences).n_restarts > 2:
                raise no_sentence_ends(path, table.sign, names[place], place)
        why["sentence"] = "no blank line and no column parts sentences: the file is read as a single one"
    roles = choose_roles(table, path, but=layout.sentence)
    layout = replace(layout, token=names[roles.token.place], tag=names[roles.tags[0].place])
    if whole:
        whole.refuse_lists(layout, path)
        if _is_sentence(layout, roles):
            token, tag = (header.index(names[column.place]) for column in (roles.token, roles.tags[0]))
            layout = replace(layout, token=token, tag=tag)
            why["format"] = f"{why['format'].removesuffix(' under a header')}; {NO_HEADER}"
    why["tag"] = roles.about_tags()
    return _with_numbers(Guess(layout, why), roles)


def _is_sentence(layout: Layout, roles: Roles) -> bool:
    """Whether a header's names are a sentence's tokens and its tags."""
    tokens, tags = str(layout.token).split(), str(layout.tag).split()
    return len(tokens) == len(tags) > 1 and share(tag in roles.tags[0].counts for tag in tags) > 0.5


def _with_numbers(guess: Guess, roles: Roles) -> Guess:
    """The guess with columns of numbers: those that enter, or in words those that could."""
    if not roles.numeric:
        return guess
    names = [roles.names[column.place] for column in roles.numeric]
    if not roles.is_series:
        told = f"columns of numbers, which could enter too: {', '.join(map(str, names))}"
        return replace(guess, why=guess.why | {"numeric": told})
    why = {
        "token": "shown beside the tag: there is no column of words",
        "numeric": "the columns of numbers, and those are all that enters",
    }
    if times := [roles.names[column.place] for column in roles.measured if column not in roles.numeric]:
        why["numeric"] += f"; column {', '.join(map(str, times))} only rises, as a time does, and is left out"
    return Guess(replace(guess.layout, numeric=tuple(names)), guess.why | why)
