"""Reader of the files and streams that `tagger predict` tags."""

import itertools
import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

from tagger.bounds import MAX_TOKENS
from tagger.corpus.answer_columns import reads_texts
from tagger.corpus.chunks import display_path, read_chunks, source_name
from tagger.corpus.layout import Column, Layout, with_columns
from tagger.corpus.lines import Lines, read_lines
from tagger.corpus.sentence import Sentence
from tagger.corpus.text import text_sentence, text_sentences
from tagger.format_names import InputFormat

if TYPE_CHECKING:
    from tagger.corpus.file_notes import FileNotes

log = logging.getLogger("tagger")


@dataclass(frozen=True, slots=True)
class InputOptions:
    """Options for reading sentences to be tagged.

    Args:
        format: `auto`: a stream is text with one sentence per line; a file's format is recognised by its content.
        token: column or key of tokens; default: as in training if the format is the same, else recognised.
        sentence: column of sentence ids.
        encoding: default: UTF-8 for text and JSON lines; for other files that of training, unless the file is UTF-8.
        pretokenized: whether to split text at white space only.
        max_tokens: the most tokens of a sentence, see `Layout`.
    """

    format: Literal["auto", InputFormat] = "auto"
    token: Column | None = None
    sentence: Column | None = None
    encoding: str | None = None
    pretokenized: bool = False
    max_tokens: int = MAX_TOKENS


def read_input(
    source: Path | BinaryIO, trained_on: Layout, options: InputOptions = InputOptions(), *, rows_of: str | None = None
) -> Iterator[Sentence]:
    """Read sentences without tags, one by one.

    Args:
        source: a file or a stream.
        trained_on: layout of the files that the tagger was trained on, used for input of the same format.
        options: format, columns and encoding.
        rows_of: output format; sentences of input in this format keep their lines.

    Raises:
        DataError: the input cannot be read; names file and line.
    """
    if options.format == "text" or (options.format == "auto" and not isinstance(source, Path)):
        lines = read_lines(source, encoding=options.encoding or "utf-8", max_tokens=options.max_tokens)
        yield from _texts(lines, options)
    else:
        yield from _read_file(source, trained_on, options, rows_of)


def _read_file(
    source: Path | BinaryIO, trained_on: Layout, options: InputOptions, rows_of: str | None
) -> Iterator[Sentence]:
    # These load all formats, which plain text does not need.
    from tagger.reading.read import can_read_as, sentences_in, warn_of_other_token_column
    from tagger.reading.token_lines import is_token_per_line, warn_of_word_per_line
    from tagger.reading.untagged import guess_untagged

    path = source_name(source)
    lines, encoding = _decode(source, trained_on, options)
    known = Layout(token=options.token, sentence=options.sentence)
    trained_on = replace(trained_on, max_tokens=options.max_tokens)
    inputs = Layout(
        numeric=trained_on.numeric,
        columns=trained_on.columns,
        decimal=trained_on.decimal,
        missing_numbers=trained_on.missing_numbers,
        max_tokens=options.max_tokens,
    )
    first: list[str] = []
    if options.format == "auto" or options.format == "text":
        first = lines.first()
        layout = guess_untagged(first, path, with_columns(inputs, known))
        format_name, suffix = layout.format if layout else "text", "" if encoding == "utf-8" else f" in {encoding}"
        log.info(
            "reading %s as %s%s; --input-format and --encoding override this", display_path(path), format_name, suffix
        )
    else:
        layout = with_columns(replace(inputs, format=options.format), known)
    if layout is None:
        if options.format == "auto":
            warn_of_word_per_line(first, path)
        yield from _texts(lines, options)
        return
    has_text_rows = layout.per_row == "sentence" and not options.pretokenized
    is_like_train = can_read_as(layout, trained_on, first) if first else layout.format == trained_on.format
    if is_like_train and not is_token_per_line(first):  # in training, the tokens may be in another column
        if options.token is None:
            warn_of_other_token_column(layout, trained_on, path)
        layout = with_columns(trained_on, known)
        has_text_rows = False
    if options.pretokenized and layout.per_row == "sentence" and reads_texts(layout):
        layout = replace(layout, answers=())  # without a label, the tokens of a row are delimited by spaces
    notes = _notes_on_table(path, layout) if layout.format == "csv" else None
    sentences = sentences_in(lines, layout, path, tagged=False, keep_rows=rows_of == layout.format, notes=notes)
    if has_text_rows:
        sentences = (
            text_sentence(" ".join(each.tokens), path=path, line=each.line, max_tokens=options.max_tokens)
            for each in sentences
        )
    yield from sentences
    if notes and notes.broken.n:
        from tagger.checks import log_row_findings

        log_row_findings(notes, ())


def _notes_on_table(path: str, layout: Layout) -> "FileNotes":
    """Notes on a table, to warn of a CR or CRLF in a cell, which is read as LF."""
    from tagger.corpus.file_notes import FileNotes

    notes = FileNotes()
    notes.path, notes.layout = path, layout
    return notes


def _decode(source: Path | BinaryIO, trained_on: Layout, options: InputOptions) -> tuple[Lines, str]:
    """Return the lines of a source and their encoding, recognised from the first chunks unless it is an option."""
    from tagger.reading.encoding import N_CHUNKS, encoding_or_default

    path, chunks = source_name(source), read_chunks(source)
    first = [*itertools.islice(chunks, N_CHUNKS if isinstance(source, Path) else 1)]
    usual = "utf-8" if "jsonl" in (options.format, *path.split(".")) else trained_on.encoding
    encoding = options.encoding or encoding_or_default(b"".join(first), usual, path)
    chunks = itertools.chain(first, chunks)
    return Lines(chunks, path, encoding=encoding, max_tokens=options.max_tokens), encoding


def _texts(lines: Lines, options: InputOptions) -> Iterator[Sentence]:
    return text_sentences(lines, pretokenized=options.pretokenized, path=lines.name, max_tokens=options.max_tokens)
