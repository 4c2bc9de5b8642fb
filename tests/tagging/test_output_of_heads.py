"""Output of `predict` for several heads, and that it is read back as it was written."""

import csv
import io
import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.corpus.conllu_writer import answer_fields
from tagger.corpus.layout import AnswerColumn, AnswerKind, Layout
from tagger.corpus.sentence import Sentence
from tagger.encoding.lexicon import Lexicon
from tagger.errors import DataError
from tagger.format_names import FormatName, OutputFormat
from tagger.heads.target import TagTarget
from tagger.reading.read import read_sentences
from tagger.tagging.output import formatter
from tagger.tagging.tagged import Answer, Tagged
from tagger.tagging.tagger import Tagger
from tests.bundles import save_heads_bundle

TEXT = "Ada plays"


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Tagger:
    return Tagger.load(save_heads_bundle(tmp_path_factory.mktemp("heads") / "bundle"))


@pytest.fixture(scope="module")
def labeller(tmp_path_factory) -> Tagger:
    return Tagger.load(save_heads_bundle(tmp_path_factory.mktemp("label") / "bundle", ["intent"]))


def written(
    model: Tagger,
    output_format: OutputFormat,
    *sentences: str | Sentence,
    confidence: bool = False,
    best: int = 0,
    layout: Layout | None = None,
) -> str:
    bundle = model.bundle
    to_lines = formatter(output_format, confidence=confidence, layout=layout or bundle.layout, targets=bundle.targets)
    return "".join(map(to_lines, model.tag(sentences, best=best, confidence=confidence)))


AS_TEXT: list[tuple[OutputFormat, bool, str]] = [
    ("text", False, "play\tAda/NOUN/B-per/Ada plays/VERB/O/play\n"),
    ("text", True, "play:0.731\tAda/NOUN:0.976/B-per:0.622/Ada:0.976 plays/VERB:0.987/O:0.575/play:0.976\n"),
    ("tsv", False, "# intent = play\nAda\tNOUN\tB-per\tAda\nplays\tVERB\tO\tplay\n\n"),
    ("csv", False, "sentence,token,intent,pos,names,lemma\n1,Ada,play,NOUN,B-per,Ada\n1,plays,play,VERB,O,play\n"),
    (
        "conllu",
        False,
        "# intent = play\n1\tAda\tAda\tNOUN\t_\t_\t_\t_\t_\tnames=B-per\n"
        "2\tplays\tplay\tVERB\t_\t_\t_\t_\t_\tnames=O\n\n",
    ),
]


@pytest.mark.parametrize(("output_format", "confidence", "lines"), AS_TEXT)
def test_sentence_in_each_format(model, output_format, confidence, lines):
    text = written(model, output_format, TEXT, confidence=confidence)

    if confidence:  # the numbers are those of the tagger, rounded
        assert [part.split(":")[0] for part in text.split("/")] == [part.split(":")[0] for part in lines.split("/")]
        (tagged,) = model.tag([TEXT])
        assert text.startswith(f"play:{tagged.label_confidence:.3f}\tAda/NOUN:{tagged.confidence[0]:.3f}/")
    else:
        assert text == lines


def test_confidences_are_columns_and_comments_after_the_answers(model):
    (tagged,) = model.tag([TEXT])
    numbers = {name: [f"{value:.4f}" for value in answer.confidence] for name, answer in tagged.answers.items()}
    ada, plays = ([numbers[name][i] for name in ("pos", "names", "lemma")] for i in range(2))

    assert written(model, "tsv", TEXT, confidence=True).split("\n") == [
        "# intent = play",
        f"# intent_confidence = {numbers['intent'][0]}",
        "\t".join(["Ada", "NOUN", "B-per", "Ada", *ada]),
        "\t".join(["plays", "VERB", "O", "play", *plays]),
        "",
        "",
    ]
    rows = list(csv.reader(io.StringIO(written(model, "csv", TEXT, confidence=True))))
    assert rows[0][6:] == ["intent_confidence", "pos_confidence", "names_confidence", "lemma_confidence"]
    assert rows[1][6:] == [numbers["intent"][0], *ada]
    conllu = written(model, "conllu", TEXT, confidence=True)
    assert f"# intent_confidence = {numbers['intent'][0]}\n" in conllu
    assert f"|pos_confidence={plays[0]}|names_confidence={plays[1]}|lemma_confidence={plays[2]}\n" in conllu


def test_json_has_the_label_the_tags_and_an_object_of_all_heads(model):
    line = json.loads(written(model, "jsonl", TEXT, confidence=True))
    (tagged,) = model.tag([TEXT])
    rounded = {name: [round(value, 4) for value in answer.confidence] for name, answer in tagged.answers.items()}

    assert line["tokens"] == ["Ada", "plays"]
    assert (line["label"], line["label_confidence"]) == ("play", rounded["intent"][0])
    assert (line["tags"], line["spans"], line["confidence"]) == (["NOUN", "VERB"], None, rounded["pos"])
    assert line["heads"]["names"] == {
        "kind": "tag",
        "values": ["B-per", "O"],
        "spans": [{"label": "per", "tokens": [0, 1], "start": 0, "end": 3}],
        "confidence": rounded["names"],
    }
    assert line["heads"]["intent"] == {
        "kind": "label", "values": ["play"], "spans": None, "confidence": rounded["intent"],
    }  # fmt: skip
    assert [line[name] for name in ("intent", "pos", "lemma")] == ["play", ["NOUN", "VERB"], ["Ada", "play"]]


