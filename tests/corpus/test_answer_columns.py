"""Several answers of a sentence, read from each format: tags, strings and labels."""

import io
from dataclasses import replace

import pytest

from tagger.corpus.file_notes import FileNotes
from tagger.corpus.layout import AnswerColumn, AnswerKind, Column, Layout
from tagger.corpus.sentence import Sentence
from tagger.errors import ConfigError, DataError
from tagger.reading.read import read_sentences
from tagger.reading.whole_files import read_tagged


def read(
    text: str, layout: Layout, *, tagged: bool = True, keep_rows: bool = False, notes: FileNotes | None = None
) -> list[Sentence]:
    content = io.BytesIO(text.encode())
    return list(read_sentences(content, layout, tagged=tagged, keep_rows=keep_rows, notes=notes))


def with_heads(layout: Layout, **columns: tuple[AnswerKind, Column | None]) -> Layout:
    return replace(layout, answers=tuple(AnswerColumn(name, *column) for name, column in columns.items()))


def word(number: int, form: str, tag: str, lemma: str, misc: str = "_") -> str:
    return f"{number}\t{form}\t{lemma}\t{tag}" + 5 * "\t_" + f"\t{misc}\n"


TREE = word(1, "The", "DET", "the") + word(2, "cat", "NOUN", "cat", "Topic=animal") + "\n"


def heads_by(pos: Column, base: Column, topic: Column, layout: Layout) -> Layout:
    return with_heads(layout, pos=("tag", pos), base=("string", base), topic=("label", topic))


# One sentence, with a tag and a string of each token and a label, in every way that a file can hold them.
FILES = {
    "a comment in a column file": (
        "# topic = animal\nThe\tDET\tthe\ncat\tNOUN\tcat\n",
        heads_by(1, 2, "topic", Layout("columns")),
    ),
    "a comment without spaces": (
        "#topic=animal\nThe\tDET\tthe\ncat\tNOUN\tcat\n",
        heads_by(-2, -1, "topic", Layout("columns")),
    ),
    "a comment above columns by spaces": (
        "# topic = animal\nThe DET the\ncat NOUN cat\n",
        heads_by(1, 2, "topic", Layout("columns")),
    ),
    "a comment below a header": (
        "w\tt\tl\n# topic = animal\nThe\tDET\tthe\ncat\tNOUN\tcat\n",
        heads_by("t", "l", "topic", Layout("columns")),
    ),
    "a column of a column file by name": (
        "w\tt\tl\ttopic\nThe\tDET\tthe\tanimal\ncat\tNOUN\tcat\t_\n",
        heads_by("t", "l", "topic", Layout("columns", token="w")),
    ),
    "only the label by name": (
        "w\tt\tl\ttopic\nThe\tDET\tthe\tanimal\ncat\tNOUN\tcat\tanimal\n",
        heads_by(1, 2, "topic", Layout("columns")),
    ),
    "a column of a column file by index": (
        "animal\tThe\tDET\tthe\n\tcat\tNOUN\tcat\n",
        heads_by(2, 3, 0, Layout("columns", token=1)),
    ),
    "a comment in CoNLL-U": (
        f"# text = The cat\n# topic = animal\n{TREE}",
        heads_by("upos", "lemma", "topic", Layout("conllu")),
    ),
    "a key of MISC": (TREE, heads_by("UPOS", 2, "Topic", Layout("conllu"))),
    "a column of CoNLL-U": (
        TREE.replace("\t_\t_\t_\t_\t_\t", "\t_\tanimal\t_\t_\t_\t"),
        heads_by("upos", "lemma", "feats", Layout("conllu")),
    ),
    "a table": (
        "w,t,l,topic\nThe,DET,the,animal\ncat,NOUN,cat,\n",
        heads_by("t", "l", "topic", Layout("csv", token="w")),
    ),
    "a table with a sentence a row": (
        "w,t,l,topic\nThe cat,DET NOUN,the cat, animal \n",
        heads_by("t", "l", "topic", Layout("csv", per_row="sentence")),
    ),
    "jsonl": (
        '{"tokens": ["The", "cat"], "t": ["DET", "NOUN"], "l": ["the", "cat"], "topic": " animal "}\n',
        heads_by("t", "l", "topic", Layout("jsonl")),
    ),
}  # fmt: skip
in_each = pytest.mark.parametrize(("text", "layout"), FILES.values(), ids=FILES)


