import csv
import io
import math
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.checks import row_findings
from tagger.corpus import Layout, Sentence
from tagger.corpus.csv_records import quotes_delimit
from tagger.corpus.file_notes import FileNotes
from tagger.corpus.formats.csv import write_rows
from tagger.errors import DataError
from tagger.reading.read import read_sentences
from tagger.reading.whole_files import read_tagged
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

    assert [sentence.tokens for sentence in read(tmp_path, text)] == [("1", "2"), ("3",), ("4",), ("5",), ("6",)]


def test_without_a_sentence_column_blank_lines_separate_sentences(pairs):
    assert pairs("form,x,tag\na,1,X\n1,2,Y\n\n\nb,3,Z\n\n", "train.csv") == [[("a", "X"), ("1", "Y")], [("b", "Z")]]


@pytest.mark.parametrize("blank", ["", " ", ",,", " , ,", '"",,'])
def test_a_row_of_blank_cells_separates_sentences(pairs, blank):
    assert pairs(f"form,x,tag\na,1,X\n{blank}\nb,3,Z\n{blank}", "train.csv") == [[("a", "X")], [("b", "Z")]]


def test_by_default_the_first_column_is_the_token_and_the_last_the_tag(pairs):
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
def test_the_delimiter_is_detected_from_the_header(pairs, text):
    assert pairs(text, "train.csv") == [[("The", "DET"), ("cat", "NOUN")]]


def test_a_row_that_is_too_short_is_shown_as_in_the_file(pairs):
    with pytest.raises(DataError, match=r"train\.csv:3: expected 3 columns, got 2: 'b;2'$"):
        pairs("form;x;state\na;1;X\nb;2\n", "train.csv")


KAGGLE = 'Sentence #,Word,POS,Tag\nSentence: 1,caf\xe9,NN,O\n,"1,000",CD,B-num\n,"""",``,O\nSentence: 2,One,CD,O\n'


def test_a_sentence_column_may_be_filled_at_the_first_token_of_a_sentence_only(pairs):
    options = {"sentence": "Sentence #", "token": "Word", "encoding": "latin-1"}

    assert pairs(KAGGLE.encode("latin-1"), "ner_dataset.csv", **options) == [
        [("caf\xe9", "O"), ("1,000", "B-num"), ('"', "O")],
        [("One", "O")],
    ]
    with pytest.raises(DataError, match=r"ner_dataset\.csv:2: not valid utf-8: .*, at byte 39$") as caught:
        pairs(KAGGLE.encode("latin-1"), "ner_dataset.csv")
    assert "latin-1" in (caught.value.hint or "")


def test_rows_before_the_first_filled_cell_of_the_sentence_column_are_a_sentence(pairs):
    text = "s,word,tag\n,a,X\n ,b,X\n1,c,X\n,d,X\n1,e,X\n2,f,X\n"

    sentences = pairs(text, "train.csv", sentence="s", token="word")

    assert [[token for token, _ in sentence] for sentence in sentences] == [["a", "b"], ["c", "d", "e"], ["f"]]


JOINED = "id,text,tags,x\n1,John  loves Jane,S V O,1 2 3\n2, New\u00a0York ,X,4\n3,,,\n"


def test_a_row_may_hold_a_sentence_whose_tokens_and_tags_are_delimited_by_spaces(tmp_path):
    layout = Layout(per_row="sentence", token="text", tag="tags", numeric=("x",))

    first, second = read(tmp_path, JOINED, layout)

    assert (first.tokens, first.tags, first.numbers) == (
        ("John", "loves", "Jane"),
        ("S", "V", "O"),
        ((1.0,), (2.0,), (3.0,)),
    )
    assert (second.tokens, second.tags, second.numbers, second.line) == (("New\u00a0York",), ("X",), ((4.0,),), 3)
    assert [sentence.tags for sentence in read(tmp_path, JOINED, layout, tagged=False)] == [None, None]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a b,X,1 2", r"2 tokens, but 1 tag: 'a b,X,1 2'"),
        ("a,X Y,1", "1 token, but 2 tags"),
        (",X,1", "0 tokens, but 1 tag"),
        ("a b,X Y,1", "2 tokens, but 1 number in column x"),
        ("a b,X Y,1 n/a", "column x: expected a number, got 'n/a'"),
        ("a b", "expected 3 columns, got 1: 'a b'"),
    ],
)
def test_different_counts_in_a_row_with_a_sentence_are_reported_with_file_and_line(tmp_path, row, message):
    layout = Layout(per_row="sentence", token="text", tag="tags", numeric=("x",))

    with pytest.raises(DataError, match=rf"train\.csv:3: {message}"):
        read(tmp_path, f"text,tags,x\na,X,1\n{row}\n", layout)


