"""Several columns and comments of CoNLL-U, written in one pass."""

import io

import pytest

from tagger.corpus import Layout, Sentence
from tagger.corpus.conllu_writer import write_answers, write_sentence
from tagger.errors import DataError
from tagger.reading.read import read_sentences

TEXT = """\
# newdoc
# sent_id = 1
# intent = Old
# text = vámonos al
1-2\tvámonos\t_\t_\t_\t_\t_\t_\t_\t_
1\tvamos\t_\t_\t_\tMood=Imp\t0\troot\t_\t_
2\tnos\t_\t_\t_\t_\t1\tobj\t_\tSpaceAfter=No
2.1\tal\t_\t_\t_\t_\t_\t_\t_\t_

"""


def read_one(text: str) -> Sentence:
    (sentence,) = read_sentences(io.BytesIO(text.encode()), Layout("conllu"), tagged=False, keep_rows=True)
    return sentence


def test_fields_and_keys_are_filled_in_one_pass():
    written = write_answers(
        read_one(TEXT),
        {
            "Ner": ("O", "B"), "upos": ("VERB", "PRON"), "XPOS": ("V", "P"), "lemma": ("ir", "nosotros"),
            "Number": ("_", "Plur"), 5: ("Mood=Imp|Number=Sing", "_"),
        },
        confidence=[0.5, 1],
    )  # fmt: skip

    assert written == TEXT.replace(
        "vamos\t_\t_\t_\tMood=Imp\t0\troot\t_\t_", "vamos\tir\tVERB\tV\tMood=Imp\t0\troot\t_\tNer=O|Confidence=0.5000"
    ).replace(
        "nos\t_\t_\t_\t_\t1\tobj\t_\tSpaceAfter=No",
        "nos\tnosotros\tPRON\tP\t_\t1\tobj\t_\tSpaceAfter=No|Ner=B|Number=Plur|Confidence=1.0000",
    )


def test_a_comment_replaces_those_of_its_key_and_a_new_one_comes_before_the_rows():
    new = ["# topic = t", "# intent = New", "# checked"]
    written = write_answers(read_one(TEXT.replace("# text", "#intent=Older\n# text")), {}, new)

    assert written == TEXT.replace("Old", "New").replace("1-2\t", "# topic = t\n# checked\n1-2\t")
    assert write_answers(read_one(written), {}, new) == written


def test_comments_above_a_blank_line_stay_and_the_new_one_is_below_it():
    written = write_answers(read_one(f"# intent = Old\n\n{TEXT}"), {}, ["# intent = New"])

    assert written == f"# intent = Old\n\n{TEXT.replace('Old', 'New')}"


def test_a_comment_that_would_give_the_sentence_a_second_label_is_replaced_wherever_it_is():
    row = "1\ta" + 8 * "\t_" + "\n"

    assert write_answers(read_one(f"{row}# intent = Old\n\n"), {}, ["# intent = New"]) == f"# intent = New\n{row}\n"


def test_a_sentence_without_rows_gets_them():
    written = write_answers(Sentence(("a", "b")), {"lemma": ("x", "y"), "Tag": ("_", "T")}, ["# intent = I"])

    assert written == "# intent = I\n1\ta\tx\t_\t_\t_\t_\t_\t_\t_\n2\tb\ty\t_\t_\t_\t_\t_\t_\tTag=T\n\n"


def test_what_conllu_cannot_hold_is_refused():
    sentence = Sentence(("a",), path="x", line=3)

    for value in ("x\ty", "x\ny", "\r"):
        with pytest.raises(DataError, match=r"^x:3: CoNLL-U cannot hold the tag "):
            write_answers(sentence, {"upos": ("X",), "lemma": (value,)})
    with pytest.raises(DataError, match=r"^x:3: CoNLL-U cannot hold the tag 'p\|q' in MISC$"):
        write_answers(sentence, {"lemma": ("p|q",), "Key": ("p|q",)})
    with pytest.raises(DataError, match=r"^x:3: a comment of CoNLL-U cannot hold "):
        write_answers(sentence, {}, ["# intent = I\n1"])
    with pytest.raises(ValueError, match="for each token"):
        write_answers(sentence, {"upos": ("X",), "lemma": ("a", "b")})


@pytest.mark.parametrize("column", ["upos", "Number", 4, -1])
def test_one_column_of_tags_is_the_special_case(column):
    sentence = read_one(TEXT)
    tagged = Sentence(sentence.tokens, ("Sing", "Plur"), rows=sentence.rows)

    assert write_sentence(tagged, column) == write_answers(sentence, {column: ("Sing", "Plur")})