def test_json_without_confidence_has_null_instead(model):
    line = json.loads(written(model, "jsonl", TEXT))

    assert (line["label_confidence"], line["confidence"]) == (None, None)
    assert {answer["confidence"] for answer in line["heads"].values()} == {None}


@pytest.mark.parametrize(
    ("output_format", "lines"),
    [
        ("text", "play\tAda plays\n"),
        ("tsv", "# intent = play\nAda\t_\nplays\t_\n\n"),
        ("csv", "sentence,token,intent\n1,Ada,play\n1,plays,play\n"),
        ("conllu", "# intent = play\n1\tAda" + "\t_" * 8 + "\n2\tplays" + "\t_" * 8 + "\n\n"),
        (
            "jsonl",
            '{"tokens": ["Ada", "plays"], "label": "play", "label_confidence": null, "offsets": [[0, 3], [4, 9]]}\n',
        ),
    ],
)
def test_label_alone_in_each_format(labeller, output_format, lines):
    assert written(labeller, output_format, TEXT) == lines


@pytest.mark.parametrize("output_format", ["text", "tsv", "conllu"])
def test_sentence_without_tokens_is_an_empty_line(model, output_format):
    assert written(model, output_format, "", confidence=True) == "\n"


def test_sentence_without_tokens_has_no_label_in_json_and_no_row_in_a_table(model):
    line = json.loads(written(model, "jsonl", "", confidence=True))

    assert (line["label"], line["label_confidence"], line["intent"]) == (None, None, None)
    assert line["heads"]["intent"]["values"] == []
    assert written(model, "csv", "", TEXT).splitlines()[1] == "2,Ada,play,NOUN,B-per,Ada"


def test_best_sequences_have_the_label_and_the_other_heads(model):
    text = written(model, "text", "Ada", best=2)
    tsv = written(model, "tsv", "Ada", best=2)
    line = json.loads(written(model, "jsonl", "Ada", best=2))

    first, second, blank, _ = text.split("\n")
    assert first.endswith("\tother\tAda/NOUN/B-per/Ada")
    assert second.split("\t")[1:] == ["other", "Ada/X/B-per/Ada"]
    assert blank == ""
    assert tsv.count("# intent = other\nAda\t") == tsv.count("# probability = ") == 2
    assert [ranked["tags"] for ranked in line["best"]] == [["NOUN"], ["X"]]


KINDS: dict[str, AnswerKind] = {"intent": "label", "pos": "tag", "names": "tag", "lemma": "string"}
READ_AS: dict[OutputFormat, tuple[FormatName, list[str | int]]] = {
    "tsv": ("columns", ["intent", 1, 2, 3]),
    "csv": ("csv", ["intent", "pos", "names", "lemma"]),
    "jsonl": ("jsonl", ["intent", "pos", "names", "lemma"]),
    "conllu": ("conllu", ["intent", "upos", "names", "lemma"]),
}


@pytest.mark.parametrize("confidence", [False, True])
@pytest.mark.parametrize("output_format", ["tsv", "csv", "jsonl", "conllu"])
def test_output_is_read_back_with_the_obvious_columns(model, labeller, output_format, confidence):
    texts = ["Ada Byron plays #The Harp", "# play = it", "Byron", "x_1 : , \" '"]
    format_name, columns = READ_AS[output_format]
    answers = [AnswerColumn(*head, column) for head, column in zip(KINDS.items(), columns, strict=True)]
    label = AnswerColumn("intent", "label", "label" if output_format == "jsonl" else "intent")
    for tagger, expected in ((model, answers), (labeller, [label])):
        text = written(tagger, output_format, *texts, confidence=confidence)

        read = [*read_sentences(io.BytesIO(text.encode()), Layout(format=format_name, answers=tuple(expected)))]

        tagged = tagger.tag(texts)
        assert [sentence.tokens for sentence in read] == [each.tokens for each in tagged]
        assert [sentence.answers for sentence in read] == [
            tuple(each[name] for name in each.answers) for each in tagged
        ]


