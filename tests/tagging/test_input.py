import gzip
import io
from typing import Any

import pytest

from tagger.corpus.layout import AnswerColumn, Layout
from tagger.errors import DataError
from tagger.tagging.input import InputOptions, read_input

WORD = "1\tThe\t_\tDET\t_\t_\t_\t_\t_\t_\n"
LATIN = Layout("columns", token=0, tag=1, encoding="latin-1")


def tokens(content: bytes, trained_on: Layout = Layout("columns"), **options: Any) -> list[tuple[str, ...]]:
    return [sentence.tokens for sentence in read_input(io.BytesIO(content), trained_on, InputOptions(**options))]


@pytest.fixture
def tokens_of_file(tmp_path):
    def tokens_of_file(name, text, trained_on=Layout("columns"), **options):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return [sentence.tokens for sentence in read_input(path, trained_on, InputOptions(**options))]

    return tokens_of_file


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.jsonl", '{"tokens": ["New York"]}\n', [("New York",)]),
        ("a", '{"text": "So, no"}\n', [("So", ",", "no")]),
        ("a", '{"words": ["b"], "id": 7}\n', [("b",)]),
        ("a.conllu", WORD, [("The",)]),
        ("a.txt", f"{WORD}\n{WORD}", [("The",), ("The",)]),
        ("a.tsv", "No\nno\n\nYes\n", [("No", "no"), ("Yes",)]),
        ("a.conll", "X\n", [("X",)]),
        ("a", "No\tX\nno\tY\n\nYes\tX\n", [("No", "no"), ("Yes",)]),
        ("a.txt", "No B-X\nno O\n\nYes B-X\nyes O\n", [("No", "no"), ("Yes", "yes")]),
        ("a", "No X\nno Y\n\nYes X\nyes Y\n\n", [("No", "no"), ("Yes", "yes")]),
        ("a.txt", "No one\nNo sir\n\nYes sir\n", [("No", "one"), ("No", "sir"), (), ("Yes", "sir")]),
        ("a.txt", "1\tI came\n2\tShe left\n", [("1", "I", "came"), ("2", "She", "left")]),
        ("a.txt", "Paris,France\nLondon,England\n", [("Paris", ",", "France"), ("London", ",", "England")]),
        ("a.csv", "id,tag,word\n1,X,No\n2,Y,no\n,,\n3,X,Yes\n", [("No", "no"), ("Yes",)]),
        ("a.csv", 'id,text\n1,"No, no"\n2,Yes sir.\n', [("No", ",", "no"), ("Yes", "sir", ".")]),
        ("a.csv", "text\nNo no\nYes sir.\n", [("No", "no"), ("Yes", "sir", ".")]),
        ("a", "John loves Jane\nMary sees Bob\n", [("John", "loves", "Jane"), ("Mary", "sees", "Bob")]),
        ("a.txt", "Hello, you\nWell, no\n", [("Hello", ",", "you"), ("Well", ",", "no")]),
        ("a", "yes\nno\n", [("yes",), ("no",)]),
        ("a", "", []),
    ],
)
def test_format_of_a_file_is_recognised_by_its_content(tokens_of_file, name, text, expected):
    assert tokens_of_file(name, text) == expected


def test_options_override_the_recognised_layout(tokens_of_file):
    text = "a,b\nx y,No no no\nz u,No\n"

    assert tokens_of_file("a.csv", text, token="a") == [("x", "y"), ("z", "u")]
    assert tokens_of_file("a.csv", text, token=1, format="csv") == [("No no no", "No")]
    assert tokens_of_file("a.csv", text, format="text")[1] == ("x", "y", ",", "No", "no", "no")
    assert tokens_of_file("a.csv", "s,w\n1,a\n1,b\n2,c\n", token="w", sentence="s") == [("a", "b"), ("c",)]


def test_table_with_the_layout_of_training_is_read_in_it(tokens_of_file):
    trained_on = Layout("csv", token="word", tag="pos", per_row="sentence")

    assert tokens_of_file("a.csv", "id,word\n1,No no.\n", trained_on) == [("No", "no.")]
    assert tokens_of_file("a.tsv", "id\tword\n1\tNo no.\n", trained_on) == [("No", "no.")]
    with pytest.raises(DataError, match=r"a\.csv:1: there is no column 'word'; the header has id, text"):
        tokens_of_file("a.csv", "id,text\n1,No no.\n", trained_on)


