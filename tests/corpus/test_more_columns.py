"""Columns beside token and tag: those whose values enter as symbols, and what says which group a sentence is of."""

import io
import json

import pytest

from tagger.corpus import Layout, Sentence
from tagger.errors import ConfigError, DataError
from tagger.reading.read import read_sentences


def read(text: str, layout: Layout, *, tagged: bool = True) -> list[Sentence]:
    return list(read_sentences(io.BytesIO(text.encode()), layout, tagged=tagged))


def message(text: str, layout: Layout, error: type[ConfigError | DataError] = DataError) -> str:
    with pytest.raises(error) as caught:
        read(text, layout)
    return caught.value.message.removeprefix("<stream>:")


def word(number: int, form: str, tag: str, feats: str = "_", misc: str = "_") -> str:
    return f"{number}\t{form}\t{form.lower()}\t{tag}\t_\t{feats}\t_\t_\t_\t{misc}\n"


TREE = word(1, "The", "DET", "Case=Nom") + word(2, "cat", "NOUN", misc="Speaker=A") + "\n"
WITH_SYMBOLS = {
    "conllu": (TREE, Layout("conllu", columns=("lemma", "Case", 9)), [("the", "Nom", "_"), ("cat", "_", "Speaker=A")]),
    "columns": ("The\td\t\tDET\ncat\tn\t2\tNOUN\n", Layout("columns", columns=(1, -2)), [("d", ""), ("n", "2")]),
    "header": ("w\tx\tt\nThe\td\tDET\ncat\tn\tNOUN\n", Layout("columns", token="w", columns=("x",)), [("d",), ("n",)]),
    "csv": ("w,x,t\nThe,d,DET\ncat,,NOUN\n", Layout("csv", columns=("x", 0)), [("d", "The"), ("", "cat")]),
    "joined": (
        "w,x,t\nThe cat,d n,DET NOUN\n",
        Layout("csv", per_row="sentence", columns=("x", "w")),
        [("d", "The"), ("n", "cat")],
    ),
    "jsonl": (
        '{"tokens": ["The", "cat"], "tags": ["DET", "NOUN"], "x": ["d", "n"]}\n',
        Layout("jsonl", columns=("x", "tokens")),
        [("d", "The"), ("n", "cat")],
    ),
}


@pytest.mark.parametrize("tagged", [True, False])
@pytest.mark.parametrize(("text", "layout", "expected"), WITH_SYMBOLS.values(), ids=WITH_SYMBOLS)
def test_the_values_of_columns_are_read_step_by_step(text, layout, expected, tagged):
    (found,) = read(text, layout, tagged=tagged)

    assert found.tokens == ("The", "cat")
    assert found.tags == (("DET", "NOUN") if tagged else None)
    assert found.columns == tuple(expected)


def test_without_columns_there_are_no_values():
    assert read(TREE, Layout("conllu"))[0].columns is None


@pytest.mark.parametrize(
    ("text", "layout", "told"),
    [
        ("a b X\na X\n", Layout("columns", token=0, tag=1, columns=(2,)), "2: expected 3 columns, got 2: 'a X'"),
        ("w x t\na b X\n", Layout("columns", columns=("y",)), "1: there is no column 'y'; the header has w, x, t"),
        ("w,t\na,X\n", Layout("csv", columns=("y",)), "1: there is no column 'y'; the header has w, t"),
        ("w,t,x\na,X\n", Layout("csv", tag="t", columns=("x",)), "2: expected 3 columns, got 2: 'a,X'"),
        (
            "w,x,t\na b,1,X Y\n",
            Layout("csv", per_row="sentence", columns=("x",)),
            "2: 2 tokens, but 1 values in column x: 'a b,1,X Y'",
        ),
        (
            '{"tokens": ["a"], "tags": ["X"]}\n',
            Layout("jsonl", columns=("x",)),
            "1: there is no key `x`; the object has `tokens`, `tags`",
        ),
        (
            '{"tokens": ["a"], "tags": ["X"], "x": ["b", "c"]}\n',
            Layout("jsonl", columns=("x",)),
            "1: 1 tokens, but 2 values of `x`",
        ),
        (
            '{"tokens": ["a"], "tags": ["X"], "x": [1.5]}\n',
            Layout("jsonl", columns=("x",)),
            "1: `x`: expected texts, got the number 1.5 at 0",
        ),
        (
            '{"text": "a", "spans": []}\n',
            Layout("jsonl", columns=("x",)),
            "1: `text`: expected a list of tokens, each of which has a value in features.columns",
        ),
    ],
)
def test_a_column_that_is_missing_is_told_with_its_line(text, layout, told):
    assert message(text, layout) == told


