"""Convert tagged files to another format or scheme."""

import logging
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

from tagger.corpus.chunks import read_raw_chunks, source_name
from tagger.corpus.conllu_columns import blank_tags_hint
from tagger.corpus.conllu_writer import log_tag_column
from tagger.corpus.counted import counted
from tagger.corpus.detection import detect_scheme
from tagger.corpus.file_notes import FileNotes
from tagger.corpus.formats import format_by_suffix, format_of
from tagger.corpus.layout import Layout
from tagger.corpus.lines import Lines, read_lines
from tagger.corpus.sentence import Sentence
from tagger.corpus.spelling import SchemeName, notation_named
from tagger.corpus.tags import convert_tags
from tagger.corpus.write import write_sentences
from tagger.errors import ConfigError, DataError
from tagger.files import writing
from tagger.format_names import Format
from tagger.reading.read import read_sentences, resolve_encoding, resolve_layout
from tagger.reading.whole_files import no_sentences

log = logging.getLogger("tagger")


def converted_text(
    source: Path | BinaryIO,
    target: Path | None,
    layout: Layout,
    *,
    scheme: SchemeName | None,
    to_format: Format = "auto",
) -> Iterator[str]:
    """Yield the text of a tagged file in another format or scheme, piece by piece, in constant memory.

    Args:
        source: a file or a stream. It is read more than once if its format or scheme must be recognised; of a stream
            that cannot be rewound, a copy is then made on disk.
        target: path of the output, if any; its suffix, apart from `.gz`, decides the format if `to_format` is auto.
        layout: layout of the source.
        scheme: scheme of the output, in which invalid tags are corrected; None leaves tags unchanged.
        to_format: format of the output; auto: by the target's suffix, else columns.

    Raises:
        DataError: the file cannot be read, or the format cannot represent its content; names file and line.
        ConfigError: a scheme is requested, but the tags have none, or source and target are the same file.
    """
    if isinstance(source, Path) and target is not None and target.exists() and source.samefile(target):
        raise ConfigError(f"{target}: is also the input", "write to another file")
    if to_format == "auto":
        to_format = (target and format_by_suffix(target)) or "columns"
    is_reread = layout.format == "auto" or scheme is not None
    with _rereadable(source, is_needed=is_reread) as file:
        layout = resolve_encoding(layout, file)
        if layout.format == "auto":
            layout = resolve_layout(layout, _lines(file, layout).first(), source_name(source), log_format=True)
        change = None
        if scheme is not None:
            change = _scheme_change(read_sentences(_from_start(file), layout), scheme, source_name(source))
        keep_rows = to_format == layout.format and format_of(layout).keeps_rows
        if not keep_rows and (is_reread or (isinstance(file, Path) and file.is_file())):
            left_out = format_of(layout).not_converted(iter(_lines(file, layout).first()), layout)
            if left_out:
                log.info("not written: %s", ", ".join(left_out))
        if to_format == "conllu":
            log_tag_column(layout)
        notes = FileNotes()
        sentences = read_sentences(_from_start(file), layout, keep_rows=keep_rows, notes=notes)
        if change is not None:
            sentences = (replace(sentence, tags=change(sentence.tags or ())) for sentence in sentences)
        yield from write_sentences(_log_count(sentences, notes), to_format, layout)


def _scheme_change(
    sentences: Iterable[Sentence], scheme: SchemeName, name: str
) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """A function that rewrites tags from the detected scheme in another one."""
    detected = detect_scheme(sentence.tags or () for sentence in sentences)
    log.info("scheme %s", detected.evidence)
    if detected.scheme == "none":
        raise ConfigError(f"--scheme {scheme}: the tags of {name} have no scheme", "leave out --scheme")
    return partial(convert_tags, source=detected.notation(), target=notation_named(scheme), repair=True)


@contextmanager
def _rereadable(source: Path | BinaryIO, *, is_needed: bool) -> Iterator[Path | BinaryIO]:
    """A source that can be read more than once, if needed: a file itself, or a copy of a stream on disk."""
    if not is_needed or (isinstance(source, Path) and (source.is_file() or not source.exists())):
        yield source
        return
    with tempfile.TemporaryFile() as copy:
        copy.raw.name = source_name(source)  # type: ignore[attr-defined]  # for messages
        with writing(Path(tempfile.gettempdir())):
            copy.writelines(read_raw_chunks(source))
            copy.flush()
        yield copy


def _lines(source: Path | BinaryIO, layout: Layout) -> Lines:
    return read_lines(_from_start(source), encoding=layout.encoding, max_tokens=layout.max_tokens)


def _from_start(source: Path | BinaryIO) -> Path | BinaryIO:
    if not isinstance(source, Path) and source.seekable():
        source.seek(0)
    return source


def _log_count(sentences: Iterator[Sentence], notes: FileNotes) -> Iterator[Sentence]:
    n_sentences, tags = 0, set[str]()
    for sentence in sentences:
        n_sentences += 1
        tags.update(sentence.tags or ())
        yield sentence
    if not n_sentences:
        raise no_sentences(notes)
    if tags <= {"_"}:
        raise DataError(f"{notes.path}: every tag is `_`: no word is tagged", blank_tags_hint(notes.layout))
    log.info("%s", counted(n_sentences, "sentence"))
    if notes.header or notes.surplus.n or notes.bad.n:
        from tagger.checks import log_row_findings  # loads NumPy, which most files do not need

        log_row_findings(notes, tags)
