"""Files to sentences."""

import itertools
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from tagger.corpus.chunks import display_path, source_name
from tagger.corpus.formats import Source, format_by_suffix, format_of, likely_format, may_lack_tags
from tagger.corpus.json_values import looks_like_json
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
    like: Layout | None = None,
) -> Iterator[Sentence]:
    """The sentences of a file or stream, one by one as they come.

    Rows that are left out, and cells that are, stand in the notes: who takes none does not learn of them.

    Args:
        source: a path, or a binary stream; gzip is unpacked.
        layout: which columns of which format; see `recognised` for `auto`.
        tagged: whether tags are read; without, a file needs none.
        keep_rows: whether sentences keep the file's own lines, for a writer that gives them back.
        notes: to be taken on the file while it is read.
        log_format: whether to log how a format was recognised.
        like: layout of another file, see `recognised`.

    Raises:
        DataError: the file cannot be read; names file and line.
        ConfigError: the layout does not go with the format.
    """
    path = source_name(source)
    layout = with_encoding(layout, source)
    encoding = layout.encoding
    if notes is None and layout.bad_rows == "skip" and tagged:
        notes = _new_notes()
    lines = notes.read_lines(source, encoding=encoding) if notes else read_lines(source, encoding=encoding)
    layout, lines = recognised(layout, lines, path, tagged=tagged, log_format=log_format, like=like)
    if notes:
        notes.layout = layout
    yield from sentences_in(lines, layout, path, tagged=tagged, keep_rows=keep_rows, notes=notes)


def with_encoding(layout: Layout, source: Path | BinaryIO) -> Layout:
    """The layout with the encoding `auto` decided by a file's first bytes; UTF-8 for a stream that has to go on.

    Raises:
        DataError: the file cannot be read, or its encoding is not recognised.
    """
    if layout.encoding != "auto":
        return layout
    from tagger.reading.encoding import encoding_in, read_head

    encoding, why = "utf-8", ""
    if not isinstance(source, Path):
        if source.seekable():
            encoding, why = encoding_in(read_head(source), source_name(source))
            source.seek(0)
    elif source.is_file() or not source.exists():
        encoding, why = encoding_in(read_head(source), str(source))
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
    """The sentences in the lines of a file whose format is decided; see `read_sentences`."""
    file_format = format_of(layout)
    check_layout(layout, file_format.keys, path)
    sentences = file_format.read(Source(lines, layout, path, tagged=tagged, keep_rows=keep_rows, notes=notes))
    return _renamed(sentences, dict(layout.map), notes) if tagged and layout.map else sentences


def _renamed(sentences: Iterator[Sentence], names: dict[str, str], notes: "FileNotes | None") -> Iterator[Sentence]:
    for sentence in sentences:
        tags = sentence.tags or ()
        if notes:
            notes.mapped |= names.keys() & {*tags}
        yield replace(sentence, tags=tuple(names.get(tag, tag) for tag in tags))


def recognised(
    layout: Layout,
    lines: Iterator[str],
    path: str,
    *,
    tagged: bool = True,
    log_format: bool = False,
    like: Layout | None = None,
) -> tuple[Layout, Iterator[str]]:
    """The layout of a file with nothing left open, and all lines of the file.

    A layout that names its format is the whole layout: of columns that it leaves open, the format's defaults are meant.
    Where the format is `auto`, both are guessed from the first lines.

    Args:
        layout: what is known.
        lines: of the file; its first ones are taken, and are again among those that are returned.
        path: of the file, for messages.
        tagged: whether tags are read; without, a file that shows no format is one of columns.
        log_format: whether to log how the format was recognised.
        like: layout of another file, decided; it is that of this one, too, where the formats are the same.

    Raises:
        DataError: the file is not tagged in a way that is read; names it.
    """
    if layout.format != "auto":
        return layout, lines
    from tagger.reading.guess import N_LINES, guess_layout, guess_untagged  # not needed by those who know

    first = list(itertools.islice(lines, N_LINES))
    if not tagged:
        layout = guess_untagged(first, path, layout) or replace(layout, format="columns")
        return layout, itertools.chain(first, lines)
    try:
        guess = guess_layout(first, path, layout, is_sure=False)
    except DataError:
        named = format_by_suffix(Path(path))
        is_of_like = like is not None and like.format != "auto" and named in (None, like.format)
        if like is None or not is_of_like or looks_like_json("".join(first[:1])):
            raise
        return like, itertools.chain(first, lines)  # whose reader names the line
    if log_format:
        log.info("%s: %s", display_path(path), guess.why["format"])
    if like is None or not is_alike(guess.layout, like, first):
        return guess.layout, itertools.chain(first, lines)
    warn_of_other_token(guess.layout, like, path)
    return like, itertools.chain(first, lines)