@in_each
def test_tags_strings_and_labels_are_read_together(text, layout):
    (sentence,) = read(text, layout)

    assert sentence.tokens == ("The", "cat")
    assert sentence.tags is None
    assert sentence.answers == (("DET", "NOUN"), ("the", "cat"), "animal")


@in_each
def test_answers_are_in_the_order_of_the_layout_and_none_where_the_file_has_no_column(text, layout):
    pos, base, topic = layout.answers
    absent = replace(base, column=None)

    (sentence,) = read(text, replace(layout, answers=(topic, absent, pos)))

    assert sentence.answers == ("animal", None, ("DET", "NOUN"))


@in_each
def test_two_heads_may_read_the_same_column(text, layout):
    pos, _, topic = layout.answers

    (sentence,) = read(
        text, replace(layout, answers=(pos, replace(pos, name="again"), topic, replace(topic, name="x")))
    )

    assert sentence.answers == (("DET", "NOUN"), ("DET", "NOUN"), "animal", "animal")


@in_each
def test_answers_are_not_read_if_the_file_is_read_as_untagged(text, layout):
    (sentence,) = read(text, layout, tagged=False)

    assert (sentence.tokens, sentence.tags, sentence.answers) == (("The", "cat"), None, ())


@in_each
def test_values_are_renamed_by_the_map_of_their_head_alone_and_this_is_noted(text, layout):
    pos, base, topic = layout.answers
    names = (("DET", "D"), ("the", "THE"), ("animal", "A"), ("cat", "CAT"))
    layout = replace(layout, answers=(replace(pos, map=names), base, replace(topic, map=names)))
    notes = FileNotes()

    (sentence,) = read(text, layout, notes=notes)

    assert sentence.answers == (("D", "NOUN"), ("the", "cat"), "A")
    assert notes.mapped == {"DET", "animal"}
    assert notes.mapped_by_head == {"pos": {"DET"}, "topic": {"animal"}}


@in_each
def test_the_tag_and_map_of_the_plain_case_are_not_used_with_answers(text, layout):
    (sentence,) = read(text, replace(layout, tag=None, map=(("NOUN", "N"),)))

    assert sentence.answers == (("DET", "NOUN"), ("the", "cat"), "animal")


@in_each
def test_a_file_of_unknown_format_is_read_by_its_content(text, layout):
    (sentence,) = read(text, replace(layout, format="auto"))

    assert sentence.answers == (("DET", "NOUN"), ("the", "cat"), "animal")


TEXTS = {
    "a table": ('text,topic\n"I can\'t, no.",refusal\n', Layout("csv", per_row="sentence")),
    "jsonl": ('{"text": "I can\'t, no.", "topic": "refusal"}\n', Layout("jsonl")),
}


@pytest.mark.parametrize("tagged", [True, False])
@pytest.mark.parametrize(("text", "layout"), TEXTS.values(), ids=TEXTS)
def test_a_text_with_labels_only_is_tokenized(text, layout, tagged):
    (sentence,) = read(text, with_heads(layout, topic=("label", "topic"), gone=("tag", None)), tagged=tagged)

    assert sentence.tokens == ("I", "ca", "n't", ",", "no", ".")
    assert sentence.offsets == ((0, 1), (2, 4), (4, 7), (7, 8), (9, 11), (11, 12))
    assert sentence.answers == (("refusal", None) if tagged else ())


