"""Sentences of a table without blank lines: a column identifies them, or each row holds a whole one."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import groupby

from tagger.corpus.layout import Column, Layout
from tagger.reading.column_profile import NEARLY_ALL, ColumnProfile, fraction, is_count
from tagger.reading.refusals import lists_in_cells, table_without_blank_lines
from tagger.reading.tables import Table

MAX_COMPARED = 200  # columns that are compared with each other
QUOTED = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""")


@dataclass(frozen=True, slots=True)
class SentenceColumn:
    """The column that identifies sentences, the sentences, and the evidence in words."""

    index: int
    sentences: list[list[list[str]]]
    why: str


def split_by_column(
    table: Table, layout: Layout, path: str, answers: Collection[int] = ()
) -> tuple[Table, Layout, str]:
    """Split a table without blank lines by the column that identifies sentences, if any, and say why.

    Args:
        table: rows of a file without blank lines.
        layout: layout as far as known.
        path: path of the file, for errors.
        answers: indices of columns with answers, which identify no sentences.

    Raises:
        DataError: only a counter shows where sentences begin.
    """
    if column := find_sentence_column(table, layout.sentence, answers):
        split = replace(table, sentences=column.sentences)
        return split, replace(layout, sentence=table.names[column.index]), column.why
    for i, name in enumerate(table.names):
        if i not in answers and ColumnProfile(i, table.sentences).n_restarts > 2:
            raise table_without_blank_lines(path, table.delimiter, name, i)
    return table, layout, "neither blank lines nor a column separate sentences: the file is read as one sentence"


def find_sentence_column(
    table: Table, known: Column | None = None, answers: Collection[int] = ()
) -> SentenceColumn | None:
    """Find the column that identifies the sentences of a table: the known one, or the one with most sentences.

    Args:
        table: rows of a file without blank lines.
        known: the column, if it is known.
        answers: indices of columns with answers, which identify no sentences.
    """
    rows = table.sentences[0]
    best: tuple[int, int, str] | None = None if known is None else (table.index(known), 0, "")
    candidates = [i for i in range(len(table.names)) if i not in answers]
    for index in candidates if best is None else ():
        cells = [row[index] for row in rows]
        is_sparse = not all(cell.strip() for cell in cells)
        for i in range(1, len(cells)):
            cells[i] = cells[i] if cells[i].strip() else cells[i - 1]
        runs = [value for value, _ in groupby(cells)]
        are_ids = (
            fraction(any(character.isdecimal() or character == " " for character in run) for run in runs) > NEARLY_ALL
        )
        n_ids = len(set(runs))
        is_unique = n_ids > 0.98 * len(runs) or (n_ids > 3 and fraction(map(_is_next, runs, runs[1:])) > NEARLY_ALL)
        has_runs = 1 < len(runs) <= 0.6 * len(rows) and rows[0][index].strip()
        if has_runs and are_ids and is_unique and (best is None or len(runs) > best[1]):
            why = "filled only at the first token of each sentence" if is_sparse else "one value per sentence"
            best = index, len(runs), why
    if best is None:
        return None
    index, _, why = best
    sentences: list[list[list[str]]] = []
    previous = ""
    for row in rows:
        if not sentences or (row[index].strip() and row[index] != previous):
            sentences.append([])
            previous = row[index]
        sentences[-1].append(row)
    return SentenceColumn(index, sentences, why)


def _is_next(a: str, b: str) -> bool:
    """Whether one number follows another in a count that may restart."""
    return is_count(a) and is_count(b) and int(b) in (int(a) + 1, 0, 1)


@dataclass(frozen=True, slots=True)
class SentenceRows:
    """A table with a whole sentence per row.

    Args:
        table: the same with a token per row; it has only the columns of tokens and their values.
        lists: columns whose cells are lists in the syntax of a program, each with its first cell.
    """

    table: Table
    lists: dict[Column, str]

    def refuse_lists(self, layout: Layout, path: str) -> None:
        """Refuse lists as tokens or tags.

        Raises:
            DataError: tokens or tags are lists; the hint converts them.
        """
        token, tag = layout.token, layout.tag
        if token is not None and tag is not None and (token in self.lists or tag in self.lists):
            raise lists_in_cells(path, self.table.delimiter, token, tag, self.lists)


def find_sentence_rows(table: Table) -> SentenceRows | None:
    """Recognise a table with a sentence per row: some columns have equal numbers of pieces in each row."""
    rows = [row for sentence in table.sentences for row in sentence]
    indices = range(len(table.names))
    lists = {i for i in indices if fraction(map(_is_list, (row[i] for row in rows))) > NEARLY_ALL}
    pieces = [[_members(cell) if i in lists else cell.split() for i, cell in enumerate(row)] for row in rows]
    long = [i for i in indices if fraction(len(row[i]) > 1 for row in pieces) > 0.5][:MAX_COMPARED]
    for token in long:
        equal = [i for i in long if fraction(len(row[i]) == len(row[token]) for row in pieces) > NEARLY_ALL]
        if len(equal) > 1:
            sentences = [
                [list(step) for step in zip(*(row[i] for i in equal), strict=False)] for row in pieces if row[token]
            ]
            names = [table.names[i] for i in equal]
            examples = {table.names[i]: rows[0][i] for i in equal if i in lists}
            return SentenceRows(replace(table, names=names, sentences=sentences), examples)
    return None


def _is_list(cell: str) -> bool:
    return cell[:1] == "[" and cell.rstrip()[-1:] == "]" and not cell[1:2].isalpha()


def _members(cell: str) -> list[str]:
    """The members of a list as Python or NumPy writes it."""
    quoted = [single or double for single, double in QUOTED.findall(cell)]
    return quoted or cell.strip("[] ").replace(",", " ").split()
