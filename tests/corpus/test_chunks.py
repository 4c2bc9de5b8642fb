import gzip
import io
import subprocess
import sys
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.corpus import chunks
from tagger.corpus.chunks import read_chunks
from tagger.errors import DataError
from tests.streams import PAIRS, Pieces

TEXT = b"The\tDET\ncat\tNOUN\n\npurrs\tVERB\n"


def packed(*texts: bytes) -> bytes:
    return b"".join(gzip.compress(text, mtime=0) for text in texts)  # tests are named by it


@pytest.mark.parametrize("name", ["train.tsv.gz", "train.tsv", "train"])
def test_gzip_is_told_by_its_first_bytes_whatever_the_name(pairs, name):
    assert pairs(packed(TEXT), name) == PAIRS
    assert pairs(TEXT, name) == PAIRS


def test_a_format_that_goes_by_the_name_does_so_before_gz_too(pairs):
    assert pairs(packed(b"form,tag\nThe,DET\ncat,NOUN\n"), "train.CSV.gz") == PAIRS[:1]
    assert pairs(packed(b'{"tokens": ["The"], "tags": ["DET"]}\n'), "train.jsonl.gz") == [[("The", "DET")]]


def test_gzip_of_several_members_goes_on_as_in_gzip_itself(pairs):
    assert pairs(packed(TEXT[:9], b"", TEXT[9:]) + bytes(100)) == PAIRS


def test_a_wrong_byte_in_gzip_is_told_with_the_offset_in_what_is_packed(pairs):
    with pytest.raises(DataError, match=r"train\.tsv\.gz:2: not valid utf-8: invalid start byte, at byte 8$"):
        pairs(packed(b"The\tDET\n\xff\tX\n"), "train.tsv.gz")


@pytest.mark.parametrize("n_bytes", [3, 5, 10, 15, -9, -1])
def test_gzip_that_is_cut_short_is_told_with_file_and_offset(pairs, n_bytes):
    content = packed(TEXT)[:n_bytes]
    told = rf"train\.tsv\.gz: broken gzip: it ends in the middle, at byte {len(content)}$"
    with pytest.raises(DataError, match=told) as caught:
        pairs(content, "train.tsv.gz")

    assert "gzip -t" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (packed(TEXT)[:-8] + b"crc.size", "incorrect data check"),
        (packed(TEXT)[:10] + b"\xff" * 20, "invalid block type"),
        (packed(TEXT) + b"more", "incorrect header check"),
    ],
)
def test_gzip_that_is_damaged_is_told_with_file_and_offset(pairs, content, why):
    with pytest.raises(DataError, match=rf"train\.tsv\.gz: broken gzip: {why}, before byte {len(content)}$"):
        pairs(content, "train.tsv.gz")


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_bytes_do_not_depend_on_the_borders_of_pieces(monkeypatch, tmp_path, size):
    monkeypatch.setattr(chunks, "CHUNK", size)
    path = tmp_path / "train.gz"
    path.write_bytes(packed(TEXT * 50, TEXT))

    assert b"".join(read_chunks(path)) == TEXT * 51
    assert max(map(len, read_chunks(path))) <= size


def test_what_is_packed_is_never_unpacked_all_at_once(monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK", 1000)

    pieces = list(read_chunks(io.BytesIO(packed(bytes(10**6)))))

    assert sum(map(len, pieces)) == 10**6
    assert max(map(len, pieces)) == 1000


def test_what_a_slow_stream_has_packed_so_far_is_given_before_more_is_asked_for():
    pack = zlib.compressobj(wbits=31)
    first = pack.compress(TEXT) + pack.flush(zlib.Z_SYNC_FLUSH)
    stream = Pieces(first[:1], first[1:2], first[2:], pack.compress(TEXT) + pack.flush())
    found = read_chunks(stream)  # type: ignore[arg-type]

    assert (next(found), stream.n_given) == (TEXT, 3)
    assert b"".join(found) == TEXT


def test_a_stream_that_only_begins_like_gzip_is_given_as_it_is():
    assert b"".join(read_chunks(Pieces(b"\x1f", b"\x8b", b"a"))) == b"\x1f\x8ba"  # type: ignore[arg-type]
    assert b"".join(read_chunks(Pieces(b"\x1f"))) == b"\x1f"  # type: ignore[arg-type]


def test_gzip_on_standard_input_is_unpacked():
    program = (
        "import sys; from tagger.reading.read import read_sentences; "
        "print([found.tokens for found in read_sentences(sys.stdin.buffer)])"
    )

    done = subprocess.run([sys.executable, "-c", program], input=packed(TEXT), capture_output=True, check=True)

    assert done.stdout.strip() == b"[('The', 'cat'), ('purrs',)]"


@given(st.lists(st.binary(max_size=200), min_size=1), st.data())
def test_unpacking_undoes_packing_however_a_stream_is_cut(texts, data):
    content = packed(*texts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(content)), max_size=5)))
    pieces = [content[start:end] for start, end in zip([0, *cuts], [*cuts, len(content)], strict=True)]

    # An empty piece would be the stream's end.
    assert b"".join(read_chunks(Pieces(*filter(None, pieces)))) == b"".join(texts)  # type: ignore[arg-type]
