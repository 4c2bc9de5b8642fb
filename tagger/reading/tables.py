"""Lines to rows of cells, before it is known what they mean."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from tagger.corpus.conllu_columns import FIELDS, detect_columns
from tagger.corpus.csv_records import quotes_delimit
from tagger.corpus.file_notes import FileNotes
from tagger.corpus.formats import Source
from tagger.corpus.formats.columns import DOCUMENT_MARK
from tagger.corpus.formats.conllu import read_rows as read_conllu_rows
from tagger.corpus.formats.csv import BAR, DELIMITERS, detect_delimiter, open_table
from tagger.corpus.layout import Column, Layout
from tagger.errors import DataError
from tagger.reading.cells import MOST, N_ROWS, PIECE, is_number, many, share

HEADER = re.compile(
    r"(.*[\W_])?(words?|tokens?|forms?|text|tags?|labels?|[ux]?pos|ner|chunk|iob|bio|lemma|sent(ence)?|id|index)([\W_].*)?",
    re.IGNORECASE,
)
COMMENT = re.compile(r"#+\s*[\w.]+\s*[=:]|#\s*(begin|end|id|newdoc|newpar)\b")
TAB = "\t"
N_CELLS = 200_000  # of a file, that are looked at
NO_HEADER = "its first row is taken for a header, but looks like data: put a row of names above it, or that row is lost"
WHICH = "data.token and data.tag in the config say which columns are meant"
MAKE_TAGS = "each line needs a token and its tag, delimited by TAB, and a blank line stands between sentences"


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a file before it is known what they mean.

    Args:
        layout: of the file, as far as it is known; without columns.
        names: what each column is called.
        sentences: rows between blank lines; a row that is too short has empty cells.
        why: what the format was told by.
        sign: what parts cells.
    """

    layout: Layout
    names: list[Column]
    sentences: list[list[list[str]]]
    why: dict[str, str]
    sign: str = TAB

    def place(self, column: Column) -> int:
        """The index from 0 of a column that the table has, by its name or an index."""
        return self.names.index(column) if isinstance(column, str) else range(len(self.names))[column]

    def has(self, known: Layout) -> bool:
        """Whether it has all columns of a layout."""
        columns = (known.token, known.tag, known.sentence, *known.numeric, *known.columns)
        n = len(self.names)
        return all(c is None or (c in self.names if isinstance(c, str) else -n <= c < n) for c in columns)


@dataclass(frozen=True, slots=True)
class Guess:
    """How to read a file, and why.

    Args:
        layout: its encoding is not guessed here.
        why: sentences for comments, by key of [data] or [features].
        numeric: columns of numbers that should enter, as a series has them.
        is_marked: whether the tags are written as only tags are.
    """

    layout: Layout
    why: dict[str, str]
    numeric: tuple[Column, ...] = ()
    is_marked: bool = False


def conllu_table(lines: Sequence[str], path: str, known: Layout = Layout()) -> Table:
    """The word lines of CoNLL-U: the ten fields where the file has them all, else the columns that it names."""
    names = [column for column in detect_columns(lines) or FIELDS if isinstance(column, str)]
    has_fields = set(FIELDS) <= {*names}
    places = [names.index(field) for field in FIELDS] if has_fields else [*range(len(names))]
    source = Source(lines, known, path, notes=FileNotes())
    found = read_conllu_rows(lines, path, skip_row=source.skip_row)
    read = (row and row[2] for row in found if row is None or row[2])
    rows = (cells and [cells[place] for place in places] for cells in read)
    why = {"format": f"CoNLL-U Plus, its columns {', '.join(names).upper()}"}
    if tuple(names) == FIELDS:
        why["format"] = "CoNLL-U: ten columns delimited by TAB, the first counts the words of a sentence"
    shown = [names[place] for place in places]
    return Table(Layout(format="conllu"), [*shown], _parted(rows, len(names)), why)


