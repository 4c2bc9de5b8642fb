"""Split lines into rows of cells, before the roles of columns are known."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from tagger.corpus.answer_columns import is_per_token, label_keys
from tagger.corpus.column_names import listed
from tagger.corpus.conllu_columns import FIELDS, detect_columns
from tagger.corpus.counted import counted
from tagger.corpus.csv_records import quotes_delimit
from tagger.corpus.file_notes import FileNotes
from tagger.corpus.formats import Source
from tagger.corpus.formats.columns import DOCUMENT_MARK
from tagger.corpus.formats.conllu import read_rows as read_conllu_rows
from tagger.corpus.formats.csv import BAR, DELIMITERS, detect_delimiter, open_table
from tagger.corpus.labels import parse_comment
from tagger.corpus.layout import AnswerKind, Column, Layout
from tagger.errors import DataError
from tagger.reading.column_profile import N_ROWS, NEARLY_ALL, PIECE, fraction, is_number

HEADER = re.compile(
    r"(.*[\W_])?(words?|tokens?|forms?|text|tags?|labels?|[ux]?pos|ner|chunk|iob|bio|lemma|sent(ence)?|id|index)([\W_].*)?",
    re.IGNORECASE,
)
COMMENT = re.compile(r"#+\s*[\w.]+\s*[=:]|#\s*(begin|end|id|newdoc|newpar)\b")
TAB = "\t"
MAX_COLUMNS = 20_000
N_CELLS = 200_000  # first cells of a file, on which all guesses are based
NO_HEADER = "its first row is read as a header, but looks like data: put a row of names above it, or that row is lost"
NAME_COLUMNS = "choose the columns of tokens and tags with data.token and data.tag"
MAKE_TAGS = "each line needs a token and its tag, delimited by TAB, with a blank line between sentences"


@dataclass(frozen=True, slots=True)
class Table:
    """Cells of a file, before the roles of columns are known.

    Args:
        layout: layout of the file as far as known, without columns.
        names: name or index of each column.
        sentences: rows between blank lines; short rows are filled with empty cells.
        why: evidence for the format.
        delimiter: delimiter of cells.
    """

    layout: Layout
    names: list[Column]
    sentences: list[list[list[str]]]
    why: dict[str, str]
    delimiter: str = TAB

    def index(self, column: Column) -> int:
        """The index of a column of the table, from 0, by its name or by an index that may be negative."""
        return self.names.index(column) if isinstance(column, str) else range(len(self.names))[column]

    def has_columns(self, layout: Layout) -> bool:
        """Whether the table has all columns that a layout names."""
        n, columns = len(self.names), _named_columns(layout)
        if self.layout.format == "csv":  # in a column file, the label may be in a comment before each sentence
            columns += label_keys(layout)
        return all(c in self.names if isinstance(c, str) else -n <= c < n for c in columns)


@dataclass(frozen=True, slots=True)
class Guess:
    """Guessed layout of a file, with reasons.

    Args:
        layout: layout of the file; its encoding is not guessed here.
        why: reasons as text for comments, by key of [data] or [features].
        is_tag_like: whether the tags are spelled as only tags are.
        numeric: columns of numbers to use as features, if the file is a series.
        others: kind and column of answers that the file has beside its tags.
    """

    layout: Layout
    why: dict[str, str]
    is_tag_like: bool = False
    numeric: tuple[Column, ...] = ()
    others: tuple[tuple[AnswerKind, Column], ...] = ()


def _named_columns(layout: Layout) -> list[Column]:
    answers = (a.column for a in layout.answers if is_per_token(a) or isinstance(a.column, int))
    columns = (layout.token, layout.tag, layout.sentence, *layout.numeric, *layout.columns, *answers)
    return [column for column in columns if column is not None]


def conllu_table(lines: Sequence[str], path: str, known: Layout = Layout()) -> Table:
    """Rows of the words in CoNLL-U: its ten fields if the file has them all, else the columns that it names."""
    names = [column for column in detect_columns(lines) or FIELDS if isinstance(column, str)]
    _check_width(len(names), path)
    has_fields = set(FIELDS) <= {*names}
    indices = [names.index(field) for field in FIELDS] if has_fields else [*range(len(names))]
    source = Source(lines, known, path, notes=FileNotes())
    numbered = read_conllu_rows(lines, path, skip_row=source.skip_row)
    all_cells = (row and row[2] for row in numbered if row is None or row[2])
    rows = (cells and [cells[i] for i in indices] for cells in all_cells)
    why = {"format": f"CoNLL-U Plus with columns {listed(names).upper()}"}
    if tuple(names) == FIELDS:
        why["format"] = "CoNLL-U: ten columns delimited by TAB, the first counts the words of a sentence"
    return Table(Layout(format="conllu"), [names[i] for i in indices], _split_sentences(rows, len(names)), why)


def _split_sentences(rows: Iterable[list[str] | None], width: int) -> list[list[list[str]]]:
    """Split the first rows into sentences, at None; the wider the rows, the fewer are used."""
    groups = groupby(islice(rows, min(N_ROWS, N_CELLS // width)), key=lambda row: row is None)
    return [[row for row in group if row is not None] for is_break, group in groups if not is_break]


def _check_width(n_columns: int, path: str) -> None:
    if n_columns > MAX_COLUMNS:
        problem = f"{n_columns:,} columns, and roles are recognised among at most {MAX_COLUMNS:,}"
        raise DataError(f"{path}: {problem}", f"{NAME_COLUMNS}, and the format with data.format")


def column_table(lines: Sequence[str], delimiter: str, path: str, known: Layout = Layout()) -> Table:
    """Rows of a file of columns.

    Args:
        lines: first lines of the file.
        delimiter: TAB, or a space for any number of spaces and TABs.
        path: path of the file, for errors.
        known: columns and comments as far as known.

    Raises:
        DataError: there is only one column, or the number of words varies as in lines of text.
    """

    def split_cells(line: str) -> list[str]:
        return line.split(TAB) if delimiter == TAB else PIECE.findall(line)

    content = [line for line in lines if line.strip(" \t") and (delimiter in line or line[0] != "#")]
    hashed = [line for line in content if line[0] == "#"]
    rows = [cells for cells in (split_cells(line) for line in content if line[0] != "#") if DOCUMENT_MARK not in cells]
    rows = rows or [split_cells(line) for line in hashed]
    widths = sorted(map(len, rows))
    width = widths[len(widths) // 20] if widths else 1  # a few rows may be too short: the readers report them
    if width == 1 and widths:
        width, _ = Counter(widths).most_common(1)[0]
    if width == 1:
        raise DataError(f"{path}: one column only: a token, but no tag", MAKE_TAGS)
    _check_width(width, path)
    comments = known.comments or _are_comments(hashed, rows, width, split_cells)
    kept = (line for line in lines if not line.startswith("#") or (not comments and (delimiter == " " or TAB in line)))
    sentences = _split_sentences(
        (None if DOCUMENT_MARK in (cells := split_cells(line)) or not line.strip(" \t") else cells for line in kept),
        width,
    )
    if delimiter == " " and widths[-1] > 2 and Counter(widths).most_common(1)[0][1] <= 0.5 * len(widths) > 1:
        raise DataError(
            f"{path}: {widths[0]} to {widths[-1]} words per line: not columns of tokens and tags", MAKE_TAGS
        )
    if not sentences:
        raise DataError(f"{path}: nothing but comments and document marks", MAKE_TAGS)
    is_whole = len(sentences[0][0]) >= width
    sentences = [[(row + [""] * width)[:width] for row in sentence] for sentence in sentences]
    why = {"format": f"{_from_to(widths)} columns delimited by {'TAB' if delimiter == TAB else 'spaces'}"}
    if comments and hashed:
        why["comments"] = f"{counted(len(hashed), 'line')} that start with # are no rows, such as {hashed[0]}"
    names: list[Column] = list(range(width))
    first = sentences[0][0]
    in_comments = {comment[0] for comment in map(parse_comment, hashed) if comment}
    is_named = any(isinstance(column, str) for column in _named_columns(known))
    is_named = is_named or not (label_keys(known) - in_comments).isdisjoint(first)
    body = [row for sentence in sentences for row in sentence][1:]
    if is_named or (is_whole and _is_header(first, body, is_table=False)):
        names = list(first)
        sentences = [s for s in (sentences[0][1:], *sentences[1:]) if s]
        why["format"] += ", under a header"
        if not sentences:
            raise DataError(f"{path}: no rows below the header", MAKE_TAGS)
    return Table(Layout(format="columns", comments=comments), names, sentences, why, delimiter)


def _are_comments(
    hashed: list[str], rows: list[list[str]], width: int, split_cells: Callable[[str], list[str]]
) -> bool:
    """Whether most lines that start with # are comments, not rows of a token that starts with #."""
    values = [set(column) for column in zip(*(row for row in rows if len(row) >= width), strict=False)]
    differ = len(set(hashed)) > max(2, 0.5 * len(hashed))

    def is_comment(line: str) -> bool:
        cells = split_cells(line)
        is_odd = differ and not any(cell in column for cell, column in zip(cells, values, strict=False))
        return len(cells) < width or is_odd or bool(COMMENT.match(line))

    return fraction(map(is_comment, hashed)) > 0.5


