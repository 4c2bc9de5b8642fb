import io
import subprocess
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tagger.corpus import Layout, Sentence
from tagger.corpus.formats.columns import write_sentence
from tagger.errors import DataError
from tagger.reading.read import read_sentences
from tagger.reading.whole_files import read_tagged

PAIRS = [[("The", "DET"), ("cat", "NOUN")], [("purrs", "VERB")]]


@pytest.mark.parametrize(
    "text",
    [
        "The\tDET\ncat\tNOUN\n\npurrs\tVERB\n",
        "The DET\ncat NOUN\n\npurrs VERB\n",
        "  The   DET \ncat NOUN\n\n\n\n purrs VERB",
    ],
)
def test_a_line_is_a_token_and_its_tag_and_a_blank_line_ends_a_sentence(pairs, text):
    assert pairs(text) == PAIRS


@pytest.mark.parametrize("blank", ["", "\t", " ", "  ", "\t\t", " \t "])
@pytest.mark.parametrize("separator", ["\t", " "])
def test_a_line_of_tabs_or_spaces_ends_a_sentence(pairs, blank, separator):
    assert (
        pairs(f"{blank}\nThe DET\ncat NOUN\n{blank}\n{blank}\npurrs VERB\n{blank}".replace("E ", f"E{separator}"))
        == PAIRS
    )


def test_tokens_of_a_tab_separated_file_keep_their_spaces(pairs):
    text = "Thành phố\tN\n \tSPACE\n Hà Nội \tNP\n"

    assert pairs(text) == [[("Thành phố", "N"), (" ", "SPACE"), (" Hà Nội ", "NP")]]


def test_an_empty_token_is_reported_with_file_and_line(pairs):
    with pytest.raises(DataError, match=r"train\.tsv:2: the token is empty: '\\tO'$"):
        pairs("a\tO\n\tO\n")


def test_an_empty_tag_is_reported_with_file_and_line(pairs):
    with pytest.raises(DataError, match=r"train\.tsv:4: the tag is empty: 'b\\t'$"):
        pairs("# a comment\na\tO\n\nb\t\n")


def test_the_reader_names_the_line_with_a_missing_tag(pairs):
    with pytest.raises(DataError, match=r"train\.tsv:2: no TAB: expected 2 columns, got 1: 'cat NOUN'$"):
        pairs("The\tDET\ncat NOUN\n")


def test_a_long_line_is_shortened_in_the_message(pairs):
    with pytest.raises(DataError, match=rf"train\.tsv:2: expected 2 columns, got 1: '{'b' * 80}'$"):
        pairs("a\tX\n" + "b" * 1000)


def test_in_a_tab_separated_file_a_comment_starts_with_a_hash_and_has_no_tab(pairs):
    text = "# intent = Greet\n#hello\tO\n#\tO\n# in the middle\n#key = value\tB-x\n\n#only\n\n"

    assert pairs(text) == [[("#hello", "O"), ("#", "O"), ("#key = value", "B-x")]]


def test_in_a_space_separated_file_a_hash_starts_a_token_unless_the_layout_has_comments(pairs):
    text = "# O\n#key X\n\n# O\na X\n"

    assert pairs(text) == [[("#", "O"), ("#key", "X")], [("#", "O"), ("a", "X")]]
    assert pairs(text, comments=True) == [[("a", "X")]]


@pytest.mark.parametrize("separator", ["\t", " "])
def test_a_document_mark_is_dropped_and_ends_a_sentence(pairs, separator):
    text = "-DOCSTART- -X- O\n\nThe DET x\ncat NOUN x\n-DOCSTART- -X- O\npurrs VERB x\n".replace(" ", separator)

    assert pairs(text, tag=1) == PAIRS


def test_a_document_mark_does_not_determine_the_delimiter(pairs):
    assert pairs("-DOCSTART-\n\nNew York\tNOUN\n") == [[("New York", "NOUN")]]


@pytest.mark.parametrize("n_columns", [3, 4, 5, 9, 17])
@pytest.mark.parametrize("separator", ["\t", " "])
def test_by_default_the_first_column_is_the_token_and_the_last_the_tag(pairs, n_columns, separator):
    rows = [[f"{row}{column}" for column in range(n_columns)] for row in "ab"]
    text = "\n".join(separator.join(row) for row in rows)

    assert pairs(text) == [[("a0", f"a{n_columns - 1}"), ("b0", f"b{n_columns - 1}")]]
    assert pairs(text, token=1, tag=0) == [[("a1", "a0"), ("b1", "b0")]]
    assert pairs(text, token=-1, tag=-2) == [[(f"{row}{n_columns - 1}", f"{row}{n_columns - 2}") for row in "ab"]]


