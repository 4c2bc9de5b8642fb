"""Convert tagged files to another format or scheme."""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

from tagger.corpus.chunks import read_raw_chunks, source_name
from tagger.corpus.detection import detect_scheme
from tagger.corpus.file_notes import FileNotes
from tagger.corpus.formats import format_by_suffix, format_of
from tagger.corpus.layout import Layout
from tagger.corpus.lines import read_lines
from tagger.corpus.sentence import Sentence
from tagger.corpus.spelling import SchemeName, notation_named
from tagger.corpus.tags import convert_tags
from tagger.corpus.write import write_sentences
from tagger.errors import ConfigError, DataError
from tagger.files import writing
from tagger.format_names import Format
from tagger.reading.read import no_sentence, read_sentences, recognised, with_encoding

log = logging.getLogger("tagger")


def converted(
    source: Path | BinaryIO,
    target: Path | None,
    layout: Layout,
    *,
    scheme: SchemeName | None,
    to_format: Format = "auto",
) -> Iterator[str]:
    """The text of a tagged file in another format or scheme, piece by piece, in constant memory.

    Args:
        source: a file or a stream. Where its format or the scheme of its tags has to be found first, it is read more
            than once; of what cannot be, such as a pipe, a copy is then made on disk.
        target: what the text is for; its name, aside from `.gz`, tells the format where `to_format` is auto.
        layout: of the source.
        scheme: of the tags that are written, which mends them where they are not valid; None: as they are.
        to_format: what to write; auto: by the target's name, columns where that does not tell.

    Raises:
        DataError: the file cannot be read, or holds what the format cannot say; names file and line.
        ConfigError: a scheme is asked of tags that have none.
    """
    if isinstance(source, Path) and target is not None and target.exists() and source.samefile(target):
        raise ConfigError(f"{target}: is the file to read, too", "write to another one")
    if to_format == "auto":
        to_format = (target and format_by_suffix(target)) or "columns"
    is_needed = layout.format == "auto" or scheme is not None
    with _kept(source, is_needed=is_needed) as kept:
        layout = with_encoding(layout, kept)
        if layout.format == "auto":
            lines = read_lines(_from_start(kept), encoding=layout.encoding)
            layout, _ = recognised(layout, lines, source_name(source), log_format=True)
        change = None
        if scheme is not None:
            found = read_sentences(_from_start(kept), layout)
            detected = detect_scheme(sentence.tags or () for sentence in found)
            log.info("scheme %s", detected.evidence)
            if detected.scheme == "none":
                name = source_name(source)
                raise ConfigError(f"--scheme {scheme}: the tags of {name} have no scheme", "leave --scheme away")
            change = partial(convert_tags, source=detected.notation(), target=notation_named(scheme), repair=True)
        is_kept = is_needed or (isinstance(kept, Path) and kept.is_file())
        keep_rows = to_format == layout.format and format_of(layout).keeps_rows
        if is_kept and not keep_rows:
            lines = read_lines(_from_start(kept), encoding=layout.encoding)
            if not_converted := format_of(layout).not_converted(lines, layout):
                log.info("not written: %s", ", ".join(not_converted))
        notes = FileNotes()
        sentences = read_sentences(_from_start(kept), layout, keep_rows=keep_rows, notes=notes)
        if change is not None:
            sentences = (replace(sentence, tags=change(sentence.tags or ())) for sentence in sentences)
        yield from write_sentences(_counted(sentences, notes), to_format, layout)


@contextmanager
def _kept(source: Path | BinaryIO, *, is_needed: bool) -> Iterator[Path | BinaryIO]:
    """What can be read more than once, if that is needed: a file as it is, of all else a copy on disk."""
    if not is_needed or (isinstance(source, Path) and (source.is_file() or not source.exists())):
        yield source
        return
    with tempfile.TemporaryFile() as copy:
        copy.raw.name = source_name(source)  # type: ignore[attr-defined]  # for messages
        with writing(Path(tempfile.gettempdir())):
            copy.writelines(read_raw_chunks(source))
            copy.flush()
        yield copy


def _from_start(source: Path | BinaryIO) -> Path | BinaryIO:
    if not isinstance(source, Path) and source.seekable():
        source.seek(0)
    return source


def _counted(sentences: Iterator[Sentence], notes: FileNotes) -> Iterator[Sentence]:
    n_sentences, tags = 0, set[str]()
    for sentence in sentences:
        n_sentences += 1
        tags.update(sentence.tags or ())
        yield sentence
    if not n_sentences:
        raise no_sentence(notes)
    if tags <= {"_"}:
        raise DataError(f"{notes.path}: all tags are `_`: no word is tagged", "choose another column with --tag")
    log.info("%s sentence%s", f"{n_sentences:,}", "" if n_sentences == 1 else "s")
    if notes.header or notes.surplus.n or notes.bad.n:
        from tagger.checks import warn_of_rows  # loads NumPy, for which most files should not wait

        warn_of_rows(notes, tags)