def test_a_row_of_numbers_with_a_label_is_not_a_text():
    layout = Layout("csv", token="t", numeric=("x",), per_row="sentence")
    (sentence,) = read("t,x,state\n0:01 0:02,1 2,rest\n", with_heads(layout, state=("label", "state")))

    assert (sentence.tokens, sentence.numbers, sentence.answers) == (("0:01", "0:02"), ((1.0,), (2.0,)), ("rest",))


def test_a_series_has_the_label_that_its_rows_share():
    layout = Layout("csv", token="t", numeric=("x",), sentence="id")
    text = "id,t,x,state\n1,a,1,rest\n1,b,2,rest\n2,a,5,rise\n"

    sentences = read(text, with_heads(layout, state=("label", "state")))

    assert [(len(s), s.numbers, s.answers) for s in sentences] == [
        (2, ((1.0,), (2.0,)), ("rest",)),
        (1, ((5.0,),), ("rise",)),
    ]


def test_a_script_without_spaces_is_reported_once_in_a_table_of_texts(caplog):
    read("text,topic\n猫がいる,x\n猫,x\n", with_heads(Layout("csv", per_row="sentence"), topic=("label", "topic")))

    assert caplog.text.count("a script without spaces between words") == 1
    assert "<stream>:2: " in caplog.text


@pytest.mark.parametrize(
    ("value", "label"), [("7", "7"), ("4.50", "4.5"), ("true", "true"), ("false", "false"), ('"é"', "é")]
)
def test_labels_of_jsonl_may_be_numbers_and_truth_values(value, label):
    (sentence,) = read(f'{{"tokens": ["a"], "y": {value}}}\n', with_heads(Layout("jsonl"), y=("label", "y")))

    assert sentence.answers == (label,)


def test_spans_of_a_text_are_the_tags_of_a_head_beside_labels_and_other_spans():
    text = '{"text": "Ada Byron slept.", "names": [[0, 9, "PER"]], "verbs": [[10, 15, "V"]], "y": "sleep"}\n'

    (sentence,) = read(text, with_heads(Layout("jsonl"), names=("tag", "names"), y=("label", "y"), v=("tag", "verbs")))

    assert sentence.answers == (("B-PER", "I-PER", "O", "O"), "sleep", ("O", "O", "B-V", "O"))


def test_a_head_may_read_the_key_answer_which_is_then_no_verdict_of_an_annotator():
    text = '{"tokens": ["a"], "answer": "reject"}\n'

    assert read(text, with_heads(Layout("jsonl"), y=("label", "answer")))[0].answers == ("reject",)
    assert read(text, with_heads(Layout("jsonl"), y=("tag", None))) == []


def test_both_kinds_of_roles_from_trees_can_be_answers_beside_fields():
    text = "1\tDogs\tdog\tNOUN\t_\t_\t2\tnsubj\t_\tA=1\n2\tchase\tchase\tVERB\t_\t_\t0\troot\t_\tA=2\n"
    text += "3\tfat\tfat\tADJ\t_\t_\t4\tamod\t_\tA=3\n4\tcats\tcat\tNOUN\t_\t_\t2\tobj\t_\tA=4\n\n"
    layout = Layout("conllu", columns=(-1,))

    (sentence,) = read(
        text,
        with_heads(
            layout, all=("tag", "svo-subtree"), l=("string", "lemma"), head=("tag", "svo"), again=("tag", "svo")
        ),
    )

    assert sentence.answers == (
        ("S", "V", "O", "O"), ("dog", "chase", "fat", "cat"), ("S", "V", "X", "O"), ("S", "V", "X", "O"),
    )  # fmt: skip
    assert sentence.columns == (("A=1",), ("A=2",), ("A=3",), ("A=4",))


def test_the_last_column_beside_a_role_from_trees_is_that_of_the_file():
    text = "1\tGo\tgo\tVERB\t_\t_\t0\troot\t_\tA=1\n\n"

    assert read(text, Layout("conllu", tag="svo", columns=(-1,)))[0].columns == (("A=1",),)