def _parted(rows: Iterable[list[str] | None], width: int) -> list[list[list[str]]]:
    """The first rows as sentences, fewer where they are wide; None stands between these."""
    groups = groupby(islice(rows, min(N_ROWS, N_CELLS // width)), key=lambda row: row is None)
    return [[row for row in group if row is not None] for is_break, group in groups if not is_break]


def column_table(lines: Sequence[str], sign: str, path: str, known: Layout = Layout()) -> Table:
    """The rows of a file delimited by a sign, TAB or a space.

    Raises:
        DataError: there is one column only, or as many as a line of text has words.
    """

    def cut(line: str) -> list[str]:
        return line.split(sign) if sign == TAB else PIECE.findall(line)

    content = [line for line in lines if line.strip(" \t") and (sign in line or line[0] != "#")]
    hashed = [line for line in content if line[0] == "#"]
    plain = [cells for cells in (cut(line) for line in content if line[0] != "#") if DOCUMENT_MARK not in cells]
    plain = plain or [cut(line) for line in hashed]
    widths = sorted(map(len, plain))
    width = widths[len(widths) // 20] if widths else 1  # a few rows may be too short, see the readers
    if width == 1 and widths:
        width, _ = Counter(widths).most_common(1)[0]
    if width == 1:
        raise DataError(f"{path}: one column only: a token, but no tag", MAKE_TAGS)
    values = [set(column) for column in zip(*(row for row in plain if len(row) >= width), strict=False)]
    differ = len(set(hashed)) > max(2, 0.5 * len(hashed))

    def is_comment(line: str) -> bool:
        cells = cut(line)
        is_odd = differ and not any(cell in column for cell, column in zip(cells, values, strict=False))
        return len(cells) < width or is_odd or bool(COMMENT.match(line))

    comments = known.comments or share(map(is_comment, hashed)) > 0.5
    kept = (line for line in lines if not line.startswith("#") or (not comments and (sign == " " or sign in line)))
    sentences = _parted(
        (None if DOCUMENT_MARK in (cells := cut(line)) or not line.strip(" \t") else cells for line in kept), width
    )
    if sign == " " and widths[-1] > 2 and Counter(widths).most_common(1)[0][1] <= 0.5 * len(widths) > 1:
        raise DataError(f"{path}: {widths[0]} to {widths[-1]} words a line: no columns of tokens and tags", MAKE_TAGS)
    if not sentences:
        raise DataError(f"{path}: nothing but comments and document marks", MAKE_TAGS)
    is_whole = len(sentences[0][0]) >= width
    sentences = [[(row + [""] * width)[:width] for row in sentence] for sentence in sentences]
    why = {"format": f"{_from_to(widths)} columns delimited by {'TAB' if sign == TAB else 'spaces'}"}
    if comments and hashed:
        why["comments"] = f"{many(len(hashed), 'line')} that start with # are no rows, such as {hashed[0]}"
    names: list[Column] = list(range(width))
    first = sentences[0][0]
    is_named = any(isinstance(c, str) for c in (known.token, known.tag, known.sentence, *known.numeric, *known.columns))
    body = [row for sentence in sentences for row in sentence][1:]
    if is_named or (is_whole and _is_header(first, body, is_table=False)):
        names = list(first)
        sentences = [s for s in (sentences[0][1:], *sentences[1:]) if s]
        why["format"] += ", under a header"
        if not sentences:
            raise DataError(f"{path}: no rows below the header", MAKE_TAGS)
    return Table(Layout(format="columns", comments=comments), names, sentences, why, sign)


def _from_to(widths: list[int]) -> str:
    return f"{widths[0]} to {widths[-1]}" if widths[0] < widths[-1] else f"{widths[0]}"


def _is_header(first: Sequence[str], body: Sequence[Sequence[str]], *, is_table: bool) -> bool:
    """Whether the first row names columns: its cells are names, and no value of a column that has few."""
    if not body or any(is_number(cell) for cell in first):
        return False
    columns = [Counter(column) for column in zip(*body, strict=False)]
    if any(all(map(is_number, column)) for column in columns):
        return True
    fewest = min(map(len, columns))
    if any(cell in column for cell, column in zip(first, columns, strict=False) if len(column) == fewest):
        return False
    is_named = len(set(first)) == len(first) and any(HEADER.fullmatch(cell) for cell in first)
    is_new = len(body) > 200 and not any(cell in column for cell, column in zip(first, columns, strict=False))
    return is_table or is_named or is_new


def csv_table(lines: Sequence[str], path: str, known: Layout = Layout(), *, least: int = 2) -> Table | None:
    """A table delimited by commas, semicolons or TAB; None where the lines are none.

    Args:
        lines: the first of the file.
        path: of the file, for errors.
        known: whether rows that cannot be read are left out.
        least: columns that a table has.

    Raises:
        DataError: its header has too few names, or there is no row below it.
    """
    sign, _, rest = detect_delimiter(line for line in lines if line.strip(" \t"))
    content = list(rest)
    if sign == TAB and not quotes_delimit(content, sign):  # of other tables the reader shows the row
        return None
    rows_of_cells = csv.reader((f"{line}\n" for line in content), delimiter=sign)
    try:
        first = next(rows_of_cells, [])
        widths = Counter(map(len, islice(rows_of_cells, 1_000)))
    except csv.Error:
        return None
    if len(first) > 2 and widths[len(first) + 1] > MOST * widths.total():
        raise DataError(
            f"{path}: a header of {len(first)} names over rows of {len(first) + 1} cells: the first column has no name",
            f"give it one: sed '1s/^/row{sign}/' OLD >NEW",
        )
    fits = widths[len(first)] / widths.total() if widths else 1.0
    is_lenient = known.bad_rows == "skip"
    if len(first) < least or fits <= (0.5 if is_lenient else MOST):
        return None
    layout = Layout(format="csv")
    if is_lenient:
        cut = csv.reader((f"{line}\n" for line in content[1:]), delimiter=sign)
        rows = [cells if any(cells) else None for cells in islice(cut, N_ROWS) if len(cells) in (0, len(first))]
    else:
        body, _ = open_table(Source(lines, layout, path, tagged=False))
        rows = [row and row[2] for row in islice(body, N_ROWS)]
    sentences = [
        [(row + [""] * len(first))[: len(first)] for row in sentence]
        for sentence in _parted((row for row in rows if row is None or any(row)), len(first))
    ]
    if not sentences:
        raise DataError(f"{path}: no rows below the header", MAKE_TAGS)
    why = {"format": f"a table delimited by {DELIMITERS.get(sign, sign)}, {len(first)} columns under a header"}
    names: list[Column] = [name if name and first.count(name) == 1 else i for i, name in enumerate(first)]
    if not _is_header(first, [row for row in rows if row and any(row)], is_table=True):
        if sign == BAR:  # word|TAG, which is no table
            return None
        names = list(range(len(first)))
        why["format"] = f"a table delimited by {DELIMITERS.get(sign, sign)}; {NO_HEADER}"
    return Table(layout, names, sentences, why, sign)