TOKEN_PER_LINE = "The\ncat\npurrs\n.\n\nNo\n,\nno\n"


@pytest.mark.parametrize("name", ["a", "a.txt", "a.conll"])
@pytest.mark.parametrize("trained_on", [Layout("columns"), Layout("columns", token=1), Layout("csv", token="word")])
def test_one_token_per_line_with_blank_lines_is_read_as_columns(tokens_of_file, name, trained_on):
    assert tokens_of_file(name, TOKEN_PER_LINE, trained_on) == [("The", "cat", "purrs", "."), ("No", ",", "no")]
    assert tokens_of_file(name, "我\n爱\n北京\n。\n\n他\n不\n来\n。\n") == [
        ("我", "爱", "北京", "。"),
        ("他", "不", "来", "。"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "我爱北京天安门。\n\n他明天不来上课。\n",
        "床前明月光，\n疑是地上霜。\n举头望明月，\n低头思故乡。\n\n白日依山尽，\n黄河入海流。\n欲穷千里目，\n更上一层楼。\n",
        "https://example.org/a-long-page\nhttps://example.org/b-long-page\nhttps://example.org/c\n\n" * 2,
        "Yes\n\nNo\n\nMaybe\n",
        "No\nYes\nMaybe so\n\nNo\nYes\nMaybe so\n",
    ],
)
def test_short_text_with_blank_lines_is_a_sentence_per_line(tokens_of_file, text):
    assert len(tokens_of_file("a.txt", text)) == text.count("\n")


def test_text_of_single_words_is_warned_of_as_possible_tokens(tokens_of_file, caplog):
    warning = "nearly every line has one word: if these are tokens, add --input-format columns"

    assert tokens_of_file("a.txt", "Yes\nNo\nMaybe\n") == [("Yes",), ("No",), ("Maybe",)]
    assert [
        record.getMessage().partition("a.txt: ")[2] for record in caplog.records if record.levelname == "WARNING"
    ] == [warning]
    caplog.clear()
    for name, text in (
        ("a.txt", TOKEN_PER_LINE),
        ("a.txt", "No one\nNo sir\nYes sir\n"),
        ("a", "我爱北京天安门。\n" * 3),
    ):
        tokens_of_file(name, text)
    tokens_of_file("a.txt", "Yes\nNo\nMaybe\n", format="text")
    assert warning not in caplog.text


@pytest.mark.parametrize(("name", "text"), [("a.jsonl", '{"tokens": ["é"]}\n'), ("a.tsv", "é\tX\n"), ("a.txt", "é\n")])
def test_utf_8_is_recognised_if_training_had_another_encoding(tokens_of_file, name, text):
    assert tokens_of_file(name, text, LATIN) == [("é",)]


def test_file_that_is_not_utf_8_is_read_in_the_encoding_of_training(tokens_of_file):
    assert tokens_of_file("a.tsv", "é\tX\n".encode("latin-1"), LATIN) == [("é",)]
    assert tokens_of_file("a.tsv", "é\tX\n".encode("cp437"), LATIN, encoding="cp437") == [("é",)]


def test_stream_without_a_format_is_text():
    assert tokens(b"a\tX\nb\n") == [("a", "X"), ("b",)]
    assert tokens(b"a\tX\nb\tY\n", format="columns") == [("a", "b")]


def test_file_of_another_tool_is_an_error_unless_read_as_text(tokens_of_file):
    webanno = "#FORMAT=WebAnno TSV 3.3\n\n1-1\t0-1\ta\t_\n"

    with pytest.raises(DataError, match=r"a\.tsv: unsupported format: WebAnno TSV$"):
        tokens_of_file("a.tsv", webanno.encode("utf-16"))
    assert tokens_of_file("a.tsv", webanno, format="text")[0][0] == "#FORMAT"
    assert tokens_of_file("a.tsv", "<user>\nhi\n") == [("<user>", "hi")]


def test_each_json_object_with_tokens_or_a_text_is_a_sentence():
    content = b'{"tokens": ["New York"]}\n{"text": "I can\'t."}\n{"text": ""}\n{"tokens": ["a"], "tags": 3}\n'

    assert tokens(content, format="jsonl") == [("New York",), ("I", "ca", "n't", "."), (), ("a",)]


