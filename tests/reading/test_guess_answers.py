"""Formats and columns of files whose answers are known."""

import json
import re
import subprocess
from collections.abc import Iterable
from itertools import product
from pathlib import Path

import pytest

from tagger.corpus.layout import AnswerColumn, Column, Layout
from tagger.corpus.sentence import Sentence
from tagger.errors import DataError
from tagger.reading.whole_files import read_tagged

SUBJECTS = ["the film", "this book", "the whole play", "her new record"]
VERBS = ["was", "seemed", "is, as they say,"]
JUDGEMENTS = {"good": "pos", "great fun": "pos", "boring": "neg", "much too long": "neg"}
TEXTS = [
    (f"{subject} {verb} {how}", label) for subject, verb, (how, label) in product(SUBJECTS, VERBS, JUDGEMENTS.items())
]


def label(column: Column) -> AnswerColumn:
    return AnswerColumn("label", "label", column)


def tag(column: Column) -> AnswerColumn:
    return AnswerColumn("tag", "tag", column)


def read(path: Path, text: str | Iterable[str], *answers: AnswerColumn, **known: object) -> list[Sentence]:
    path.write_text(text if isinstance(text, str) else "".join(f"{line}\n" for line in text))
    return [*read_tagged(path, Layout(answers=answers, **known))]  # type: ignore[arg-type]


def check(sentences: list[Sentence]) -> None:
    assert [sentence.answers for sentence in sentences] == [(label,) for _, label in TEXTS]
    assert sentences[2].tokens == ("the", "film", "was", "boring")


def test_a_table_of_texts_and_labels_has_a_text_per_row(tmp_path):
    rows = (f'"{text}",{label}' for text, label in TEXTS)
    check(read(tmp_path / "a.csv", ["text,label", *rows], label("label")))


def test_the_label_may_stand_before_the_text_and_beside_other_columns(tmp_path):
    rows = (f'id_{i},{label},"{text}",x' for i, (text, label) in enumerate(TEXTS))
    check(read(tmp_path / "a.csv", ["id,sentiment,review,source", *rows], label("sentiment")))


def test_a_table_delimited_by_tab_has_a_text_per_row(tmp_path):
    rows = (f"{label}\t{text}" for text, label in TEXTS)
    check(read(tmp_path / "a.tsv", ["label\ttext", *rows], label("label")))


def test_the_known_column_of_texts_is_kept(tmp_path):
    rows = [f'title {i},"{text}",{label}' for i, (text, label) in enumerate(TEXTS)]
    sentences = read(tmp_path / "a.csv", ["title,text,label", *rows], label("label"), token="title")
    assert sentences[2].tokens == ("title", "2")


def test_texts_may_be_single_words(tmp_path):
    names = [f"{start}{end},{language}" for start in ("Ann", "Jo", "Mar", "Kar") for end, language in
             (("a", "it"), ("en", "de"), ("ov", "ru"), ("ik", "cs"), ("ez", "es"), ("ne", "fr"))]  # fmt: skip
    sentences = read(tmp_path / "a.csv", ["name,language", *names], label("language"))
    assert (len(sentences), sentences[1].tokens, sentences[1].answers) == (24, ("Annen",), ("de",))


def test_a_row_is_a_token_if_a_column_of_sentences_fixes_the_label(tmp_path):
    rows = [f"s{i},{token},{label}" for i, (text, label) in enumerate(TEXTS) for token in text.replace(",", "").split()]
    check(read(tmp_path / "a.csv", ["sentence,token,label", *rows], label("label")))


def test_tokens_and_tags_with_spaces_between_them_may_have_a_label(tmp_path):
    rows = (f'"{text}","{" ".join("O" for _ in text.split())}",{label}' for text, label in TEXTS)
    sentences = read(tmp_path / "a.csv", ["words,ner,label", *rows], tag("ner"), label("label"))
    assert sentences[2].answers == (("O",) * 4, "neg")


@pytest.mark.parametrize("key", ["label", "intent"])
def test_objects_have_a_text_and_a_label(tmp_path, key):
    check(read(tmp_path / "a.jsonl", (json.dumps({"id": "x", "text": t, key: name}) for t, name in TEXTS), label(key)))


def test_objects_have_tokens_with_tags_and_a_label(tmp_path):
    objects = ({"intent": name, "words": t.split(), "ner": ["O" for _ in t.split()]} for t, name in TEXTS)
    sentences = read(tmp_path / "a.jsonl", map(json.dumps, objects), tag("ner"), label("intent"))
    assert (sentences[2].tokens, sentences[2].answers) == (("the", "film", "was", "boring"), (("O",) * 4, "neg"))


def test_the_text_of_an_object_is_not_its_label_however_long_that_is(tmp_path):
    line = json.dumps({"intent": "a rather long description of the intent", "utterance": "go on"})
    assert read(tmp_path / "a.jsonl", [line] * 9, label("intent"))[0].tokens == ("go", "on")


def test_a_column_file_has_labels_in_comments(tmp_path):
    text = "".join(
        f"# sentiment = {name}\n" + "".join(f"{token} O\n" for token in t.split()) + "\n" for t, name in TEXTS
    )
    check(read(tmp_path / "a.conll", text, label("sentiment")))


def test_a_column_file_may_lack_tags_of_its_only_head(tmp_path):
    text = "".join(f"# sentiment = {name}\n" + "".join(f"{token}\t{i}\n" for i, token in enumerate(t.split())) + "\n"
                   for t, name in TEXTS)  # fmt: skip
    check(read(tmp_path / "a.tsv", text, label("sentiment")))


def test_lemmas_are_not_taken_for_the_tokens(tmp_path):
    rows = [f"{form}\t{lemma}" for form, lemma in [("Dogs", "dog"), ("ran", "run"), ("home", "home"), ("", "")]] * 20
    rows = [row.strip() for row in rows]
    sentences = read(tmp_path / "a.tsv", ["form\tlemma", *rows], AnswerColumn("lemma", "string", "lemma"))
    assert (sentences[0].tokens, sentences[0].answers) == (("Dogs", "ran", "home"), (("dog", "run", "home"),))


def test_texts_with_stray_quotation_marks_are_refused_with_a_command_that_converts_them(tmp_path):
    rows = [f'{label}\t{text} "' if i % 2 else f'{label}\t"{text}' for i, (text, label) in enumerate(TEXTS)]
    path = tmp_path / "a.tsv"
    with pytest.raises(DataError, match=r"a\.tsv: labels and texts with quotation marks that quote no cells") as error:
        read(path, rows, label(0))
    command = re.sub(r"^.*?: ", "", str(error.value.hint))
    new = tmp_path / "b.jsonl"
    subprocess.run(command.replace("OLD", str(path)).replace("NEW.jsonl", str(new)), shell=True, check=True)
    sentences = [*read_tagged(new, Layout(answers=(label("label"),)))]
    assert sentences[2].tokens == ('"', "the", "film", "was", "boring")
    assert [sentence.answers for sentence in sentences] == [(name,) for _, name in TEXTS]


def test_a_missing_column_of_labels_is_named(tmp_path):
    with pytest.raises(DataError, match=r"a\.csv:1: heads\.label: there is no column 'intent'; the header has text, "):
        read(tmp_path / "a.csv", ["text,label", "a b c,x", "d e f,y"], label("intent"))