def test_spaces_around_a_tag_are_dropped_but_not_around_a_string():
    (sentence,) = read("a\t X \t b c \n", with_heads(Layout("columns"), x=("tag", 1), s=("string", 2)))

    assert sentence.answers == (("X",), (" b c ",))


def test_hashtags_are_tokens_beside_comments_that_are_labels():
    text = "#topic O\n# topic = t\n#b O\n# O\n\n# topic = u\n#c O\n"
    layout = with_heads(Layout("columns"), x=("tag", 1), topic=("label", "topic"))

    assert [s.tokens for s in read(text, layout)] == [("#topic", "#b", "#"), ("#c",)]
    assert [s.tokens for s in read(text, layout, tagged=False)] == [("#topic", "#b", "#"), ("#c",)]
    by_tab = read(text.replace(" O", "\tO"), layout)
    assert [(s.tokens, s.answers[1]) for s in by_tab] == [(("#topic", "#b", "#"), "t"), (("#c",), "u")]


def test_other_comments_in_files_by_spaces_stay_tokens():
    layout = with_heads(Layout("columns"), x=("tag", -1), topic=("label", "topic"))

    (sentence,) = read("# topic = t\n# kind = u\na b c O\n", layout)

    assert (sentence.tokens, sentence.answers) == (("#", "a"), (("u", "O"), "t"))


def test_a_token_that_is_the_name_of_a_label_is_no_header():
    layout = with_heads(Layout("columns"), x=("tag", 1), topic=("label", "topic"))

    (sentence,) = read("# topic = t\ntopic\tX\n", layout)
    assert (sentence.tokens, sentence.answers) == (("topic",), (("X",), "t"))
    assert [s.tokens for s in read("topic\na\n", layout, tagged=False)] == [("topic", "a")]


def test_a_column_that_separates_sentences_gives_a_comment_to_the_sentence_below_it():
    layout = with_heads(Layout("columns", sentence=0, token=1), x=("tag", 2), topic=("label", "topic"))

    sentences = read("# topic = t\n1\ta\tX\n1\tb\tX\n# topic = u\n2\tc\tX\n", layout)

    assert [(s.tokens, s.answers[1]) for s in sentences] == [(("a", "b"), "t"), (("c",), "u")]


def test_a_comment_above_a_blank_line_is_not_of_the_next_sentence():
    layout = with_heads(Layout("conllu"), topic=("label", "topic"))

    for keep_rows in (False, True):
        with pytest.raises(
            DataError, match=r"^<stream>:3: heads\.topic: the sentence has no label: there is no comment"
        ):
            read(f"# topic = t\n\n{TREE}", layout, keep_rows=keep_rows)


def test_documents_rows_and_lines_stay_as_they_are():
    text = f"# newdoc id = d\n# topic = t\n{TREE}# newdoc\n# topic = u\n{TREE}"
    layout = with_heads(Layout("conllu", group="document"), topic=("label", "topic"))

    sentences = read(text, layout, keep_rows=True)

    assert [(s.group, s.line, [*s.token_lines]) for s in sentences] == [("d", 3, [3, 4]), ("document 2", 8, [8, 9])]
    assert [line for s in sentences for line, _ in s.rows or ()] == [line for line in text.split("\n") if line]
    plain = read(text, Layout("conllu", group="document"), keep_rows=True)
    assert [replace(s, tags=None) for s in plain] == [replace(s, answers=()) for s in sentences]

    marked = "-DOCSTART- -X-\n\n# topic = t\na\tX\n\n-DOCSTART-\t-X-\n# topic = u\nb\tX\n"
    layout = with_heads(Layout("columns", group="document"), topic=("label", "topic"))
    assert [(s.group, s.tokens, s.answers) for s in read(marked, layout)] == [
        ("document 1", ("a",), ("t",)), ("document 2", ("b",), ("u",)),
    ]  # fmt: skip


