"""Where tokens, tags and numbers stand in a file."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from tagger.errors import ConfigError
from tagger.format_names import Format

Column = str | int

SAID_BY_JSONL = "JSON lines can: predict --format jsonl, convert --to jsonl"  # the hint where a format cannot

DOCUMENT = "document"  # the group of sentences that marks in the file tell, where its format has such marks

# The number of a line, the line, its cells, and the name of the document that begins there. The cells are None where
# the line is no token's (a comment, a range of words), and empty where the row is left out, as it cannot be read; the
# name is None where no document begins, empty if it has none.
# No named tuple, which takes ten times as long to make: a file has millions of rows.
Row = tuple[int, str, list[str] | None, str | None]
Rows = Iterator[Row | None]  # None: a sentence ends here


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns of which kind of file a sentence is made of, and what its tags are called.

    Columns go by name (CoNLL-U, tables, columns with a header, keys of JSON) or by index from 0, negative from the end.

    Args:
        format: `auto` decides by the file's content.
        token: default: form in CoNLL-U, `tokens` or `text` in JSON, the first column elsewhere.
        tag: default: upos in CoNLL-U, `tags` or `spans` in JSON, the last column elsewhere. In CoNLL-U also a key of
            FEATS or MISC.
        numeric: columns of numbers.
        columns: further columns whose values enter as symbols. In CoNLL-U also keys of FEATS or MISC.
        group: the column that says which document, speaker or other whole a sentence is a part of; in CoNLL-U and
            column files, `document` are the marks `# newdoc` and `-DOCSTART-`, unless a header has such a column.
        sentence: tables and columns only: the column whose value is another in each sentence, or stands at the first
            token of each; without it a blank line parts them.
        per_row: tables only: whether a row is a token, or a sentence with spaces between tokens and between tags.
        comments: in column files, whether all lines that start with # are comments.
        encoding: of the file's text; `auto` decides by its bytes.
        map: (tag in the file, tag that it is read as): merges or renames tags.
        decimal: sign before the fraction of a number in `numeric`.
        bad_rows: whether a row that cannot be read is an error or is left out, where tags are read; in JSON lines and
            slash text a row is a sentence.
    """

    format: Format = "auto"
    token: Column | None = None
    tag: Column | None = None
    numeric: tuple[Column, ...] = ()
    sentence: Column | None = None
    per_row: Literal["token", "sentence"] = "token"
    comments: bool = False
    encoding: str = "utf-8"
    map: tuple[tuple[str, str], ...] = ()
    columns: tuple[Column, ...] = ()
    group: Column | None = None
    decimal: Literal[".", ","] = "."
    bad_rows: Literal["error", "skip"] = "error"

    def __post_init__(self) -> None:
        # JSON makes lists of tuples: a layout that comes back from a bundle is still the same, and can be hashed.
        object.__setattr__(self, "numeric", tuple(self.numeric))
        object.__setattr__(self, "columns", tuple(self.columns))
        object.__setattr__(self, "map", tuple((old, new) for old, new in self.map))


DEFAULT = Layout()
UNKNOWN = Layout(encoding="auto")  # format, columns and encoding are recognised


def with_columns(layout: Layout, known: Layout) -> Layout:
    """A layout with the columns of tokens, tags and sentences that are known in place of its own."""
    columns = {key: getattr(known, key) for key in ("token", "tag", "sentence") if getattr(known, key) is not None}
    return replace(layout, **columns)


REFUSALS = {  # why formats refuse a key that has no meaning in them; the first that applies is reported
    "per_row": 'data.per_row = "sentence": only a table has a sentence in a row, which data.format = "csv" tells',
    "sentence": "data.sentence: only columns and tables have one that tells sentences apart",
    "numeric": "features.numeric: only columns, tables and CoNLL-U have numbers",
    "columns": "features.columns: there are no columns but a word and its tag",
    "group": "data.group: nothing in it says what a sentence is a part of",
    "token": "data.token and data.tag: there are no columns to choose from",
    "tag": "data.token and data.tag: there are no columns to choose from",
}


def check_layout(layout: Layout, keys: Collection[str], path: str) -> None:
    """Refuses a layout with keys that have no meaning in its format.

    Args:
        layout: its format is decided.
        keys: that have a meaning.
        path: of the file.

    Raises:
        ConfigError: names the keys.
    """
    for key, problem in REFUSALS.items():
        if key not in keys and getattr(layout, key) != getattr(DEFAULT, key):
            raise ConfigError(f"{path}: read as {layout.format}: {problem}")


def refuse_tag_as_input(
    layout: Layout, path: str, *, token: Column, tag: Column, place_of: Callable[[Column], int | str]
) -> None:
    """Refuses to read tags from a column that the network is given, too: it would learn nothing but to copy it.

    Args:
        layout: whose further columns and numbers are inputs.
        path: of the file.
        token: the column of tokens.
        tag: the column of tags.
        place_of: what is the same of two columns that are one, however they are called.

    Raises:
        ConfigError: names the keys and the column.
    """
    place = place_of(tag)
    if place_of(token) == place:
        free = 0 if place else 1
        key = "data.tag" if layout.tag is None and layout.token is not None else "data.token"
        hint = f"for example {key} = {free}" if isinstance(place, int) else f"{key} says which other one is meant"
        raise ConfigError(f"{path}: data.tag and data.token are the same column: {tag}", hint)
    for key, columns in (("features.numeric", layout.numeric), ("features.columns", layout.columns)):
        if any(place_of(column) == place for column in columns):
            hint = f"take it out of {key}, or data.tag says which other one is meant"
            raise ConfigError(f"{path}: data.tag and {key} are the same column: {tag}", hint)
