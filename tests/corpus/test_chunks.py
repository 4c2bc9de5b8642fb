import gzip
import io
import random
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


def unpacked_by_python(content: bytes) -> bytes | None:
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        return None


def unpacked_by_us(content: bytes, cuts: list[int]) -> bytes | None:
    pieces = [content[start:end] for start, end in zip([0, *cuts], [*cuts, len(content)], strict=True)]
    try:
        # An empty piece would be the stream's end.
        return b"".join(read_chunks(Pieces(*filter(None, pieces))))  # type: ignore[arg-type]
    except DataError as error:
        assert error.message.startswith("<stream>: broken gzip: ")  # noqa: PT017
        return None


MEMBERS = st.lists(
    st.tuples(
        st.binary(max_size=12) | st.integers(0, 40).map(bytes) | st.sampled_from([TEXT, TEXT * 3]),
        st.sampled_from([0, 1, 9]),
        st.sampled_from([0, 0, 1, 5]),
    ).map(lambda member: gzip.compress(member[0], member[1], mtime=0) + bytes(member[2])),
    min_size=1,
    max_size=6,
)
CUTS = st.lists(st.integers(0, 10**4), max_size=5)


@given(MEMBERS, CUTS, st.integers(1, 40))
def test_members_of_all_sizes_are_unpacked_as_python_does_whatever_the_borders_of_pieces(members, cuts, size):
    content = b"".join(members)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "CHUNK", size)

        found = unpacked_by_us(content, sorted(min(cut, len(content)) for cut in cuts))

    assert found is not None
    assert found == unpacked_by_python(content)


@given(MEMBERS, CUTS, st.integers(1, 40), st.integers(3, 10**4))
def test_members_that_are_cut_short_are_an_error_where_they_are_one_to_python(members, cuts, size, end):
    content = b"".join(members)[:end]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "CHUNK", size)

        found = unpacked_by_us(content, sorted(min(cut, len(content)) for cut in cuts))

    assert found == unpacked_by_python(content)


@given(MEMBERS, st.integers(1, 40), st.integers(0, 10**4), st.integers(0, 255))
def test_a_wrong_byte_among_members_gives_the_bytes_that_python_gives_or_an_error(members, size, place, byte):
    content = bytearray(b"".join(members))
    content[3 + place % (len(content) - 3)] = byte
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "CHUNK", size)

        found = unpacked_by_us(bytes(content), [])

    assert found is None or found == unpacked_by_python(bytes(content))


def test_members_that_fill_pieces_are_unpacked_once_each():
    large, small = random.Random(1).randbytes(chunks.CHUNK // 2).hex().encode(), b"after\n"
    members = [large + b"x", small, large, b"", large[:-1], small]  # one byte more, as many, and one less than a piece

    assert unpacked_by_us(packed(*members), []) == b"".join(members)
    assert unpacked_by_us(packed(*members), [chunks.CHUNK]) == b"".join(members)
