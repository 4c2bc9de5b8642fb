import subprocess
import sys
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.corpus import Layout, chunks
from tagger.corpus.lines import read_lines
from tagger.errors import ConfigError, DataError
from tagger.reading.read import read_sentences
from tests.streams import PAIRS, Pieces


def read(*pieces: bytes, encoding: str = "utf-8") -> list[str]:
    return list(read_lines(Pieces(*pieces), encoding=encoding))  # type: ignore[arg-type]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("n_last_ends", [0, 1, 2, 3])
def test_line_ends_and_a_byte_order_mark_do_not_change_tokens_or_tags(pairs, end, mark, n_last_ends):
    text = "The\tDET\ncat\tNOUN\n\npurrs\tVERB".replace("\n", end)

    assert pairs(mark + text + n_last_ends * end) == PAIRS


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_a_byte_order_mark_do_not_change_cells_of_conllu_or_csv(pairs, end, mark):
    words = "1\tThe\t_\tDET\t_\t_\t_\t_\t_\t_\n2\tcat\t_\tNOUN\t_\t_\t_\t_\t_\tEnd=yes\n\n"
    table = 'form,tag\nThe,DET\n"cat",NOUN'

    assert pairs((mark + words).replace("\n", end), "train.conllu", tag="End") == [[("The", "_"), ("cat", "yes")]]
    assert pairs((mark + table).replace("\n", end), "train.csv") == PAIRS[:1]


@pytest.mark.parametrize("character", ["\u2028", "\u2029", "\x85", "\f", "\v", "\x1c", "\x1d", "\x1e"])
def test_other_line_breaks_of_unicode_are_part_of_a_token(pairs, character):
    assert pairs(f"a{character}b\tX\n{character}\tY\n") == [[(f"a{character}b", "X"), (character, "Y")]]


@pytest.mark.parametrize("character", ["\u200b", "\u200d", "\u00a0", "\u202f", "\u3000", "\u00ad", "\ufeff"])
@pytest.mark.parametrize("separator", ["\t", " "])
def test_invisible_characters_are_kept(pairs, character, separator):
    text = f"a{separator}X\n{character}{separator}Y\na{character}b{character}{separator}Z\n"

    assert pairs(text) == [[("a", "X"), (character, "Y"), (f"a{character}b{character}", "Z")]]


def test_invalid_utf_8_is_reported_with_line_and_offset(pairs):
    with pytest.raises(DataError, match=r"train\.tsv:3: not valid utf-8: invalid start byte, at byte 16$") as caught:
        pairs(b"The\tDET\ncaf\xc3\xa9\tX\n\xff\tX\n")

    assert caught.value.hint
    assert "data.encoding" in caught.value.hint


def test_an_incomplete_last_character_is_reported_with_line_and_offset():
    with pytest.raises(DataError, match=r":2: not valid utf-8: unexpected end of data, at byte 3$"):
        read(b"a\r\n\xe2\x82")


@pytest.mark.parametrize("size", range(1, 12))
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_and_offset_of_an_invalid_byte_do_not_depend_on_the_size_of_chunks(tmp_path, monkeypatch, size, end, mark):
    monkeypatch.setattr(chunks, "CHUNK", size)
    path = tmp_path / "train.tsv"
    before = mark + "née\tX".encode() + end + end
    path.write_bytes(before + b"\xe2\x28\tX" + end)

    with pytest.raises(DataError, match=rf"train\.tsv:3: not valid utf-8: .*, at byte {len(before)}$"):
        list(read_lines(path))


def test_a_file_in_another_encoding_is_read_if_the_layout_has_it(pairs):
    assert pairs("café\tX\n".encode("latin-1"), encoding="latin-1") == [[("café", "X")]]
    assert pairs("café\tX\r\n".encode("utf-16"), encoding="utf-16") == [[("café", "X")]]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_the_byte_order_mark_of_another_encoding_is_reported_with_a_hint(pairs, encoding):
    content = "café\tX\n".encode(encoding)

    with pytest.raises(
        DataError, match=rf"train\.tsv:1: not valid utf-8: the byte order mark of {encoding.upper()}, at byte 0$"
    ) as caught:
        pairs(content)

    assert caught.value.hint
    assert f'data.encoding = "{encoding}"' in caught.value.hint
    assert pairs(content, encoding=encoding) == [[("café", "X")]]


def test_utf_16_without_a_byte_order_mark_and_other_nuls_are_reported_with_the_line(pairs):
    with pytest.raises(DataError, match=r"train\.tsv:1: there is a NUL in the text$") as caught:
        pairs("a\tX\n".encode("utf-16-le"))
    with pytest.raises(DataError, match=r"train\.tsv:4: there is a NUL in the text"):
        pairs(b"a\tX\r\n\r\nb\tX\r\nc\x00\tX\r\n")

    assert caught.value.hint
    assert 'data.encoding = "utf-16-le"' in caught.value.hint
    assert pairs("a\tX\n".encode("utf-16-le"), encoding="utf-16-le") == [[("a", "X")]]


