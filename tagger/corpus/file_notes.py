"""Notes on a file, collected while it is read: its hash, its line ends, and rows to report."""

import codecs
import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from tagger.corpus.chunks import decompress, read_raw_chunks, source_name
from tagger.corpus.layout import Layout, Row
from tagger.corpus.lines import Lines

MAX_LISTED = 1000  # lines or rows of a kind that are listed; all are counted
CRLF, LF, CR = LINE_ENDS = b"\r\n", b"\n", b"\r"
LINE_END = re.compile(rb"\r\n|\n|\r")


@dataclass(slots=True)
class NotedRows:
    """Rows of one kind.

    Attributes:
        n: number of rows.
        first: (line number, text to show) of the first rows, at most `MAX_LISTED`.
    """

    n: int = 0
    first: list[tuple[int, str]] = field(default_factory=list)

    def add(self, number: int, text: str) -> None:
        """Note a row."""
        self.n += 1
        if self.n <= MAX_LISTED:
            self.first.append((number, text))


class FileNotes:
    """Notes on one file, complete once it is read to its end.

    Attributes:
        path: path of the file.
        is_like_ascii: whether its encoding writes line ends as ASCII does; otherwise they are not noted.
        layout: layout that it is read with, its format known.
        n_line_ends: count of each kind of line end.
        line_ends: numbers of the first lines with each kind of line end.
        has_mark: whether the file starts with a byte order mark of UTF-8.
        has_nul: whether it holds a NUL.
        is_complete: whether it was read to its end.
        header: names of its columns, if any.
        mapped: tags and other answers that were renamed on reading.
        mapped_by_head: if the layout has answers, those of each head.
        n_cells: number of cells of the first row, if another row has more.
        surplus: rows with non-blank cells beyond those of the first row.
        broken: rows of a table with a line end in a cell, or with a TAB in a cell of a file that is delimited by TAB.
        bad: skipped rows that cannot be read, with the reason.
        refused: skipped objects that their annotator rejected or ignored, with the answer.
    """

    def __init__(self) -> None:
        self.path = ""
        self.layout = Layout()
        self.n_line_ends = Counter(dict.fromkeys(LINE_ENDS, 0))
        self.line_ends: dict[bytes, list[int]] = {end: [] for end in LINE_ENDS}
        self.is_like_ascii = self.has_mark = self.has_nul = self.is_complete = False
        self.header: list[str] | None = None
        self.mapped: set[str] = set()
        self.mapped_by_head: dict[str, set[str]] = {}
        self.n_cells = 0
        self.surplus, self.broken, self.bad, self.refused = NotedRows(), NotedRows(), NotedRows(), NotedRows()
        self._digest = hashlib.sha256()
        self._chunks: Iterator[bytes] = iter(())

    @property
    def sha256(self) -> str:
        """SHA-256 of the stored file, which may be gzip."""
        return self._digest.hexdigest()

    def read_lines(self, source: Path | BinaryIO, *, encoding: str, max_tokens: int | None = None) -> Lines:
        """The lines of the file, see `lines.read_lines`; notes are collected while they are read."""
        self.path = source_name(source)
        try:
            self.is_like_ascii = "\r\n".encode(encoding) == CRLF
        except (LookupError, ValueError):  # unknown encoding: an error when the first line is read
            self.is_like_ascii = False
        self._chunks = self._note_chunks(decompress(self._hash_chunks(read_raw_chunks(source)), self.path))
        return Lines(self._chunks, self.path, encoding=encoding, max_tokens=max_tokens)

    def finish(self) -> None:
        """Read the rest of the file, to note its line ends.

        Raises:
            DataError: the file cannot be read, or is broken gzip.
        """
        if self.is_like_ascii:
            for _ in self._chunks:
                pass

    def note_surplus(self, rows: Iterable[Row], n_cells: int) -> None:
        """Note the rows with more cells than the first row of the file.

        Args:
            rows: rows to look at.
            n_cells: number of cells of the first row.
        """
        self.n_cells = n_cells
        for number, line, cells, _ in rows:
            if cells is not None and any(map(str.strip, cells[n_cells:])):
                self.surplus.add(number, line)

    def _hash_chunks(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self._digest.update(chunk)
            yield chunk

    def _note_chunks(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        head = pending = b""
        for chunk in itertools.chain(chunks, [b""]):
            if len(head) < len(codecs.BOM_UTF8):
                head += chunk[: len(codecs.BOM_UTF8)]
                self.has_mark = head.startswith(codecs.BOM_UTF8)
            text = pending + chunk
            pending = CR if chunk and text.endswith(CR) else b""  # its LF may be in the next chunk
            self._note_line_ends(text.removesuffix(pending))
            if chunk:
                yield chunk
        self.is_complete = True

    def _note_line_ends(self, text: bytes) -> None:
        self.has_nul = self.has_nul or b"\0" in text
        n_before, n_lf = self.n_line_ends.total(), text.count(LF)
        if CR not in text:
            n_listed = min(n_lf, MAX_LISTED - len(self.line_ends[LF]))
            self.line_ends[LF] += range(n_before + 1, n_before + 1 + n_listed)
            self.n_line_ends[LF] += n_lf
            return
        n_crlf = text.count(CRLF)
        counts = {CRLF: n_crlf, LF: n_lf - n_crlf, CR: text.count(CR) - n_crlf}
        self.n_line_ends.update(counts)
        if any(n and len(self.line_ends[end]) < MAX_LISTED for end, n in counts.items()):
            for line, end in enumerate(LINE_END.findall(text), n_before + 1):
                if len(self.line_ends[end]) < MAX_LISTED:
                    self.line_ends[end].append(line)
