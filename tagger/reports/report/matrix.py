"""The confusion matrix as a table that stays readable with many tags."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tagger.corpus.schemes import read_tag
from tagger.corpus.spelling import Notation

MAX_TAGS = 80
SHADES = (0.02, 0.1, 0.3)  # shares of a row from which a cell is darker


class MatrixCell(NamedTuple):
    """Tokens of one gold tag that got one tag. The shade goes from 0 (none) to 4 by their share of the gold tag's."""

    tokens: int
    shade: int
    is_right: bool


@dataclass(frozen=True, slots=True)
class Matrix:
    """Tokens by gold tag (row) and predicted tag (column).

    Args:
        tags: of the rows and columns.
        rows: cells of each gold tag.
        n_gold: tokens of each row.
        n_predicted: tokens of each column.
        n_others: tags that are put together in the last row and column, the rarest ones; 0: none.
    """

    tags: Sequence[str]
    rows: Sequence[Sequence[MatrixCell]]
    n_gold: Sequence[int]
    n_predicted: Sequence[int]
    n_others: int


def confusion_table(tags: Sequence[str], counts: Sequence[Sequence[int]], notation: Notation = Notation()) -> Matrix:
    """The matrix without tags that do not occur, and with the rarest put together where there are many.

    Args:
        tags: of the counts' rows and columns.
        counts: (tags, tags) tokens by gold tag (row) and predicted tag (column).
        notation: of the tags; where it is one of spans, the tags of a type stand side by side.
    """
    table = np.array(counts, np.int64).reshape(len(tags), len(tags))
    either = table.sum(axis=0) + table.sum(axis=1)
    frequent = np.argsort(-either, kind="stable")
    others = frequent[MAX_TAGS - 1 :] if (either > 0).sum() > MAX_TAGS else frequent[:0]
    others = others[either[others] > 0]
    shown = [i for i in range(len(tags)) if either[i] > 0 and i not in others]
    if notation.scheme != "none":
        shown.sort(key=lambda i: (*reversed(read_tag(notation.spelling.read(tags[i]))), tags[i]))
    groups = np.zeros((len(tags), len(shown) + bool(len(others))), np.int64)  # 1 where a tag goes into a row and column
    groups[shown, np.arange(len(shown))] = 1
    groups[others, -1:] = 1
    names = [tags[i] for i in shown] + ([f"{len(others)} others"] if len(others) else [])
    merged = groups.T @ table @ groups
    n_gold = merged.sum(axis=1)
    rows = [
        [MatrixCell(int(n), _shade(int(n), int(n_gold[i])), i == j < len(shown)) for j, n in enumerate(row)]
        for i, row in enumerate(merged)
    ]
    return Matrix(names, rows, n_gold.tolist(), merged.sum(axis=0).tolist(), len(others))


def _shade(count: int, whole: int) -> int:
    return 1 + sum(count / whole >= bound for bound in SHADES) if count else 0
