import gzip
import io
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.corpus import Layout, read_sentences
from tagger.corpus.read import resolve_format
from tagger.errors import ConfigError, DataError
from tagger.format_names import Format

PIECES = [
    b"\t",
    b" ",
    b"\n",
    b"\n\n",
    b"\r",
    b"a",
    b"#",
    b"1",
    b"1-2",
    b"2.1",
    b'"',
    b",",
    b"_",
    b"nan",
    b"\x00",
    b"\xff",
]
PIECES += [b"\xc3\xa9", b"\xef\xbb\xbf", b"-DOCSTART-", b"\tb\n", b"1\ta" + b"\tb" * 8 + b"\n", b"a,b\n"]
PIECES += [b"/", b"a/X ", b";", b'{"tokens": [', b'"a"', b'], "tags": ["X"', b"]}\n", b'{"text": "a b", "label": [']
PIECES += [b"{", b"}", b"\\ud800", b"\\u0000", b"\xff\xfe", b"\xed\xa0\xbd", b"\x1f\x8b\x08", b"a\tb\n", b"[0, 1, "]
FILES = st.binary() | st.lists(st.sampled_from(PIECES)).map(b"".join)


WORD = "1\tThe\t_\tDET\t_\t_\t_\t_\t_\t_\n"


@pytest.mark.parametrize(
    ("name", "text", "expected", "why"),
    [
        ("a.tsv", "The\tDET\n", "columns", "columns parted by TAB, 2 of them"),
        ("a.csv", "1\t2\t3\n", "csv", "a table parted by TAB, its columns 1, 2, 3"),
        ("A.CSV", "", "csv", "nothing in it"),
        ("a.csv.gz", "a;b\n", "csv", "a table parted by semicolons, its columns a, b"),
        ("a", "\n# comment\n\n" + WORD, "conllu", "CoNLL-U, ten columns and the first a word id"),
        ("a", "1-2\tdu\t_\t_\t_\t_\t_\t_\t_\t_\n", "conllu", "CoNLL-U, ten columns and the first a word id"),
        ("a", "0.1\t_\t_\t_\t_\t_\t_\t_\t_\t_\n", "conllu", "CoNLL-U, ten columns and the first a word id"),
        ("a.conllu", WORD.replace("1", "x"), "columns", "columns parted by TAB, 10 of them"),
        ("a", "1\tThe\tDET\n", "columns", "columns parted by TAB, 3 of them"),
        ("a", "#1\n" * 500 + WORD, "conllu", "CoNLL-U, ten columns and the first a word id"),
        ("a", "", "columns", "nothing in it"),
        ("a", "# O\n\n", "columns", "nothing in it"),
        ("a", "-DOCSTART- -X- O\n\nThe DET\n", "columns", "columns parted by spaces, 2 of them"),
        ("a", "and/or CC\n", "columns", "columns parted by spaces, 2 of them"),
        ("a", "1/2\tN/A\n", "columns", "columns parted by TAB, 2 of them"),
        ("a", "1,000 CD\n", "columns", "columns parted by spaces, 2 of them"),
        ("a", '{"a": 1\n', "columns", "columns parted by spaces, 2 of them"),
        ("a", "{ PUNCT\n", "columns", "columns parted by spaces, 2 of them"),
        ("a", "\n {}\n", "jsonl", "JSON, an object a line"),
        ("a", '{"tokens": ["a/b"], "tags": ["X"]}\n', "jsonl", "JSON, an object a line"),
        ("a.jsonl", "The\tDET\n", "jsonl", "JSON, an object a line"),
        ("a.JSONL.gz", "", "jsonl", "JSON, an object a line"),
        ("a", "\nJohn/S loves/V\n", "slash", "word/TAG, a sentence a line"),
        ("a", "John/S loves/V /O\n", "columns", "columns parted by spaces, 3 of them"),
        ("a", "form,tag_2\n", "csv", "a table parted by commas, its columns form, tag_2"),
        ("a", "form;tag\n", "csv", "a table parted by semicolons, its columns form, tag"),
        ("a", "a,a\n", "columns", "columns parted by spaces, 1 of them"),
        ("a", "a,1\n", "columns", "columns parted by spaces, 1 of them"),
        ("a", "x" * 200_000 + "\n", "columns", "columns parted by spaces, 1 of them"),
    ],
)
def test_the_format_is_guessed_from_the_name_or_the_first_row_and_told(tmp_path, caplog, name, text, expected, why):
    path = tmp_path / name
    path.write_text(text)

    with caplog.at_level(logging.INFO, "tagger"):
        assert resolve_format(path, Layout(), log_format=True).format == expected
        assert resolve_format(path, Layout()).format == expected
        assert resolve_format(path, Layout("columns"), log_format=True).format == "columns"

    assert [record.getMessage() for record in caplog.records] == [f"{path}: {why}"]


