"""Rows that cannot be read: an error with its line, or skipped, counted and listed."""

import io
from pathlib import Path

import pytest

from tagger.checks import sentence_findings
from tagger.checks.files import row_findings
from tagger.checks.findings import Split, summary_lines
from tagger.corpus import Layout, Sentence
from tagger.corpus.file_notes import FileNotes
from tagger.corpus.write import write_sentences
from tagger.errors import DataError
from tagger.format_names import FORMATS
from tagger.reading.read import read_sentences
from tagger.reading.whole_files import read_tagged


def word(number: str, form: str, tag: str) -> str:
    return f"{number}\t{form}\t_\t{tag}" + 6 * "\t_"


SENTENCES = [[("The", "DET"), ("cat", "NOUN")], [("purrs", "VERB")]]
# The same sentences in each format, with bad rows, and the line and reason of each bad row.
BAD = {
    "columns by TAB": (
        Layout("columns"),
        ["The\tDET", "broken", "cat\tNOUN", "\tX", "", "purrs\tVERB", "purrs\t"],
        [
            (2, "expected 2 columns, got 1: 'broken'"),
            (4, "the token is empty: '\\tX'"),
            (7, "the tag is empty: 'purrs\\t'"),
        ],
    ),
    "columns by spaces": (
        Layout("columns"),
        ["The DET", "cat NOUN", "  X", "", "lost", "", "purrs VERB"],
        [
            (3, "the token is empty or a space: delimit columns by TAB to keep it"),
            (5, "expected 2 columns, got 1: 'lost'"),
        ],
    ),
    "conllu": (
        Layout("conllu"),
        [
            "# text = The cat",
            word("1", "The", "DET"),
            "2\tfat",
            word("x", "a", "X"),
            word("2", "cat", "NOUN"),
            "",
            word("1", "purrs", "VERB"),
        ],
        [
            (3, "expected 10 columns delimited by TAB, got 2: '2\\tfat'"),
            (4, "expected a word id in the first column, got 'x'"),
        ],
    ),
    "a token a row of a table": (
        Layout("csv"),
        ["token,tag", "The,DET", "1,000,NUM", ",X", "cat,NOUN", '"a"b,X', "lost", "", "purrs,VERB"],
        [
            (3, "3 cells, the header has 2: is a comma not quoted?"),
            (4, "the token is empty: ',X'"),
            (6, "not a row of CSV: ',' expected after '\"'"),
            (7, "expected 2 columns, got 1: 'lost'"),
        ],
    ),
    "a sentence a row of a table": (
        Layout("csv", per_row="sentence"),
        ["tokens;tags", "The cat;DET NOUN", "a b;X", "purrs;VERB"],
        [(3, "2 tokens, but 1 tag: 'a b;X'")],
    ),
    "jsonl": (
        Layout("jsonl"),
        [
            '{"tokens": ["The", "cat"], "tags": ["DET", "NOUN"]}',
            '{"tokens": ["a"',
            '{"tokens": ["a"], "tags": []}',
            '{"tokens": ["purrs"], "tags": ["VERB"]}',
        ],
        [(2, "not JSON: Expecting ',' delimiter, in column 16: '{\"tokens\": [\"a\"'"), (3, "1 token, but 0 tags")],
    ),
    "slash": (
        Layout("slash"),
        ["The/DET cat/NOUN", "The/DET cat", "purrs/VERB", "/X"],
        [(2, "expected word/TAG, got 'cat', which has no slash"), (4, "the token is empty: '/X'")],
    ),
}
in_each = pytest.mark.parametrize(("layout", "lines", "bad"), BAD.values(), ids=BAD)


def with_skipped_rows(layout: Layout) -> Layout:
    return Layout(layout.format, per_row=layout.per_row, bad_rows="skip")


def read_with_notes(lines: list[str], layout: Layout, *, keep_rows: bool = False) -> tuple[list[Sentence], FileNotes]:
    notes = FileNotes()
    content = io.BytesIO("\n".join(lines).encode())
    return list(read_sentences(content, layout, keep_rows=keep_rows, notes=notes)), notes


def pairs_of(sentences: list[Sentence]) -> list[list[tuple[str, str]]]:
    return [list(zip(sentence.tokens, sentence.tags or (), strict=True)) for sentence in sentences]


def test_every_format_has_an_example():
    assert {layout.format for layout, _, _ in BAD.values()} == set(FORMATS)


@in_each
def test_bad_rows_are_skipped_on_request_and_noted_with_their_reasons(layout, lines, bad):
    sentences, notes = read_with_notes(lines, with_skipped_rows(layout))

    assert pairs_of(sentences) == SENTENCES
    assert (notes.bad.n, sorted(notes.bad.first)) == (len(bad), bad)