def test_a_written_table_numbers_its_sentences_and_quotes_cells_if_needed():
    written = "".join(write_rows([Sentence(("a", "1,0"), ("X", "Y")), Sentence(('"',), ("Z",))]))

    assert written == 'sentence,token,tag\n1,a,X\n1,"1,0",Y\n2,"""",Z\n'


def test_line_numbers_count_the_lines_in_quoted_cells(pairs):
    with pytest.raises(DataError, match=r"train\.csv:4: the token is empty"):
        pairs('form,tag\n"a\nb",X\n,Y\n', "train.csv")


@pytest.mark.parametrize("text", ['form,tag\na,X\n"b,Y\n', 'form,tag\na,X\n"b"c,Y\n'])
def test_a_row_with_wrong_quotes_is_reported_with_file_and_line(pairs, text):
    with pytest.raises(DataError, match=r"train\.csv:3: not a row of CSV: "):
        pairs(text, "train.csv")


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("", "expected a number, the cell is empty"),
        (" ", "expected a number, the cell is empty"),
        ("n/a", "expected a number, got 'n/a'"),
        ("1;5", "expected a number, got '1;5'"),
        ("nan", "expected a number, got 'nan'"),
        ("NaN", "expected a number, got 'NaN'"),
        ("-inf", "expected a finite number, got '-inf'"),
        ("1e999", "expected a finite number, got '1e999'"),
    ],
)
def test_a_cell_that_is_not_a_finite_number_is_reported_with_line_and_column(tmp_path, cell, problem):
    text = f"series,position,force,state\n1,1,0.5,rest\n1,2,{cell},rest\n"

    with pytest.raises(DataError, match=rf"train\.csv:3: column force: {re.escape(problem)}$"):
        read(tmp_path, text)


@pytest.mark.parametrize("column", ["place", "Force", " force", 4, -5])
@pytest.mark.parametrize("role", ["token", "tag", "sentence", "numeric"])
def test_a_column_that_is_not_in_the_header_is_reported_with_the_header(tmp_path, role, column):
    options: dict[str, Any] = {role: (column,) if role == "numeric" else column}

    meant = "; did you mean `force`?" if "orce" in str(column) else ""

    with pytest.raises(
        DataError,
        match=rf"train\.csv:1: there is no column {column!r}; the header has a, force, b, c{re.escape(meant)}$",
    ):
        read(tmp_path, "a,force,b,c\n1,2,3,4\n", Layout(**options))


def test_a_table_of_one_column_can_be_read_without_tags_only(tmp_path):
    text = "form\nThe\ncat\n"

    with pytest.raises(DataError, match=r"train\.csv:1: there is no column 1; the header has form$"):
        read(tmp_path, text, Layout("csv"))
    assert [sentence.tokens for sentence in read(tmp_path, text, Layout("csv"), tagged=False)] == [("The", "cat")]


def test_a_row_without_a_requested_cell_is_reported_with_file_and_line(tmp_path):
    for options in {}, {"tag": -1}, {"tag": "state"}, {"sentence": "state"}:
        with pytest.raises(DataError, match=r"train\.csv:3: expected 3 columns, got 2: 'b,2'$"):
            read(tmp_path, "form,x,state\na,1,X\nb,2\n", Layout(**options))