NO_LABEL = "the sentence has no label"
BAD = {
    "a tag that is not in a header": (
        "w\ttopic\tx\na\tb\tX\n",
        with_heads(Layout("columns", token="w"), t=("tag", "topics")),
        "1: heads.t: there is no column 'topics'; the header has w, topic, x; did you mean `topic`?",
    ),
    "a string that is not in a table": (
        "w,t\na,X\n",
        with_heads(Layout("csv"), s=("string", "lemma")),
        "1: heads.s: there is no column 'lemma'; the header has w, t",
    ),
    "a label that is not in a table": (
        "w,t\na,X\n",
        with_heads(Layout("csv"), t=("tag", "t"), y=("label", "topic")),
        "1: heads.y: there is no column 'topic'; the header has w, t",
    ),
    "a string that is not in CoNLL-U Plus": (
        "# global.columns = ID FORM UPOS\n1\ta\tX\n",
        with_heads(Layout("conllu"), s=("string", "lemma")),
        " heads.s: there is no column 'lemma'; the file has id, form, upos",
    ),
    "a string that is empty": (
        "a\tX\tb\nc\tX\t\n",
        with_heads(Layout("columns"), t=("tag", 1), s=("string", 2)),
        "2: the string of heads.s is empty: 'c\\tX\\t'",
    ),
    "a tag that is blank": (
        "w,t\na, \n",
        with_heads(Layout("csv"), t=("tag", "t")),
        "2: the tag of heads.t is empty: 'a, '",
    ),
    "a row without the cell of a label": (
        "a\tX\tt\nb\tX\n",
        with_heads(Layout("columns"), t=("tag", 1), y=("label", 2)),
        "2: expected 3 columns, got 2: 'b\\tX'",
    ),
    "no comment": (
        "# topic = t\na\tX\n\n# topik = u\nb\tX\n",
        with_heads(Layout("columns"), t=("tag", 1), y=("label", "topic")),
        f"5: heads.y: {NO_LABEL}: there is no comment `# topic = …` before it; did you mean `topik`?",
    ),
    "a comment without a value": (
        f"# topic = \n{TREE}",
        with_heads(Layout("conllu"), y=("label", "topic")),
        f"2: heads.y: {NO_LABEL}: there is no comment `# topic = …` before it",
    ),
    "neither a comment nor a name in the header": (
        "w\tt\ttopic\na\tX\tu\n",
        with_heads(Layout("columns"), t=("tag", "t"), y=("label", "topics")),
        " heads.y: no sentence has a comment `# topics = …` before it; there are no comments of this kind; "
        "did you mean `topic`?",
    ),
    "a column without a label in a sentence": (
        "a\tX\tt\n\nb\tX\t_\nc\tX\t\n",
        with_heads(Layout("columns"), t=("tag", 1), y=("label", 2)),
        f"3: heads.y: column 2: {NO_LABEL}",
    ),
    "two labels in a column": (
        "a\tX\tt\nb\tX\t\nc\tX\tu\n",
        with_heads(Layout("columns"), t=("tag", 1), y=("label", 2)),
        "3: heads.y: column 2: the sentence has two labels, 't' and 'u'",
    ),
    "two labels in comments": (
        "# topic = t\na\tX\n# topic = u\nb\tX\n",
        with_heads(Layout("columns"), t=("tag", 1), y=("label", "topic")),
        "3: heads.y: the sentence has two labels, 't' and 'u'",
    ),
    "two values of a key": (
        TREE.replace("\tthe\tDET\t_\t_", "\tthe\tDET\t_\tTopic=x"),
        with_heads(Layout("conllu"), y=("label", "Topic")),
        "2: heads.y: the sentence has two labels, 'x' and 'animal'",
    ),
    "a text without a label": (
        "text,topic\na b, \n",
        with_heads(Layout("csv", per_row="sentence"), y=("label", "topic")),
        f"2: heads.y: column topic: {NO_LABEL}",
    ),
    "too few strings in a row": (
        "w,t,s\na b,X Y,a\n",
        with_heads(Layout("csv", per_row="sentence"), t=("tag", "t"), s=("string", "s")),
        "2: 2 tokens, but 1 string of heads.s: 'a b,X Y,a'",
    ),
    "too few strings in a list": (
        '{"tokens": ["a", "b"], "s": ["a"]}\n',
        with_heads(Layout("jsonl"), s=("string", "s")),
        "1: heads.s: 2 tokens, but 1 string",
    ),
    "an empty string in a list": (
        '{"tokens": ["a"], "s": [""]}\n',
        with_heads(Layout("jsonl"), s=("string", "s")),
        "1: heads.s: `s`: the string at 0 is empty",
    ),
    "a key that is missing": (
        '{"tokens": ["a"], "tags": ["X"]}\n',
        with_heads(Layout("jsonl"), t=("tag", "tag")),
        " heads.t: no object has the key `tag`; the objects have `tokens`, `tags`; did you mean `tags`?",
    ),
    "a label that is null": (
        '{"tokens": ["a"], "y": null}\n',
        with_heads(Layout("jsonl"), y=("label", "y")),
        "1: heads.y: `y`: expected a string, a number, true or false, got null",
    ),
    "a label that is a list": (
        '{"tokens": ["a"], "y": ["t"]}\n',
        with_heads(Layout("jsonl"), y=("label", "y")),
        "1: heads.y: `y`: expected a string, a number, true or false, got a list",
    ),
    "a label that is missing": (
        '{"tokens": ["a"]}\n',
        with_heads(Layout("jsonl"), y=("label", "y")),
        " heads.y: no object has the key `y`; the objects have `tokens`",
    ),
    "a label that is blank": (
        '{"tokens": ["a"], "y": " "}\n',
        with_heads(Layout("jsonl"), y=("label", "y")),
        f"1: heads.y: `y`: {NO_LABEL}: the string is empty",
    ),
    "strings of a text": (
        '{"text": "a b", "s": ["a", "b"]}\n',
        with_heads(Layout("jsonl"), s=("string", "s")),
        "1: heads.s: `text`: expected a list of tokens, each of which has a string",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "layout", "expected"), BAD.values(), ids=BAD)
