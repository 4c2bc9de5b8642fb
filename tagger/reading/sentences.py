"""Where sentences end in a table without blank lines: a column tells, or a row holds a whole one."""

import re
from dataclasses import dataclass, replace
from itertools import groupby

from tagger.corpus.layout import Column, Layout
from tagger.reading.cells import MOST, share
from tagger.reading.tables import Table
from tagger.reading.unread import lists_in_cells

QUOTED = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""")


@dataclass(frozen=True, slots=True)
class SentenceColumn:
    """The column that tells sentences apart, the sentences, and in words how it does."""

    place: int
    sentences: list[list[list[str]]]
    told: str


def sentence_column(table: Table) -> SentenceColumn | None:
    """The column that tells the sentences of a table apart; of several, the finest."""
    rows = table.sentences[0]
    best: tuple[int, int, str] | None = None
    for place in range(len(table.names)):
        filled = [row[place] for row in rows]
        is_sparse = not all(cell.strip() for cell in filled)
        for i in range(1, len(filled)):
            filled[i] = filled[i] if filled[i].strip() else filled[i - 1]
        runs = [value for value, _ in groupby(filled)]
        has_id = share(any(sign.isdecimal() or sign == " " for sign in run) for run in runs) > MOST
        n_ids = len(set(runs))
        is_once = n_ids > 0.98 * len(runs) or (n_ids > 3 and share(map(_is_next, runs, runs[1:])) > MOST)
        is_run = 1 < len(runs) <= 0.6 * len(rows) and rows[0][place].strip()
        if is_run and has_id and is_once and (best is None or len(runs) > best[1]):
            told = "filled at the first token of each sentence only" if is_sparse else "the same all through a sentence"
            best = place, len(runs), f"{told}, another in the next"
    if best is None:
        return None
    place, _, told = best
    sentences: list[list[list[str]]] = []
    before = ""
    for row in rows:
        if not sentences or (row[place].strip() and row[place] != before):
            sentences.append([])
            before = row[place]
        sentences[-1].append(row)
    return SentenceColumn(place, sentences, told)


def _is_next(a: str, b: str) -> bool:
    """Whether a number follows another, in a count that may begin anew."""
    return a.isdecimal() and b.isdecimal() and int(b) in (int(a) + 1, 0, 1)


@dataclass(frozen=True, slots=True)
class Joined:
    """A table whose rows hold a sentence each.

    Args:
        table: its columns are those of as many pieces, a sentence a row; a row is a token.
        lists: the columns whose cells are lists as a program writes them, each with its first cell.
    """

    table: Table
    lists: dict[Column, str]

    def refuse_lists(self, layout: Layout, path: str) -> None:
        """Refuses lists as tokens or tags.

        Raises:
            DataError: tells how to write them anew.
        """
        token, tag = layout.token, layout.tag
        if token is not None and tag is not None and (token in self.lists or tag in self.lists):
            raise lists_in_cells(path, self.table.sign, token, tag, self.lists)


def joined(table: Table) -> Joined | None:
    """The table of a file that has a sentence in each row: columns with as many pieces in it are its columns."""
    rows = [row for sentence in table.sentences for row in sentence]
    lists = {place for place in range(len(table.names)) if share(map(_is_list, (row[place] for row in rows))) > MOST}
    parted = [[_pieces(cell) if place in lists else cell.split() for place, cell in enumerate(row)] for row in rows]
    long = [place for place in range(len(table.names)) if share(len(row[place]) > 1 for row in parted) > 0.5]
    for token in long:
        places = [place for place in long if share(len(row[place]) == len(row[token]) for row in parted) > MOST]
        if len(places) > 1:
            sentences = [
                [list(step) for step in zip(*(row[place] for place in places), strict=False)]
                for row in parted
                if row[token]
            ]
            names = [table.names[place] for place in places]
            of_lists = {table.names[place]: rows[0][place] for place in places if place in lists}
            return Joined(replace(table, names=names, sentences=sentences), of_lists)
    return None


def _is_list(cell: str) -> bool:
    return cell[:1] == "[" and cell.rstrip()[-1:] == "]" and not cell[1:2].isalpha()


def _pieces(cell: str) -> list[str]:
    """The members of a list as Python or NumPy writes it."""
    quoted = [one or other for one, other in QUOTED.findall(cell)]
    return quoted or cell.strip("[] ").replace(",", " ").split()
