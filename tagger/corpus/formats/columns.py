"""Column files: one token per line, cells delimited by TAB or spaces, sentences separated by blank lines."""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter

from tagger.corpus.cell_pickers import CellPickers
from tagger.corpus.column_names import did_you_mean, list_indices, no_header_hint
from tagger.corpus.formats import FileFormat, Source, other_columns
from tagger.corpus.layout import DOCUMENT, JSONL_HINT, Column, Layout, Row, Rows, refuse_tag_as_input
from tagger.corpus.rows import leading_rows, sentences_of_tokens, split_on_change
from tagger.corpus.sentence import Sentence
from tagger.errors import DataError

DOCUMENT_MARK = "-DOCSTART-"
N_AHEAD = 1000  # rows that are searched for a column that the first row lacks
CELL_END = re.compile(r"[\t\n\r]")


def read(source: Source) -> Iterator[Sentence]:
    """Read the sentences of a column file.

    The first row fixes the number of columns. It is a header if a requested column is a name, or if it holds the name
    of the column of tags.

    Raises:
        DataError: the header lacks a column; a cell is missing, or a token or tag is empty (names the line).
        ConfigError: the column of tags is also an input.
    """
    layout, path, tagged = source.layout, source.path, source.tagged
    rows = read_rows(source.lines, comments=layout.comments)
    ahead = list(leading_rows(rows))
    first = ahead[-1] if ahead else None
    cells = (first[2] if first else None) or []
    token: Column = 0 if layout.token is None else layout.token
    tag: Column = max(1, len(cells) - 1) if layout.tag is None else layout.tag
    needed = [token, *layout.numeric, *layout.columns]
    if layout.sentence is not None:
        needed.append(layout.sentence)
    if tagged:
        needed.append(tag)
    has_names = any(isinstance(column, str) for column in needed) or layout.tag in cells
    group = layout.group
    if group == DOCUMENT:  # the marks, unless a header has a column of this name; after a mark it may be a token
        starts_with_mark = any(row and row[3] is not None for row in ahead)
        group = group if group in cells and (has_names or not starts_with_mark) else None
    if group is not None:
        needed.append(group)
    location = path
    if first and (has_names or isinstance(group, str)):
        ahead.pop()
        location = f"{path}:{first[0]}"
        if source.notes:
            source.notes.header = cells
    indices = {column: _index(column, cells, location, layout) for column in needed}
    if tagged and cells:
        refuse_tag_as_input(layout, path, token=token, tag=tag, identify=indices.__getitem__)
    last = max((index for column, index in indices.items() if column != tag or layout.tag is not None), default=0)
    if is_narrow := 0 < len(cells) <= last:
        ahead += itertools.islice(rows, N_AHEAD)
    body: Rows = itertools.chain(ahead, rows)
    if layout.sentence is not None:
        body = split_on_change(body, itemgetter(indices[layout.sentence]))
    pickers = CellPickers(
        token=itemgetter(indices[token]),
        tag=itemgetter(indices[tag]) if tagged else None,
        numeric=tuple((str(column), itemgetter(indices[column])) for column in layout.numeric),
        columns=tuple((str(column), itemgetter(indices[column])) for column in layout.columns),
        group=None if group is None else (str(group), itemgetter(indices[group])),
        by_document=group is None and layout.group == DOCUMENT,
        width=1 + max(indices.values()),
        n_cells=len(cells),
        too_few=_too_few_hint(ahead, last) if is_narrow else "",
        delimiter="\t" if first and is_tab_delimited(first[1]) else " ",
    )
    return sentences_of_tokens(body, pickers, source)


def _index(column: Column, header: list[str], location: str, layout: Layout) -> int:
    """Index of a column, from 0; out of range if the file lacks it."""
    if isinstance(column, int):
        if column >= 0:
            return column
        return column + len(header) if -column <= len(header) else -column - 1
    if header and column not in header:
        meant = did_you_mean(column, header)
        raise DataError(
            f"{location}: there is no column {column!r}; the header has {', '.join(header)}{meant}",
            None if meant else no_header_hint(column, layout, len(header)),
        )
    return header.index(column) if header else 0  # a file without rows has no sentences either


def _too_few_hint(first_rows: Iterable[Row | None], index: int) -> str:
    """Hint for a column that all of the first rows lack; empty if a row has it."""
    widest = max((len(row[2]) for row in first_rows if row and row[2]), default=0)
    return f"the file has {list_indices(widest)}" if widest <= index else ""


