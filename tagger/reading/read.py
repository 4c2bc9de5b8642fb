"""Read files as sentences."""

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from tagger.corpus.chunks import display_path, source_name
from tagger.corpus.formats import Source, format_by_suffix, format_of, likely_format
from tagger.corpus.json_values import looks_like_json
from tagger.corpus.layout import Layout, check_layout
from tagger.corpus.limits import too_many_tokens
from tagger.corpus.lines import read_lines
from tagger.corpus.sentence import Answer, Sentence
from tagger.errors import DataError
from tagger.reading.first_names import is_written_otherwise

if TYPE_CHECKING:
    from tagger.corpus.file_notes import FileNotes

log = logging.getLogger("tagger")


def read_sentences(
    source: Path | BinaryIO,
    layout: Layout = Layout(),
    *,
    tagged: bool = True,
    keep_rows: bool = False,
    notes: "FileNotes | None" = None,
    log_format: bool = False,
    reference_layout: Layout | None = None,
) -> Iterator[Sentence]:
    """Yield the sentences of a file or stream, one by one.

    Ignored rows and cells are recorded only in the notes.

    Args:
        source: a path or a binary stream; gzip is unpacked.
        layout: format and columns; see `resolve_layout` for `auto`.
        tagged: whether to read tags; otherwise the file may have none.
        keep_rows: whether sentences keep the lines of the file, for a writer that reproduces them.
        notes: notes on the file, filled while it is read.
        log_format: whether to log how the format was recognised.
        reference_layout: layout of another file, see `resolve_layout`.

    Raises:
        DataError: the file cannot be read; names file and line.
        ConfigError: the format does not have all keys of the layout.
    """
    path = source_name(source)
    layout = resolve_encoding(layout, source)
    if notes is None and layout.bad_rows == "skip" and tagged:
        notes = _new_notes()
    lines = (notes.read_lines if notes else read_lines)(source, encoding=layout.encoding, max_tokens=layout.max_tokens)
    if layout.format == "auto":
        layout = resolve_layout(
            layout, lines.first(), path, tagged=tagged, log_format=log_format, reference_layout=reference_layout
        )
    if notes:
        notes.layout = layout
    yield from sentences_in(lines, layout, path, tagged=tagged, keep_rows=keep_rows, notes=notes)


def resolve_encoding(layout: Layout, source: Path | BinaryIO) -> Layout:
    """Replace the encoding `auto` by that of the file's first bytes, or by UTF-8 if a stream cannot be rewound.

    Raises:
        DataError: the file cannot be read, or its encoding is not recognised.
    """
    if layout.encoding != "auto":
        return layout
    from tagger.reading.encoding import detect_encoding, read_head

    encoding, why = "utf-8", ""
    if not isinstance(source, Path):
        if source.seekable():
            encoding, why = detect_encoding(read_head(source), source_name(source))
            source.seek(0)
    elif source.is_file() or not source.exists():
        encoding, why = detect_encoding(read_head(source), str(source))
    if encoding != "utf-8":
        log.info("%s: %s: %s", display_path(source_name(source)), encoding, why)
    return replace(layout, encoding=encoding)


def sentences_in(
    lines: Iterator[str],
    layout: Layout,
    path: str,
    *,
    tagged: bool = True,
    keep_rows: bool = False,
    notes: "FileNotes | None" = None,
) -> Iterator[Sentence]:
    """Yield the sentences in the lines of a file whose format is known; see `read_sentences`."""
    file_format = format_of(layout)
    check_layout(layout if tagged else replace(layout, answers=()), file_format.keys, path)
    sentences = file_format.read(Source(lines, layout, path, tagged=tagged, keep_rows=keep_rows, notes=notes))
    sentences = _checked(sentences, layout.max_tokens)
    if tagged and layout.answers:
        return _rename_answers(sentences, layout, notes) if any(a.map for a in layout.answers) else sentences
    return _rename_tags(sentences, dict(layout.map), notes) if tagged and layout.map else sentences


def _checked(sentences: Iterator[Sentence], max_tokens: int) -> Iterator[Sentence]:
    for sentence in sentences:
        if len(sentence.tokens) > max_tokens:
            raise too_many_tokens(sentence, max_tokens)
        yield sentence


