import re
from pathlib import Path
from typing import Any

import pytest

from tagger.corpus import Layout, Sentence, read_sentences
from tagger.corpus.read import read_tagged
from tagger.errors import DataError

SERIES = Path(__file__).parents[1] / "data" / "series"
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


def test_the_first_column_is_the_token_and_the_last_the_tag_unless_told_otherwise(pairs):
    text = "a,b,c\n1,2,3\n"

    assert pairs(text, "train.csv") == [[("1", "3")]]
    assert pairs(text, "train.csv", token="c", tag="a") == [[("3", "1")]]
    assert pairs(text, "train.csv", token=-2, tag=0) == [[("2", "1")]]


def test_quoted_cells_may_hold_commas_quotes_and_line_ends(pairs):
    text = 'form,tag\n"1,000",NUM\n""""," X "\n"New\nYork",PROPN\n"#",SYM\n'

    assert pairs(text, "train.csv") == [[("1,000", "NUM"), ('"', " X "), ("New\nYork", "PROPN"), ("#", "SYM")]]


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