def is_alike(looks: Layout, like: Layout, lines: Sequence[str]) -> bool:
    """Whether a file that looks like one layout may be read by another: its format is that one's, or may be.

    What seems to be columns is a table of names only if its first row has them.
    """
    if looks.format == like.format or likely_format(looks.format, like) != like.format:
        return looks.format == like.format
    header = re.split(r"[\t,;|]", next(filter(str.strip, lines), ""))
    names = (like.token, like.sentence, *like.numeric, *like.columns)
    return all(name in header for name in names if isinstance(name, str))


def warn_of_other_token(looks: Layout, like: Layout, path: str) -> None:
    """Warn where the tokens of a file that is read like another look like standing in another column."""
    is_by_place = looks.format in ("columns", "csv") and not (isinstance(like.token, int) and like.token < 0)
    if is_by_place and None not in (looks.token, like.token) and looks.token != like.token:
        log.warning(
            "%s: the tokens seem to stand in column %s; they are read from column %s, as in training, "
            "where data.token does not say another", display_path(path), looks.token, like.token,
        )  # fmt: skip


def no_sentence(notes: "FileNotes") -> DataError:
    """The error for a file without a sentence, on which notes were taken."""
    if notes.bad.n:
        number, reason = min(notes.bad.first)
        return DataError(
            f"{notes.path}:{number}: {reason}; none of the {notes.bad.n:,} rows can be read",
            "is it in another format, or in other columns?",
        )
    if notes.header is not None:
        return DataError(f"{notes.path}: no rows below the header", "each row needs a token and its tag")
    return DataError(f"{notes.path}: no sentence found", "is it empty, or all comments?")


def _new_notes() -> "FileNotes":
    from tagger.corpus.file_notes import FileNotes

    return FileNotes()


def read_tagged(
    path: Path,
    layout: Layout,
    *,
    notes: "FileNotes | None" = None,
    log_format: bool = False,
    like: Layout | None = None,
) -> "Sentences":
    """All sentences of a tagged file, which is read once.

    Args:
        path: of the file.
        layout: which columns of which format.
        notes: to be taken on the file, for who reports on its rows; without, what is not read of them is logged.
        log_format: whether to log how a format was recognised.
        like: layout of another file, see `recognised`.

    Raises:
        DataError: as `read_sentences`; also where there is no sentence, or no word has a tag but `_`.
        ConfigError: the layout does not go with the format.
    """
    from tagger.checks import warn_of_rows
    from tagger.corpus.sentences import Sentences

    is_of_caller = notes is not None
    notes = notes or _new_notes()
    found = Sentences.collect(read_sentences(path, layout, notes=notes, log_format=log_format, like=like))
    if not found:
        raise no_sentence(notes)
    if not is_of_caller:
        warn_of_rows(notes, found.tag_counts())
    if found.tag_names == ("_",):
        layout = notes.layout
        tag: Column = format_of(layout).tag or "of tags" if layout.tag is None else layout.tag
        where = "has that key" if may_lack_tags(layout) else "is tagged"
        raise DataError(
            f"{path}: column {tag}: all {len(found.tokens)} tags are `_`: no word {where}",
            "another column may be meant: data.tag in the config says which",
        )
    return found