def test_a_row_may_lack_cells_that_are_not_read(pairs):
    assert pairs("form,tag,x\na,X\nb,Y,1,, \n", "train.csv", tag="tag") == [[("a", "X"), ("b", "Y")]]


@pytest.mark.parametrize("text", ["", "\n", "\nform,tag\na,X\n"])
def test_a_table_without_a_header_is_an_error(pairs, text):
    with pytest.raises(
        DataError, match=r"train\.csv:1: expected a header that names the columns, got an empty line or"
    ):
        pairs(text, "train.csv")


def test_a_header_alone_has_no_sentences_and_cannot_be_trained_on(tmp_path, pairs):
    assert pairs("form,tag\n", "train.csv") == []
    with pytest.raises(DataError, match=r"train\.csv: no rows below the header$"):
        read_tagged(tmp_path / "train.csv", Layout("csv"))


def test_a_column_of_a_table_without_any_tag_cannot_be_trained_on(tmp_path):
    path = tmp_path / "train.csv"
    path.write_text("form,state\na,_\n")

    with pytest.raises(DataError, match=r"train\.csv: column state: every tag is `_`: no word is tagged$"):
        read_tagged(path, Layout(tag="state"))


@pytest.mark.parametrize(
    ("split", "n_series", "n_steps"), [("train", 120, 9500), ("dev", 20, 1552), ("test", 30, 2329)]
)
def test_all_series_of_this_project_are_read(split, n_series, n_steps):
    sentences = read_tagged(SERIES / f"{split}.csv", MEASURED)

    assert (len(sentences), sum(map(len, sentences))) == (n_series, n_steps)
    assert {tag for sentence in sentences for tag in sentence.tags or ()} == {"rest", "rise", "fall"}
    assert all(len(sentence.numbers or ()) == len(sentence) for sentence in sentences)


def table(width: int, delimiter: str, *tokens: str) -> str:
    header = ["token", *(f"x{i}" for i in range(2, width)), "tag"]
    rows = [[token, *("_" for _ in range(2, width)), f"T{i}"] for i, token in enumerate(tokens)]
    return "".join(f"{delimiter.join(row)}\n" for row in [header, *rows])


@pytest.mark.parametrize("width", [2, 3, 5])
@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
@pytest.mark.parametrize("n_marks", [1, 2, 3, 4])
@pytest.mark.parametrize("beside", [0, 1, 7])
def test_tokens_that_are_quotation_marks_hide_no_rows(pairs, width, delimiter, n_marks, beside):
    tokens = [*["a"] * beside, *[mark for i in range(n_marks) for mark in ('"', *["b"] * i)], "c"]
    text = table(width, delimiter, *tokens)
    n_lines = 2 + tokens.index('"')

    assert not quotes_delimit(text.splitlines(), delimiter)
    with pytest.raises(DataError, match=rf"train\.csv:{n_lines}: (a quotation mark starts|not a row of CSV)") as caught:
        pairs(text, "train.csv")

    hint = caught.value.hint or ""
    if delimiter == "\t":
        assert 'data.format = "columns"' in hint
        assert [token for token, _ in pairs(text, format="columns", token="token", tag="tag")[0]] == tokens


@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
def test_the_suggested_command_quotes_quotation_marks_and_the_table_can_be_read(pairs, tmp_path, delimiter):
    text = f'tokens{delimiter}tags\n"{delimiter}O\n" a "{delimiter}O X O\nb{delimiter}X\n'
    with pytest.raises(DataError) as caught:
        pairs(text, "train.csv", per_row="sentence")

    command = (caught.value.hint or "").partition("? ")[2].replace("OLD", "train.csv").replace("NEW", "new.csv")
    subprocess.run(command, shell=True, check=True, cwd=tmp_path)
    assert pairs((tmp_path / "new.csv").read_text(), "train.csv", per_row="sentence") == [
        [('"', "O")],
        [('"', "O"), ("a", "X"), ('"', "O")],
        [("b", "X")],
    ]


CELLS = st.text(st.sampled_from('ab"\t,;\n '), min_size=1, max_size=8).filter(str.strip)


