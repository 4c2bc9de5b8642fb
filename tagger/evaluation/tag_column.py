"""The column of a tagged file that has the tags of a tagger."""

import shlex
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from tagger.corpus.conllu_columns import FIELDS
from tagger.corpus.file_notes import FileNotes
from tagger.corpus.formats import format_of
from tagger.corpus.json_values import parse_object
from tagger.corpus.layout import Column
from tagger.corpus.lines import read_lines
from tagger.corpus.sentences import Sentences
from tagger.corpus.tags import format_tags
from tagger.errors import DataError, TaggerError
from tagger.reading.read import sentences_in

N_LINES = 2000  # first lines of a file, in which other columns are tried
N_COLUMNS = 50  # columns that are tried
N_SHOWN = 5  # tags in a message


def check_known_tags(sentences: Sentences, known: Collection[str], notes: FileNotes) -> None:
    """Refuse sentences none of whose tags is a tag of the tagger: their column is wrong.

    Args:
        sentences: sentences of a file.
        known: tags of the tagger.
        notes: notes on the file.

    Raises:
        DataError: names the column, and in a hint the one that has the tagger's tags, if there is one.
    """
    tags, layout = sentences.tag_counts(), notes.layout
    if tags.keys() & {*known}:
        return
    name = format_of(layout).tag if layout.tag is None else layout.tag
    column = _column_with(known, notes)
    raise DataError(
        f"{notes.path}: none of the tags of {'the file' if name is None else f'column {name}'} "
        f"({format_tags(tags, N_SHOWN)}) is a tag of the tagger ({format_tags(known, N_SHOWN)})",
        "name the column of tags: --tag COLUMN"
        if column is None
        else f"column {column} has tags of the tagger: --tag {shlex.quote(str(column))}",
    )


def _column_with(tags: Collection[str], notes: FileNotes) -> Column | None:
    """The column with the largest share of cells that are among some tags, if it is more than half."""
    layout, shares = notes.layout, dict[Column, float]()
    lines = [*islice(read_lines(Path(notes.path), encoding=layout.encoding), N_LINES)]
    for column in islice(_columns(lines, notes), N_COLUMNS):
        tried = replace(layout, tag=column, bad_rows="skip")
        try:
            sentences = [*sentences_in(iter(lines), tried, notes.path, notes=FileNotes())]
        except TaggerError:  # a column of tokens or numbers
            continue
        cells = [tag for sentence in sentences for tag in sentence.tags or ()]
        if not cells:
            break
        shares[column] = sum(cell in tags for cell in cells) / max(1, len(cells))
    best = max(shares, key=shares.__getitem__, default=None)
    return best if best is not None and shares[best] > 0.5 else None


def _columns(lines: Sequence[str], notes: FileNotes) -> Iterable[Column]:
    """The columns that may have tags: names if the file has them, else indices."""
    match notes.layout.format:
        case "conllu":
            return FIELDS[3:]
        case "jsonl":
            return parse_object(next(filter(str.strip, lines)), notes.path)
        case "slash":
            return ()
    return notes.header or range(N_COLUMNS)
