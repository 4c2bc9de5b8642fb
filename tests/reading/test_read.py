import gzip
import io
import logging
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.corpus import Layout
from tagger.corpus.file_notes import FileNotes
from tagger.corpus.layout import UNKNOWN, AnswerColumn
from tagger.errors import ConfigError, DataError
from tagger.format_names import Format
from tagger.reading.read import read_sentences, warn_of_other_token_column

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
OBJECT = '{"tokens": ["a/b"], "tags": ["X"]}\n'


@pytest.mark.parametrize(
    ("name", "text", "expected", "evidence"),
    [
        ("a.tsv", "The\tDET\n", "columns", "2 columns delimited by TAB"),
        ("a.csv", "a\tb\tc\nd\tX\tY\n", "csv", "a table delimited by TAB, 3 columns under a header"),
        ("a.csv.gz", "a;b\nc;X\n", "csv", "a table delimited by semicolons, 2 columns under a header"),
        ("a.csv", "a,b\nc\n", "csv", "a table, by its name"),
        ("a", "\n# comment\n\n" + WORD, "conllu", "CoNLL-U: ten columns delimited by TAB, the first counts the words"),
        ("a.tsv", WORD.replace("1", "x"), "columns", "10 columns delimited by TAB"),
        ("a", "".join(f"{WORD[:-1]}\t_\t{i}\n\n" for i in "ab"), "conllu", "CoNLL-U: ten columns delimited by TAB"),
        ("a", "#\n# global.columns = FORM NER\na\tX\n", "conllu", "CoNLL-U Plus with columns FORM, NER"),
        ("a.cupt", "# global.columns = FORM NER\na\tX\n", "conllu", "CoNLL-U Plus with columns FORM, NER"),
        ("a", "#1\n" * 500 + WORD, "conllu", "CoNLL-U: ten columns delimited by TAB"),
        ("a", "-DOCSTART- -X- O\n\nThe DET\n", "columns", "2 columns delimited by spaces"),
        ("a", "and/or CC\n", "columns", "2 columns delimited by spaces"),
        ("a", "1,000 CD\nthe DT\n", "columns", "2 columns delimited by spaces"),
        ("a", "{ PUNCT\nthe DT\n", "columns", "2 columns delimited by spaces"),
        ("a", OBJECT, "jsonl", "JSON, one object per line"),
        ("A.JSONL", OBJECT, "jsonl", "JSON, one object per line"),
        ("a.jsonl", "The\tDET\n", "columns", "2 columns delimited by TAB"),
        ("a", "\nJohn/S loves/V\n", "slash", "word/TAG, a sentence per line"),
        ("a", "form,tag_2\nThe,DET\n", "csv", "a table delimited by commas, 2 columns under a header"),
    ],
)
def test_a_format_is_recognised_by_the_content_and_logged(tmp_path, caplog, name, text, expected, evidence):
    path, notes = tmp_path / name, FileNotes()
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())

    with caplog.at_level(logging.INFO, "tagger"), suppress(DataError):
        list(read_sentences(path, notes=notes, log_format=True))

    assert notes.layout.format == expected
    assert caplog.records[0].getMessage().startswith(f"{path}: {evidence}")


def test_a_format_that_is_named_is_not_guessed(tmp_path):
    path, notes = tmp_path / "a", FileNotes()
    path.write_text(OBJECT)

    assert [s.tokens for s in read_sentences(path, Layout("columns"), notes=notes)] == [('{"tokens":',)]
    assert notes.layout == Layout("columns")


def test_known_columns_stay_and_the_others_are_recognised():
    text = "".join(f"{i}\tB-X\tw{'abc'[i % 3]}\tNN\n" for i in range(12))

    def columns(**known):
        notes = FileNotes()
        list(read_sentences(io.BytesIO(text.encode()), Layout(**known), notes=notes))
        return notes.layout.token, notes.layout.tag

    assert columns() == (2, 1)
    assert columns(token=0) == (0, 1)
    assert columns(tag=3) == (2, 3)
    assert columns(tag=2) == (3, 2)
    assert columns(token=-1, tag=0) == (-1, 0)


def test_a_file_is_read_with_the_layout_of_another_if_their_formats_are_the_same():
    reference_layout = Layout("columns", token=1, tag=0)

    def read(text):
        return [
            (s.tokens, s.tags) for s in read_sentences(io.BytesIO(text.encode()), reference_layout=reference_layout)
        ]

    assert read("X\ta\n") == [(("a",), ("X",))]
    assert read("a/X b/Y\n") == [(("a", "b"), ("X", "Y"))]
    with pytest.raises(DataError, match=r"<stream>:2: expected 2 columns, got 1: 'a'"):
        read("X\ta\na\n")


