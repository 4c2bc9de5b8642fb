"""Columns of CoNLL-U and CoNLL-U Plus: their names, how they are detected, and how they are picked from a row.

CoNLL-U Plus, such as PARSEME's `.cupt`, names its columns in `# global.columns`. Universal Propositions have further
columns after the ten, in each sentence as many as it has predicates.

Source: https://universaldependencies.org/format.html and https://universaldependencies.org/ext-format.html.
"""

import re
from collections.abc import Iterable, Sequence
from operator import itemgetter

from tagger.corpus.cell_pickers import CellPicker
from tagger.corpus.column_names import did_you_mean, listed
from tagger.corpus.layout import Column, Layout
from tagger.errors import ConfigError, DataError

FIELDS = ("id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
COLUMNS_MARK = re.compile(r"#\s*global\.columns\s*=\s*(\S.*)")
RANGE_OR_EMPTY_NODE = re.compile(r"\d+-\d+|\d+\.\d+")  # the id of a range of words, or of an empty node


def detect_columns(lines: Iterable[str]) -> tuple[Column, ...] | None:
    """Detect the columns of a CoNLL-U file from `# global.columns` or its first row; later lines are not read.

    Returns:
        Names in lower case; indices for unnamed columns after the ten fields; None if the file is not CoNLL-U.
    """
    for line in lines:
        if names := parse_global_columns(line):
            return names
        if line.strip("\t ") and line[0] != "#":
            return (*FIELDS, *range(len(FIELDS), line.count("\t") + 1)) if is_word_line(line) else None
    return None


def parse_global_columns(line: str) -> tuple[str, ...] | None:
    """Parse the comment `# global.columns` of CoNLL-U Plus into names in lower case; None for any other line."""
    mark = COLUMNS_MARK.fullmatch(line) if "global.columns" in line else None
    return tuple(mark[1].lower().split()) if mark else None


def is_word_line(line: str) -> bool:
    """Whether a line has the ten fields, or more columns, and starts with the id of a word, range or empty node."""
    cells = line.split("\t")
    return is_id(cells[0]) and (len(cells) == len(FIELDS) or has_further_cells(cells))


def is_id(cell: str) -> bool:
    """Whether a cell is the id of a word, a range or an empty node."""
    return bool(cell.isdecimal() or RANGE_OR_EMPTY_NODE.fullmatch(cell))


def has_further_cells(cells: Sequence[str]) -> bool:
    """Whether a row has the ten fields, HEAD and DEPREL in their columns, and further cells, none of them empty."""
    if len(cells) <= len(FIELDS) or not all(cells[len(FIELDS) :]):
        return False
    return (cells[6].isdecimal() or cells[6] == "_") and not (cells[7].isdecimal() or cells[8].isdecimal())


def is_key(column: Column) -> bool:
    """Whether a column is a key of FEATS or MISC, which not every word has."""
    return isinstance(column, str) and column.lower() not in FIELDS


def canonical_column(column: Column, names: Sequence[str]) -> str:
    """The name of a column that is given by name or index; a key of FEATS or MISC is returned unchanged."""
    if isinstance(column, int):
        return names[column] if -len(names) <= column < len(names) else str(column)
    return column.lower() if column.lower() in names else column


def picker(column: Column, names: Sequence[str], path: str) -> CellPicker:
    """Picker of a column by name or index; any other name is a key of FEATS or MISC.

    It returns `_` for a word without the key, and for a row without the requested column after the ten.

    Args:
        column: name, index or key.
        names: names of the columns of the file.
        path: path of the file, for messages.

    Raises:
        ConfigError: the index is out of range.
        DataError: the file has no such column.
    """
    if isinstance(column, int):
        if names == FIELDS and column >= len(FIELDS):
            return lambda cells: cells[column] if column < len(cells) else "_"
        if not -len(names) <= column < len(names):
            raise out_of_range(column, len(names))
        return itemgetter(column)
    if column.lower() in names:
        return itemgetter(names.index(column.lower()))
    indices = pair_indices(names)
    if not is_key(column) or not indices:
        raise missing_column(column, names, path)
    search = re.compile(rf"(?:^|\|){re.escape(column)}=([^|]*)").search

    def pick(cells: list[str]) -> str:
        match = next(filter(None, (search(cells[index]) for index in indices)), None)
        return match[1] if match else "_"

    return pick


def pair_indices(names: Sequence[str]) -> list[int]:
    """Indices of FEATS and MISC, the columns of `key=value` pairs."""
    return [names.index(name) for name in ("feats", "misc") if name in names]


def out_of_range(column: int, n_columns: int) -> ConfigError:
    """Error for an index that the file does not have."""
    return ConfigError(f"columns of CoNLL-U go by name, or by index from 0 to {n_columns - 1}, got {column}")


def missing_column(name: str, names: Sequence[str], path: str) -> DataError:
    """Error for a name that the file does not have."""
    meant = did_you_mean(name, names)
    return DataError(f"{path}: there is no column {name!r}; the file has {listed(names)}{meant}")


def blank_tags_hint(layout: Layout) -> str:
    """Hint for a file in which every tag is `_`."""
    return f"{ask_for_field(layout)} choose another column with data.tag".strip()


def ask_for_field(layout: Layout) -> str:
    """Ask whether a column of tags that is read as a key of FEATS or MISC is a misspelt field; empty if it is not."""
    is_read_as_key = layout.format == "conllu" and layout.tag is not None and is_key(layout.tag)
    return did_you_mean(str(layout.tag), FIELDS).removeprefix("; ") if is_read_as_key else ""