def _from_to(widths: list[int]) -> str:
    return f"{widths[0]} to {widths[-1]}" if widths[0] < widths[-1] else f"{widths[0]}"


def _is_header(first: Sequence[str], body: Sequence[Sequence[str]], *, is_table: bool) -> bool:
    """Whether the first row has names of columns: no cell of it is a number, or a value of a column with few values."""
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


def csv_table(lines: Sequence[str], path: str, known: Layout = Layout(), *, min_columns: int = 2) -> Table | None:
    """A table delimited by commas, semicolons or TAB; None if the lines are not a table.

    Args:
        lines: first lines of the file.
        path: path of the file, for errors.
        known: layout as far as known; here, whether rows that cannot be read are skipped.
        min_columns: minimum number of columns.

    Raises:
        DataError: the header has too few names, or no rows below it.
    """
    delimiter, _, rest = detect_delimiter(line for line in lines if line.strip(" \t"))
    content = list(rest)
    if delimiter == TAB and not quotes_delimit(content, delimiter):  # in other tables, the reader reports the row
        return None
    all_rows = csv.reader((f"{line}\n" for line in content), delimiter=delimiter)
    try:
        first = next(all_rows, [])
        widths = Counter(map(len, islice(all_rows, 1_000)))
    except csv.Error:
        return None
    if len(first) > 2 and widths[len(first) + 1] > NEARLY_ALL * widths.total():
        raise DataError(
            f"{path}: a header of {len(first)} names over rows of {len(first) + 1} cells: the first column has no name",
            f"give it one: sed '1s/^/row{delimiter}/' OLD >NEW",
        )
    fits = widths[len(first)] / widths.total() if widths else 1.0
    is_lenient = known.bad_rows == "skip"
    _check_width(len(first), path)
    if len(first) < min_columns or fits <= (0.5 if is_lenient else NEARLY_ALL):
        return None
    layout = Layout(format="csv")
    if is_lenient:
        body = csv.reader((f"{line}\n" for line in content[1:]), delimiter=delimiter)
        rows = [cells if any(cells) else None for cells in islice(body, N_ROWS) if len(cells) in (0, len(first))]
    else:
        numbered, _ = open_table(Source(lines, layout, path, tagged=False))
        rows = [row and row[2] for row in islice(numbered, N_ROWS)]
    sentences = [
        [(row + [""] * len(first))[: len(first)] for row in sentence]
        for sentence in _split_sentences((row for row in rows if row is None or any(row)), len(first))
    ]
    if not sentences:
        raise DataError(f"{path}: no rows below the header", MAKE_TAGS)
    why = {
        "format": f"a table delimited by {DELIMITERS.get(delimiter, delimiter)}, {len(first)} columns under a header"
    }
    counts = Counter(first)
    names: list[Column] = [name if name and counts[name] == 1 else i for i, name in enumerate(first)]
    if not _is_header(first, [row for row in rows if row and any(row)], is_table=True):
        if delimiter == BAR:  # word|TAG, which is no table
            return None
        names = list(range(len(first)))
        why["format"] = f"a table delimited by {DELIMITERS.get(delimiter, delimiter)}; {NO_HEADER}"
    return Table(layout, names, sentences, why, delimiter)
