"""A matrix for a page: a coloured table if it is small, else a picture and, unless it is large, its table."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tagger.encoding.arrays import Doubles, Floats
from tagger.inspection.picture import MOST_COLUMNS, MOST_ROWS, heat_png
from tagger.inspection.rows import number_text
from tagger.reports.display_text import visible

LEVELS = 9  # shades of a table on each side of zero
FEW_ROWS, FEW_COLUMNS = 12, 12  # up to so many are a table without a picture
MANY_ROWS, MANY_FIELDS = 100, 800  # up to so many are a table below the picture
ALL_DIGITS = 8  # up to so many columns are shown with all digits
LABELS = 24  # up to so many steps are named below a picture
TOKEN = 40  # characters of a token


class Field(NamedTuple):
    """A number of a table, its colour level from -`LEVELS` to `LEVELS`, and whether it is marked."""

    text: str
    level: int
    is_chosen: bool = False


class Row(NamedTuple):
    """A row of a table.

    Args:
        heading: the step's number, from 1, or the name of another row, such as "final state".
        token: the step's token, or the name of a row of weights; None for other rows.
        fields: the numbers.
        kind: CSS class: `end` for the step where the direction ends, `final` for the final state.
    """

    heading: str
    token: str | None
    fields: Sequence[Field]
    kind: str = ""


class Table(NamedTuple):
    """A table of numbers: heading of the names of rows, headings of the numbers, rows."""

    heading: str
    columns: Sequence[str]
    rows: Sequence[Row]


class Picture(NamedTuple):
    """A picture of a matrix, steps from left to right, units from the top.

    Args:
        png: the picture in base64.
        height: its height on the page in pixels.
        alt: a description in words.
        numbers: the least and the greatest number; the one further from zero has the strongest colour.
        units: names of the rows of the picture, or of the first and last one.
        steps: names of the columns, or of the first and last one.
    """

    png: str
    height: int
    alt: str
    numbers: str
    units: Sequence[str]
    steps: Sequence[str]


class HeatMap(NamedTuple):
    """A matrix on a page: its title, a note that may be empty, and its table, its picture, or both."""

    title: str
    note: str
    table: Table | None
    picture: Picture | None

    @property
    def height(self) -> int:
        """About how many pixels it takes on a narrow page."""
        rows = len(self.table.rows) if self.table and not self.picture else 0
        return (200 + self.picture.height if self.picture else 60 + 31 * rows) + 25 * (len(self.note) // 45)


def heat_map(
    title: str,
    rows: Sequence[str],
    columns: Sequence[str],
    values: Doubles | Floats,
    *,
    note: str = "",
    heading: str = "step",
    chosen: Sequence[int] = (),
    end: int | None = None,
    final: Doubles | None = None,
) -> HeatMap:
    """Show a matrix as a heat map.

    Args:
        title: its title.
        rows: the token of each step, or names of the rows; at least one.
        columns: names of the columns.
        values: (rows, columns).
        note: sentences below it.
        heading: heading of the names of rows; rows are numbered if it is `step`.
        chosen: the marked column of each row, -1 for none; empty: no marks.
        end: the step where the direction ends.
        final: a further row, the final state.
    """
    # The strongest colour is 1, the bound of hidden states, or more if a number exceeds it.
    scale = max(1.0, float(np.abs(values).max()))
    n_rows, n_columns = values.shape
    has_table = n_rows <= MANY_ROWS and values.size <= MANY_FIELDS
    table = None
    if has_table:
        shown = [
            Row(
                str(i) if heading == "step" else "",
                visible(token, TOKEN),
                _fields(values[i - 1], scale, chosen[i - 1] if chosen else -1),
                "end" if i - 1 == end else "",
            )
            for i, token in enumerate(rows, 1)
        ]
        if final is not None:
            shown.append(Row("final state", None, _fields(final, scale, -1), "final"))
        table = Table(heading, columns, shown)
    if has_table and n_rows <= FEW_ROWS and n_columns <= FEW_COLUMNS:
        return HeatMap(title, note, table, None)
    shares = n_rows > (MOST_COLUMNS if heading == "step" else MOST_ROWS) or n_columns > MOST_ROWS
    notes = [note, "A pixel shows the number furthest from zero of those that it covers." if shares else ""]
    if not has_table:
        formats = "csv or json" if heading == "step" else "json"
        notes.append(f"{values.size:,} numbers: --format {formats} writes them.")
    picture = _picture(title, rows, columns, values, is_turned=heading == "step")
    return HeatMap(title, " ".join(filter(None, notes)), table, picture)


def _fields(values: Doubles | Floats, scale: float, chosen: int) -> list[Field]:
    has_all_digits = len(values) <= ALL_DIGITS
    return [
        Field(number_text(value) if has_all_digits else f"{value:.3f}", round(value / scale * LEVELS), i == chosen)
        for i, value in enumerate(values.tolist())
    ]


def _picture(
    title: str, rows: Sequence[str], columns: Sequence[str], values: Doubles | Floats, *, is_turned: bool
) -> Picture:
    matrix = np.asarray(values.T if is_turned else values, np.float64)
    down, across = (columns, rows) if is_turned else (rows, columns)
    if is_turned and len(rows) > LABELS:
        across = ["step 1", f"step {len(rows):,}"]
    numbers = f"from {number_text(float(values.min()))} to {number_text(float(values.max()))}"
    return Picture(
        heat_png(matrix, scale=float(np.abs(matrix).max()) or 1.0),
        min(160, max(48, 14 * len(matrix))),
        f"{title}: {len(matrix):,} by {matrix.shape[1]:,} numbers",
        numbers,
        _ends(down, 10),
        _ends(across, LABELS),
    )


def _ends(names: Sequence[str], most: int) -> list[str]:
    shown = names if len(names) <= most else [names[0], names[-1]]
    return [visible(name, 20) for name in shown]
