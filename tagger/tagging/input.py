"""Files and streams of `tagger predict`, read as sentences."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from tagger.corpus.chunks import source_name
from tagger.corpus.layout import Layout
from tagger.corpus.lines import read_lines
from tagger.corpus.sentence import Sentence
from tagger.corpus.text import text_sentences
from tagger.format_names import InputFormat


def guess_input_format(source: Path | BinaryIO, layout: Layout = Layout()) -> InputFormat:
    """By the file's name, aside from `.gz`; any other file, .txt and a stream are text, one sentence a line.

    Args:
        source: a file or a stream.
        layout: of the files that the tagger was trained on: if those are tables, so are files named as of columns.
    """
    if not isinstance(source, Path) or source.name.lower().removesuffix(".gz").endswith(".txt"):
        return "text"
    from tagger.corpus.formats import format_by_suffix, likely_format  # no text needs them

    return likely_format(format_by_suffix(source), layout) or "text"


def read_input(
    source: Path | BinaryIO,
    source_format: InputFormat,
    layout: Layout,
    *,
    pretokenized: bool,
    keep_rows: bool,
    encoding: str | None = None,
) -> Iterator[Sentence]:
    """Sentences without tags, as they come.

    Args:
        source: a file or a stream.
        source_format: of the source.
        layout: of the files that the tagger was trained on; it counts where the input has the same format.
        pretokenized: for text: split at white space only.
        keep_rows: whether sentences keep the file's own lines.
        encoding: of the source; None: UTF-8 for text, that of the files of training for all else.

    Raises:
        DataError: names file and line.
    """
    if source_format == "text":
        lines = read_lines(source, encoding=encoding or "utf-8")
        yield from text_sentences(lines, pretokenized=pretokenized, path=source_name(source))
    else:
        from tagger.corpus.read import read_sentences  # all formats, which no text needs

        if source_format != layout.format:
            layout = Layout(
                format=source_format,
                numeric=layout.numeric,
                columns=layout.columns,
                encoding=layout.encoding,
                decimal=layout.decimal,
            )
        if encoding is not None:
            layout = replace(layout, encoding=encoding)
        yield from read_sentences(source, layout, tagged=False, keep_rows=keep_rows)
