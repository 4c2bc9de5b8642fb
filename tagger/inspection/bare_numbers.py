"""A file of bare numbers, a step a line: what a layer reads that knows no words."""

import re
from pathlib import Path

from tagger.corpus.lines import read_lines
from tagger.errors import DataError
from tagger.inspection.constant import LARGEST


def read_numbers(path: Path, n_columns: int) -> tuple[tuple[float, ...], ...]:
    """The steps of a file of numbers, a step a line, parted by spaces, TAB, comma or semicolon.

    A blank line ends the series; what stands after it is not read.

    Raises:
        DataError: names the line with what is no finite number, or has another number of columns.
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
            raise DataError(f"{path}:{number}: expected {n_columns} numbers, as many as enter, got {len(cells)}")
        if not all(abs(cell) <= LARGEST for cell in rows[-1]):
            raise DataError(f"{path}:{number}: expected finite numbers, got {line.strip()[:40]!r}")
    if not rows:
        raise DataError(f"{path}: there is no step in it")
    return tuple(rows)
