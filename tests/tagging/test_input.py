import gzip
import io

import pytest

from tagger.corpus.layout import Layout
from tagger.errors import DataError
from tagger.format_names import InputFormat
from tagger.tagging.input import guess_input_format, read_input


def tokens(content: bytes, source_format: InputFormat, layout: Layout = Layout()) -> list[tuple[str, ...]]:
    found = read_input(io.BytesIO(content), source_format, layout, pretokenized=False, keep_rows=False)
    return [sentence.tokens for sentence in found]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.jsonl", "jsonl"), ("a.JSONL.gz", "jsonl"), ("a.conllu.gz", "conllu"), ("a.txt.gz", "text"), ("a.gz", "text")],
)
def test_the_input_format_goes_by_the_file_s_name_aside_from_gz(tmp_path, name, expected):
    assert guess_input_format(tmp_path / name) == expected


def test_a_file_of_another_tool_is_refused_where_its_name_alone_tells_the_format(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_text("#FORMAT=WebAnno TSV 3.3\n\n1-1\t0-1\ta\t_\n", "utf-16")
    with pytest.raises(DataError, match=r"a\.tsv: WebAnno TSV, which is not read$"):
        guess_input_format(path, encoding="utf-16")

    path.write_text("<user>\nhi\n")
    assert guess_input_format(path) == "columns"


def test_objects_have_tokens_or_a_text_and_each_gives_a_sentence():
    content = b'{"tokens": ["New York"]}\n{"text": "I can\'t."}\n{"text": ""}\n{"tokens": ["a"], "tags": 3}\n'

    assert tokens(content, "jsonl") == [("New York",), ("I", "ca", "n't", "."), (), ("a",)]


def test_the_sentence_of_a_text_knows_its_offsets():
    (found,) = read_input(io.BytesIO(b'{"text": "No, no"}'), "jsonl", Layout(), pretokenized=False, keep_rows=False)

    assert found.offsets == ((0, 2), (2, 3), (4, 6))


def test_objects_are_read_by_the_keys_of_training():
    assert tokens(b'{"words": ["a"]}', "jsonl", Layout("jsonl", token="words", tag="ner")) == [("a",)]
    with pytest.raises(DataError, match=r"<stream>:1: expected `tokens` or `text`, got an object with `words`$"):
        tokens(b'{"words": ["a"]}', "jsonl")


def test_text_and_files_that_are_packed_are_unpacked():
    assert tokens(gzip.compress(b"No no\nYes\n"), "text") == [("No", "no"), ("Yes",)]
    assert tokens(gzip.compress(b"No\nno\n\nYes\n"), "columns") == [("No", "no"), ("Yes",)]


def test_a_map_of_tags_means_nothing_where_there_are_none():
    assert tokens(b"a\tX\n", "columns", Layout("columns", map=(("X", "Y"),))) == [("a",)]
