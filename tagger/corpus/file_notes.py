"""Notes on a file, taken while it is read: its hash, its line ends, rows of which something is to be reported."""

import codecs
import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from tagger.corpus.chunks import source_name, stored_chunks, unpacked
from tagger.corpus.layout import Layout, Row
from tagger.corpus.lines import decoded_lines

N_PLACES = 1000  # that a finding names, of all it counts
CRLF, LF, CR = LINE_ENDS = b"\r\n", b"\n", b"\r"
LINE_END = re.compile(rb"\r\n|\n|\r")


@dataclass(slots=True)
class NotedRows:
    """Rows of one kind.

    Attributes:
        n: how many there are.
        first: the first of them, the number of the line and a text to show.
    """

    n: int = 0
    first: list[tuple[int, str]] = field(default_factory=list)

    def add(self, number: int, text: str) -> None:
        """Note one more."""
        self.n += 1
        if self.n <= N_PLACES:
            self.first.append((number, text))


class FileNotes:
    """Notes on one file, whole as soon as it is read to its end.

    Attributes:
        path: of the file.
        is_like_ascii: whether its encoding writes line ends as ASCII does; else they are not noted.
        layout: that it is read by, its format decided.
        n_ends: how often each kind of line end occurs.
        ends: the first lines that end so.
        has_mark: whether the file begins with a byte order mark of UTF-8.
        has_nul: whether it holds a NUL.
        is_whole: whether it is read to its end.
        header: the names of columns, where the file has some.
        mapped: tags that were renamed as they were read.
        n_cells: of the first row, where another has more.
        surplus: rows that have more cells than the first, and something in them.
        broken: rows of a table of which a cell holds a line end, or a TAB where TAB delimits cells.
        bad: rows that are left out, as they cannot be read, each with the reason.
        refused: objects that are left out, as their annotator refused them, each with the answer.
    """

    def __init__(self) -> None:
        self.path = ""
        self.layout = Layout()
        self.n_ends = Counter(dict.fromkeys(LINE_ENDS, 0))
        self.ends: dict[bytes, list[int]] = {end: [] for end in LINE_ENDS}
        self.is_like_ascii = self.has_mark = self.has_nul = self.is_whole = False
        self.header: list[str] | None = None
        self.mapped: set[str] = set()
        self.n_cells = 0
        self.surplus, self.broken, self.bad, self.refused = NotedRows(), NotedRows(), NotedRows(), NotedRows()
        self._digest = hashlib.sha256()
        self._chunks: Iterator[bytes] = iter(())

    @property
    def sha256(self) -> str:
        """The SHA-256 of the file as it is stored, packed or not."""
        return self._digest.hexdigest()

    def read_lines(self, source: Path | BinaryIO, *, encoding: str) -> Iterator[str]:
        """The lines of the file, see `lines.read_lines`, while notes are taken."""
        self.path = source_name(source)
        try:
            self.is_like_ascii = "\r\n".encode(encoding) == CRLF
        except LookupError:  # no such encoding, which is an error as soon as lines are read
            self.is_like_ascii = False
        self._chunks = self._noted(unpacked(self._hashed(stored_chunks(source)), self.path))
        return decoded_lines(self._chunks, self.path, encoding=encoding)

    def finish(self) -> None:
        """Reads on for line ends, where the file was not read to its end.

        Raises:
            DataError: the file cannot be read, or is broken gzip.
        """
        if self.is_like_ascii:
            for _ in self._chunks:
                pass

    def note_surplus(self, rows: Iterable[Row], n_cells: int) -> None:
        """Notes the rows among some that have more cells than the first row of the file, which has `n_cells`."""
        self.n_cells = n_cells
        for number, line, cells, _ in rows:
            if cells is not None and any(map(str.strip, cells[n_cells:])):
                self.surplus.add(number, line)

    def _hashed(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self._digest.update(chunk)
            yield chunk

    def _noted(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        head = held = b""
        for chunk in itertools.chain(chunks, [b""]):
            if len(head) < len(codecs.BOM_UTF8):
                head += chunk[: len(codecs.BOM_UTF8)]
                self.has_mark = head.startswith(codecs.BOM_UTF8)
            text = held + chunk
            held = CR if chunk and text.endswith(CR) else b""  # its LF may come
            self._note_ends(text.removesuffix(held))
            if chunk:
                yield chunk
        self.is_whole = True

    def _note_ends(self, text: bytes) -> None:
        self.has_nul = self.has_nul or b"\0" in text
        n_before, n_lf = self.n_ends.total(), text.count(LF)
        if CR not in text:
            n_kept = min(n_lf, N_PLACES - len(self.ends[LF]))
            self.ends[LF] += range(n_before + 1, n_before + 1 + n_kept)
            self.n_ends[LF] += n_lf
            return
        n_crlf = text.count(CRLF)
        self.n_ends.update({CRLF: n_crlf, LF: n_lf - n_crlf, CR: text.count(CR) - n_crlf})
        if any(len(lines) < N_PLACES for lines in self.ends.values()):
            for line, end in enumerate(LINE_END.findall(text), n_before + 1):
                if len(self.ends[end]) < N_PLACES:
                    self.ends[end].append(line)