@pytest.mark.parametrize(
    ("text", "layout", "told"),
    [
        ("a/X\n", Layout("slash", columns=("x",)), "features.columns: there are no columns but a word and its tag"),
        ("a/X\n", Layout("slash", group="document"), "data.group: nothing in it says what a sentence is a part of"),
        ("{}\n", Layout("jsonl", columns=(1,)), "features.columns: the keys of an object go by name"),
        ("{}\n", Layout("jsonl", group=1), "data.group: the keys of an object go by name"),
    ],
)
def test_what_a_format_cannot_say_is_refused(text, layout, told):
    assert message(text, layout, ConfigError) == f" read as {layout.format}: {told}"


ALIKE = {
    "token is the first by default": ("DET The\n", Layout("columns", tag=0), "data.token: 0"),
    "tag is the last by default": ("The DET\n", Layout("columns", token=1), "data.token: 1"),
    "the only one": ("The\n", Layout("columns", tag=-1), "data.token: -1"),
    "by index": ("a X Y\n", Layout("columns", tag=1, columns=(1,)), "features.columns: 1"),
    "from both ends": ("a 1 2\n", Layout("columns", numeric=(-1,)), "features.numeric: 2"),
    "by name and index": (
        "w x t\na b X\n",
        Layout("columns", token="w", columns=(2,)),
        "features.columns: 2",
    ),
    "by header": ("w t\na X\n", Layout("columns", token="w", tag="t", columns=("t",)), "features.columns: t"),
    "csv": ("w,t\na,X\n", Layout("csv", token=1, tag=1), "data.token: 1"),
    "csv by name and index": ("w,t\na,X\n", Layout("csv", columns=("t",)), "features.columns: 1"),
    "csv that names its tags": ("tag,w\nX,a\n", Layout("csv"), "data.token: tag"),
    "conllu": (TREE, Layout("conllu", columns=("UPOS",)), "features.columns: upos"),
    "conllu by index": (TREE, Layout("conllu", tag="form", token=1), "data.token: form"),
    "a key of conllu": (TREE, Layout("conllu", tag="Case", columns=("Case",)), "features.columns: Case"),
    "jsonl": (
        '{"tokens": ["a"], "tags": ["X"]}\n',
        Layout("jsonl", columns=("tags",)),
        "features.columns: tags",
    ),
    "a key of jsonl": ('{"tokens": ["a"], "tags": ["X"]}\n', Layout("jsonl", tag="tokens"), "data.token: tokens"),
}


@pytest.mark.parametrize(("text", "layout", "told"), ALIKE.values(), ids=ALIKE)
def test_the_column_of_tags_never_enters_as_an_input(text, layout, told):
    key, column = told.split(": ")

    assert message(text, layout, ConfigError) == f" data.tag and {key} are the same column: {column}"


@pytest.mark.parametrize("layout", [Layout("columns", tag=0), Layout("csv", token=1, tag=1)])
def test_where_no_tags_are_read_their_column_may_hold_tokens(layout):
    assert list(read("a,X b,Y\n", layout, tagged=False)) is not None


A, B, C, D = (word(1, form, "X") + "\n" for form in "abcd")
MARKED = {
    "newdoc": f"{A}# newdoc id = one two \n# sent_id = 1\n{B}{C}#newdoc\n{D}",
    "docstart": "a X\n-DOCSTART- -X-\n\nb X\n\nc X\n\n-DOCSTART-\nd X\n",
    "docstart by tab": "a\tX\n\n-DOCSTART-\nb\tX\n\nc\tX\n-DOCSTART-\tO\n\nd\tX\n",
}


