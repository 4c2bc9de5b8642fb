import re
from pathlib import Path
from typing import Any

import pytest

from tagger.corpus import Layout, Sentence, read_sentences
from tagger.corpus.formats.csv import write_rows
from tagger.corpus.read import read_tagged
from tagger.errors import DataError
from tests import ROOT

SERIES = ROOT / "data" / "series"
MEASURED = Layout(sentence="series", token="position", tag="state", numeric=("position", "force"))


def read(path: Path, text: str, layout: Layout = MEASURED, *, tagged: bool = True) -> list[Sentence]:
    path = path / "train.csv"
    path.write_text(text)
    return list(read_sentences(path, layout, tagged=tagged))


def test_a_series_is_a_sentence_of_numbers(tmp_path):
    text = "series,position,force,state\n1,10.5,-2e-2,rest\n1,11,0.02,rise\n2,3,4,fall\n"

    first, second = read(tmp_path, text)

    assert first.tokens == ("10.5", "11")
    assert first.tags == ("rest", "rise")
    assert first.numbers == ((10.5, -0.02), (11.0, 0.02))
    assert (second.tokens, second.tags, second.numbers) == (("3",), ("fall",), ((3.0, 4.0),))
    assert [first.line, second.line] == [2, 4]


def test_a_new_value_in_the_sentence_column_or_a_blank_line_ends_a_sentence(tmp_path):
    text = "series,position,force,state\n1,1,0,a\n1,2,0,a\n\n1,3,0,a\n2,4,0,a\n\n3,5,0,a\n1,6,0,a\n"

    assert [found.tokens for found in read(tmp_path, text)] == [("1", "2"), ("3",), ("4",), ("5",), ("6",)]


def test_without_a_sentence_column_blank_lines_part_sentences(pairs):
    assert pairs("form,x,tag\na,1,X\n1,2,Y\n\n\nb,3,Z\n\n", "train.csv") == [[("a", "X"), ("1", "Y")], [("b", "Z")]]


@pytest.mark.parametrize("blank", ["", " ", ",,", " , ,", '"",,'])
def test_a_row_of_blank_cells_parts_sentences(pairs, blank):
    assert pairs(f"form,x,tag\na,1,X\n{blank}\nb,3,Z\n{blank}", "train.csv") == [[("a", "X")], [("b", "Z")]]


def test_the_first_column_is_the_token_and_the_last_the_tag_unless_told_otherwise(pairs):
    text = "a,b,c\n1,2,3\n"

    assert pairs(text, "train.csv") == [[("1", "3")]]
    assert pairs(text, "train.csv", token="c", tag="a") == [[("3", "1")]]
    assert pairs(text, "train.csv", token=-2, tag=0) == [[("2", "1")]]


def test_quoted_cells_may_hold_commas_quotes_and_line_ends(pairs):
    text = 'form,tag\n"1,000",NUM\n""""," X "\n"New\nYork",PROPN\n"#",SYM\n'

    assert pairs(text, "train.csv") == [[("1,000", "NUM"), ('"', "X"), ("New\nYork", "PROPN"), ("#", "SYM")]]


@pytest.mark.parametrize(
    "text",
    [
        'form,"a;b;c",tag\nThe,1;5,DET\n"cat",";\t",NOUN\n',
        'form\t"a,b,c"\ttag\nThe\t1,5;\tDET\n"cat"\t"\t"\tNOUN\n',
        'form;"a,b";tag\nThe;1,5;DET\n"cat";";";NOUN\n',
    ],
)
def test_the_header_tells_what_parts_cells(pairs, text):
    assert pairs(text, "train.csv") == [[("The", "DET"), ("cat", "NOUN")]]


def test_a_row_that_is_too_short_is_told_as_it_stands_in_the_file(pairs):
    with pytest.raises(DataError, match=r"train\.csv:3: expected 3 columns, got 2: 'b;2'$"):
        pairs("form;x;state\na;1;X\nb;2\n", "train.csv")