@given(st.lists(st.tuples(CELLS, st.sampled_from(["X", "Y"])), min_size=1), st.sampled_from(["\t", ",", ";"]))
def test_quoted_cells_are_read_unchanged_or_an_error_names_their_line(rows, delimiter):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows([("token", "tag"), *rows])
    try:
        sentences = list(read_sentences(io.BytesIO(text.getvalue().encode()), Layout("csv")))
    except DataError as error:
        # A cell whose lines each look like a row is not accepted as a token.
        assert re.match(r"<stream>:\d+: a quotation mark starts a cell that continues", error.message)  # noqa: PT017
        assert any(delimiter in token and "\n" in token for token, _ in rows)
        return

    assert [step for sentence in sentences for step in zip(sentence.tokens, sentence.tags or (), strict=True)] == rows


@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
def test_quotation_marks_delimit_cells_with_delimiters_quotes_or_line_ends(delimiter):
    lines = [f"token{delimiter}tag", f'"{delimiter}"{delimiter}X', f'""""{delimiter}X', '"New', f'York"{delimiter}X']

    assert quotes_delimit(lines, delimiter)
    assert quotes_delimit([f"a{delimiter}b", f"c{delimiter}d"], delimiter)


def test_a_cell_with_a_sentence_may_hold_several_lines_with_commas(pairs):
    text = 'text,tags\n"Hello, my\nfriend",A B C\n"a, b",X Y\n'

    sentences = pairs(text, "train.csv", per_row="sentence")

    assert sentences == [[("Hello,", "A"), ("my", "B"), ("friend", "C")], [("a,", "X"), ("b", "Y")]]


def test_a_line_end_or_a_tab_in_a_quoted_cell_is_reported(tmp_path):
    notes = FileNotes()
    text = b'token\ttag\n"a\rb"\tX\n"c\td"\tY\ne\t"Z"\n'

    (sentence,) = read_sentences(io.BytesIO(text), Layout("csv"), notes=notes)

    assert sentence.tokens == ("a\nb", "c\td", "e")
    assert [number for number, _ in notes.broken.first] == [2, 4]
    assert [finding.key for finding in row_findings("train", notes, {"X"})] == ["broken-cells"]


def test_a_token_with_a_cr_is_refused_as_it_would_be_read_as_lf():
    with pytest.raises(DataError, match=r"in\.jsonl:3: a table cannot hold 'a\\rb' with the tag 'X'$"):
        list(write_rows([Sentence(("a\rb",), ("X",), path="in.jsonl", line=3)]))


@pytest.mark.parametrize(
    ("first", "delimiter"),
    [("sep=;", ";"), ("sep=,", ","), ("sep=\t", "\t"), (r"sep=\t", "\t"), ('"sep=;"', ";"), ("SEP=|", "|")],
)
@pytest.mark.parametrize("name", ["train.csv", "train.txt"])
def test_a_first_line_that_sets_the_delimiter_is_obeyed_and_is_not_a_row(pairs, first, delimiter, name):
    text = f"{first}\n" + "form;tag\nThe;DET\ncat;NOUN\n".replace(";", delimiter)

    assert pairs(text, name, format="auto") == [[("The", "DET"), ("cat", "NOUN")]]
    name = "train.csv"
    with pytest.raises(DataError, match=rf"{name}:5: expected 2 columns, got 1: 'x'$"):
        pairs(f"{text}x\n", name)
    with pytest.raises(DataError, match=rf"{name}:2: there is no column 'y'; the header has form, tag$"):
        pairs(text, name, tag="y")


def test_vertical_bars_delimit_if_nothing_else_does(pairs):
    assert pairs("form|tag\nThe|DET\na,b|X\n", "train.csv") == [[("The", "DET"), ("a,b", "X")]]
    assert pairs("form,a|b|c\nThe,DET\n", "train.csv") == [[("The", "DET")]]


