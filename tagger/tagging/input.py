"""Files and streams of `tagger predict`, read as sentences."""

import itertools
import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Literal

from tagger.corpus.chunks import display_path, read_chunks, source_name
from tagger.corpus.layout import Column, Layout, with_columns
from tagger.corpus.lines import decoded_lines, read_lines
from tagger.corpus.sentence import Sentence
from tagger.corpus.text import text_sentence, text_sentences
from tagger.format_names import InputFormat

log = logging.getLogger("tagger")


@dataclass(frozen=True, slots=True)
class Input:
    """How a file of sentences to be tagged is read.

    Args:
        format: `auto`: a stream is text, one sentence a line; a file is recognised by its content.
        token: column or key of tokens; default: as in training where the format is the same, else recognised.
        sentence: column that tells sentences apart.
        encoding: default: UTF-8 for text and JSON; else that of training, unless the file is UTF-8.
        pretokenized: whether text is split at white space only.
    """

    format: Literal["auto", InputFormat] = "auto"
    token: Column | None = None
    sentence: Column | None = None
    encoding: str | None = None
    pretokenized: bool = False


def read_input(
    source: Path | BinaryIO, trained_on: Layout, options: Input = Input(), *, rows_of: str | None = None
) -> Iterator[Sentence]:
    """Sentences without tags, as they come.

    Args:
        source: a file or a stream.
        trained_on: layout of the files that the tagger was trained on; it counts where the input has the same format.
        options: of the input.
        rows_of: the format of which sentences keep the file's own lines.

    Raises:
        DataError: names file and line.
    """
    if options.format == "text" or (options.format == "auto" and not isinstance(source, Path)):
        lines = read_lines(source, encoding=options.encoding or "utf-8")
        yield from text_sentences(lines, pretokenized=options.pretokenized, path=source_name(source))
    else:
        yield from _read_file(source, trained_on, options, rows_of)


def _read_file(source: Path | BinaryIO, trained_on: Layout, options: Input, rows_of: str | None) -> Iterator[Sentence]:
    # All formats, which no text needs.
    from tagger.reading.encoding import N_CHUNKS, encoding_like
    from tagger.reading.guess import N_LINES, guess_untagged
    from tagger.reading.read import is_alike, sentences_in, warn_of_other_token

    path, chunks = source_name(source), read_chunks(source)
    head = b"".join(itertools.islice(chunks, N_CHUNKS if isinstance(source, Path) else 1))
    usual = "utf-8" if "jsonl" in (options.format, *path.split(".")) else trained_on.encoding
    encoding = options.encoding or encoding_like(head, usual, path)
    lines = decoded_lines(itertools.chain(filter(None, [head]), chunks), path, encoding=encoding)
    known = Layout(token=options.token, sentence=options.sentence)
    of_tagger = Layout(numeric=trained_on.numeric, columns=trained_on.columns, decimal=trained_on.decimal)
    first: list[str] = []
    if options.format == "auto" or options.format == "text":
        first = list(itertools.islice(lines, N_LINES))
        layout = guess_untagged(first, path, with_columns(of_tagger, known))
        lines = itertools.chain(first, lines)
        kind, coded = layout.format if layout else "text", "" if encoding == "utf-8" else f" in {encoding}"
        log.info("reading %s as %s%s; --input-format and --encoding say otherwise", display_path(path), kind, coded)
    else:
        layout = with_columns(replace(of_tagger, format=options.format), known)
    if layout is None:
        yield from text_sentences(lines, pretokenized=options.pretokenized, path=path)
        return
    is_text_a_row = layout.per_row == "sentence" and not options.pretokenized
    is_like_train = is_alike(layout, trained_on, first) if first else layout.format == trained_on.format
    if is_like_train:
        if options.token is None:
            warn_of_other_token(layout, trained_on, path)
        layout = with_columns(trained_on, known)
        is_text_a_row = False
    sentences = sentences_in(lines, layout, path, tagged=False, keep_rows=rows_of == layout.format)
    if is_text_a_row:
        sentences = (text_sentence(" ".join(each.tokens), path=path, line=each.line) for each in sentences)
    yield from sentences
