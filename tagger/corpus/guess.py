"""Which format a file is in, by its name and first lines."""

import re
from collections.abc import Iterable

from tagger.corpus.columns import DOCUMENT_MARK
from tagger.corpus.conllu import is_word_line
from tagger.corpus.jsonl import parse_object
from tagger.corpus.layout import Format
from tagger.corpus.slash import PIECE
from tagger.corpus.table import DELIMITERS, parted_header
from tagger.errors import DataError

NAME = re.compile(r"[^\W\d]\w*")  # of a column, where a file's name does not tell that it is a table


def guess_format(lines: Iterable[str], path: str) -> tuple[Format, str]:
    """The format, and in words for users what it was told by.

    Tables and JSON lines go by the file's name (`.csv`, `.jsonl`, also with `.gz`). Else the first line that is not
    blank, a comment or a document mark decides. It is
    - of CoNLL-U, where it has ten columns of which the first is a word id;
    - of JSON lines, where it is an object;
    - of slash text, where each of its words has a slash and something on both sides of it;
    - a table's header, where nothing but names parted by commas or semicolons is in it;
    - of columns, where it is anything else.
    """
    name = path.lower().removesuffix(".gz")
    if name.endswith(".csv"):
        return "csv", _header_in_words(next(iter(lines), ""))
    if name.endswith(".jsonl"):
        return "jsonl", "JSON, an object a line"
    for line in lines:
        if is_word_line(line):
            return "conllu", "CoNLL-U, ten columns and the first a word id"
        pieces = PIECE.findall(line)
        if pieces and not line.startswith("#") and pieces[0] != DOCUMENT_MARK:
            return _by_line(line, pieces)
    return "columns", "nothing in it"


def _by_line(line: str, pieces: list[str]) -> tuple[Format, str]:
    if n_tabs := line.count("\t"):
        return "columns", f"columns parted by TAB, {n_tabs + 1} of them"
    if _is_object(line):
        return "jsonl", "JSON, an object a line"
    if all(token and tag for token, _, tag in (piece.rpartition("/") for piece in pieces)):
        return "slash", "word/TAG, a sentence a line"
    _, header = parted_header(line)
    if len(set(header)) == len(header) > 1 and all(map(NAME.fullmatch, header)):
        return "csv", _header_in_words(line)
    return "columns", f"columns parted by spaces, {len(pieces)} of them"


def _is_object(line: str) -> bool:
    try:
        parse_object(line, "")
    except DataError:
        return False
    return True


def _header_in_words(line: str) -> str:
    delimiter, header = parted_header(line)
    return f"a table parted by {DELIMITERS[delimiter]}, its columns {', '.join(header)}" if header else "nothing in it"
