"""A file's lines to rows of cells, before it is known what they mean."""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice, pairwise

from tagger.corpus.columns import DOCUMENT_MARK
from tagger.corpus.conllu import FIELDS
from tagger.corpus.conllu import read_rows as read_conllu_rows
from tagger.corpus.layout import Column, Layout
from tagger.corpus.table import DELIMITERS, parted_header, read_table
from tagger.errors import DataError

N_ROWS = 20_000  # of a file, that are looked at
MOST = 0.95  # of all: data have faults
HEADER = re.compile(
    r"(.*[\W_])?(words?|tokens?|forms?|text|tags?|labels?|[ux]?pos|ner|chunk|iob|bio|lemma|sent(ence)?|id|index)([\W_].*)?",
    re.IGNORECASE,
)
COMMENT = re.compile(r"#+\s*[\w.]+\s*[=:]|#\s*(begin|end|id|newdoc|newpar)\b")
PIECE = re.compile(r"[^ \t]+")
MAKE_TAGS = "each line needs a token and its tag, parted by TAB, and a blank line stands between sentences"


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a file before it is known what they mean.

    Args:
        layout: of the file, as far as it is known; without columns.
        names: what each column is called.
        sentences: rows between blank lines; a row that is too short has empty cells.
        why: what the format was told by.
    """

    layout: Layout
    names: list[Column]
    sentences: list[list[list[str]]]
    why: dict[str, str]


def share(values: Iterable[bool]) -> float:
    """Of the first values, how many are true, 0 to 1."""
    seen = list(islice(values, N_ROWS))
    return sum(seen) / len(seen) if seen else 0.0


def many(number: int, noun: str) -> str:
    """A count with its noun."""
    return f"{number:,} {noun}{'s' if number != 1 else ''}"


def is_number(cell: str) -> bool:
    """Whether a cell is a number."""
    try:
        float(cell)
    except ValueError:
        return False
    return cell.strip("+-").lower() not in ("nan", "inf", "infinity")  # these may be words


def is_json(line: str) -> bool:
    """Whether a line is an object of JSON."""
    try:
        return isinstance(json.loads(line), dict | list)
    except ValueError:
        return line.strip() in ("{", "[{")
    except RecursionError:
        return True


def conllu_table(lines: list[str], path: str) -> Table:
    """The word lines of CoNLL-U."""
    rows = (row.cells if row else None for row in read_conllu_rows(lines, path) if row is None or row.cells)
    why = {"format": "CoNLL-U: ten columns parted by TAB, the first counts the words of a sentence"}
    return Table(Layout(format="conllu"), list(FIELDS), _parted(rows), why)


def _parted(rows: Iterable[list[str] | None]) -> list[list[list[str]]]:
    """The first rows as sentences; None stands between these."""
    groups = groupby(islice(rows, N_ROWS), key=lambda row: row is None)
    return [[row for row in group if row is not None] for is_break, group in groups if not is_break]


def tab_table(lines: list[str], path: str) -> Table:
    """The rows of a file parted by TAB."""
    table = column_table(lines, "\t", path)
    has_header = isinstance(table.names[0], str)
    if len(table.sentences) == 1 and (has_header or joined(table)):
        try:
            return csv_table(lines, path) or table  # as pandas writes it
        except DataError:
            pass  # a quotation mark that is a token
    return table


def column_table(lines: list[str], sign: str, path: str) -> Table:
    """The rows of a file parted by a sign."""

    def cut(line: str) -> list[str]:
        return line.split(sign) if sign == "\t" else [cell for cell in line.split(" ") if cell]

    plain: list[str] = []
    hashed: list[str] = []
    for line in lines:
        if line.strip(" \t") and (sign in line or line[0] != "#"):
            (hashed if line[0] == "#" else plain).append(line)
    plain = [line for line in plain[:N_ROWS] if not line.startswith(DOCUMENT_MARK)] or hashed
    widths = sorted(len(cut(line)) for line in plain)
    width = widths[len(widths) // 20]  # a few rows may be too short, see the readers
    comments = share(len(cut(line)) < width or bool(COMMENT.match(line)) for line in hashed) > 0.5

    def is_row(line: str) -> bool:
        return line[0] != "#" or ((sign in line if sign == "\t" else True) and not comments)

    rows = (
        (None if not line.strip(" \t") or line.startswith(DOCUMENT_MARK) else cut(line))
        for line in lines
        if not line.strip(" \t") or is_row(line)
    )
    sentences = _parted(rows)
    steady = share(len(a) == len(b) for sentence in sentences for a, b in pairwise(sentence))
    if sign == " " and widths[0] < widths[-1] > 2 and steady < 0.8:
        raise DataError(f"{path}: {widths[0]} to {widths[-1]} words a line: no columns of tokens and tags", MAKE_TAGS)
    if width == 1:
        raise DataError(f"{path}: one column only: a token, but no tag", MAKE_TAGS)
    sentences = [[(row + [""] * width)[:width] for row in sentence] for sentence in sentences]
    is_same = widths[0] == widths[-1]
    name = "TAB" if sign == "\t" else "spaces"
    why = {"format": f"{width}{'' if is_same else f' to {widths[-1]}'} columns parted by {name}"}
    if comments:
        why["comments"] = f"{many(len(hashed), 'line')} that start with # are no rows, such as {hashed[0]}"
    names: list[Column] = list(range(width))
    first = sentences[0][0]
    if _is_header(first, [row for sentence in sentences for row in sentence][1:], is_table=False):
        names = list(first)
        sentences = [s for s in (sentences[0][1:], *sentences[1:]) if s]
        why["format"] += ", under a header"
    return Table(Layout(format="columns", comments=comments), names, sentences, why)


def _is_header(first: Sequence[str], body: Sequence[Sequence[str]], *, is_table: bool) -> bool:
    """Whether the first row names columns: its cells are names, and no value of a column that has few."""
    if not body or any(is_number(cell) for cell in first):
        return False
    columns = [Counter(column) for column in zip(*body, strict=False)]
    if any(all(map(is_number, column)) for column in columns):
        return True
    if first[columns.index(min(columns, key=len))] in min(columns, key=len):
        return False
    is_named = len(set(first)) == len(first) and any(HEADER.fullmatch(cell) for cell in first)
    is_new = len(body) > 200 and not any(cell in column for cell, column in zip(first, columns, strict=False))
    return is_table or is_named or is_new


def csv_table(lines: list[str], path: str) -> Table | None:
    """A table parted by commas, semicolons or TAB; None where the lines are none."""
    content = (line for line in lines if line.strip(" \t"))
    sign, first = parted_header(next(content))
    try:
        widths = Counter(map(len, islice(csv.reader((f"{line}\n" for line in content), delimiter=sign), 1_000)))
    except csv.Error:
        return None
    if len(first) < 2 or widths[len(first)] <= MOST * widths.total():
        return None
    layout = Layout(format="csv")
    body, _ = read_table(lines, layout, path, tagged=False)
    rows = [row.cells if row else None for row in islice(body, N_ROWS)]
    sentences = [
        [(row + [""] * len(first))[: len(first)] for row in sentence]
        for sentence in _parted(row for row in rows if row is None or any(row))
    ]
    if not sentences:
        raise DataError(f"{path}: a header, but no row below it", MAKE_TAGS)
    why = {"format": f"a table parted by {DELIMITERS[sign]}, {len(first)} columns under a header"}
    names: list[Column] = [name if name and first.count(name) == 1 else i for i, name in enumerate(first)]
    if not _is_header(first, [row for row in rows if row and any(row)], is_table=True):
        names = list(range(len(first)))
        why["format"] = (
            f"a table parted by {DELIMITERS[sign]}; its first row is taken for a header, but looks like data: "
            "put a row of names above it, or that row is lost"
        )
    return Table(layout, names, sentences, why)


def joined(table: Table) -> Table | None:
    """The table of a file that has a sentence in each row: columns with as many pieces in it are its columns."""
    rows = [[cell.split() for cell in row] for sentence in table.sentences for row in sentence]
    long = [place for place in range(len(table.names)) if share(len(row[place]) > 1 for row in rows) > 0.5]
    for token in long:
        places = [place for place in long if share(len(row[place]) == len(row[token]) for row in rows) > MOST]
        if len(places) > 1:
            sentences = [
                [list(step) for step in zip(*(row[place] for place in places), strict=False)]
                for row in rows
                if row[token]
            ]
            return replace(table, names=[table.names[place] for place in places], sentences=sentences)
    return None