@pytest.mark.parametrize(
    ("header", "hint"),
    [("form   tag", 'data.format = "columns"'), ("form:tag", "a first line such as sep=: sets another delimiter")],
)
def test_a_header_of_one_cell_gives_a_hint_with_the_delimiters(pairs, header, hint):
    with pytest.raises(DataError, match=rf"train\.csv:1: there is no column 1; the header has {header}$") as caught:
        pairs(f"{header}\nThe:DET\n", "train.csv")

    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("row", "problem"), [("1,,,O", "4 cells, the header has 3: is a comma not quoted"), ("1;2;3;4", None)]
)
def test_a_comma_that_should_be_quoted_is_reported_with_its_line(pairs, row, problem):
    with pytest.raises(DataError) as caught:
        pairs(f"sent,word,tag\n1,Mira,B-PER\n{row}\n", "comma.csv", token="word")

    assert (problem or "expected 3 columns, got 1") in caught.value.message
    assert "comma.csv:3: " in caught.value.message


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_suggested_command_quotes_a_delimiter_and_the_table_can_be_read(pairs, tmp_path, delimiter):
    with pytest.raises(DataError, match=r"train\.csv:3: 4 cells, the header has 3") as caught:
        pairs("sent,word,tag\n1,a,X\n1,,,O\n".replace(",", delimiter), "train.csv", token="word")

    command = (caught.value.hint or "").replace("OLD", "train.csv").replace("NEW", "new.csv")
    subprocess.run(command, shell=True, check=True, cwd=tmp_path)
    assert pairs((tmp_path / "new.csv").read_text(), "train.csv", token="word") == [[("a", "X"), (delimiter, "O")]]


def test_a_decimal_comma_is_read_if_the_layout_has_it_and_reported_otherwise(tmp_path):
    text = "series;position;force;state\n1;-1,5;0,000;rest\n1;,25;2,5e-1;rest\n"
    with pytest.raises(DataError, match=r"train\.csv:2: column position: expected a number, got '-1,5'$") as caught:
        read(tmp_path, text, replace(MEASURED, format="csv"))
    assert 'data.decimal = ","' in (caught.value.hint or "")

    layout = replace(MEASURED, decimal=",")
    (sentence,) = read(tmp_path, text, layout)
    assert sentence.numbers == ((-1.5, 0.0), (0.25, 0.25))

    expected = r"train\.csv:2: column force: expected a number with the decimal sign ',', got '1\.500'$"
    with pytest.raises(DataError, match=expected):
        read(tmp_path, "series;position;force;state\n1;2;1.500;rest\n", layout)
    joined = Layout(token="force", tag="state", numeric=("force",), per_row="sentence", decimal=",")
    assert read(tmp_path, "force;state\n1,5 2;a b\n", joined)[0].numbers == ((1.5,), (2.0,))


@pytest.mark.parametrize("cell", ["", " ", "NaN", "NA", "n/a", "null", "None", "?", "<NA>"])
@pytest.mark.parametrize("decimal", [".", ","])
def test_a_missing_number_is_nan_if_the_layout_has_it_and_an_error_with_a_hint_otherwise(tmp_path, cell, decimal):
    text = f"series;position;force;state\n1;{cell};1;rest\n"
    with pytest.raises(DataError, match=r"train\.csv:2: column position: expected a number, ") as caught:
        read(tmp_path, text, replace(MEASURED, decimal=decimal))
    assert 'features.numeric_missing = "forward"' in (caught.value.hint or "")

    (sentence,) = read(tmp_path, text, replace(MEASURED, decimal=decimal, missing_numbers=True))
    (numbers,) = sentence.numbers or ()
    assert (math.isnan(numbers[0]), numbers[1]) == (True, 1.0)


@pytest.mark.parametrize(("cell", "hint"), [("inf", None), ("1e999", None), ("left", "features.columns")])
def test_infinite_numbers_and_texts_stay_errors_where_numbers_may_be_missing(tmp_path, cell, hint):
    with pytest.raises(DataError, match=r"train\.csv:2: column force: expected a .*number, got") as caught:
        read(tmp_path, f"series,position,force,state\n1,2,{cell},rest\n", replace(MEASURED, missing_numbers=True))
    assert (hint or "") in (caught.value.hint or "")
