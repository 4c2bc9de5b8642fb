"""File formats of sentences: how each is recognised, read and written.

Each format is a module here with its `FORMAT`, and a name in `format_names.py`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tagger.corpus.counted import counted
from tagger.corpus.layout import Column, Layout
from tagger.corpus.lines import Lines
from tagger.corpus.sentence import Sentence
from tagger.errors import DataError
from tagger.format_names import FORMATS, FormatName

if TYPE_CHECKING:
    from tagger.corpus.file_notes import FileNotes

SKIP_HINT = 'for a few such rows, data.bad_rows = "skip" skips them'

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Source:
    """The lines of a file or stream, and how to read them.

    Args:
        lines: lines without line ends.
        layout: layout with a known format.
        path: path of the file, for messages.
        tagged: whether tags are read; otherwise the file needs none.
        keep_rows: whether sentences keep the lines of the file, in formats with a line per token.
        notes: notes on the file; None if not needed.
    """

    lines: Iterable[str]
    layout: Layout
    path: str
    tagged: bool = True
    keep_rows: bool = False
    notes: "FileNotes | None" = None

    @property
    def end_sentence(self) -> Callable[[], None]:
        """Function to call at the beginning of the first sentence of several lines, and at the end of each."""
        return self.lines.end_sentence if isinstance(self.lines, Lines) else _nothing

    def skip_row(self, number: int, error: DataError) -> None:
        """Note a row that cannot be read, if the layout says to skip bad rows.

        Args:
            number: number of its line, from 1.
            error: why it cannot be read.

        Raises:
            DataError: the error, if bad rows are errors.
        """
        if self.notes and self.tagged and self.layout.bad_rows == "skip":
            self.notes.bad.add(number, error.message.removeprefix(f"{self.path}:{number}: "))
            return
        if error.hint is None and self.tagged:
            raise DataError(error.message, SKIP_HINT) from None
        raise error


def _nothing() -> None:
    """Lines that are in memory already have no bound."""


def sentences_of_lines(source: Source, parse_line: Callable[[int, str], Sentence | None]) -> Iterator[Sentence]:
    """Yield the sentences of a format with one sentence per line.

    Args:
        source: the lines.
        parse_line: function from a line number and a line to its sentence, or None if it has none; raises DataError
            for a line that cannot be read.
    """
    for number, line in enumerate(source.lines, 1):
        try:
            sentence = parse_line(number, line)
        except DataError as error:
            source.skip_row(number, error)
            continue
        if sentence is not None:
            yield sentence


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A file format of sentences.

    Args:
        read: function from a source to its sentences.
        write: function from tagged sentences, and the layout of the file they were read from, to pieces of text; raises
            DataError for a token or tag that cannot be written.
        suffixes: suffixes of file names, in lower case.
        recognises: whether a line, neither blank nor a comment nor a document mark, is in this format.
        description: description for users; formats with columns are described by these.
        keys: keys of the layout that the format supports, besides those that all formats share.
        tag: default column of tags, if it has a name.
        is_optional: whether words may lack a value in a column, and then have the tag `_`.
        mistaken_for: formats that a file in this format may look like.
        keeps_rows: whether sentences that kept their rows are written with all but the tags unchanged.
        is_sentence_a_line: whether a line holds a whole sentence.
        not_converted: descriptions, for users, of content that is lost in other formats, from the lines of a file.
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
    not_converted: Callable[[Iterator[str], Layout], list[str]] = lambda *_: []


def load_format(name: FormatName) -> FileFormat:
    """Load a format by name; its module is imported on first use, since tagging a line of text needs none."""
    file_format: FileFormat = import_module(f"{__name__}.{name}").FORMAT
    return file_format


def format_of(layout: Layout) -> FileFormat:
    """Load the format of a layout, which must not be `auto`."""
    if layout.format == "auto":
        raise ValueError("expected a layout with a known format, got auto")
    return load_format(layout.format)


def may_lack_tags(layout: Layout) -> bool:
    """Whether words may lack a value in the column of tags, and then have the tag `_`."""
    return layout.tag is not None and format_of(layout).is_optional(layout.tag)


def format_by_suffix(path: Path) -> FormatName | None:
    """Find the format with the suffix of a file name, ignoring `.gz`; None if there is none."""
    suffix = Path(path.name.lower().removesuffix(".gz")).suffix
    return next((name for name in FORMATS if suffix in load_format(name).suffixes), None)


def likely_format(name: T, layout: Layout) -> T | FormatName:
    """Return the layout's format instead of a recognised one that its files may be mistaken for."""
    if layout.format != "auto" and name in load_format(layout.format).mistaken_for:
        return layout.format
    return name


def other_columns(count: int) -> list[str]:
    """Describe columns that are not converted; an empty list if there are none."""
    return [counted(count, "other column")] if count > 0 else []
