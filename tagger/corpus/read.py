"""Files to sentences."""

import itertools
import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from tagger.corpus.chunks import near, source_name
from tagger.corpus.formats import Source, format_of, may_lack_tags
from tagger.corpus.guess import guess_format
from tagger.corpus.layout import Column, Layout, check_layout
from tagger.corpus.lines import read_lines
from tagger.corpus.sentence import Sentence
from tagger.errors import DataError

if TYPE_CHECKING:
    from tagger.corpus.file_notes import FileNotes
    from tagger.corpus.sentences import Sentences  # loads NumPy, for which `convert` should not wait

log = logging.getLogger("tagger")


def read_sentences(
    source: Path | BinaryIO,
    layout: Layout = Layout(),
    *,
    tagged: bool = True,
    keep_rows: bool = False,
    notes: "FileNotes | None" = None,
    log_format: bool = False,
) -> Iterator[Sentence]:
    """The sentences of a file or stream, one by one as they come.

    Args:
        source: a path, or a binary stream; gzip is unpacked.
        layout: which columns of which format.
        tagged: whether tags are read; without, a file needs none.
        keep_rows: whether sentences keep the file's own lines, for a writer that gives them back.
        notes: to be taken on the file while it is read.
        log_format: whether to log how a format was recognised.

    Raises:
        DataError: the file cannot be read; names file and line.
        ConfigError: the layout does not go with the format.
    """
    path = source_name(source)
    encoding = layout.encoding
    lines = notes.read_lines(source, encoding=encoding) if notes else read_lines(source, encoding=encoding)
    layout, lines = _with_format(layout, lines, path, log_format=log_format)
    if notes:
        notes.layout = layout
    file_format = format_of(layout)
    check_layout(layout, file_format.keys, path)
    found = file_format.read(Source(lines, layout, path, tagged=tagged, keep_rows=keep_rows, notes=notes))
    yield from _renamed(found, dict(layout.map), notes) if tagged and layout.map else found


def _renamed(found: Iterable[Sentence], names: dict[str, str], notes: "FileNotes | None") -> Iterator[Sentence]:
    for sentence in found:
        tags = sentence.tags or ()
        if notes:
            notes.mapped |= names.keys() & {*tags}
        yield replace(sentence, tags=tuple(names.get(tag, tag) for tag in tags))


def _with_format(layout: Layout, lines: Iterator[str], path: str, *, log_format: bool) -> tuple[Layout, Iterator[str]]:
    """The layout with `auto` decided by a file's name and first lines, and all lines of the file."""
    if layout.format != "auto":
        return layout, lines
    ahead: list[str] = []
    found, why = guess_format(_kept(lines, ahead), path)
    if log_format:
        log.info("%s: %s", near(path), why)
    return replace(layout, format=found), itertools.chain(ahead, lines)


def _kept(lines: Iterable[str], ahead: list[str]) -> Iterator[str]:
    """The lines, of which those that are taken are kept for who reads on: a stream may be slow."""
    for line in lines:
        ahead.append(line)
        yield line


def resolve_format(source: Path | BinaryIO, layout: Layout, *, log_format: bool = False) -> Layout:
    """The layout with `auto` decided by a file's name and first lines.

    Args:
        source: a file, or a stream of which the lines that are looked at are then gone.
        layout: what is known of it.
        log_format: whether to log how the format was recognised.

    Raises:
        DataError: the file cannot be read.
    """
    if layout.format != "auto":
        return layout
    path = source_name(source)
    if isinstance(source, Path) and source.exists() and not source.is_file():
        raise DataError(f"{path}: is no file, and has to be read more than once", "write it to a file first")
    return _with_format(layout, read_lines(source, encoding=layout.encoding), path, log_format=log_format)[0]


def read_tagged(
    path: Path, layout: Layout, *, notes: "FileNotes | None" = None, log_format: bool = False
) -> "Sentences":
    """All sentences of a tagged file, which is read once.

    Args:
        path: of the file.
        layout: which columns of which format.
        notes: to be taken on the file.
        log_format: whether to log how a format was recognised.

    Raises:
        DataError: as `read_sentences`; also where there is no sentence, or no word has a tag but `_`.
        ConfigError: the layout does not go with the format.
    """
    from tagger.corpus.file_notes import FileNotes
    from tagger.corpus.sentences import Sentences

    notes = notes or FileNotes()
    found = Sentences.of(read_sentences(path, layout, notes=notes, log_format=log_format))
    if not found:
        raise DataError(f"{path}: no sentence found", "is it empty, or all comments?")
    if found.tag_names == ("_",):
        layout = notes.layout
        tag: Column = format_of(layout).tag or "of tags" if layout.tag is None else layout.tag
        where = "has that key" if may_lack_tags(layout) else "is tagged"
        raise DataError(
            f"{path}: column {tag}: all {len(found.tokens)} tags are `_`: no word {where}",
            "another column may be meant: data.tag in the config says which",
        )
    return found
