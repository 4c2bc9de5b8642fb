"""The confusion matrix as a table that stays readable with many tags."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from tagger.corpus.schemes import read_tag
from tagger.corpus.spelling import Notation
from tagger.encoding.arrays import Positions

MAX_TAGS = 80
SHADES = (0.02, 0.1, 0.3)  # proportions of a row from which a cell is shaded darker


class MatrixCell(NamedTuple):
    """Tokens with one gold tag and one predicted tag; `shade`, 0 to 4, grows with their proportion of the gold tag."""

    tokens: int
    shade: int
    is_right: bool


@dataclass(frozen=True, slots=True)
class ConfusionMatrix:
    """Tokens by gold tag (row) and predicted tag (column), with the sums of rows and columns.

    If `n_others` is not 0, the last row and column sum up so many rare tags.
    """

    tags: Sequence[str]
    rows: Sequence[Sequence[MatrixCell]]
    n_gold: Sequence[int]
    n_predicted: Sequence[int]
    n_others: int


def confusion_matrix(confusion: Mapping[str, Any], notation: Notation = Notation()) -> ConfusionMatrix:
    """Lay out the matrix: tags that do not occur are left out, and of more than `MAX_TAGS` the rarest are summed up.

    Args:
        confusion: confusion of tags, from `metrics.json`.
        notation: notation of the tags; if they are tags of spans, those of one type are put side by side.
    """
    tags = confusion["tags"]
    gold, predicted, tokens = _cells(confusion)
    n_either = np.zeros(len(tags), np.int64)
    np.add.at(n_either, np.concatenate([gold, predicted]), np.concatenate([tokens, tokens]))
    frequent = np.argsort(-n_either, kind="stable")
    others = frequent[MAX_TAGS - 1 :] if (n_either > 0).sum() > MAX_TAGS else frequent[:0]
    others = others[n_either[others] > 0]
    shown = [i for i in range(len(tags)) if n_either[i] > 0 and i not in others]
    if notation.scheme != "none":
        shown.sort(key=lambda i: (*reversed(read_tag(notation.spelling.read(tags[i]))), tags[i]))
    names = [tags[i] for i in shown] + ([f"{len(others)} others"] if len(others) else [])
    row_of = np.full(len(tags), len(shown))
    row_of[shown] = np.arange(len(shown))
    merged = np.zeros((len(names), len(names)), np.int64)
    np.add.at(merged, (row_of[gold], row_of[predicted]), tokens)
    n_gold = merged.sum(axis=1)
    rows = [
        [MatrixCell(int(n), _shade(int(n), int(n_gold[i])), i == j < len(shown)) for j, n in enumerate(row)]
        for i, row in enumerate(merged)
    ]
    return ConfusionMatrix(names, rows, n_gold.tolist(), merged.sum(axis=0).tolist(), len(others))


def _cells(confusion: Mapping[str, Any]) -> tuple[Positions, Positions, Positions]:
    """Index of the gold tag, index of the predicted tag, and token count of each pair that occurs."""
    if "counts" in confusion:  # older versions wrote a dense matrix: (tags, tags)
        counts = np.array(confusion["counts"], np.int64).reshape([len(confusion["tags"])] * 2)
        gold, predicted = np.nonzero(counts)
        return gold, predicted, counts[gold, predicted]
    id_of = {tag: i for i, tag in enumerate(confusion["tags"])}
    cells = [(id_of[gold], id_of[tag], n) for gold, row in confusion["cells"].items() for tag, n in row.items()]
    gold, predicted, tokens = np.array(cells, np.int64).reshape(-1, 3).T
    return gold, predicted, tokens


def _shade(count: int, total: int) -> int:
    return 1 + sum(count / total >= bound for bound in SHADES) if count else 0