def test_a_bad_answer_is_an_error_that_names_its_line_and_head(text, layout, expected):
    with pytest.raises(DataError) as caught:
        read(text, layout)

    assert caught.value.message == f"<stream>:{expected}"


GOOD_BELOW = {
    "no comment": "\n# topic = t\nz\tX\n",
    "a comment without a value": f"# topic = t\n{TREE}",
    "a column without a label in a sentence": "\nz\tX\tt\n",
    "two labels in a column": "\nz\tX\tt\n",
    "two labels in comments": "\n# topic = t\nz\tX\n",
    "two values of a key": TREE,
    "a text without a label": "z,t\n",
    "a string that is empty": "\nz\tX\tt\n",
    "a row without the cell of a label": "\nz\tX\tt\n",
    "too few strings in a row": "z,X,t\n",
    "a label that is null": '{"tokens": ["z"], "y": "t"}\n',
    "too few strings in a list": '{"tokens": ["z"], "s": ["t"]}\n',
}


@pytest.mark.parametrize("name", GOOD_BELOW)
def test_bad_answers_are_skipped_on_request_and_noted_with_their_line_and_reason(name):
    text, layout, expected = BAD[name]
    number, _, reason = expected.partition(": ")
    notes = FileNotes()

    sentences = read(text + GOOD_BELOW[name], replace(layout, bad_rows="skip"), notes=notes)

    assert sentences[-1].tokens[-1] in ("z", "cat")
    assert (notes.bad.n, notes.bad.first) == (1, [(int(number), reason)])


