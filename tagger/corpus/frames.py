"""DataFrames of pandas, which a user passes in place of a file; pandas itself is not imported here."""

from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING, Any

from tagger.errors import DataError

if TYPE_CHECKING:
    import pandas as pd


def as_frame(table: Any, name: str = "the frame") -> "pd.DataFrame":
    """Return a DataFrame of pandas: the table itself, or that of its method `to_pandas`, as Polars' and Arrow's have.

    Raises:
        ValueError: the table is neither.
        DataError: two of its columns have the same name.
    """
    frame: pd.DataFrame = table.to_pandas() if hasattr(table, "to_pandas") else table
    if not (hasattr(frame, "columns") and hasattr(frame, "assign")):
        raise ValueError(f"expected a DataFrame, got {table!r:.80}")
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise DataError(f"{name} has two columns with the name {twice}", "rename one of them: frame.columns = [...]")
    return frame


def column_of(frame: "pd.DataFrame", column: Hashable, name: str = "the frame") -> "pd.Series[Any]":
    """A column of a frame.

    Raises:
        DataError: there is no such column; lists those that there are.
    """
    if column not in frame.columns:
        raise DataError(f"{name} has no column {column}; its columns are {_listed(frame.columns)}")
    return frame[column]


def _listed(columns: Iterable[object]) -> str:
    return ", ".join(map(str, columns)) or "none"
