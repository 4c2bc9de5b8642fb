"""Column files: one token a line, cells parted by TAB or by spaces, sentences parted by a blank line."""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter

from tagger.corpus.formats import FileFormat, Source, other_columns
from tagger.corpus.layout import DOCUMENT, SAID_BY_JSONL, Column, Layout, Row, Rows, refuse_tag_as_input
from tagger.corpus.rows import Choice, sentences, split_at, up_to_first_cells
from tagger.corpus.sentence import Sentence
from tagger.errors import DataError

DOCUMENT_MARK = "-DOCSTART-"
CELL_END = re.compile(r"[\t\n\r]")


def read(source: Source) -> Iterator[Sentence]:
    """The sentences of a column file.

    The first row says how many columns there are. It is a header where a chosen column is a name; so it is where no
    tags are read and it has the name of their column.

    Raises:
        DataError: the header lacks a column; names the line where a cell is missing, or a token or tag is empty.
        ConfigError: the column of tags is an input, too.
    """
    layout, path, tagged = source.layout, source.path, source.tagged
    rows = read_rows(source.lines, comments=layout.comments)
    ahead = list(up_to_first_cells(rows))
    first = ahead[-1] if ahead else None
    cells = (first[2] if first else None) or []
    token: Column = 0 if layout.token is None else layout.token
    tag: Column = max(1, len(cells) - 1) if layout.tag is None else layout.tag
    needed = [token, *layout.numeric, *layout.columns]
    if layout.sentence is not None:
        needed.append(layout.sentence)
    if tagged:
        needed.append(tag)
    is_named = any(isinstance(column, str) for column in needed) or layout.tag in cells
    group = layout.group
    if group == DOCUMENT:  # its marks, unless a column is called so; in a file that begins with a mark a token may be
        begins_with_mark = any(row and row[3] is not None for row in ahead)
        group = group if group in cells and (is_named or not begins_with_mark) else None
    if group is not None:
        needed.append(group)
    if first and (is_named or isinstance(group, str)):
        ahead.pop()
        if source.notes:
            source.notes.header = cells
        place = f"{path}:{first[0]}"
    else:
        place = path
    found = {column: _index(column, cells, place) for column in needed}
    if tagged and cells:
        refuse_tag_as_input(layout, path, token=token, tag=tag, place_of=found.__getitem__)
    body: Rows = itertools.chain(ahead, rows)
    if layout.sentence is not None:
        body = split_at(body, itemgetter(found[layout.sentence]))
    choice = Choice(
        token=itemgetter(found[token]),
        tag=itemgetter(found[tag]) if tagged else None,
        numeric=tuple((str(column), itemgetter(found[column])) for column in layout.numeric),
        columns=tuple((str(column), itemgetter(found[column])) for column in layout.columns),
        group=None if group is None else (str(group), itemgetter(found[group])),
        by_document=group is None and layout.group == DOCUMENT,
        width=1 + max(found.values()),
        n_cells=len(cells),
        delimiter="\t" if first and is_by_tab(first[1]) else " ",
    )
    return sentences(body, choice, source)


def _index(column: Column, header: list[str], place: str) -> int:
    """A column's index from 0; of an index that the file lacks, one out of its reach."""
    if isinstance(column, int):
        if column >= 0:
            return column
        return column + len(header) if -column <= len(header) else -column - 1
    if header and column not in header:
        raise DataError(f"{place}: there is no column {column!r}; the header has {', '.join(header)}")
    return header.index(column) if header else 0  # a file without a row has no sentence either


def read_rows(lines: Iterable[str], *, comments: bool = False) -> Rows:
    """The rows of a column file.

    The first line decides whether cells are delimited by TAB, aside from blank lines, document marks and such as start
    with # and have no TAB. Where they are, a line that starts with # and has no TAB is a comment, and spaces are part
    of a cell. Where they are not, any run of spaces and TABs delimits cells, at a line's end none, and a line that
    starts with # is a token's. With `comments`, every line that starts with # is one.
    A line of nothing but TABs and spaces ends a sentence, a document mark does too.
    """
    numbered = enumerate(lines, 1)
    ahead: list[tuple[int, str]] = []
    for number, line in numbered:
        ahead.append((number, line))
        is_mark = DOCUMENT_MARK in line.split(" ")
        is_comment = line.startswith("#") and (comments or "\t" not in line)
        if line.strip(" \t") and not is_comment and ("\t" in line or not is_mark):
            by_tab = is_by_tab(line)
            break
    else:
        by_tab = False
    yield from (_row(*past, by_tab, comments) for past in ahead)
    for number, line in numbered:
        if line and line[0] not in "# \t" and DOCUMENT_MARK not in line:  # as most are
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


def is_by_tab(line: str) -> bool:
    """Whether TAB delimits the cells of a file with such a first row: not if all TABs stand behind spaced cells."""
    row = line.rstrip(" \t")
    return "\t" in row or ("\t" in line and " " not in row)


def _cells(line: str, by_tab: bool) -> list[str]:
    return line.split("\t") if by_tab else [cell for cell in line.replace("\t", " ").split(" ") if cell]


def write_sentence(sentence: Sentence, *, confidence: Sequence[float] | None = None) -> str:
    """One line `token TAB tag` per token, and a blank line.

    Args:
        sentence: tagged.
        confidence: per token, becomes a third cell.

    Raises:
        DataError: a token or tag holds a TAB or a line end, one of them is a document mark, a token begins as one
            does, or both are blank: this format cannot say it.
    """
    tags, n = sentence.tags or (), len(sentence)
    if len(tags) != n or (confidence is not None and len(confidence) != n):
        raise ValueError("expected a tag, and a confidence if any, for each token")
    lines = "".join(map("{}\t{}\n".format, sentence.tokens, tags))
    is_plain = lines.count("\t") == lines.count("\n") == n and "\r" not in lines and DOCUMENT_MARK not in lines
    if not is_plain or not all(map(str.strip, tags)):  # one by one, there may be something that cannot be said
        for token, tag in zip(sentence.tokens, tags, strict=True):
            is_mark = DOCUMENT_MARK in (tag, token.split(" ", 1)[0])
            if is_mark or not (token + tag).strip(" ") or CELL_END.search(token + tag):
                said = f"{token!r} with the tag {tag!r}"
                raise DataError(f"{sentence.place}: a column file cannot say {said}", SAID_BY_JSONL)
    if confidence is not None:
        lines = "".join(map("{}\t{}\t{:.4f}\n".format, sentence.tokens, tags, confidence))
    return lines + "\n"


def _left_out(lines: Iterator[str], layout: Layout) -> list[str]:
    rows = [row for row in up_to_first_cells(read_rows(lines, comments=layout.comments)) if row]
    width = len(rows[-1][2] or ()) if rows else 0
    marks = ["document marks"] if any(document is not None for _, _, _, document in rows) else []
    return other_columns(width - 2 - (layout.sentence is not None)) + marks


FORMAT = FileFormat(
    read=read,
    write=lambda tagged, _: map(write_sentence, tagged),
    suffixes=(".tsv", ".conll"),
    # Columns delimited by spaces are assumed where no other format is recognised; Excel names a delimiter so.
    recognises=lambda line: "\t" in line and line.lower() != "sep=\t",
    keys=frozenset({"token", "tag", "numeric", "columns", "sentence", "group"}),
    left_out=_left_out,
)