@pytest.mark.parametrize("name", ["no comment", "two labels in a column", "a text without a label"])
def test_the_hint_for_a_label_names_what_to_do_and_the_setting_that_skips(name):
    text, layout, _ = BAD[name]
    with pytest.raises(DataError) as caught:
        read(text, layout)

    assert 'data.bad_rows = "skip"' in (caught.value.hint or "")
    assert ("# topic = LABEL" if name == "no comment" else "heads.y.label") in (caught.value.hint or "")


SAME = {
    "the token": (
        "a\tX\n",
        with_heads(Layout("columns"), y=("tag", 0)),
        "heads.y and data.token are the same column: 0",
    ),
    "a column by another name": (
        "w,t\na,X\n",
        with_heads(Layout("csv", columns=(1,)), y=("label", "t")),
        "heads.y and features.columns are the same column: t",
    ),
    "a number": (
        "w\tx\na\t1\n",
        with_heads(Layout("columns", numeric=("x",)), y=("tag", -1)),
        "heads.y and features.numeric are the same column: -1",
    ),
    "a field": (
        TREE,
        with_heads(Layout("conllu", columns=("UPOS",)), y=("tag", 3)),
        "heads.y and features.columns are the same column: 3",
    ),
    "a key": (
        '{"tokens": ["a"], "x": ["b"]}\n',
        with_heads(Layout("jsonl", columns=("x",)), y=("tag", "x")),
        "heads.y and features.columns are the same column: x",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "layout", "expected"), SAME.values(), ids=SAME)
def test_a_tag_or_label_that_is_also_an_input_is_refused_but_a_string_is_not(text, layout, expected):
    with pytest.raises(ConfigError) as caught:
        read(text, layout)
    assert caught.value.message == f"<stream>: {expected}"
    assert caught.value.hint

    (answer,) = layout.answers
    (sentence,) = read(text, replace(layout, answers=(replace(answer, kind="string"),)))
    assert isinstance(sentence.answers[0], tuple)


BLANK = {
    "tag": (
        word(1, "a", "X", "b"),
        with_heads(Layout("conllu"), upos=("tag", "upos"), t=("tag", "xpos")),
        "heads.t: column xpos: every tag is `_`: no word has a tag",
        "choose another column with heads.t.tag",
    ),
    "string": (
        word(1, "a", "X", "_"),
        with_heads(Layout("conllu"), s=("string", "lemma")),
        "heads.s: column lemma: every string is `_`: no word has a string",
        "choose another column with heads.s.string",
    ),
    "a misspelt field": (
        word(1, "a", "X", "_"),
        with_heads(Layout("conllu"), t=("tag", "xpo")),
        "heads.t: column xpo: every tag is `_`: no word has that key",
        "did you mean `xpos`? choose another column with heads.t.tag",
    ),
    "a column": (
        "a\t_\n",
        with_heads(Layout("columns"), t=("tag", 1)),
        "heads.t: column 1: every tag is `_`: no word has a tag",
        "choose another column with heads.t.tag",
    ),
}


@pytest.mark.parametrize(("text", "layout", "problem", "hint"), BLANK.values(), ids=BLANK)
def test_an_answer_that_is_blank_for_every_word_is_an_error(tmp_path, text, layout, problem, hint):
    path = tmp_path / "train"
    path.write_text(text)

    with pytest.raises(DataError) as caught:
        read_tagged(path, layout)

    assert (caught.value.message, caught.value.hint) == (f"{path}: {problem}", hint)


def test_the_lemma_of_the_token_underscore_is_not_blank(tmp_path):
    path = tmp_path / "train.conllu"
    path.write_text(word(1, "_", "X", "_"))
    layout = with_heads(Layout("conllu"), s=("string", "lemma"), gone=("tag", None))

    assert [s.answers for s in read_tagged(path, layout)] == [(("_",), None)]


