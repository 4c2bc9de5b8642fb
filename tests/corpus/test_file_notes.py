"""Notes on a file that are collected while it is read."""

import gzip
import hashlib
import io
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.corpus import Layout, chunks
from tagger.corpus.file_notes import CR, CRLF, LF, FileNotes
from tagger.errors import DataError
from tagger.reading.read import read_sentences


def notes_on(content: bytes, encoding: str = "latin-1") -> FileNotes:
    notes = FileNotes()
    list(notes.read_lines(io.BytesIO(content), encoding=encoding))
    return notes


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_the_hash_is_that_of_the_stored_bytes(pack):
    content = pack(b"a\tX\n" * 200_000)

    assert notes_on(content).sha256 == hashlib.sha256(content).hexdigest()


@given(st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b"ab", b"\xef\xbb\xbf"])).map(b"".join), st.integers(1, 5))
def test_line_ends_are_counted_for_any_size_of_chunks(content, size):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "CHUNK", size)
        notes = notes_on(content)

    ends = re.findall(rb"\r\n|\r|\n", content)
    assert +notes.n_line_ends == Counter(ends)
    assert notes.line_ends == {kind: [i for i, end in enumerate(ends, 1) if end == kind] for kind in (CRLF, LF, CR)}
    assert notes.has_mark == content.startswith(b"\xef\xbb\xbf")
    assert notes.is_complete


def test_notes_are_complete_after_finish_reads_the_rest_of_the_file():
    notes = FileNotes()
    with pytest.raises(DataError, match="<stream>:2: expected 2 columns"):
        list(read_sentences(io.BytesIO(b"a\tX\nb\n" + b"\n" * 1_000_000), Layout("columns"), notes=notes))
    assert not notes.is_complete

    notes.finish()

    assert notes.is_complete
    assert notes.n_line_ends[LF] == 1_000_002


def test_rows_with_more_non_blank_cells_than_the_first_are_noted():
    notes = FileNotes()
    text = b"a\tX\nb\tY\tz\nc\tZ\t \n\nd\tX\ty\t\n"

    list(read_sentences(io.BytesIO(text), notes=notes))

    assert (notes.layout.format, notes.n_cells) == ("columns", 2)
    assert notes.surplus.first == [(2, "b\tY\tz"), (5, "d\tX\ty\t")]