KAGGLE = 'Sentence #,Word,POS,Tag\nSentence: 1,caf\xe9,NN,O\n,"1,000",CD,B-num\n,"""",``,O\nSentence: 2,One,CD,O\n'


def test_a_sentence_column_may_be_filled_at_each_sentence_s_first_token_only(pairs):
    options = {"sentence": "Sentence #", "token": "Word", "encoding": "latin-1"}

    assert pairs(KAGGLE.encode("latin-1"), "ner_dataset.csv", **options) == [
        [("caf\xe9", "O"), ("1,000", "B-num"), ('"', "O")],
        [("One", "O")],
    ]
    with pytest.raises(DataError, match=r"ner_dataset\.csv:2: not valid utf-8: .*, at byte 39$") as caught:
        pairs(KAGGLE.encode("latin-1"), "ner_dataset.csv")
    assert "latin-1" in (caught.value.hint or "")


def test_rows_above_the_first_filled_cell_of_the_sentence_column_are_a_sentence(pairs):
    text = "s,word,tag\n,a,X\n ,b,X\n1,c,X\n,d,X\n1,e,X\n2,f,X\n"

    found = pairs(text, "train.csv", sentence="s", token="word")

    assert [[token for token, _ in sentence] for sentence in found] == [["a", "b"], ["c", "d", "e"], ["f"]]


JOINED = "id,text,tags,x\n1,John  loves Jane,S V O,1 2 3\n2, New\u00a0York ,X,4\n3,,,\n"


def test_a_row_may_hold_a_sentence_with_spaces_between_tokens_and_between_tags(tmp_path):
    layout = Layout(per_row="sentence", token="text", tag="tags", numeric=("x",))

    first, second = read(tmp_path, JOINED, layout)

    assert (first.tokens, first.tags, first.numbers) == (
        ("John", "loves", "Jane"),
        ("S", "V", "O"),
        ((1.0,), (2.0,), (3.0,)),
    )
    assert (second.tokens, second.tags, second.numbers, second.line) == (("New\u00a0York",), ("X",), ((4.0,),), 3)
    assert [found.tags for found in read(tmp_path, JOINED, layout, tagged=False)] == [None, None]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a b,X,1 2", r"2 tokens, but 1 tags: 'a b,X,1 2'"),
        ("a,X Y,1", "1 tokens, but 2 tags"),
        (",X,1", "0 tokens, but 1 tags"),
        ("a b,X Y,1", "2 tokens, but 1 numbers in column x"),
        ("a b,X Y,1 n/a", "column x: expected a number, got 'n/a'"),
        ("a b", "expected 3 columns, got 1: 'a b'"),
    ],
)
def test_a_sentence_in_a_row_with_differing_counts_is_named_with_file_and_line(tmp_path, row, message):
    layout = Layout(per_row="sentence", token="text", tag="tags", numeric=("x",))

    with pytest.raises(DataError, match=rf"train\.csv:3: {message}"):
        read(tmp_path, f"text,tags,x\na,X,1\n{row}\n", layout)


def test_a_written_table_numbers_its_sentences_and_quotes_what_needs_it():
    written = "".join(write_rows([Sentence(("a", "1,0"), ("X", "Y")), Sentence(('"',), ("Z",))]))

    assert written == 'sentence,token,tag\n1,a,X\n1,"1,0",Y\n2,"""",Z\n'


def test_a_line_number_counts_the_lines_in_quoted_cells(pairs):
    with pytest.raises(DataError, match=r"train\.csv:4: the token is empty"):
        pairs('form,tag\n"a\nb",X\n,Y\n', "train.csv")