FORMATS: tuple[Format, ...] = ("auto", "columns", "conllu", "csv", "jsonl", "slash")
BY_NAME = {
    "columns": Layout("columns", token="a", tag="b"),
    "csv": Layout("csv", sentence=0),
    "joined": Layout("csv", per_row="sentence"),
    "columns, bad rows left out": Layout("columns", numeric=(0,), decimal=",", bad_rows="skip"),
    "csv, bad rows left out": Layout("csv", bad_rows="skip"),
    "conllu, bad rows left out": Layout("conllu", bad_rows="skip"),
    "jsonl, bad rows left out": Layout("jsonl", bad_rows="skip"),
}


@pytest.mark.parametrize("layout", [*map(Layout, FORMATS), *BY_NAME.values()], ids=[*FORMATS, *BY_NAME])
@given(FILES, st.booleans(), st.booleans(), st.booleans())
def test_any_bytes_are_sentences_or_an_error_that_names_the_file(layout, content, tagged, with_numbers, is_packed):
    if with_numbers and layout.format in ("columns", "csv", "conllu"):
        layout = Layout(layout.format, numeric=(0,), comments=True, map=(("X", "Y"),))
    stream = io.BytesIO(gzip.compress(content) if is_packed else content)
    try:
        found = list(read_sentences(stream, layout, tagged=tagged))
    except DataError as error:
        assert error.message.startswith("<stream>:")  # noqa: PT017
        return
    for sentence in found:
        assert len(sentence) > 0 or not tagged
        assert all(sentence.tokens)
        assert sentence.tags is None if not tagged else len(sentence.tags or ()) == len(sentence)
        assert sentence.numbers is None if not layout.numeric else len(sentence.numbers or ()) == len(sentence)
        assert "\0" not in "".join(sentence.tokens).encode().decode()


@given(st.binary(), st.integers(0, 200), st.integers(0, 255))
def test_damaged_gzip_is_bytes_or_an_error_that_names_the_file(content, place, byte):
    packed = bytearray(gzip.compress(content, mtime=0))
    packed[3 + place % (len(packed) - 3)] = byte
    try:
        list(read_sentences(io.BytesIO(bytes(packed)), Layout("columns")))
    except DataError as error:
        assert error.message.startswith("<stream>:")  # noqa: PT017


SAME = {
    "conllu": "1\tThe\t_\tDT\t_\t_\t_\t_\t_\t_\n2\tcat\t_\tNNP\t_\t_\t_\t_\t_\t_\n",
    "columns": "The\tDT\ncat\tNNP\n",
    "csv": "form,tag\nThe,DT\ncat,NNP\n",
    "jsonl": '{"tokens": ["The", "cat"], "tags": ["DT", "NNP"]}\n',
    "slash": "The/DT cat/NNP\n",
}


@pytest.mark.parametrize("file_format", SAME)
def test_tags_are_renamed_as_they_are_read_and_each_once(pairs, file_format):
    renamed = (("NNP", "DT"), ("DT", "X"), ("O", "Y"))

    assert pairs(SAME[file_format], map=renamed, format=file_format) == [[("The", "X"), ("cat", "DT")]]


def test_tags_of_spans_are_renamed_as_they_stand_in_the_scheme(pairs):
    text = '{"text": "Ada Bo", "spans": [[0, 6, "per"]]}'

    assert pairs(text, map=(("B-per", "B-x"), ("I-per", "I-x"))) == [[("Ada", "B-x"), ("Bo", "I-x")]]


def test_a_layout_of_lists_is_the_same_and_can_be_hashed():
    made_of_lists = Layout(numeric=["x"], map=[["a", "b"]])  # type: ignore[arg-type]

    assert made_of_lists == Layout(numeric=("x",), map=(("a", "b"),))
    assert hash(made_of_lists) == hash(Layout(numeric=("x",), map=(("a", "b"),)))


def test_what_a_format_does_not_have_is_refused(pairs):
    with pytest.raises(ConfigError, match=r"train\.tsv: read as conllu: data\.sentence: only columns and tables have"):
        pairs(SAME["conllu"], sentence="id")
    for file_format in ("conllu", "columns"):
        with pytest.raises(ConfigError, match=r'data\.per_row = "sentence": only a table has'):
            pairs(SAME[file_format], per_row="sentence")
