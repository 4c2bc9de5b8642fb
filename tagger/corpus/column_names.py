"""Columns in messages: the names that were meant, and the indices that a file has."""

import difflib
from collections.abc import Iterable, Sequence
from itertools import islice

from tagger.corpus.layout import AnswerColumn, Column, Layout

MAX_COMPARED, MAX_LISTED = 1_000, 30  # names that a wrong one is compared with, and names in a message


def listed(names: Sequence[str]) -> str:
    """Names for a message: the first of them, and how many more there are.

    >>> listed(["token", "tag"]), listed([str(i) for i in range(1_000)])[-17:]
    ('token, tag', ', 29 and 970 more')
    """
    first = ", ".join(f"{name:.80}" for name in names[:MAX_LISTED])
    return f"{first} and {len(names) - MAX_LISTED:,} more" if len(names) > MAX_LISTED else first


def did_you_mean(column: Column, names: Iterable[str]) -> str:
    """Ask for the names that are spelled like a column's, in any case, with `; ` before; empty if there are none.

    >>> did_you_mean("POS", ["token", "pos"]), did_you_mean("pos", ["form", "upos", "xpos"])
    ('; did you mean `pos`?', '; did you mean `upos` or `xpos`?')
    """
    by_lower = {name.lower(): name for name in names}
    lower = str(column).lower()
    first = islice(by_lower, MAX_COMPARED)
    close = [lower] if lower in by_lower else sorted(difflib.get_close_matches(lower, first, n=2))
    return f"; did you mean {' or '.join(f'`{by_lower[name]}`' for name in close)}?" if close else ""


def no_header_hint(column: Column, layout: Layout, n_columns: int, answer: AnswerColumn | None = None) -> str:
    """Hint for a name that the first line lacks: the columns of a file without a header go by index.

    >>> no_header_hint("pos", Layout(tag="pos"), 2)
    'if the first line is not a header, give an index: data.tag = 1'
    """
    examples = {layout.token: ": data.token = 0", layout.tag: f": data.tag = {n_columns - 1}"}
    if answer and answer.name:
        examples = {column: f": {answer.key} = {n_columns - 1}"}
    return f"if the first line is not a header, give an index{examples.get(column, '')}"


def list_indices(n_columns: int) -> str:
    """List the columns of a file by index.

    >>> list_indices(1), list_indices(2), list_indices(5)
    ('1 column, 0', '2 columns, 0 and 1', '5 columns, 0 to 4')
    """
    if n_columns < 2:
        return f"{n_columns} column, 0"
    return f"{n_columns} columns, 0 {'and' if n_columns == 2 else 'to'} {n_columns - 1}"