@pytest.mark.parametrize("size", range(1, 8))
def test_surrogate_pairs_in_utf_8_are_reported_with_a_command_that_converts_them(monkeypatch, tmp_path, size):
    monkeypatch.setattr(chunks, "CHUNK", size)
    path = tmp_path / "train.tsv"
    path.write_bytes(b"a\tX\n" + "\ud83d\ude00".encode("utf-8", "surrogatepass") + b"\tX\n")

    with pytest.raises(
        DataError, match=r"train\.tsv:2: not valid utf-8: half of a surrogate pair .*, at byte 4$"
    ) as caught:
        list(read_lines(path))

    command = (
        (caught.value.hint or "")
        .removeprefix("convert to UTF-8: ")
        .replace("<OLD >NEW", "")
        .replace("python3", sys.executable)
    )
    with path.open("rb") as file:
        done = subprocess.run(command, shell=True, stdin=file, capture_output=True, check=True)
    assert done.stdout == "a\tX\n😀\tX\n".encode()


def test_an_invalid_unit_of_utf_16_is_reported_with_line_and_offset():
    with pytest.raises(DataError, match=r":2: not valid utf-16: .*, at byte 8$"):
        read("ab\n".encode("utf-16"), b"\x00\xdc", "\n".encode("utf-16-le"), encoding="utf-16")


def test_utf_16_without_the_required_byte_order_mark_is_an_error():
    with pytest.raises(DataError, match=r":1: not valid utf-16: UTF-16 stream does not start with BOM, near byte 0$"):
        read("ab\n".encode("utf-16-le"), encoding="utf-16")


@pytest.mark.parametrize("encoding", ["utf-9", "hex", "rot13", ""])
def test_an_unknown_encoding_is_named(encoding):
    with pytest.raises(ConfigError, match=rf"data\.encoding: unknown encoding '{encoding}'"):
        read(b"a", encoding=encoding)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"train\.tsv: cannot be read: No such file or directory"):
        list(read_lines(tmp_path / "train.tsv"))
    with pytest.raises(DataError, match=r"is a folder"):
        list(read_lines(tmp_path))


@given(st.text(st.sampled_from("ab\r\n\u2028é€😀")), st.data())
def test_lines_do_not_depend_on_the_chunks_of_a_stream(text, data):
    encoded = text.encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(encoded)), max_size=5)))
    pieces = [encoded[start:end] for start, end in zip([0, *cuts], [*cuts, len(encoded)], strict=True)]
    expected = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")

    # An empty chunk would end the stream.
    assert read(*filter(None, pieces)) == (expected if expected[-1] else expected[:-1])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"format": "columns"}, b"The\tDET\ncat\tNOUN\n\n"),
        ({"format": "columns"}, b"The DET\r\ncat NOUN\r\n\r\n"),
        (
            {"format": "conllu"},
            b"# text = The cat\n1\tThe\t_\tDET\t_\t_\t_\t_\t_\t_\n2\tcat\t_\tNOUN\t_\t_\t_\t_\t_\t_\n\n",
        ),
        ({"format": "csv"}, b"form,tag\nThe,DET\ncat,NOUN\n\n"),
        ({"format": "slash"}, b"The/DET cat/NOUN\n"),
        ({"format": "jsonl"}, b'{"tokens": ["The", "cat"], "tags": ["DET", "NOUN"]}\n'),
        ({"format": "csv", "per_row": "sentence"}, b"form,tag\nThe cat,DET NOUN\n"),
        ({"format": "columns", "tag": "pos"}, b"form\tpos\nThe\tDET\ncat\tNOUN\n\n"),
    ],
)
def test_a_sentence_of_a_stream_is_returned_before_the_next_chunk_is_read(options, sentence):
    half = len(sentence) // 2
    stream = Pieces(sentence[:half], sentence[half:], b"never read")

    (read_back,) = islice(read_sentences(stream, Layout(**options)), 1)  # type: ignore[arg-type]

    assert list(zip(read_back.tokens, read_back.tags or (), strict=True)) == PAIRS[0]
    assert stream.n_given == 2


def test_a_line_of_a_stream_is_returned_before_the_next_chunk_is_read():
    stream = Pieces(b"one\ntw", b"o\n")
    lines = read_lines(stream)  # type: ignore[arg-type]

    assert (next(lines), stream.n_given) == ("one", 1)
    assert (next(lines), stream.n_given) == ("two", 2)
