"""A plain file of numbers, one step per line: the input of a layer that reads no words."""

import re
from pathlib import Path

from tagger.corpus.lines import read_lines
from tagger.errors import DataError
from tagger.inspection.initial_weights import LARGEST


def read_numbers(path: Path, n_columns: int) -> tuple[tuple[float, ...], ...]:
    """Read the first series of a file of numbers, one step per line, delimited by spaces, TAB, comma or semicolon.

    A blank line ends the series.

    Raises:
        DataError: a cell is not a finite number of single precision, a line has another number of columns, or there is
            no step; names the line.
    """
    rows: list[tuple[float, ...]] = []
    for number, line in enumerate(read_lines(path), 1):
        if not line.strip():
            if rows:
                break
            continue
        cells = re.split(r"\s*[,;]\s*|\s+", line.strip())
        try:
            rows.append(tuple(map(float, cells)))
        except ValueError:
            raise DataError(f"{path}:{number}: expected numbers, got {line.strip()[:40]!r}") from None
        if len(cells) != n_columns:
            raise DataError(f"{path}:{number}: expected {n_columns} numbers, one per input, got {len(cells)}")
        if not all(abs(cell) <= LARGEST for cell in rows[-1]):
            raise DataError(f"{path}:{number}: expected finite numbers, got {line.strip()[:40]!r}")
    if not rows:
        raise DataError(f"{path}: there is no step in the file")
    return tuple(rows)
