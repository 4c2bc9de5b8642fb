"""Where tokens, tags and numbers stand in a file."""

from dataclasses import dataclass
from typing import Literal

Format = Literal["auto", "conllu", "columns", "csv"]
Column = str | int


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns of which kind of file a sentence is made of.

    Columns go by name (CoNLL-U, CSV) or by index from 0, negative from the end.

    Args:
        format: `auto` decides by the file's content.
        token: default: form in CoNLL-U, the first column elsewhere.
        tag: default: upos in CoNLL-U, the last column elsewhere. In CoNLL-U also a key of FEATS or MISC.
        numeric: columns of numbers.
        sentence: CSV only: the column whose value is another in each sentence; without it a blank line parts them.
        comments: in space-separated files, whether lines that start with # are comments.
        encoding: of the file's text.
    """

    format: Format = "auto"
    token: Column | None = None
    tag: Column | None = None
    numeric: tuple[Column, ...] = ()
    sentence: Column | None = None
    comments: bool = False
    encoding: str = "utf-8"