def _rename_tags(sentences: Iterator[Sentence], names: dict[str, str], notes: "FileNotes | None") -> Iterator[Sentence]:
    for sentence in sentences:
        tags = sentence.tags or ()
        if notes:
            notes.mapped |= names.keys() & {*tags}
        yield replace(sentence, tags=tuple(names.get(tag, tag) for tag in tags))


def _rename_answers(sentences: Iterator[Sentence], layout: Layout, notes: "FileNotes | None") -> Iterator[Sentence]:
    maps = [dict(answer.map) for answer in layout.answers]
    for sentence in sentences:
        answers: list[Answer] = []
        for column, names, answer in zip(layout.answers, maps, sentence.answers, strict=True):
            values = {answer} if isinstance(answer, str) else {*(answer or ())}
            if notes and (mapped := names.keys() & values):
                notes.mapped |= mapped
                notes.mapped_by_head.setdefault(column.name, set()).update(mapped)
            if isinstance(answer, tuple):
                answers.append(tuple(names.get(value, value) for value in answer))
            else:
                answers.append(answer and names.get(answer, answer))
        yield replace(sentence, answers=tuple(answers))


def resolve_layout(
    layout: Layout,
    lines: Sequence[str],
    path: str,
    *,
    tagged: bool = True,
    log_format: bool = False,
    reference_layout: Layout | None = None,
) -> Layout:
    """The complete layout of a file.

    A layout that names its format is complete: for columns that it does not name, the format has defaults. If the
    format is `auto`, format and columns are guessed from the first lines.

    Args:
        layout: layout as far as known.
        lines: first lines of the file.
        path: path of the file, for messages.
        tagged: whether tags are read; otherwise a file of unknown format is a column file.
        log_format: whether to log how the format was recognised.
        reference_layout: complete layout of another file, to be used if the formats are the same.

    Raises:
        DataError: the file is not tagged in a supported way; names it.
    """
    if layout.format != "auto":
        return layout
    from tagger.reading.guess import guess_layout  # not needed if the format is known
    from tagger.reading.untagged import guess_untagged

    if not tagged:
        known = replace(layout, answers=())
        guessed = guess_untagged(lines, path, layout) or replace(known, format="columns")
        return replace(guessed, answers=layout.answers)
    try:
        guess = guess_layout(lines, path, layout, require_tag_like=False)
    except DataError:
        named = format_by_suffix(Path(path))
        if reference_layout is None or reference_layout.format == "auto" or looks_like_json("".join(lines[:1])):
            raise
        if named not in (None, reference_layout.format):
            raise
        return reference_layout  # its reader reports the line
    if log_format:
        log.info("%s: %s", display_path(path), guess.why["format"])
    if reference_layout is None or not can_read_as(guess.layout, reference_layout, lines):
        return guess.layout
    warn_of_other_token_column(guess.layout, reference_layout, path)
    return reference_layout


def can_read_as(guessed: Layout, reference: Layout, lines: Sequence[str]) -> bool:
    """Whether a file with a guessed layout can be read with another: the formats are the same, or may be.

    A file that seems to be of columns is a table with named columns only if its first row has these names.
    """
    if guessed.format == reference.format or likely_format(guessed.format, reference) != reference.format:
        return guessed.format == reference.format and not is_written_otherwise(lines, reference)
    header = re.split(r"[\t,;|]", next(filter(str.strip, lines), ""))
    names = (reference.token, reference.sentence, *reference.numeric, *reference.columns)
    return all(name in header for name in names if isinstance(name, str))


def warn_of_other_token_column(guessed: Layout, reference: Layout, path: str) -> None:
    """Warn if the tokens of a file that is read with another file's layout seem to be in another column.

    Not if the column has tags or other answers, nor if numbers are read, whose column of tokens has no meaning.
    """
    answers = (reference.tag, *(answer.column for answer in reference.answers))
    if reference.numeric or guessed.token in answers:
        return
    has_index = guessed.format in ("columns", "csv") and not (isinstance(reference.token, int) and reference.token < 0)
    if has_index and None not in (guessed.token, reference.token) and guessed.token != reference.token:
        log.warning(
            "%s: the tokens seem to be in column %s, but are read from column %s, as in training; choose "
            "another column with data.token", display_path(path), guessed.token, reference.token,
        )  # fmt: skip


def _new_notes() -> "FileNotes":
    from tagger.corpus.file_notes import FileNotes

    return FileNotes()
