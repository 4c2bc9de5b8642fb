import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.corpus import Layout, read_sentences
from tagger.corpus.read import resolve_format
from tagger.errors import DataError

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
FILES = st.binary() | st.lists(st.sampled_from(PIECES)).map(b"".join)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.tsv", "The\tDET\n", "columns"),
        ("a.csv", "1\t2\t3\t4\t5\t6\t7\t8\t9\t10\n", "csv"),
        ("A.CSV", "", "csv"),
        ("a", "\n# comment\n\n1\tThe\t_\tDET\t_\t_\t_\t_\t_\t_\n", "conllu"),
        ("a", "1-2\tdu\t_\t_\t_\t_\t_\t_\t_\t_\n", "conllu"),
        ("a", "0.1\t_\t_\t_\t_\t_\t_\t_\t_\t_\n", "conllu"),
        ("a.conllu", "The\t1\t_\tDET\t_\t_\t_\t_\t_\t_\n", "columns"),
        ("a", "1\tThe\tDET\n", "columns"),
        ("a", "#1\n" * 500 + "1\tThe\t_\tDET\t_\t_\t_\t_\t_\t_\n", "conllu"),
        ("a", "", "columns"),
    ],
)
def test_the_format_is_guessed_from_the_name_or_the_first_row(tmp_path, name, text, expected):
    path = tmp_path / name
    path.write_text(text)

    assert resolve_format(path, Layout()).format == expected
    assert resolve_format(path, Layout("columns")).format == "columns"


@pytest.mark.parametrize(
    "layout", [Layout("auto"), Layout("columns"), Layout("conllu"), Layout("csv")], ids=lambda layout: layout.format
)
@given(FILES, st.booleans(), st.booleans())
def test_any_bytes_are_sentences_or_an_error_that_names_the_file(layout, content, tagged, with_numbers):
    if with_numbers:
        layout = Layout(layout.format, numeric=(0,), comments=True)
    try:
        found = list(read_sentences(io.BytesIO(content), layout, tagged=tagged))
    except DataError as error:
        assert error.message.startswith("<stream>:")  # noqa: PT017
        return
    for sentence in found:
        assert len(sentence) > 0
        assert all(sentence.tokens)
        assert sentence.tags is None if not tagged else len(sentence.tags or ()) == len(sentence)
        assert sentence.numbers is None if not with_numbers else len(sentence.numbers or ()) == len(sentence)
