"""Column files: one token per line, cells delimited by TAB or spaces, sentences separated by blank lines."""

import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from operator import itemgetter

from tagger.corpus.answer_columns import (
    is_per_token,
    label_keys,
    named_location,
    refuse_answers_as_inputs,
    requested_answers,
)
from tagger.corpus.cell_pickers import CellPickers, LabelPicker, TagPicker
from tagger.corpus.column_names import did_you_mean, list_indices, listed, no_header_hint
from tagger.corpus.formats import FileFormat, Source, other_columns
from tagger.corpus.labels import comment_keys, parse_comment
from tagger.corpus.layout import (
    DOCUMENT,
    JSONL_HINT,
    AnswerColumn,
    Column,
    Layout,
    Row,
    Rows,
)
from tagger.corpus.rows import leading_rows, sentences_of_tokens, split_on_change
from tagger.corpus.sentence import Sentence
from tagger.errors import DataError

DOCUMENT_MARK = "-DOCSTART-"
N_AHEAD = 1000  # rows that are searched for a column that the first row lacks
TAB = "\t"
CELL_END = re.compile(r"[\t\n\r]")


def read(source: Source) -> Iterator[Sentence]:
    """Read the sentences of a column file; errors as for `open_rows`."""
    rows, pickers = open_rows(source)
    return sentences_of_tokens(rows, pickers, source)


def open_rows(source: Source) -> tuple[Rows, CellPickers]:
    """Read the first row of a column file and return its rows, with pickers for the columns of the layout.

    The first row fixes the number of columns. It is a header if a requested column is a name, or if it holds the name
    of a column of tags or other answers. A label whose name is not in a header is in a comment before each sentence.

    Raises:
        DataError: the header lacks a column; a cell is missing, a token or tag is empty, or a sentence has no label
            (names the line).
        ConfigError: the column of tags is also an input.
    """
    layout, path, tagged = source.layout, source.path, source.tagged
    source.end_sentence()
    rows = read_rows(source.lines, comments=layout.comments, keys=label_keys(layout))
    ahead = list(leading_rows(rows))
    first = ahead[-1] if ahead else None
    cells = (first[2] if first else None) or []
    token: Column = 0 if layout.token is None else layout.token
    answers = requested_answers(layout, max(1, len(cells) - 1), tagged=tagged)
    needed = [token, *layout.numeric, *layout.columns]
    if layout.sentence is not None:
        needed.append(layout.sentence)
    needed += [answer.column for answer in answers if is_per_token(answer) and answer.column is not None]
    has_names = any(isinstance(column, str) for column in needed) or _has_named_answer(cells, layout, ahead)
    group = layout.group
    if group == DOCUMENT:  # the marks, unless a header has a column of this name; after a mark it may be a token
        starts_with_mark = any(row and row[3] is not None for row in ahead)
        group = group if group in cells and (has_names or not starts_with_mark) else None
    if group is not None:
        needed.append(group)
    location = path
    header: list[str] = []
    if first and (has_names or isinstance(group, str)):
        ahead.pop()
        location, header = f"{path}:{first[0]}", cells
        if source.notes:
            source.notes.header = header
    in_cells = {a.column: a for a in answers if is_per_token(a) or isinstance(a.column, int) or a.column in header}
    indices: dict[Column | None, int] = {
        column: _index(column, cells, location, layout, in_cells.get(column))
        for column in (*needed, *in_cells)
        if column is not None
    }
    if answers and cells:
        refuse_answers_as_inputs(layout, path, token=token, answers=[*in_cells.values()], identify=indices.__getitem__)
    default = in_cells if not layout.answers and layout.tag is None else ()
    last = max((index for column, index in indices.items() if column not in default), default=0)
    if is_narrow := 0 < len(cells) <= last:
        ahead += itertools.islice(rows, N_AHEAD)
    body: Rows = itertools.chain(ahead, rows)
    if layout.sentence is not None:
        body = split_on_change(body, itemgetter(indices[layout.sentence]))
    return body, CellPickers(
        token=itemgetter(indices[token]),
        tags=tuple(TagPicker(a, itemgetter(indices[a.column])) for a in answers if is_per_token(a)),
        numeric=tuple((str(column), itemgetter(indices[column])) for column in layout.numeric),
        columns=tuple((str(column), itemgetter(indices[column])) for column in layout.columns),
        group=None if group is None else (str(group), itemgetter(indices[group])),
        labels=tuple(
            LabelPicker(a, pick=itemgetter(indices[a.column]))
            if a.column in in_cells
            else LabelPicker(a, key=str(a.column), names=header)
            for a in answers
            if not is_per_token(a)
        ),
        by_document=group is None and layout.group == DOCUMENT,
        width=1 + max(indices.values()),
        n_cells=len(cells),
        too_few=_too_few_hint(ahead, last) if is_narrow else "",
        delimiter="\t" if first and is_tab_delimited(first[1]) else " ",
    )


def _has_named_answer(cells: list[str], layout: Layout, ahead: list[Row | None]) -> bool:
    """Whether the first row holds the name of a column of answers, and so is a header."""
    names = {layout.tag} if not layout.answers else {a.column for a in layout.answers if is_per_token(a)}
    if len(cells) > 1:  # else it may be a token
        names |= label_keys(layout) - comment_keys(ahead)
    return not names.isdisjoint(cells)