def test_rows_may_differ_in_columns_that_are_not_read(pairs):
    assert pairs("a\tX\n\nb\tY\t1\t2\nc\tZ\t\n") == [[("a", "X")], [("b", "Y"), ("c", "Z")]]


def test_the_first_row_determines_the_last_column(pairs):
    text = "a\t1\tX\nb\t2\n"

    for options in {}, {"tag": 2}, {"tag": -1}:
        with pytest.raises(DataError, match=r"train\.tsv:2: expected 3 columns, got 2: 'b\\t2'$"):
            pairs(text, **options)


@pytest.mark.parametrize(
    ("options", "width"), [({"tag": 5}, 6), ({"token": 3}, 4), ({"tag": -4}, 4), ({"numeric": (2,)}, 3)]
)
def test_a_column_that_the_file_lacks_is_an_error_at_its_first_row(pairs, options, width):
    with pytest.raises(DataError, match=rf"train\.tsv:2: expected {width} columns, got 2: 'a\\tX'$"):
        pairs("# comment\na\tX\n", **options)


def test_a_file_of_one_column_can_be_read_without_tags_only(tmp_path, pairs):
    with pytest.raises(DataError, match=r"train\.tsv:1: expected 2 columns, got 1: 'The'$"):
        pairs("The\ncat\n\npurrs\n")

    sentences = list(read_sentences(tmp_path / "train.tsv", Layout("columns"), tagged=False))

    assert [sentence.tokens for sentence in sentences] == [("The", "cat"), ("purrs",)]
    assert [sentence.tags for sentence in sentences] == [None, None]


@pytest.mark.parametrize("separator", ["\t", " "])
@pytest.mark.parametrize("options", [{"token": "word", "tag": "pos"}, {"token": 1, "tag": "pos"}, {"token": "word"}])
def test_the_first_row_is_a_header_if_a_column_is_given_by_name(pairs, separator, options):
    text = "#comment\n\nid word pos\n1 The DET\n2 cat NOUN\n\n1 purrs VERB\n".replace(" ", separator)

    assert pairs(text, comments=True, **options) == PAIRS


@pytest.mark.parametrize("role", ["token", "tag", "sentence", "numeric"])
def test_a_column_that_is_not_in_the_header_is_reported_with_the_header(pairs, role):
    options = {role: ("upos",) if role == "numeric" else "upos"}

    with pytest.raises(DataError, match=r"train\.tsv:2: there is no column 'upos'; the header has a, X$") as caught:
        pairs("# comment\na\tX\n", **options)

    example = {"token": ": data.token = 0", "tag": ": data.tag = 1"}.get(role, "")
    assert caught.value.hint == f"if the first line is not a header, give an index{example}"


def test_a_name_in_another_case_is_suggested(pairs):
    with pytest.raises(DataError, match=r"no column 'POS'; the header has word, pos; did you mean `pos`\?$") as caught:
        pairs("word\tpos\na\tX\n", tag="POS")

    assert caught.value.hint is None


@pytest.mark.parametrize("column", [5, -3])
def test_a_column_that_all_rows_lack_is_reported_with_the_columns_of_the_file(pairs, column):
    with pytest.raises(DataError, match=r"train\.tsv:1: expected \d columns, got 2") as caught:
        pairs("Paul\tPROPN\nsleeps\tVERB\n", tag=column)

    assert caught.value.hint == "the file has 2 columns, 0 and 1"


def test_a_column_that_only_the_first_row_lacks_is_one_bad_row(pairs):
    with pytest.raises(DataError, match=r"train\.tsv:1: expected 2 columns, got 1: 'Paul'$") as caught:
        pairs("Paul\nsleeps\tVERB\n", tag=1)

    assert caught.value.hint == 'for a few such rows, data.bad_rows = "skip" skips them'


def test_a_file_without_rows_has_any_column(pairs):
    assert pairs("", token="word", tag="pos") == []
    assert pairs("word\tpos\n", token="word", tag="pos") == []


def test_without_tags_the_first_row_is_a_header_if_it_names_the_tag_or_another_name_is_given(tmp_path):
    def tokens(text: str, **options: Any) -> list[tuple[str, ...]]:
        path = tmp_path / "input.tsv"
        path.write_text(text)
        return [sentence.tokens for sentence in read_sentences(path, Layout("columns", **options), tagged=False)]

    assert tokens("word\tpos\na\tX\n", tag="pos") == [("a",)]
    assert tokens("a\nb\n", tag="pos") == [("a", "b")]
    assert tokens("word\na\n", token="word", tag="pos") == [("a",)]