def test_slash_text_has_no_answers_but_can_be_read_as_untagged():
    layout = with_heads(Layout("slash"), y=("label", "topic"))

    with pytest.raises(ConfigError, match=r"^<stream>: read as slash: heads: each token has one tag"):
        read("a/X\n", layout)
    assert [s.tokens for s in read("a/X\n", layout, tagged=False)] == [("a",)]


def test_keys_of_jsonl_go_by_name():
    with pytest.raises(ConfigError, match=r"read as jsonl: heads\.y\.label: the keys of an object go by name"):
        read('{"tokens": ["a"], "y": "t"}\n', with_heads(Layout("jsonl"), y=("label", 1)))


def test_a_layout_from_json_equals_the_original():
    layout = with_heads(Layout("columns"), t=("tag", 1), y=("label", None))
    layout = replace(layout, answers=(replace(layout.answers[0], map=(("a", "b"),)), layout.answers[1]))

    lists = [
        {"name": "t", "kind": "tag", "column": 1, "map": [["a", "b"]]},
        {"name": "y", "kind": "label", "column": None, "map": []},
    ]
    from_json = Layout("columns", answers=lists)  # type: ignore[arg-type]

    assert from_json == layout
    assert hash(from_json) == hash(layout)


@pytest.mark.parametrize("bad_rows", ["error", "skip"])
@pytest.mark.parametrize(
    ("layout", "text", "message", "hint"),
    [
        ("columns", "# topic = u\na\tX\n\n# id = 1\n# topic = v\nb\tX\n",
         "no sentence has a comment `# topics = …` before it; the comments have `topic`, `id`; did you mean `topic`?",
         "set heads.y.label to the key of such comments, or to a column"),
        ("columns", "# topic = u\na X\n\nb X\n",
         "no sentence has a comment `# topics = …` before it; the comments have `topic`; did you mean `topic`?",
         "set heads.y.label to the key of such comments, or to a column"),
        ("conllu", "# topic = u\n1\ta\ta\tX\t_\t_\t0\troot\t_\t_\n",
         "no sentence has a comment `# topics = …` before it; the comments have `topic`; did you mean `topic`?",
         "set heads.y.label to the key of such comments, or to a column"),
        ("csv", "token,topics\na,_\nb,\n", "column topics: no sentence has a label",
         "set heads.y.label to another column"),
        ("jsonl", '{"tokens": ["a"], "topic": "u"}\n{"tokens": ["a"], "n": 1}\n',
         "no object has the key `topics`; the objects have `tokens`, `topic`, `n`; did you mean `topic`?",
         "set heads.y.label to another key"),
    ],
)  # fmt: skip
def test_a_label_that_no_sentence_has_is_an_error_about_its_key(layout, text, message, hint, bad_rows):
    with pytest.raises(DataError) as caught:
        read(text, with_heads(Layout(layout, bad_rows=bad_rows), y=("label", "topics")))

    assert (caught.value.message, caught.value.hint) == (f"<stream>: heads.y: {message}", hint)


def test_a_label_that_only_a_later_sentence_has_is_an_error_with_a_line():
    with pytest.raises(DataError, match=r"^<stream>:1: heads\.y: the sentence has no label"):
        read("a\tX\n\n# topic = u\nb\tX\n", with_heads(Layout("columns"), y=("label", "topic")))
    with pytest.raises(DataError, match=r"^<stream>:1: heads\.y: there is no key `topic`"):
        read('{"tokens": ["a"]}\n{"tokens": ["a"], "topic": "u"}\n', with_heads(Layout("jsonl"), y=("label", "topic")))


def test_the_hint_for_two_labels_in_comments_is_one_sentence():
    with pytest.raises(DataError) as caught:
        read("# topic = u\n# topic = v\na\tX\n", with_heads(Layout("columns"), y=("label", "topic")))

    assert caught.value.hint == (
        'put a blank line after each sentence; for a few such sentences, data.bad_rows = "skip" skips them'
    )
