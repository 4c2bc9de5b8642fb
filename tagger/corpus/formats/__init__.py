"""Formats of files of sentences, a module each: how a file is recognised, read and written.

A new format is a module here with its `FORMAT`, and its name in `format_names.py`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tagger.corpus.layout import Column, Layout
from tagger.corpus.sentence import Sentence
from tagger.errors import DataError
from tagger.format_names import FORMATS, FormatName

if TYPE_CHECKING:
    from tagger.corpus.file_notes import FileNotes

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Source:
    """The lines of a file or stream, and how they are read.

    Args:
        lines: without line ends.
        layout: its format is decided.
        path: for messages.
        tagged: whether tags are read; without, a file needs none.
        keep_rows: whether sentences keep the file's own lines, as far as the format has a line for each token.
        notes: on the file, if some are taken.
    """

    lines: Iterable[str]
    layout: Layout
    path: str
    tagged: bool = True
    keep_rows: bool = False
    notes: "FileNotes | None" = None

    def leave_out(self, number: int, error: DataError) -> None:
        """Note a row that cannot be read, if the layout says that such rows are left out.

        Args:
            number: of its line.
            error: what is wrong with it.

        Raises:
            DataError: the error, where the layout says that it is one.
        """
        if self.notes and self.tagged and self.layout.bad_rows == "skip":
            self.notes.bad.add(number, error.message.removeprefix(f"{self.path}:{number}: "))
            return
        if error.hint is None and self.tagged:
            raise DataError(error.message, 'if few rows are so, data.bad_rows = "skip" leaves them out') from None
        raise error


def sentences_of_lines(source: Source, sentence_at: Callable[[int, str], Sentence | None]) -> Iterator[Sentence]:
    """The sentences of a format in which a line holds a whole one.

    Args:
        source: of the lines.
        sentence_at: the sentence of a line, with its number; None where it has none. Raises DataError where the line
            cannot be read.
    """
    for number, line in enumerate(source.lines, 1):
        try:
            sentence = sentence_at(number, line)
        except DataError as error:
            source.leave_out(number, error)
            continue
        if sentence is not None:
            yield sentence


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A format of files of sentences.

    Args:
        read: the sentences of a source.
        write: tagged sentences as text, piece by piece; takes the layout of the file that they were read from, too.
            Raises DataError where a token or tag cannot be written.
        suffixes: of files in this format, in lower case.
        recognises: whether a line, neither blank nor a comment nor a document mark, shows the format.
        description: in words for users; formats with columns are described by those.
        keys: of the layout that have a meaning here, beside those that all formats share.
        tag: the column of tags by default, where it has a name.
        is_optional: whether not every word has a column's value: a word without it has the tag `_`.
        mistaken_for: formats that files in this one may seem to be in.
        keeps_rows: whether sentences that kept their rows are written as they were, with other tags.
        is_sentence_a_line: whether a line holds a whole sentence.
        left_out: content that files have at their start and other formats do not take over, in words for users.
    """

    read: Callable[[Source], Iterator[Sentence]]
    write: Callable[[Iterable[Sentence], Layout], Iterator[str]]
    suffixes: tuple[str, ...]
    recognises: Callable[[str], bool]
    description: str = ""
    keys: frozenset[str] = frozenset()
    tag: str | None = None
    is_optional: Callable[[Column], bool] = lambda _: False
    mistaken_for: tuple[FormatName, ...] = ()
    keeps_rows: bool = False
    is_sentence_a_line: bool = False
    left_out: Callable[[Iterator[str], Layout], list[str]] = lambda *_: []


def load_format(name: FormatName) -> FileFormat:
    """The format of a name. Its module is imported on first use: to tag a line of text, none is needed."""
    file_format: FileFormat = import_module(f"{__name__}.{name}").FORMAT
    return file_format


def format_of(layout: Layout) -> FileFormat:
    """The format of a layout in which it is decided."""
    if layout.format == "auto":
        raise ValueError("the format is to be decided by the file first")
    return load_format(layout.format)


def may_lack_tags(layout: Layout) -> bool:
    """Whether not every word has a value in the column of tags, and a word without one is tagged `_`."""
    return layout.tag is not None and format_of(layout).is_optional(layout.tag)


def format_by_suffix(path: Path) -> FormatName | None:
    """The format whose suffix a file's name has, aside from `.gz`; None where there is none."""
    suffix = Path(path.name.lower().removesuffix(".gz")).suffix
    return next((name for name in FORMATS if suffix in load_format(name).suffixes), None)


def likely_format(name: T, layout: Layout) -> T | FormatName:
    """A file's format as it seems, or that of a layout where files in this may be taken for the other."""
    if layout.format != "auto" and name in load_format(layout.format).mistaken_for:
        return layout.format
    return name


def other_columns(count: int) -> list[str]:
    """A number of columns that are left out, in words."""
    return [f"{count} other column{'' if count == 1 else 's'}"] if count > 0 else []
