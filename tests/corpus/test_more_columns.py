"""Columns other than token and tag: further inputs, and the group of a sentence."""

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
def test_the_values_of_columns_are_read_per_step(text, layout, expected, tagged):
    (sentence,) = read(text, layout, tagged=tagged)

    assert sentence.tokens == ("The", "cat")
    assert sentence.tags == (("DET", "NOUN") if tagged else None)
    assert sentence.columns == tuple(expected)


def test_without_columns_there_are_no_values():
    assert read(TREE, Layout("conllu"))[0].columns is None


@pytest.mark.parametrize(
    ("text", "layout", "expected"),
    [
        ("a b X\na X\n", Layout("columns", token=0, tag=1, columns=(2,)), "2: expected 3 columns, got 2: 'a X'"),
        ("w x t\na b X\n", Layout("columns", columns=("y",)), "1: there is no column 'y'; the header has w, x, t"),
        ("w,t\na,X\n", Layout("csv", columns=("y",)), "1: there is no column 'y'; the header has w, t"),
        ("w,t,x\na,X\n", Layout("csv", tag="t", columns=("x",)), "2: expected 3 columns, got 2: 'a,X'"),
        (
            "w,x,t\na b,1,X Y\n",
            Layout("csv", per_row="sentence", columns=("x",)),
            "2: 2 tokens, but 1 value in column x: 'a b,1,X Y'",
        ),
        (
            '{"tokens": ["a"], "tags": ["X"]}\n',
            Layout("jsonl", columns=("x",)),
            "1: there is no key `x`; the object has `tokens`, `tags`",
        ),
        (
            '{"tokens": ["a"], "tags": ["X"], "x": ["b", "c"]}\n',
            Layout("jsonl", columns=("x",)),
            "1: 1 token, but 2 values of `x`",
        ),
        (
            '{"tokens": ["a"], "tags": ["X"], "x": [1.5]}\n',
            Layout("jsonl", columns=("x",)),
            "1: `x`: expected strings, got the number 1.5 at 0",
        ),
        (
            '{"text": "a", "spans": []}\n',
            Layout("jsonl", columns=("x",)),
            "1: `text`: expected a list of tokens, each of which has a value in features.columns",
        ),
    ],
)
def test_a_missing_value_is_reported_with_its_line(text, layout, expected):
    assert message(text, layout) == expected


@pytest.mark.parametrize(
    ("text", "layout", "expected"),
    [
        ("a/X\n", Layout("slash", columns=("x",)), "features.columns: there are no columns but the token and its tag"),
        ("a/X\n", Layout("slash", group="document"), "data.group: the format has no groups of sentences"),
        ("{}\n", Layout("jsonl", columns=(1,)), "features.columns: the keys of an object go by name"),
        ("{}\n", Layout("jsonl", group=1), "data.group: the keys of an object go by name"),
    ],
)
def test_columns_that_a_format_does_not_support_are_refused(text, layout, expected):
    assert message(text, layout, ConfigError) == f" read as {layout.format}: {expected}"


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


@pytest.mark.parametrize(("text", "layout", "expected"), ALIKE.values(), ids=ALIKE)
def test_the_column_of_tags_cannot_be_an_input(text, layout, expected):
    key, column = expected.split(": ")

    assert message(text, layout, ConfigError) == f" data.tag and {key} are the same column: {column}"


@pytest.mark.parametrize("layout", [Layout("columns", tag=0), Layout("csv", token=1, tag=1)])
def test_if_tags_are_not_read_their_column_may_be_that_of_tokens(layout):
    assert list(read("a,X b,Y\n", layout, tagged=False)) is not None


A, B, C, D = (word(1, form, "X") + "\n" for form in "abcd")
MARKED = {
    "newdoc": f"{A}# newdoc id = one two \n# sent_id = 1\n{B}{C}#newdoc\n{D}",
    "docstart": "a X\n-DOCSTART- -X-\n\nb X\n\nc X\n\n-DOCSTART-\nd X\n",
    "docstart by tab": "a\tX\n\n-DOCSTART-\nb\tX\n\nc\tX\n-DOCSTART-\tO\n\nd\tX\n",
}


@pytest.mark.parametrize("name", MARKED)
def test_marks_delimit_documents_and_sentences_before_the_first_mark_are_a_document(name):
    layout = Layout("conllu" if name == "newdoc" else "columns", group="document")
    first = "one two" if name == "newdoc" else "document 1"

    assert [(sentence.tokens, sentence.group) for sentence in read(MARKED[name], layout)] == [
        (("a",), "document 0"),
        (("b",), first),
        (("c",), first),
        (("d",), "document 2"),
    ]
    assert {sentence.group for sentence in read(MARKED[name], Layout(layout.format))} == {""}


def test_a_first_token_document_after_a_mark_does_not_make_a_header():
    sentences = read("-DOCSTART- O\n\ndocument X\na X\n", Layout("columns", group="document"))

    assert [(sentence.tokens, sentence.group) for sentence in sentences] == [(("document", "a"), "document 1")]


def test_marks_without_sentences_are_counted():
    text = "-DOCSTART- O\n\na X\n\n-DOCSTART- O\n-DOCSTART- O\n\nb X\n\n-DOCSTART- O\n"

    assert [sentence.group for sentence in read(text, Layout("columns", group="document"))] == [
        "document 1",
        "document 3",
    ]


def test_document_marks_are_kept_when_tags_are_derived_from_trees():
    text = "# newdoc id = x\n1\tGo\t_\tVERB\t_\t_\t0\troot\t_\t_\n\n"

    assert [sentence.group for sentence in read(text, Layout("conllu", tag="svo", group="document"))] == ["x"]


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
def test_a_column_gives_the_group_and_blank_cells_are_ignored(text, layout, group):
    assert [sentence.group for sentence in read(text, layout)] == [group]


@pytest.mark.parametrize(
    ("text", "layout", "expected"),
    [
        (
            "a\tX\tA\n\nb\tX\tA\nc\tX\tB\n",
            Layout("columns", tag=1, group=2),
            "4: column 2: the sentence has two groups, 'A' and 'B'",
        ),
        ("w,s,t\na,,X\n", Layout("csv", group="s"), "2: column s: the sentence has no group"),
        (A, Layout("conllu", group="Doc"), "1: column Doc: the sentence has no group"),
        ("a\tX\tA\nb\tX\n", Layout("columns", tag=1, group=2), "2: expected 3 columns, got 2: 'b\\tX'"),
        ("w,t,s\na,X\n", Layout("csv", per_row="sentence", tag=1, group="s"), "2: expected 3 columns, got 2: 'a,X'"),
        (json.dumps({"tokens": ["a"], "tags": ["X"]}), Layout("jsonl", group="s"), "1: there is no key `s`; "),
        (
            json.dumps({"tokens": ["a"], "tags": ["X"], "s": None}),
            Layout("jsonl", group="s"),
            "1: `s`: expected a string or a whole number that names a group, got null",
        ),
    ],
)  # fmt: skip
def test_a_sentence_with_several_groups_or_none_is_reported_with_its_line(text, layout, expected):
    assert message(text, layout).startswith(expected)
