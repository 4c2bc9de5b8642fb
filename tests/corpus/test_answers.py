"""Answers of sentences in flat arrays, and views of one answer."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.corpus.sentence import Answer, Sentence
from tagger.corpus.sentences import Sentences

WORDS = st.sampled_from(["a", "b", "été", "", "a b"])
KINDS = st.lists(st.booleans(), max_size=3)  # of each answer, whether it is a label


@st.composite
def sentence_lists(draw, kinds: st.SearchStrategy[list[bool]] = KINDS) -> tuple[list[Sentence], list[bool]]:
    """Sentences of one token or more, each of which may lack any answer."""
    labels = draw(kinds)

    @st.composite
    def sentence(draw) -> Sentence:
        n = draw(st.integers(1, 4))
        steps = st.tuples(*[WORDS] * n)
        answers: tuple[Answer, ...] = tuple(draw(st.none() | (WORDS if label else steps)) for label in labels)
        numbers = draw(st.tuples(*[st.tuples(st.floats(-1, 1))] * n))
        columns = draw(st.tuples(*[st.tuples(WORDS)] * n))
        return Sentence(
            draw(steps), numbers=numbers, columns=columns, group=draw(WORDS), path="x", line=draw(st.integers(1, 99)),
            answers=answers,
        )  # fmt: skip

    return draw(st.lists(sentence(), max_size=6)), labels


def having(sentences: Sequence[Sentence], i: int) -> list[Sentence]:
    return [sentence for sentence in sentences if sentence.answers[i] is not None]


@given(sentence_lists())
def test_collected_answers_are_equal_to_the_originals(sentences_and_labels):
    originals, labels = sentences_and_labels

    for per_sentence in (None, labels):
        sentences = Sentences.collect(iter(originals), per_sentence=per_sentence)
        assert list(sentences) == originals
        assert list(Sentences.collect(list(sentences))) == originals


@given(sentence_lists(), st.data())
def test_answers_are_taken_with_their_sentences(sentences_and_labels, data):
    originals, labels = sentences_and_labels
    indices = data.draw(st.lists(st.integers(0, len(originals) - 1), max_size=6)) if originals else []

    sentences = Sentences.collect(originals, per_sentence=labels).take(indices)

    assert list(sentences) == [originals[i] for i in indices]
    for i in range(len(labels)):
        assert list(sentences.view(i)) == list(
            Sentences.collect([originals[k] for k in indices], per_sentence=labels).view(i)
        )


@given(sentence_lists(st.just([False, True, False])))
def test_a_view_has_the_sentences_with_an_answer_and_this_answer_as_their_tags(sentences_and_labels):
    originals, labels = sentences_and_labels
    sentences = Sentences.collect(originals, per_sentence=labels)

    for i in (0, 2):
        assert list(sentences.view(i)) == [replace(s, tags=s.answers[i], answers=()) for s in having(originals, i)]  # type: ignore[arg-type]
        assert [originals[k] for k in sentences.having(i).tolist()] == having(originals, i)


@given(sentence_lists(st.just([False, True])))
def test_a_label_is_the_tag_of_one_step_whose_token_is_the_text(sentences_and_labels):
    originals, labels = sentences_and_labels
    sentences = Sentences.collect(originals, per_sentence=labels)

    assert list(sentences.view(1)) == [
        Sentence((" ".join(s.tokens),), (s.answers[1],), group=s.group, path=s.path, line=s.line)  # type: ignore[arg-type]
        for s in having(originals, 1)
    ]
    assert [originals[k] for k in sentences.having(1).tolist()] == having(originals, 1)


EXAMPLE = [
    Sentence(("a", "b"), answers=(("X", "Y"), None, "t"), path="p", line=4, token_lines=range(4, 6)),
    Sentence(("c",), answers=(None, None, "u"), path="p", line=7),
    Sentence(("a", "b"), answers=(("Y", "Y"), None, None), path="p", line=9),
    Sentence((), answers=(None, None, "t"), path="p", line=12),
    Sentence(("a", "b"), answers=(("Y", "X"), None, "t"), path="p", line=14),
]


def test_ids_are_minus_one_where_a_sentence_lacks_the_answer():
    tags, _, label = Sentences.collect(EXAMPLE).answers

    assert (tags.names, tags.per_sentence, tags.ids.tolist()) == (("X", "Y"), False, [0, 1, -1, 1, 1, 1, 0])
    assert (label.names, label.per_sentence, label.ids.tolist()) == (("t", "u"), True, [0, 1, -1, 0, 0])
    assert tags.ids.dtype == label.ids.dtype == np.int32


@pytest.mark.parametrize(("per_sentence", "n"), [(None, 7), ([False, False, True], 7), ([False, True, True], 5)])
def test_an_answer_that_all_sentences_lack_has_an_id_per_token_unless_it_is_said_to_be_a_label(per_sentence, n):
    sentences = Sentences.collect(EXAMPLE, per_sentence=per_sentence)

    assert sentences.answers[1].ids.tolist() == [-1] * n
    assert (len(sentences.view(1)), sentences.having(1).tolist()) == (0, [])


def test_counts_and_lines_of_a_view_are_those_of_its_answer():
    sentences = Sentences.collect(EXAMPLE)
    tags, labels = sentences.view(0), sentences.view(2)

    assert tags.tag_counts() == {"X": 2, "Y": 4}
    assert tags.form_counts() == {"a": 3, "b": 3}
    assert [*tags[0].token_lines] == [4, 5]
    assert labels.tag_counts() == {"t": 3, "u": 1}
    assert labels.form_counts() == {"a b": 2, "c": 1, "": 1}
    assert [(s.line, [*s.token_lines]) for s in labels] == [(4, []), (7, []), (12, []), (14, [])]
    assert sentences.having(0).tolist() == [0, 2, 4]
    assert sentences.having(2).tolist() == [0, 1, 3, 4]


def test_answers_change_neither_tags_nor_hashes():
    plain = Sentences.collect([replace(sentence, answers=()) for sentence in EXAMPLE])
    sentences = Sentences.collect(EXAMPLE)

    assert (sentences.tags, plain.answers) == (None, ())
    assert sentences.hashes().tolist() == plain.hashes().tolist()


def test_one_sentence_with_fewer_answers_removes_the_answers_of_all():
    sentences = Sentences.collect([*EXAMPLE, Sentence(("z",)), *EXAMPLE])

    assert sentences.answers == ()
    assert {sentence.answers for sentence in sentences} == {()}


@pytest.mark.parametrize("answers", [["t", ("X",)], [("X",), "t"], [("X", "Y")]])
def test_answers_that_do_not_fit_each_other_or_the_tokens_are_a_programmers_error(answers: list[Answer]):
    with pytest.raises(ValueError, match="expected"):
        Sentences.collect(Sentence(("a",), answers=(answer,)) for answer in answers)