def test_sentence_from_a_text_has_offsets():
    (sentence,) = read_input(io.BytesIO(b'{"text": "No, no"}'), Layout("columns"), InputOptions("jsonl"))

    assert sentence.offsets == ((0, 2), (2, 3), (4, 6))


def test_json_objects_are_read_with_the_keys_of_training():
    assert tokens(b'{"words": ["a"]}', Layout("jsonl", token="words", tag="ner"), format="jsonl") == [("a",)]
    with pytest.raises(DataError, match=r"<stream>:1: expected `tokens` or `text`, got an object with `words`$"):
        tokens(b'{"words": ["a"]}', format="jsonl")


def test_gzipped_text_and_files_are_read():
    assert tokens(gzip.compress(b"No no\nYes\n")) == [("No", "no"), ("Yes",)]
    assert tokens(gzip.compress(b"No\nno\n\nYes\n"), format="columns") == [("No", "no"), ("Yes",)]


def test_tag_map_has_no_effect_on_untagged_input():
    assert tokens(b"a\tX\n", Layout("columns", map=(("X", "Y"),)), format="columns") == [("a",)]


LABELS = Layout(
    "csv", token="text", per_row="sentence", answers=(AnswerColumn("intent", "label", "intent"),)
)  # a table of texts and their labels


@pytest.mark.parametrize(
    "text",
    ['text,intent\n"No, no!",x\nYes sir.,y\n', 'text\n"No, no!"\nYes sir.\n', 'n,text\n1,"No, no!"\n2,Yes sir.\n'],
)
def test_texts_of_a_table_of_labels_are_tokenized_as_in_training(tokens_of_file, text):
    assert tokens_of_file("a.csv", text, LABELS) == [("No", ",", "no", "!"), ("Yes", "sir", ".")]


def test_texts_of_a_table_of_labels_have_offsets_and_can_be_split_at_spaces_only(tmp_path, tokens_of_file):
    (sentence,) = read_input(io.BytesIO(b"text,intent\nYes sir.,y\n"), LABELS, InputOptions(format="csv"))

    assert sentence.offsets == ((0, 3), (4, 7), (7, 8))
    assert tokens_of_file("a.csv", "text,intent\nYes sir.,y\n", LABELS, pretokenized=True) == [("Yes", "sir.")]


@pytest.mark.parametrize("name", ["a.tsv", "a.conll"])
@pytest.mark.parametrize("delimiter", ["\t", " "])
def test_comments_with_labels_are_no_tokens_and_words_with_a_hash_are(tokens_of_file, name, delimiter):
    answers = (AnswerColumn("intent", "label", "intent"), AnswerColumn("slot", "tag", 1))
    text = "# intent = x\nNo O\nno O\n\n# intent = y\n#yes O\n\n".replace(" O", f"{delimiter}O")

    assert tokens_of_file(name, text, Layout("columns", token=0, answers=answers)) == [("No", "no"), ("#yes",)]


@pytest.mark.parametrize("text", ["id,x,y,state\n1,0.5,0,a\n1,2,0,a\n2,3,1,b\n", "id,x,y\n1,0.5,0\n1,2,0\n2,3,1\n"])
def test_series_with_a_label_are_read_with_and_without_their_labels(tmp_path, text):
    path = tmp_path / "a.csv"
    path.write_text(text)
    answers = (AnswerColumn("label", "label", "state"),)
    layout = Layout("csv", token="x", numeric=("x", "y"), sentence="id", answers=answers)

    assert [sentence.numbers for sentence in read_input(path, layout)] == [((0.5, 0.0), (2.0, 0.0)), ((3.0, 1.0),)]


@pytest.mark.parametrize("end", ["\r", "\r\n"])
def test_a_line_end_that_is_read_as_another_is_counted_with_its_first_line(end, tmp_path, caplog):
    path = tmp_path / "a.csv"
    path.write_bytes(f'token,tag\nx,A\n"y{end}z",B\n'.encode())

    (sentence,) = read_input(path, Layout())

    assert sentence.tokens == ("x", "y\nz")
    assert f"rows with a line end or TAB in a quoted cell: 1; first {path}:3" in caplog.text