@pytest.mark.parametrize("text", ['form,tag\na,X\n"b,Y\n', 'form,tag\na,X\n"b"c,Y\n'])
def test_a_row_with_wrong_quotes_is_named_with_file_and_line(pairs, text):
    with pytest.raises(DataError, match=r"train\.csv:3: not a row of CSV: "):
        pairs(text, "train.csv")


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("", "expected a number, the cell is empty"),
        (" ", "expected a number, the cell is empty"),
        ("n/a", "expected a number, got 'n/a'"),
        ("1;5", "expected a number, got '1;5'"),
        ("nan", "expected a finite number, got 'nan'"),
        ("NaN", "expected a finite number, got 'NaN'"),
        ("-inf", "expected a finite number, got '-inf'"),
        ("1e999", "expected a finite number, got '1e999'"),
    ],
)
def test_a_cell_that_is_no_finite_number_is_named_with_line_and_column(tmp_path, cell, found):
    text = f"series,position,force,state\n1,1,0.5,rest\n1,2,{cell},rest\n"

    with pytest.raises(DataError, match=rf"train\.csv:3: column force: {re.escape(found)}$"):
        read(tmp_path, text)


@pytest.mark.parametrize("column", ["place", "Force", " force", 4, -5])
@pytest.mark.parametrize("role", ["token", "tag", "sentence", "numeric"])
def test_a_column_that_is_not_in_the_header_is_named_with_the_header(tmp_path, role, column):
    options: dict[str, Any] = {role: (column,) if role == "numeric" else column}

    with pytest.raises(
        DataError, match=rf"train\.csv:1: there is no column {column!r}; the header has a, force, b, c$"
    ):
        read(tmp_path, "a,force,b,c\n1,2,3,4\n", Layout(**options))


def test_a_table_of_one_column_has_no_tags_but_is_read_without(tmp_path):
    text = "form\nThe\ncat\n"

    with pytest.raises(DataError, match=r"train\.csv:1: there is no column 1; the header has form$"):
        read(tmp_path, text, Layout())
    assert [found.tokens for found in read(tmp_path, text, Layout(), tagged=False)] == [("The", "cat")]


def test_a_row_without_the_chosen_cell_is_named_with_file_and_line(tmp_path):
    for options in {}, {"tag": -1}, {"tag": "state"}, {"sentence": "state"}:
        with pytest.raises(DataError, match=r"train\.csv:3: expected 3 columns, got 2: 'b,2'$"):
            read(tmp_path, "form,x,state\na,1,X\nb,2\n", Layout(**options))


def test_a_row_may_lack_cells_that_are_not_chosen(pairs):
    assert pairs("form,tag,x\na,X\nb,Y,1,2\n", "train.csv", tag="tag") == [[("a", "X"), ("b", "Y")]]


@pytest.mark.parametrize("text", ["", "\n", "\nform,tag\na,X\n"])
def test_a_table_without_a_header_is_an_error(pairs, text):
    with pytest.raises(
        DataError, match=r"train\.csv:1: expected a header that names the columns, got an empty line or"
    ):
        pairs(text, "train.csv")


def test_a_header_alone_has_no_sentence_and_is_no_training_data(tmp_path, pairs):
    assert pairs("form,tag\n", "train.csv") == []
    with pytest.raises(DataError, match=r"train\.csv: no sentence found"):
        read_tagged(tmp_path / "train.csv", Layout())


def test_a_column_of_a_table_without_a_single_tag_is_no_training_data(tmp_path):
    path = tmp_path / "train.csv"
    path.write_text("form,state\na,_\n")

    with pytest.raises(DataError, match=r"train\.csv: column state: all 1 tags are `_`: no word is tagged$"):
        read_tagged(path, Layout(tag="state"))


@pytest.mark.parametrize(
    ("split", "n_series", "n_steps"), [("train", 120, 9500), ("dev", 20, 1552), ("test", 30, 2329)]
)
def test_the_series_of_this_project_are_all_read(split, n_series, n_steps):
    found = read_tagged(SERIES / f"{split}.csv", MEASURED)

    assert (len(found), sum(map(len, found))) == (n_series, n_steps)
    assert {tag for sentence in found for tag in sentence.tags or ()} == {"rest", "rise", "fall"}
    assert all(len(sentence.numbers or ()) == len(sentence) for sentence in found)
