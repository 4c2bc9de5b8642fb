"""Gold states of a series that was read to be tagged, from the rows of its table."""

import csv
from collections.abc import Mapping

from tagger.corpus.layout import Column
from tagger.corpus.sentence import Sentence


def gold_states(sentence: Sentence, column: Column | None, names: Mapping[str, str] = {}) -> tuple[str, ...] | None:
    """The cells of a column, one per step; None if the series keeps no rows, lacks the column, or all cells are empty.

    Args:
        sentence: the series, with its rows.
        column: name or index of the column.
        names: states that have another name in training.
    """
    width = len(sentence.row_columns)
    if isinstance(column, str):
        index = sentence.row_columns.index(column) if column in sentence.row_columns else width
    else:
        index = width if column is None else column % width if -width <= column < width else width
    if index == width or not sentence.row_delimiter:
        return None
    states = []
    for line, is_token in sentence.rows or ():
        if is_token:
            cells = next(csv.reader([line], delimiter=sentence.row_delimiter), [])
            cell = cells[index].strip() if index < len(cells) else ""
            states.append(names.get(cell, cell))
    return tuple(states) if len(states) == len(sentence) and any(states) else None
