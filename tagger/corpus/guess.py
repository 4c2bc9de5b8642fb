"""Which format a file is in, by its name and first lines."""

from collections.abc import Iterable
from pathlib import Path

from tagger.corpus.formats import format_by_suffix, load_format
from tagger.corpus.formats.columns import DOCUMENT_MARK
from tagger.format_names import FORMATS, FormatName


def guess_format(lines: Iterable[str], path: str) -> tuple[FormatName, str]:
    """The format, and in words for users how it was recognised.

    Tables and JSON lines go by the file's name (`.csv`, `.jsonl`, also with `.gz`). Else the first line that is not
    blank, a comment or a document mark decides; of columns is a file whose line shows no other format.
    """
    named = format_by_suffix(Path(path))
    if named is not None and (file_format := load_format(named)).goes_by_name:
        return named, file_format.describe(iter(lines))
    first = next((line for line in lines if _has_content(line)), "")
    recognised = (name for name in FORMATS if load_format(name).recognises(first))
    name: FormatName = next(recognised, "columns") if first else "columns"
    return name, load_format(name).describe(iter([first]))


def _has_content(line: str) -> bool:
    """Whether a line is neither blank nor a comment nor a document mark."""
    first, *_ = line.replace("\t", " ").strip(" ").split(" ", 1)
    return first not in ("", DOCUMENT_MARK) and not line.startswith("#")