@pytest.mark.parametrize("name", MARKED)
def test_marks_say_the_document_and_what_stands_before_the_first_is_one_too(name):
    layout = Layout("conllu" if name == "newdoc" else "columns", group="document")
    first = "one two" if name == "newdoc" else "document 1"

    assert [(found.tokens, found.group) for found in read(MARKED[name], layout)] == [
        (("a",), "document 0"),
        (("b",), first),
        (("c",), first),
        (("d",), "document 2"),
    ]
    assert {found.group for found in read(MARKED[name], Layout(layout.format))} == {""}


def test_a_first_token_called_document_behind_a_mark_makes_no_header():
    found = read("-DOCSTART- O\n\ndocument X\na X\n", Layout("columns", group="document"))

    assert [(sentence.tokens, sentence.group) for sentence in found] == [(("document", "a"), "document 1")]


def test_a_mark_at_the_top_and_marks_without_a_sentence_count():
    text = "-DOCSTART- O\n\na X\n\n-DOCSTART- O\n-DOCSTART- O\n\nb X\n\n-DOCSTART- O\n"

    assert [found.group for found in read(text, Layout("columns", group="document"))] == ["document 1", "document 3"]


def test_trees_keep_their_marks_where_they_tell_tags():
    text = "# newdoc id = x\n1\tGo\t_\tVERB\t_\t_\t0\troot\t_\t_\n\n"

    assert [found.group for found in read(text, Layout("conllu", tag="svo", group="document"))] == ["x"]


BY_COLUMN = {
    "conllu": (TREE, Layout("conllu", group="Speaker"), "A"),
    "columns": ("a\tX\tA\n b\tX\t\n", Layout("columns", tag=1, group=2), "A"),
    "header": ("w s t\na A X\nb A X\n", Layout("columns", group="s"), "A"),
    "a column called document": ("document w t\nA a X\nA b X\n", Layout("columns", token="w", group="document"), "A"),
    "a column called document and no mark": ("w document t\na A X\n", Layout("columns", group="document"), "A"),
    "csv": ("document,w,t\n,a,X\nd 1,b,X\n", Layout("csv", token="w", group="document"), "d 1"),
    "joined": ("w,s,t\na b,d 1,X X\n", Layout("csv", per_row="sentence", group="s"), "d 1"),
    "jsonl": ('{"tokens": ["a"], "tags": ["X"], "s": 7}\n', Layout("jsonl", group="s"), "7"),
    "spans": ('{"text": "a", "spans": [], "s": "A"}\n', Layout("jsonl", group="s"), "A"),
}


@pytest.mark.parametrize(("text", "layout", "group"), BY_COLUMN.values(), ids=BY_COLUMN)
def test_a_column_says_the_group_and_blank_cells_say_nothing(text, layout, group):
    assert [found.group for found in read(text, layout)] == [group]


@pytest.mark.parametrize(
    ("text", "layout", "told"),
    [
        (
            "a\tX\tA\n\nb\tX\tA\nc\tX\tB\n",
            Layout("columns", tag=1, group=2),
            "4: column 2: a sentence of the group 'A' goes on in 'B'",
        ),
        ("w,s,t\na,,X\n", Layout("csv", group="s"), "2: column s: nothing says which group the sentence belongs to"),
        (A, Layout("conllu", group="Doc"), "1: column Doc: nothing says which group the sentence belongs to"),
        ("a\tX\tA\nb\tX\n", Layout("columns", tag=1, group=2), "2: expected 3 columns, got 2: 'b\\tX'"),
        ("w,t,s\na,X\n", Layout("csv", per_row="sentence", tag=1, group="s"), "2: expected 3 columns, got 2: 'a,X'"),
        (json.dumps({"tokens": ["a"], "tags": ["X"]}), Layout("jsonl", group="s"), "1: there is no key `s`; "),
        (
            json.dumps({"tokens": ["a"], "tags": ["X"], "s": None}),
            Layout("jsonl", group="s"),
            "1: `s`: expected a text or a whole number that names a group, got null",
        ),
    ],
)  # fmt: skip
def test_a_sentence_of_several_groups_or_of_none_is_told_with_its_line(text, layout, told):
    assert message(text, layout).startswith(told)
