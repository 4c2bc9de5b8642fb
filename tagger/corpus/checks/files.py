"""What is or may be wrong with a file beside its sentences: its bytes, a table's header, cells that are not read."""

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from tagger.corpus.checks.characters import shown
from tagger.corpus.checks.findings import N_PLACES, Finding, Place
from tagger.corpus.chunks import read_chunks
from tagger.corpus.formats import columns, csv, format_of
from tagger.corpus.layout import Layout
from tagger.corpus.lines import read_lines
from tagger.corpus.sentence import Sentence

LINE_END = re.compile(rb"\r\n|\n|\r")
NAMES = {b"\r\n": "CRLF", b"\n": "LF", b"\r": "a lone CR"}


def byte_findings(split: str, path: Path, encoding: str) -> Iterator[Finding]:
    """A byte order mark, and line ends of different kinds.

    Of a file that is no text, or whose encoding writes line ends otherwise than ASCII, nothing is told.

    Raises:
        DataError: the file cannot be read.
    """
    try:
        is_like_ascii = "\r\n".encode(encoding) == b"\r\n"
    except LookupError:  # no such encoding: told by who reads in it
        return
    if not is_like_ascii or not path.is_file():
        return
    ends: Counter[bytes] = Counter()
    has_mark = None
    for chunk in _whole_ends(path):
        if b"\0" in chunk:
            return
        if has_mark is None:
            has_mark = chunk.startswith(codecs.BOM_UTF8)
        n_crlf = chunk.count(b"\r\n")
        ends.update({b"\r\n": n_crlf, b"\n": chunk.count(b"\n") - n_crlf, b"\r": chunk.count(b"\r") - n_crlf})
    if has_mark:
        yield Finding(
            "bom", "warning", split, 1, f"{split}: the file begins with a byte order mark",
            "It is dropped here, so nothing has to be done; other programs may take it for a part of the first token.",
            (Place(str(path), 1),),
        )  # fmt: skip
    (usual, _), *others = ends.most_common() or [(b"\n", 0)]
    if n_odd := sum(n for _, n in others):
        told = ", ".join(f"{n:,} by {NAMES[end]}" for end, n in ends.most_common() if n)
        odd = islice(_odd_ends(path, usual), N_PLACES)
        yield Finding(
            "line-ends", "warning", split, n_odd, f"{split}: lines end in different ways: {told}",
            "Each of them ends a line here. Editors may number lines otherwise, and a CR inside a token cuts it in "
            'two: take out what is not meant (tr -d "\\r" <OLD >NEW makes CRLF LF).',
            tuple(Place(str(path), line, f"ends with {NAMES[end]}") for line, end in odd),
        )  # fmt: skip


def _whole_ends(path: Path) -> Iterator[bytes]:
    """The file piece by piece, none of which parts a CR from its LF."""
    held = b""
    for chunk in read_chunks(path):
        chunk, held = held + chunk, b""
        if chunk.endswith(b"\r"):
            chunk, held = chunk[:-1], b"\r"
        yield chunk
    yield held


def _odd_ends(path: Path, usual: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines that end otherwise than most."""
    ends = (found[0] for chunk in _whole_ends(path) for found in LINE_END.finditer(chunk))
    return ((line, end) for line, end in enumerate(ends, 1) if end != usual)


def row_findings(split: str, path: Path, layout: Layout, sentences: Iterable[Sentence]) -> Iterator[Finding]:
    """What is not read of a column file or a table: a first row that seems to be data, cells that the first has not.

    Args:
        split: its name.
        path: of the file.
        layout: that it was read by, its format decided.
        sentences: of the file.
    """
    if path.is_file() and layout.format in ("columns", "csv"):
        yield from _header(split, path, layout, sentences)
        yield from _extra_cells(split, path, layout)


def _header(split: str, path: Path, layout: Layout, sentences: Iterable[Sentence]) -> Iterator[Finding]:
    if layout.format != "csv" or isinstance(layout.tag, str):
        return
    _, header = csv.parted_header(next(read_lines(path, encoding=layout.encoding), ""))
    name = header[-1 if layout.tag is None else layout.tag]
    if any(name in (sentence.tags or ()) for sentence in sentences):
        yield Finding(
            "header", "warning", split, 1, f"{split}: the header looks like data: {shown(name)} is a tag, too",
            "The first row of a table names its columns and is not read as data: put such a row on top, for example "
            "token,tag.",
            (Place(str(path), 1, shown(", ".join(header))),),
        )  # fmt: skip


def _extra_cells(split: str, path: Path, layout: Layout) -> Iterator[Finding]:
    lines = read_lines(path, encoding=layout.encoding)
    is_table = layout.format == "csv"
    rows = csv.read_rows(lines, str(path)) if is_table else columns.read_rows(lines, comments=layout.comments)
    width, count, places = None, 0, []
    for row in rows:
        if row is None or row.cells is None:
            continue
        if width is None:
            width = len(row.cells)
        elif len(row.cells) > width and any(map(str.strip, row.cells[width:])):
            count += 1
            if count <= N_PLACES:
                places.append(Place(str(path), row.number, shown(row.line)))
    if count:
        yield Finding(
            "extra-cells", "warning", split, count, f"{split}: rows with more cells than the first: {count:,}",
            f"The first has {width}; the rest of each is not read. {format_of(layout).surplus_advice}",
            tuple(places),
        )  # fmt: skip
