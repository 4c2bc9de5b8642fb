"""The column of a tagged file that has the tags of a tagger."""

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
from tagger.evaluation.metrics import NOUNS
from tagger.heads.target import TagTarget
from tagger.reading.first_names import columns_text
from tagger.reading.read import sentences_in
from tagger.terminal_text import command_line

N_LINES = 2000  # first lines of a file, in which other columns are tried
N_COLUMNS = 50  # columns that are tried
N_SHOWN = 5  # tags in a message


def check_known_tags(sentences: Sentences, target: TagTarget, notes: FileNotes, *, option: str = "") -> None:
    """Refuse sentences none of whose tags is a tag of the tagger: their column is wrong.

    Args:
        sentences: sentences of a file, with answers of a head as their tags.
        target: the target of the head.
        notes: notes on the file.
        option: the option that chooses the head, for the hint; empty if there is one head.

    Raises:
        DataError: names the column, and in a hint the one that has the tagger's tags, if there is one.
    """
    known, noun = target.known_tags, NOUNS[target.kind]
    tags, layout = target.in_file_terms(sentences).tag_counts(), notes.layout
    if tags.keys() & {*known}:
        return
    name = format_of(layout).tag if layout.tag is None else layout.tag
    name = next((answer.column for answer in layout.answers if answer.name == target.name), name)
    column = _column_with(known, notes) if target.kind == "tag" else None
    raise DataError(
        f"{notes.path}: none of the {noun}s of {'the file' if name is None else f'column {name}'} "
        f"({format_tags(tags, N_SHOWN)}) is {'an' if noun[0] == 'e' else 'a'} {noun} of the tagger "
        f"({format_tags(known, N_SHOWN)})",
        f"name the column of {target.kind}s: {option}--tag COLUMN{_columns_text(notes)}"
        if column is None
        else f"column {column} has tags of the tagger: {option}{command_line('--tag', column)}",
    )


def _columns_text(notes: FileNotes) -> str:
    if not notes.layout.answers:
        return ""
    lines = _first_lines(notes)
    return f"; {columns_text(lines, notes.layout.format)}"


def _first_lines(notes: FileNotes) -> list[str]:
    layout = notes.layout
    return read_lines(Path(notes.path), encoding=layout.encoding, max_tokens=layout.max_tokens).first(N_LINES)


def _column_with(tags: Collection[str], notes: FileNotes) -> Column | None:
    """The column with the largest share of cells that are among some tags, if it is more than half."""
    layout, shares = notes.layout, dict[Column, float]()
    lines = _first_lines(notes)
    for column in islice(_columns(lines, notes), N_COLUMNS):
        tried = replace(layout, tag=column, answers=(), bad_rows="skip")
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