def test_a_sentence_column_separates_sentences_of_a_column_file(pairs):
    text = "1\tThe\tDET\n\tcat\tNOUN\n2\tpurrs\tVERB\n"

    assert pairs(text, sentence=0, token=1) == PAIRS
    assert pairs("id\tword\tpos\n" + text, sentence="id", token="word") == PAIRS


def test_numeric_columns_are_read_by_index(tmp_path):
    path = tmp_path / "train.tsv"
    path.write_text("a\t1\t-2.5e3\tX\nb\t0\t.5\tY\n")

    (sentence,) = read_sentences(path, Layout("columns", numeric=(1, -2)))

    assert sentence.numbers == ((1.0, -2500.0), (0.0, 0.5))


def test_a_long_token_and_a_long_sentence_are_kept_whole(pairs):
    tokens = [("a" * 473, "X"), *[("b", "Y")] * 1237]

    assert pairs("".join(f"{token}\t{tag}\n" for token, tag in tokens)) == [tokens]


def test_a_file_may_have_a_single_word_and_a_single_tag(pairs):
    assert pairs("a\tX") == [[("a", "X")]]
    assert pairs("a X\n\nb X") == [[("a", "X")], [("b", "X")]]


@pytest.mark.parametrize("text", ["", "\n", "\n\n \n\t\n", "\ufeff", "\ufeff\r\n", "-DOCSTART-\n", "-DOCSTART- O\n\n"])
def test_a_file_without_tokens_has_no_sentences_and_cannot_be_trained_on(tmp_path, pairs, text):
    assert pairs(text) == []
    with pytest.raises(DataError, match=r"train\.tsv: no sentence found"):
        read_tagged(tmp_path / "train.tsv", Layout("columns"))


def test_a_file_whose_tags_are_all_missing_cannot_be_trained_on(tmp_path):
    path = tmp_path / "train.tsv"
    path.write_text("a\t_\n\nb\t_\nc\t_\n")

    with pytest.raises(DataError, match=r"train\.tsv: column of tags: every tag is `_`: no word is tagged$"):
        read_tagged(path, Layout("columns"))
    with pytest.raises(DataError, match=r"train\.tsv: column 1: every tag is `_`: no word is tagged$"):
        read_tagged(path, Layout("columns", tag=1))


def test_a_file_with_half_of_its_tags_missing_can_be_trained_on(tmp_path):
    path = tmp_path / "train.tsv"
    path.write_text("a\t_\n\nb\tX\n")

    assert [sentence.tags for sentence in read_tagged(path, Layout("columns"))] == [("_",), ("X",)]


def test_the_location_of_a_sentence_is_its_file_and_the_line_of_its_first_token(tmp_path):
    path = tmp_path / "train.tsv"
    path.write_text("\n# one\na\tX\n\n\n# two\n# three\nb\tX\n")

    assert [sentence.location for sentence in read_sentences(path)] == [f"{path}:3", f"{path}:8"]
    assert [sentence.location for sentence in read_sentences(io.BytesIO(b"a\tX\n"))] == ["<stream>:1"]


def test_a_written_sentence_has_a_line_per_token_and_ends_with_a_blank_line():
    with pytest.raises(ValueError, match="for each token"):
        write_sentence(Sentence(("a", "b"), ("X", "Y")), confidence=[0.5])
    assert write_sentence(Sentence(("New York", "#1"), ("B-LOC", "O"))) == "New York\tB-LOC\n#1\tO\n\n"


@pytest.mark.parametrize(
    ("token", "tag"),
    [
        ("a\tb", "X"),
        ("a\nb", "X"),
        ("a\rb", "X"),
        ("a", "X\t"),
        ("-DOCSTART-", "X"),
        ("-DOCSTART- b", "X"),
        ("a", "-DOCSTART-"),
        (" ", "  "),
    ],
)
def test_a_token_that_would_break_its_line_or_a_sentence_is_not_written(token, tag):
    with pytest.raises(DataError, match=r"in\.csv:7: a column file cannot hold") as caught:
        write_sentence(Sentence(("fine", token), ("X", tag), path="in.csv", line=7))

    assert "--format jsonl" in (caught.value.hint or "")


def is_blank(text: str) -> bool:
    return not text.strip(" ")