@in_each
def test_by_default_the_first_bad_row_is_an_error_that_names_the_setting(layout, lines, bad):
    (number, reason), *_ = bad
    with pytest.raises(DataError) as caught:
        read_with_notes(lines, layout)

    assert caught.value.message == f"<stream>:{number}: {reason}"
    assert caught.value.hint
    if "TAB to keep it" not in reason:
        assert 'data.bad_rows = "skip"' in caught.value.hint


@pytest.mark.parametrize(
    ("layout", "text"),
    [
        (Layout("columns", token=1, bad_rows="skip"), "The\tDET\nbroken\n"),
        (Layout("conllu", bad_rows="skip"), f"{word('1', 'The', 'DET')}\nbroken\n"),
        (Layout("csv", bad_rows="skip"), "token,tag\na,b,c\n"),
        (Layout("jsonl", bad_rows="skip"), '{"tokens": ["a"'),
        (Layout("slash", bad_rows="skip"), "/X"),
    ],
)
def test_bad_rows_of_a_file_to_tag_are_never_skipped(layout, text):
    with pytest.raises(DataError):
        list(read_sentences(io.BytesIO(text.encode()), layout, tagged=False))


@pytest.mark.parametrize(
    "name", [name for name in BAD if not name.startswith("columns")]
)  # columns have a test of their own
def test_a_file_of_bad_rows_only_is_an_error_that_gives_the_first_reason(tmp_path: Path, name):
    layout, lines, bad = BAD[name]
    kept = [*lines[: layout.format == "csv"], *(lines[number - 1] for number, _ in bad)]
    path = tmp_path / "train"
    path.write_text("\n".join(kept))

    with pytest.raises(DataError, match=rf"train:\d: .*; none of the {len(bad)} rows can be read$"):
        read_tagged(path, with_skipped_rows(layout))


def test_a_column_file_of_bad_rows_only_is_an_error_that_gives_the_first_reason(tmp_path: Path):
    path = tmp_path / "train.tsv"
    path.write_text("a\t\n\nb\t\n")

    with pytest.raises(DataError, match=r"train\.tsv:1: the tag is empty: 'a\\t'; none of the 2 rows can be read$"):
        read_tagged(path, Layout(bad_rows="skip"))


def test_skipped_rows_are_one_finding_and_one_log_line_that_names_the_first_three(caplog, tmp_path: Path):
    path = tmp_path / "train.tsv"
    path.write_text("a\tX\nb\nc\nd\ne\n")
    sentences, notes = read_with_notes(path.read_text().split("\n"), Layout("columns", bad_rows="skip"))
    (finding,) = row_findings("train", notes, {"X"})

    assert pairs_of(sentences) == [[("a", "X")]]
    assert (finding.key, finding.level, finding.count) == ("bad-rows", "warning", 4)
    assert [(location.line, location.note) for location in finding.locations[:1]] == [
        (2, "expected 2 columns, got 1: 'b'")
    ]
    (line,) = summary_lines([finding])
    assert line.startswith("train: rows that cannot be read and are skipped: 4; first ")
    assert [f":{number} (expected" in line for number in (2, 3, 4, 5)] == [True, True, True, False]

    read_tagged(path, Layout("columns", bad_rows="skip"))  # without notes

    assert "rows that cannot be read and are skipped: 4; first" in caplog.text


def test_rows_with_an_invalid_number_or_without_the_cell_of_the_group_are_skipped():
    layout = Layout("csv", numeric=("x",), group="g", tag="tag", bad_rows="skip")
    text = ["token,x,tag,g", "a,1,X,d", "b,n/a,Y,d", "c,2,Z"]

    sentences, notes = read_with_notes(text, layout)

    assert pairs_of(sentences) == [[("a", "X")]]
    assert [number for number, _ in notes.bad.first] == [3, 4]


def test_a_tagged_treebank_is_written_without_the_skipped_rows():
    layout, lines, _ = BAD["conllu"]
    sentences, _ = read_with_notes(lines, with_skipped_rows(layout), keep_rows=True)

    written = "".join(write_sentences(sentences, "conllu", layout))

    good = [lines[0], lines[1], lines[4], "", lines[6], "", ""]
    assert written == "\n".join(good)


def test_a_finding_after_a_skipped_row_has_the_right_line():
    layout, lines = Layout("columns", bad_rows="skip"), ["in\tO", "broken", "Rome\tI-loc"]
    sentences, _ = read_with_notes(lines, layout, keep_rows=True)

    (finding,) = (
        each for each in sentence_findings([Split.of("train", sentences)], scheme="bio") if each.key == "transitions"
    )

    assert finding.locations[0].line == 3


def test_rows_hidden_by_a_quotation_mark_are_never_skipped():
    with pytest.raises(DataError, match="<stream>:2: a quotation mark starts a cell"):
        read_with_notes(["token\ttag", '"\tO', "a\tX", '"\tO'], Layout("csv", bad_rows="skip"))