TARGETS = [
    TagTarget(("play",), Lexicon("play", None), name="intent", kind="label", column="intent"),
    TagTarget(("keep",), Lexicon("keep", None), name="lemma", kind="string", column=1),
    TagTarget(("v0",), Lexicon("v0", None), name="pos", column=2),
]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1), min_size=1, max_size=5))
def test_any_tokens_are_read_back_or_an_error(tokens):
    sentence = Sentence(tuple(tokens), path="in.txt", line=3)
    values = tuple(f"v{i}" for i in range(len(tokens)))
    answers = {
        "intent": Answer("label", ("play",)),
        "lemma": Answer("string", tuple(tokens)),
        "pos": Answer("tag", values),
    }
    tagged = Tagged(sentence.tokens, values, (), None, None, sentence, answers=answers)
    columns = (("intent", "label", "intent"), ("lemma", "string", 1), ("pos", "tag", 2))
    layout = Layout(format="columns", answers=tuple(AnswerColumn(*column) for column in columns))
    try:
        text = formatter("tsv", confidence=False, layout=layout, targets=TARGETS)(tagged)
    except DataError:
        assert any(re.search(r"[\t\n\r]|-DOCSTART-", token) for token in tokens)
        return

    (read,) = read_sentences(io.BytesIO(text.encode()), layout)

    assert (read.tokens, read.answers) == (sentence.tokens, ("play", sentence.tokens, values))


@pytest.mark.parametrize("output_format", ["tsv", "conllu"])
def test_comments_of_a_label_and_its_confidence_have_the_name_of_the_column(output_format):
    target = replace(TARGETS[0], name="label")
    tagged = Tagged(("ok",), (), (), None, None, Sentence(("ok",)), answers={"label": Answer("label", ("a",), (0.5,))})

    text = formatter(output_format, confidence=True, layout=Layout(), targets=[target])(tagged)

    assert text.startswith("# intent = a\n# intent_confidence = 0.5000\n")


@pytest.mark.parametrize(
    ("output_format", "value"),
    [("tsv", "a\tb"), ("tsv", "a\nb"), ("tsv", "a\rb"), ("conllu", "a\nb"), ("conllu", "a\rb")],
)
def test_label_that_a_comment_cannot_hold_is_an_error_with_a_hint(output_format, value):
    sentence = Sentence(("ok",), path="in.csv", line=7)
    tagged = Tagged(("ok",), (), (), None, None, sentence, answers={"intent": Answer("label", (value,))})

    with pytest.raises(DataError, match=r"in\.csv:7: a comment of .* cannot hold '# intent = a") as caught:
        formatter(output_format, confidence=False, layout=Layout(), targets=TARGETS[:1])(tagged)

    assert "--format jsonl" in (caught.value.hint or "")


CONLLU = (
    "# sent_id = 1\n"
    "# intent = book\n"
    "1\tAda\tada\tX\tNNP\tNumber=Sing\t2\tnsubj\t_\tSpaceAfter=No|NE=O\n"
    "2\tplays\tplays\tX\tVBZ\t_\t0\troot\t_\t_\n"
    "\n"
)


def test_conllu_gets_each_answer_where_it_was_read_from_and_keeps_all_else(model):
    columns = (("intent", "label", "intent"), ("pos", "tag", "upos"), ("names", "tag", "NE"), ("lemma", "string", 2))
    layout = Layout(format="conllu", answers=tuple(AnswerColumn(*column) for column in columns))
    (sentence,) = read_sentences(io.BytesIO(CONLLU.encode()), layout, tagged=False, keep_rows=True)
    targets = [replace(target, column=column[2]) for target, column in zip(model.bundle.targets, columns, strict=True)]

    (tagged,) = model.tag([sentence])

    assert formatter("conllu", confidence=False, layout=layout, targets=targets)(tagged) == (
        "# sent_id = 1\n"
        "# intent = play\n"
        "1\tAda\tAda\tNOUN\tNNP\tNumber=Sing\t2\tnsubj\t_\tSpaceAfter=No|NE=B-per\n"
        "2\tplays\tplay\tVERB\tVBZ\t_\t0\troot\t_\tNE=O\n"
        "\n"
    )


@pytest.mark.parametrize(
    ("layout", "columns", "fields"),
    [
        ("columns", [("upos", 1), ("xpos", 2), ("lemma", 3)], ["upos", "xpos", "lemma"]),
        ("csv", [("a", "POS"), ("b", "Feats"), ("c", "sense")], ["upos", "feats", "sense"]),
        ("csv", [("a", "upos"), ("upos", "x=y"), ("form", "id"), ("x", 3)], ["upos", "Tag_upos", "Tag_form", "x"]),
        ("conllu", [("a", "upos"), ("b", "upos"), ("c", -1), ("d", "NE")], ["upos", "b", -1, "NE"]),
    ],
)
def test_answers_have_distinct_columns_in_conllu(layout, columns, fields):
    answers = [AnswerColumn(name, "tag", column) for name, column in columns]

    assert [*answer_fields(Layout(format=layout, answers=tuple(answers)), answers).values()] == fields


def test_answer_that_is_in_another_file_than_conllu_has_a_column_by_its_name():
    layout = Layout(format="conllu", answers=(AnswerColumn("a", "tag", "xpos"), AnswerColumn("names", "tag", None)))
    answers = [AnswerColumn("a", "tag", "xpos"), AnswerColumn("names", "tag", 1), AnswerColumn("intent", "label", 0)]

    assert answer_fields(layout, answers) == {"a": "xpos", "names": "names"}
