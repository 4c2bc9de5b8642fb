"""Functions that pick the token, the tag, numbers and other values from the cells of a row."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tagger.corpus.counted import counted
from tagger.corpus.layout import AnswerColumn
from tagger.errors import DataError
from tagger.terminal_text import command_line

LARGEST = 3.4e38  # largest number in single precision, in which networks compute
TABLE_DELIMITER = re.compile(r"[^;|,]([;|,])[^;|,]")  # a delimiter of tables in a column file
DECIMAL_COMMA = re.compile(r"\s*[-+]?\d*,\d+([eE][-+]?\d+)?\s*")
# Spellings of a missing number, in lower case: those that pandas reads, `?` of ARFF and UCI, `_` of CoNLL-U.
# Source: https://pandas.pydata.org/docs/reference/api/pandas.read_csv.html, na_values.
MISSING = frozenset(
    ["", "nan", "-nan", "na", "n/a", "#n/a", "#na", "<na>", "null", "none", "1.#qnan", "-1.#ind", "?", "_"]
)
MISSING_HINT = (
    'are values missing? In the config of a training, features.numeric_missing = "forward" or "mean" fills them, and '
    "in all that its tagger reads; `tagger check` counts them"
)

CellPicker = Callable[[list[str]], str]


@dataclass(frozen=True, slots=True)
class TagPicker:
    """A tag or string of each token, and where it is.

    Args:
        answer: the answer that it is.
        pick: picks it from the cells of a row.
    """

    answer: AnswerColumn
    pick: CellPicker

    @property
    def strips(self) -> bool:
        """Whether spaces around it are dropped: around a tag, but not around a string."""
        return self.answer.kind == "tag"


@dataclass(frozen=True, slots=True)
class LabelPicker:
    """Where the label of a sentence is.

    Args:
        answer: the answer that the label is.
        key: key of the comment `# KEY = LABEL` before the sentence; None if comments hold no labels.
        pick: picks the label from the cells of a row, for a sentence without such a comment; None if no column holds
            it. Without a key, each row needs the cell.
        names: names of the columns of the file, for messages.
    """

    answer: AnswerColumn
    key: str | None = None
    pick: CellPicker | None = None
    names: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class CellPickers:
    """Functions that pick the values of a step from the cells of its row.

    A picker raises IndexError for a row that lacks its cell.

    Args:
        token: picks the token.
        tags: pickers of the tag, or of each tag and string if a token has several answers; empty if none are read.
        numeric: (name of the column, picker) of each number.
        columns: (name of the column, picker) of each further value.
        group: (name of the column, picker) of the group; a sentence has one, empty cells and `_` are ignored.
        labels: pickers of the labels of sentences.
        by_document: whether document marks give the group instead.
        width: number of columns that error messages expect of a row.
        n_cells: number of cells of the file's first row, if other rows may have more; else 0.
        delimiter: delimiter of cells in column files; else empty.
        header: names of the columns of a table, whose rows are delimited by `row_delimiter`; else empty.
        row_delimiter: see there.
        too_few: hint for rows without a picked cell, if all first rows lack it.
    """

    token: CellPicker
    tags: tuple[TagPicker, ...]
    numeric: tuple[tuple[str, CellPicker], ...] = ()
    columns: tuple[tuple[str, CellPicker], ...] = ()
    group: tuple[str, CellPicker] | None = None
    labels: tuple[LabelPicker, ...] = ()
    by_document: bool = False
    width: int = 0
    n_cells: int = 0
    delimiter: str = ""
    header: tuple[str, ...] = ()
    row_delimiter: str = ""
    too_few: str = ""


def too_few_cells(cells: list[str], line: str, pickers: CellPickers, location: str) -> DataError:
    """Error for a row that lacks a picked cell; it names the delimiter if that is the likely cause."""
    expected = f"expected {counted(pickers.width, 'column')}, got {len(cells)}: {line[:80]!r}"
    if pickers.delimiter == "\t" not in line and " " in line.strip(" "):
        path = location.rpartition(":")[0]
        file = "OLD" if path.startswith("<") or path.endswith(".gz") else command_line(path)
        command = rf"sed -E '/\t/!s/ +/\t/g' {file} >NEW"
        return DataError(f"{location}: no TAB: {expected}", f"if rows like this have spaces for TAB: {command}")
    if pickers.delimiter == " " and line[0] == " " and len(cells) == pickers.width - 1:
        return DataError(
            f"{location}: the token is empty or a space: delimit columns by TAB to keep it",
            r"sed -E 's/ ([^ ]+)$/\t\1/' OLD >NEW" if pickers.width == 2 else None,
        )
    if pickers.delimiter == " " and len(cells) == 1 and (delimiter := TABLE_DELIMITER.search(line)):
        hint = f"are cells delimited by {delimiter[1]!r}? tr '{delimiter[1]}' '\\t' <OLD >NEW"
        return DataError(f"{location}: {expected}", hint)
    return DataError(f"{location}: {expected}", pickers.too_few or None)


def parse_number(text: str, column: str, location: str, decimal: str, *, may_miss: bool = False) -> float:
    """Parse the number in a cell.

    Args:
        text: the cell.
        column: name of the column, for messages.
        location: file and line, for messages.
        decimal: decimal sign.
        may_miss: whether an empty cell, or one of `MISSING`, is NaN instead of an error.

    Raises:
        DataError: the cell is not a finite number in single precision.
    """
    if decimal != "." and "." in text and not _is_missing(text):
        raise DataError(
            f"{location}: column {column}: expected a number with the decimal sign {decimal!r}, got {text!r}"
        )
    try:
        value = float(text.replace(decimal, "."))
    except ValueError:
        value = math.nan
        if not _is_missing(text):
            hint = (
                "is it a column of text? Remove it from features.numeric; features.columns reads symbols. If only some "
                'rows are damaged, data.bad_rows = "skip" leaves them out'
            )
            if DECIMAL_COMMA.fullmatch(text):
                hint = 'is it a decimal comma? data.decimal = "," reads it'
            raise DataError(f"{location}: column {column}: expected a number, got {text!r}", hint) from None
    if math.isnan(value):
        if may_miss:
            return value
        got = f"got {text!r}" if text.strip() else "the cell is empty"
        raise DataError(f"{location}: column {column}: expected a number, {got}", MISSING_HINT)
    if not abs(value) <= LARGEST:
        raise DataError(f"{location}: column {column}: expected a finite number, got {text!r}")
    return value


def _is_missing(text: str) -> bool:
    return text.strip().lower() in MISSING
