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
    from tagger.corpus.sentences import Sentences  # loads NumPy, for which `convert` should not wait

log = logging.getLogger("tagger")


def read_sentences(
    source: Path | BinaryIO, layout: Layout = Layout(), *, tagged: bool = True, keep_rows: bool = False
) -> Iterator[Sentence]:
    """The sentences of a file or stream, one by one as they come.

    Args:
        source: a path, or a binary stream; gzip is unpacked.
        layout: which columns of which format.
        tagged: whether tags are read; without, a file needs none.
        keep_rows: whether sentences keep the file's own lines, for a writer that gives them back.

    Raises:
        DataError: the file cannot be read; names file and line.
        ConfigError: the layout does not go with the format.
    """
    path = source_name(source)
    lines = read_lines(source, encoding=layout.encoding)
    if layout.format == "auto":
        ahead: list[str] = []
        layout = replace(layout, format=guess_format(_kept(lines, ahead), path)[0])
        lines = itertools.chain(ahead, lines)
    file_format = format_of(layout)
    check_layout(layout, file_format.keys, path)
    found = file_format.read(Source(lines, layout, path, tagged=tagged, keep_rows=keep_rows))
    if tagged and layout.map:
        names = dict(layout.map)
        found = (replace(read, tags=tuple(names.get(tag, tag) for tag in read.tags or ())) for read in found)
    yield from found


def _kept(lines: Iterable[str], ahead: list[str]) -> Iterator[str]:
    """The lines, of which those that are taken are kept for who reads on: a stream may be slow."""
    for line in lines:
        ahead.append(line)
        yield line


def resolve_format(source: Path | BinaryIO, layout: Layout, *, tell: bool = False) -> Layout:
    """The layout with `auto` decided by a file's name and first lines.

    Args:
        source: a file, or a stream of which the lines that are looked at are then gone.
        layout: what is known of it.
        tell: whether to log what it was decided by.

    Raises:
        DataError: the file cannot be read.
    """
    if layout.format != "auto":
        return layout
    name = source_name(source)
    if isinstance(source, Path) and source.exists() and not source.is_file():
        raise DataError(f"{name}: is no file, and has to be read more than once", "write it to a file first")
    found, why = guess_format(read_lines(source, encoding=layout.encoding), name)
    if tell:
        log.info("%s: %s", near(name), why)
    return replace(layout, format=found)


def read_tagged(path: Path, layout: Layout) -> "Sentences":
    """All sentences of a tagged file.

    Raises:
        DataError: as `read_sentences`; also where there is no sentence, or no word has a tag but `_`.
        ConfigError: the layout does not go with the format.
    """
    from tagger.corpus.sentences import Sentences

    layout = resolve_format(path, layout)
    found = Sentences.of(read_sentences(path, layout))
    if not found:
        raise DataError(f"{path}: no sentence found", "is it empty, or all comments?")
    if found.tag_names == ("_",):
        tag: Column = format_of(layout).tag or "of tags" if layout.tag is None else layout.tag
        where = "has that key" if may_lack_tags(layout) else "is tagged"
        raise DataError(
            f"{path}: column {tag}: all {len(found.tokens)} tags are `_`: no word {where}",
            "another column may be meant: data.tag in the config says which",
        )
    return found
