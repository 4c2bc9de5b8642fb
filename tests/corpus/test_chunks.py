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
    return b"".join(
        gzip.compress(text, mtime=0) for text in texts
    )  # the same bytes each time: they are part of test ids


@pytest.mark.parametrize("name", ["train.tsv.gz", "train.tsv", "train"])
def test_gzip_is_recognised_by_its_first_bytes_not_by_the_name(pairs, name):
    assert pairs(packed(TEXT), name) == PAIRS
    assert pairs(TEXT, name) == PAIRS


def test_the_suffix_before_gz_determines_the_format(pairs):
    assert pairs(packed(b"form,tag\nThe,DET\ncat,NOUN\n"), "train.CSV.gz") == PAIRS[:1]
    assert pairs(packed(b'{"tokens": ["The"], "tags": ["DET"]}\n'), "train.jsonl.gz") == [[("The", "DET")]]


def test_all_members_of_gzip_are_read(pairs):
    assert pairs(packed(TEXT[:9], b"", TEXT[9:]) + bytes(100)) == PAIRS


def test_an_invalid_byte_in_gzip_is_reported_with_its_decompressed_offset(pairs):
    with pytest.raises(DataError, match=r"train\.tsv\.gz:2: not valid utf-8: invalid start byte, at byte 8$"):
        pairs(packed(b"The\tDET\n\xff\tX\n"), "train.tsv.gz")


@pytest.mark.parametrize("n_bytes", [3, 5, 10, 15, -9, -1])
def test_truncated_gzip_is_reported_with_file_and_offset(pairs, n_bytes):
    content = packed(TEXT)[:n_bytes]
    expected = rf"train\.tsv\.gz: broken gzip: it is cut off at byte {len(content)}$"
    with pytest.raises(DataError, match=expected) as caught:
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
def test_damaged_gzip_is_reported_with_file_and_offset(pairs, content, why):
    with pytest.raises(DataError, match=rf"train\.tsv\.gz: broken gzip: {why}, before byte {len(content)}$"):
        pairs(content, "train.tsv.gz")


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_bytes_do_not_depend_on_the_size_of_chunks(monkeypatch, tmp_path, size):
    monkeypatch.setattr(chunks, "CHUNK", size)
    path = tmp_path / "train.gz"
    path.write_bytes(packed(TEXT * 50, TEXT))

    assert b"".join(read_chunks(path)) == TEXT * 51
    assert max(map(len, read_chunks(path))) <= size


def test_gzip_is_decompressed_in_small_chunks(monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK", 1000)

    pieces = list(read_chunks(io.BytesIO(packed(bytes(10**6)))))

    assert sum(map(len, pieces)) == 10**6
    assert max(map(len, pieces)) == 1000


def test_what_a_slow_gzip_stream_has_sent_is_returned_before_more_is_read():
    pack = zlib.compressobj(wbits=31)
    first = pack.compress(TEXT) + pack.flush(zlib.Z_SYNC_FLUSH)
    stream = Pieces(first[:1], first[1:2], first[2:], pack.compress(TEXT) + pack.flush())
    result = read_chunks(stream)  # type: ignore[arg-type]

    assert (next(result), stream.n_given) == (TEXT, 3)
    assert b"".join(result) == TEXT


def test_a_stream_that_only_starts_like_gzip_is_unchanged():
    assert b"".join(read_chunks(Pieces(b"\x1f", b"\x8b", b"a"))) == b"\x1f\x8ba"  # type: ignore[arg-type]
    assert b"".join(read_chunks(Pieces(b"\x1f"))) == b"\x1f"  # type: ignore[arg-type]


def test_gzip_on_standard_input_is_decompressed():
    program = (
        "import sys; from tagger.reading.read import read_sentences; "
        "print([sentence.tokens for sentence in read_sentences(sys.stdin.buffer)])"
    )

    done = subprocess.run([sys.executable, "-c", program], input=packed(TEXT), capture_output=True, check=True)

    assert done.stdout.strip() == b"[('The', 'cat'), ('purrs',)]"


def decompressed_by_python(content: bytes) -> bytes | None:
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        return None


def decompressed_by_us(content: bytes, cuts: list[int]) -> bytes | None:
    pieces = [content[start:end] for start, end in zip([0, *cuts], [*cuts, len(content)], strict=True)]
    try:
        # An empty chunk would end the stream.
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
def test_members_of_all_sizes_are_decompressed_as_by_python_for_any_chunks(members, cuts, size):
    content = b"".join(members)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "CHUNK", size)

        result = decompressed_by_us(content, sorted(min(cut, len(content)) for cut in cuts))

    assert result is not None
    assert result == decompressed_by_python(content)


@given(MEMBERS, CUTS, st.integers(1, 40), st.integers(3, 10**4))
def test_truncated_members_are_an_error_if_they_are_one_in_python(members, cuts, size, end):
    content = b"".join(members)[:end]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "CHUNK", size)

        result = decompressed_by_us(content, sorted(min(cut, len(content)) for cut in cuts))

    assert result == decompressed_by_python(content)


@given(MEMBERS, st.integers(1, 40), st.integers(0, 10**4), st.integers(0, 255))
def test_a_damaged_byte_gives_the_same_bytes_as_python_or_an_error(members, size, position, byte):
    content = bytearray(b"".join(members))
    content[3 + position % (len(content) - 3)] = byte
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "CHUNK", size)

        result = decompressed_by_us(bytes(content), [])

    assert result is None or result == decompressed_by_python(bytes(content))


def test_members_as_large_as_a_chunk_are_decompressed_once():
    large, small = random.Random(1).randbytes(chunks.CHUNK // 2).hex().encode(), b"after\n"
    members = [large + b"x", small, large, b"", large[:-1], small]  # one byte more than a chunk, a chunk, one byte less

    assert decompressed_by_us(packed(*members), []) == b"".join(members)
    assert decompressed_by_us(packed(*members), [chunks.CHUNK]) == b"".join(members)