def read_rows(lines: Iterable[str], *, comments: bool = False) -> Rows:
    """Read the rows of a column file.

    The first line that is not blank, a document mark, or a # line without TAB decides whether TAB delimits cells. If
    it does, spaces are part of a cell, and a # line without TAB is a comment. If not, any run of spaces and TABs is a
    delimiter, trailing ones are ignored, and a # line holds a token. With `comments`, every # line is a comment.
    A line of only TABs and spaces ends a sentence, and so does a document mark.
    """
    numbered = enumerate(lines, 1)
    ahead: list[tuple[int, str]] = []
    for number, line in numbered:
        ahead.append((number, line))
        is_mark = DOCUMENT_MARK in line.split(" ")
        is_comment = line.startswith("#") and (comments or "\t" not in line)
        if line.strip(" \t") and not is_comment and ("\t" in line or not is_mark):
            by_tab = is_tab_delimited(line)
            break
    else:
        by_tab = False
    yield from (_row(*numbered_line, by_tab, comments) for numbered_line in ahead)
    for number, line in numbered:
        if line and line[0] not in "# \t" and DOCUMENT_MARK not in line:  # the usual case, made fast
            cells = line.split("\t") if by_tab else line.replace("\t", " ").split(" ")
            yield number, line, cells if by_tab or "" not in cells else [cell for cell in cells if cell], None
        else:
            row = _row(number, line, by_tab, comments)
            if row is not None and row[3] is not None:
                yield None
            yield row


def _row(number: int, line: str, by_tab: bool, comments: bool) -> Row | None:
    if not line.strip(" \t"):
        return None
    if line[0] == "#" and (comments or (by_tab and "\t" not in line)):
        return number, line, None, None
    cells = _cells(line, by_tab)
    is_mark = DOCUMENT_MARK in cells or line.split(" ", 1)[0] == DOCUMENT_MARK
    return (number, line, None, "") if is_mark else (number, line, cells, None)


def is_tab_delimited(line: str) -> bool:
    """Whether TAB delimits the cells of a file with this first row: not if TABs only follow cells with spaces."""
    row = line.rstrip(" \t")
    return "\t" in row or ("\t" in line and " " not in row)


def _cells(line: str, by_tab: bool) -> list[str]:
    return line.split("\t") if by_tab else [cell for cell in line.replace("\t", " ").split(" ") if cell]


def write_sentence(sentence: Sentence, *, confidence: Sequence[float] | None = None) -> str:
    """Write a line `token TAB tag` per token, and a blank line.

    Args:
        sentence: tagged sentence.
        confidence: one value per token, written as a third cell.

    Raises:
        DataError: a token or tag would be read back differently: it holds a TAB or a line end, is or starts with a
            document mark, or both are blank.
    """
    tags, n = sentence.tags or (), len(sentence)
    if len(tags) != n or (confidence is not None and len(confidence) != n):
        raise ValueError("expected a tag, and a confidence if any, for each token")
    lines = "".join(map("{}\t{}\n".format, sentence.tokens, tags))
    is_plain = lines.count("\t") == lines.count("\n") == n and "\r" not in lines and DOCUMENT_MARK not in lines
    if not is_plain or not all(map(str.strip, tags)):
        for token, tag in zip(sentence.tokens, tags, strict=True):
            is_mark = DOCUMENT_MARK in (tag, token.split(" ", 1)[0])
            if is_mark or not (token + tag).strip(" ") or CELL_END.search(token + tag):
                problem = f"a column file cannot hold {token!r} with the tag {tag!r}"
                raise DataError(f"{sentence.location}: {problem}", JSONL_HINT)
    if confidence is not None:
        lines = "".join(map("{}\t{}\t{:.4f}\n".format, sentence.tokens, tags, confidence))
    return lines + "\n"


def _not_converted(lines: Iterator[str], layout: Layout) -> list[str]:
    rows = [row for row in leading_rows(read_rows(lines, comments=layout.comments)) if row]
    width = len(rows[-1][2] or ()) if rows else 0
    marks = ["document marks"] if any(document is not None for _, _, _, document in rows) else []
    return other_columns(width - 2 - (layout.sentence is not None)) + marks


FORMAT = FileFormat(
    read=read,
    write=lambda tagged, _: map(write_sentence, tagged),
    suffixes=(".tsv", ".conll"),
    # Columns delimited by spaces are the fallback if no format is recognised; `sep=` is the first line of Excel's CSV.
    recognises=lambda line: "\t" in line and line.lower() != "sep=\t",
    keys=frozenset({"token", "tag", "numeric", "columns", "sentence", "group"}),
    not_converted=_not_converted,
)