CELLS = st.text(st.characters(exclude_characters="\t\r\n\0", exclude_categories=["Cs"]), min_size=1)
TAGS = CELLS.map(lambda tag: tag.strip(" ")).filter(bool)  # spaces around a tag are dropped
STEPS = st.tuples(CELLS, TAGS).filter(lambda step: not all(map(is_blank, step)) and "-DOCSTART-" not in step)


@given(st.lists(st.lists(STEPS, min_size=1), min_size=1))
@example([[("#", "#"), (" ", "O"), ("a\x85\u2028", "\f")]])
def test_reading_undoes_writing(sentences):
    written = "".join(
        write_sentence(Sentence(tuple(token for token, _ in steps), tuple(tag for _, tag in steps)))
        for steps in sentences
    )

    # The byte order mark at the start preserves a U+FEFF at the start of the first token.
    read_back = read_sentences(io.BytesIO(("\ufeff" + written).encode()), Layout("columns"))

    assert [list(zip(sentence.tokens, sentence.tags or (), strict=True)) for sentence in read_back] == sentences


@pytest.mark.parametrize("end", ["\t\t", " ", " \t "])
def test_trailing_white_space_is_ignored_if_spaces_delimit_cells(pairs, end):
    assert pairs(f"The x DET{end}\ncat x NOUN\n\npurrs x VERB{end}\n") == PAIRS
    assert pairs(f"The\tx\tDET\ncat\tx\tNOUN{end.strip(' ')}\n\npurrs\tx\tVERB\n", tag=2) == PAIRS


def test_a_trailing_tab_makes_an_empty_last_cell_if_there_are_no_spaces(pairs):
    with pytest.raises(DataError, match=r"train\.tsv:1: the tag is empty: 'The\\t'$"):
        pairs("The\t\ncat\tNOUN\n")


def test_tabs_delimit_cells_where_spaces_do(pairs):
    assert pairs("The DET\ncat\tNOUN\n\npurrs \t VERB\n") == PAIRS


def test_a_row_with_spaces_in_a_file_with_tabs_is_reported_with_a_command_that_fixes_it(pairs, tmp_path):
    with pytest.raises(DataError, match=r"train\.tsv:4: no TAB: expected 2 columns, got 1: 'purrs VERB'$") as caught:
        pairs("The\tDET\ncat\tNOUN\n\npurrs VERB\n")

    assert (caught.value.hint or "").endswith(f" {tmp_path / 'train.tsv'} >NEW")
    command = (
        (caught.value.hint or "").removeprefix("if rows like this have spaces for TAB: ").replace("NEW", "new.tsv")
    )
    subprocess.run(command, shell=True, check=True, cwd=tmp_path)
    assert pairs((tmp_path / "new.tsv").read_text()) == PAIRS


def test_a_space_token_between_space_delimiters_is_reported_with_a_command_that_keeps_it(pairs, tmp_path):
    expected = r"train\.tsv:2: the token is empty or a space: delimit columns by TAB to keep it$"
    with pytest.raises(DataError, match=expected) as caught:
        pairs("The DET\n  SPACE\ncat NOUN\n")

    command = (caught.value.hint or "").replace("OLD", "train.tsv").replace("NEW", "new.tsv")
    subprocess.run(command, shell=True, check=True, cwd=tmp_path)
    assert pairs((tmp_path / "new.tsv").read_text()) == [[("The", "DET"), (" ", "SPACE"), ("cat", "NOUN")]]


@pytest.mark.parametrize("delimiter", ["|", ";", ","])
def test_another_delimiter_is_reported_with_a_command_that_replaces_it_by_tab(pairs, tmp_path, delimiter):
    text = "The DET\ncat NOUN\n\npurrs VERB\n".replace(" ", delimiter)
    with pytest.raises(DataError, match=r"train\.tsv:1: expected 2 columns, got 1: 'The.DET'$") as caught:
        pairs(text, format="columns")

    command = (caught.value.hint or "").partition("? ")[2].replace("OLD", "train.tsv").replace("NEW", "new.tsv")
    subprocess.run(command, shell=True, check=True, cwd=tmp_path)
    assert pairs((tmp_path / "new.tsv").read_text()) == PAIRS


def test_a_header_alone_has_no_rows_below_it(tmp_path):
    path = tmp_path / "train.tsv"
    path.write_text("word\tpos\n")

    with pytest.raises(DataError, match=r"train\.tsv: no rows below the header$"):
        read_tagged(path, Layout(token="word", tag="pos"))