def _index(column: Column, header: list[str], location: str, layout: Layout, answer: AnswerColumn | None = None) -> int:
    """Index of a column, from 0; out of range if the file lacks it."""
    if isinstance(column, int):
        if column >= 0:
            return column
        return column + len(header) if -column <= len(header) else -column - 1
    if header and column not in header:
        meant = did_you_mean(column, header)
        where = named_location(location, answer)
        raise DataError(
            f"{where}: there is no column {column!r}; the header has {listed(header)}{meant}",
            None if meant else no_header_hint(column, layout, len(header), answer),
        )
    return header.index(column) if header else 0  # a file without rows has no sentences either


def _too_few_hint(first_rows: Iterable[Row | None], index: int) -> str:
    """Hint for a column that all of the first rows lack; empty if a row has it."""
    widest = max((len(row[2]) for row in first_rows if row and row[2]), default=0)
    return f"the file has {list_indices(widest)}" if widest <= index else ""


def read_rows(lines: Iterable[str], *, comments: bool = False, keys: Collection[str] = ()) -> Rows:
    """Read the rows of a column file.

    The first line that is not blank, a document mark, or a # line without TAB decides whether TAB delimits cells. If
    it does, spaces are part of a cell, and a # line without TAB is a comment. If not, any run of spaces and TABs is a
    delimiter, trailing ones are ignored, and a # line holds a token, unless it is a comment `# KEY = VALUE` with one of
    `keys`. With `comments`, every # line is a comment. A line of only TABs and spaces ends a sentence, and so does a
    document mark.
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
    yield from (_row(*numbered_line, by_tab, comments, keys) for numbered_line in ahead)
    for number, line in numbered:
        if line and line[0] not in "# \t" and DOCUMENT_MARK not in line:  # the usual case, made fast
            cells = line.split("\t") if by_tab else line.replace("\t", " ").split(" ")
            yield number, line, cells if by_tab or "" not in cells else [cell for cell in cells if cell], None
        else:
            row = _row(number, line, by_tab, comments, keys)
            if row is not None and row[3] is not None:
                yield None
            yield row


def _row(number: int, line: str, by_tab: bool, comments: bool, keys: Collection[str]) -> Row | None:
    if not line.strip(" \t"):
        return None
    if line[0] == "#":
        comment = parse_comment(line) if keys and "\t" not in line else None
        if comments or (by_tab and "\t" not in line) or (comment and comment[0] in keys):
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
    """Write a line `token TAB tag` per token, and a blank line; see `write_answers`.

    Raises:
        DataError: as for `write_answers`.
    """
    return write_answers(sentence, [sentence.tags or ()], confidences=[] if confidence is None else [confidence])


def write_answers(
    sentence: Sentence,
    columns: Sequence[Sequence[str]],
    comments: Sequence[str] = (),
    *,
    confidences: Sequence[Sequence[float]] = (),
) -> str:
    """Write comments, a line per token with its values, delimited by TAB, and a blank line.

    Args:
        sentence: the sentence, of which only the tokens are written.
        columns: one value per token for each column. Without columns, each line has `_` as its second cell, as it would
            otherwise have no TAB, and `#` at its start would make it a comment.
        comments: lines such as `# intent = PlayMusic`, left out if the sentence has no tokens.
        confidences: one number per token for each of the last columns.

    Raises:
        DataError: a token, value or comment would be read back differently: it holds a TAB or a line end, is or starts
            with a document mark, or all cells of a line are blank.
    """
    n = len(sentence)
    if any(len(values) != n for values in (*columns, *confidences)):
        raise ValueError("expected a tag, and a confidence if any, for each token")
    cells = [sentence.tokens, *(columns or [("_",) * n])]
    lines = "".join(map(f"{TAB.join(['{}'] * len(cells))}\n".format, *cells))
    n_tabs = (len(cells) - 1) * n
    is_plain = lines.count("\t") == n_tabs and lines.count("\n") == n and "\r" not in lines
    if not is_plain or DOCUMENT_MARK in lines or not all(map(str.strip, cells[1])):
        for token, *values in zip(*cells, strict=True):
            is_mark = DOCUMENT_MARK in (*values, token.split(" ", 1)[0])
            text = "".join((token, *values))
            if is_mark or not text.strip(" ") or CELL_END.search(text):
                tags = " and ".join(map(repr, values))
                raise DataError(
                    f"{sentence.location}: a column file cannot hold {token!r} with the tag {tags}", JSONL_HINT
                )
    if confidences:
        row = TAB.join(["{}"] * len(cells) + ["{:.4f}"] * len(confidences))
        lines = "".join(map(f"{row}\n".format, *cells, *confidences))
    if broken := next(filter(CELL_END.search, comments), None):
        raise DataError(f"{sentence.location}: a comment of a column file cannot hold {broken!r}", JSONL_HINT)
    return "".join(f"{comment}\n" for comment in comments if n) + lines + "\n"


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
    keys=frozenset({"token", "tag", "numeric", "columns", "sentence", "group", "answers"}),
    not_converted=_not_converted,
)