def test_encoding_auto_is_recognised_by_the_bytes(tmp_path):
    path, notes = tmp_path / "a.tsv", FileNotes()
    path.write_bytes("Fuß\tX\n".encode("latin-1"))

    assert [s.tokens for s in read_sentences(path, UNKNOWN, notes=notes)] == [("Fuß",)]
    assert notes.layout.encoding == "latin-1"


FORMATS: tuple[Format, ...] = ("auto", "columns", "conllu", "csv", "jsonl", "slash")
BY_NAME = {
    "columns": Layout("columns", token="a", tag="b"),
    "csv": Layout("csv", sentence=0),
    "joined": Layout("csv", per_row="sentence"),
    "columns, bad rows skipped": Layout("columns", numeric=(0,), decimal=",", bad_rows="skip"),
    "csv, bad rows skipped": Layout("csv", bad_rows="skip"),
    "conllu, bad rows skipped": Layout("conllu", bad_rows="skip"),
    "jsonl, bad rows skipped": Layout("jsonl", bad_rows="skip"),
}


@pytest.mark.parametrize("layout", [*map(Layout, FORMATS), *BY_NAME.values()], ids=[*FORMATS, *BY_NAME])
@given(FILES, st.booleans(), st.booleans(), st.booleans())
def test_any_bytes_are_sentences_or_an_error_that_names_the_file(layout, content, tagged, with_numbers, is_compressed):
    if with_numbers and layout.format in ("columns", "csv", "conllu"):
        layout = Layout(layout.format, numeric=(0,), comments=True, map=(("X", "Y"),))
    stream = io.BytesIO(gzip.compress(content) if is_compressed else content)
    try:
        sentences = list(read_sentences(stream, layout, tagged=tagged))
    except DataError as error:
        assert error.message.startswith("<stream>:")  # noqa: PT017
        return
    for sentence in sentences:
        assert len(sentence) > 0 or not tagged
        assert all(sentence.tokens)
        assert sentence.tags is None if not tagged else len(sentence.tags or ()) == len(sentence)
        assert sentence.numbers is None if not layout.numeric else len(sentence.numbers or ()) == len(sentence)
        assert "\0" not in "".join(sentence.tokens).encode().decode()


@given(st.binary(), st.integers(0, 200), st.integers(0, 255))
def test_damaged_gzip_is_read_or_is_an_error_that_names_the_file(content, position, byte):
    packed = bytearray(gzip.compress(content, mtime=0))
    packed[3 + position % (len(packed) - 3)] = byte
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
def test_each_tag_is_renamed_once_while_it_is_read(pairs, file_format):
    renamed = (("NNP", "DT"), ("DT", "X"), ("O", "Y"))

    assert pairs(SAME[file_format], map=renamed, format=file_format) == [[("The", "X"), ("cat", "DT")]]


def test_tags_of_spans_are_renamed_with_their_prefixes(pairs):
    text = '{"text": "Ada Bo", "spans": [[0, 6, "per"]]}'

    assert pairs(text, map=(("B-per", "B-x"), ("I-per", "I-x"))) == [[("Ada", "B-x"), ("Bo", "I-x")]]


def test_a_layout_of_lists_equals_one_of_tuples_and_can_be_hashed():
    of_lists = Layout(numeric=["x"], map=[["a", "b"]])  # type: ignore[arg-type]

    assert of_lists == Layout(numeric=("x",), map=(("a", "b"),))
    assert hash(of_lists) == hash(Layout(numeric=("x",), map=(("a", "b"),)))


def test_keys_that_a_format_does_not_have_are_refused(pairs):
    with pytest.raises(
        ConfigError, match=r"train\.tsv: read as conllu: data\.sentence: only columns and tables can have"
    ):
        pairs(SAME["conllu"], sentence="id")
    for file_format in ("conllu", "columns"):
        with pytest.raises(ConfigError, match=r'data\.per_row = "sentence": only a table can have'):
            pairs(SAME[file_format], per_row="sentence")


@pytest.mark.parametrize(
    ("reference", "warns"),
    [
        (Layout("csv", token="x", tag="y"), True),
        (Layout("csv", token="x", tag="word"), False),
        (Layout("csv", token="x", answers=(AnswerColumn("label", "label", "word"),)), False),
        (Layout("csv", token="x", numeric=("x",)), False),
    ],
)
def test_only_a_column_that_may_hold_the_words_is_said_to_have_the_tokens(reference, warns, caplog):
    warn_of_other_token_column(Layout("csv", token="word"), reference, "a.csv")

    message = "a.csv: the tokens seem to be in column word, but are read from column x, as in training"
    assert [line.partition(";")[0] for line in caplog.messages] == [message] * warns
