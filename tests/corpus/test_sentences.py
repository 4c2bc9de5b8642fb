from collections import Counter
from dataclasses import replace
from itertools import chain, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import OF_STEPS, Sentences

WORDS = st.sampled_from(["a", "b", "été", ""])


@st.composite
def sentence(draw, *, is_tagged: bool, n_numbers: int, n_columns: int) -> Sentence:
    n = draw(st.integers(0, 4))

    def steps(value):
        return draw(st.tuples(*[value] * n))

    return Sentence(
        tokens=steps(WORDS),
        tags=steps(WORDS) if is_tagged else None,
        numbers=steps(st.tuples(*[st.floats(-1e6, 1e6)] * n_numbers)) if n_numbers else None,
        columns=steps(st.tuples(*[WORDS] * n_columns)) if n_columns else None,
        group=draw(WORDS),
        path=draw(st.sampled_from(["x.tsv", "y.tsv"])),
        line=draw(st.integers(0, 2**40)),
    )


@st.composite
def sentence_lists(draw) -> list[Sentence]:
    widths = st.integers(0, 2)
    alike = sentence(is_tagged=draw(st.booleans()), n_numbers=draw(widths), n_columns=draw(widths))
    found: list[Sentence] = draw(st.lists(alike, max_size=6))
    return found


@given(sentence_lists())
def test_what_was_put_in_comes_out(given):
    found = Sentences.of(iter(given))

    assert list(found) == given
    assert len(found) == len(given)
    assert found.lengths.tolist() == [len(sentence) for sentence in given]
    assert [found[i] for i in range(-len(given), 0)] == given
    assert found[1:4] == given[1:4]


@given(sentence_lists(), st.data())
def test_some_of_them_can_be_taken_in_any_order(given, data):
    places = data.draw(st.lists(st.integers(0, max(0, len(given) - 1)), max_size=6)) if given else []

    assert list(Sentences.of(given).take(places)) == [given[place] for place in places]


def test_tokens_and_tags_are_counted_and_those_of_sentences_that_were_left_are_not():
    given = [
        Sentence(("a", "b", "a"), ("X", "Y", "X"), columns=(("p",), ("q",), ("q",))),
        Sentence(("c",), ("Z",), columns=(("r",),)),
    ]
    found = Sentences.of(given).take([0])

    assert found.form_counts() == {"a": 2, "b": 1}
    assert found.tag_counts() == {"X": 2, "Y": 1}
    assert found.cell_counts(0) == {"p": 1, "q": 2}


def test_only_the_forms_of_the_sentences_that_were_taken_are_there():
    found = Sentences.of([Sentence(("a", "b")), Sentence(("c", "b")), Sentence(("d",))])

    assert found.take([1]).forms == ("b", "c")


def test_other_tags_leave_all_else_as_it_is():
    given = [Sentence(("a", "b"), ("X", "Y"), line=3), Sentence((), ()), Sentence(("c",), ("X",), group="g")]

    found = Sentences.of(given).with_tags(lambda tags: [f"{tag}{i}" for i, tag in enumerate(tags)])

    assert [sentence.tags for sentence in found] == [("X0", "Y1"), (), ("X0",)]
    assert [replace(sentence, tags=None) for sentence in found] == [replace(sentence, tags=None) for sentence in given]


def test_columns_that_are_not_alike_are_nobody_s():
    ragged = [Sentence(("a",), columns=(("x",),)), Sentence(("b",), columns=(("y", "z"),))]

    assert Sentences.of(ragged).columns is None


def test_a_single_sentence_without_tags_leaves_all_without():
    found = Sentences.of([Sentence(("a",), ("X",)), Sentence(("b",))])

    assert found.tags is None
    assert found.tag_counts() == {}
    assert [sentence.tags for sentence in found] == [None, None]


def test_there_is_nothing_behind_the_last_sentence():
    with pytest.raises(IndexError):
        Sentences.of([Sentence(("a",))])[1]


def test_a_token_takes_a_few_bytes_however_often_it_comes():
    found = Sentences.of(Sentence(("the", "same", "words"), ("A", "B", "C"), line=i) for i in range(10_000))

    arrays = [value for value in vars(found).values() if isinstance(value, np.ndarray)]
    assert sum(array.nbytes for array in arrays) / len(found.tokens) < 20


def test_pairs_of_tags_are_counted_between_borders_an_empty_sentence_being_two_of_them():
    given = [Sentence(("a", "b"), ("X", "Y")), Sentence((), ()), Sentence(("a",), ("Y",))]

    assert Sentences.of(given).tag_pairs() == {
        (None, "X"): 1,
        ("X", "Y"): 1,
        ("Y", None): 2,
        (None, None): 1,
        (None, "Y"): 1,
    }
    assert Sentences.of([Sentence(("a",))]).tag_pairs() == {}


@given(sentence_lists())
def test_pairs_of_tags_and_tags_of_forms_are_those_that_one_counts_by_hand(given):
    found = Sentences.of(given)
    tagged = [sentence for sentence in given if sentence.tags is not None]

    pairs = Counter(chain.from_iterable(pairwise((None, *(sentence.tags or ()), None)) for sentence in tagged))
    assert found.tag_pairs() == pairs
    steps = Counter(
        (token, tag) for sentence in tagged for token, tag in zip(sentence.tokens, sentence.tags or (), strict=True)
    )
    assert {(form, tag): n for form, tag, n in found.tags_of_forms()} == steps


@given(sentence_lists(), sentence_lists())
def test_sentences_have_the_same_hash_in_whatever_collection_and_hardly_two_the_same(given, others):
    hashes: dict[object, int] = {}
    for held in (given, others, [*others, *given]):
        found = Sentences.of(held)
        for sentence, value in zip(found, found.hashes().tolist(), strict=True):
            # Of no step, it makes no difference which columns there are not.
            seen = sentence.tokens and (sentence.tokens, sentence.numbers, sentence.columns)
            assert hashes.setdefault(seen, value) == value
    assert len(set(hashes.values())) == len(hashes)


def test_order_numbers_and_columns_make_another_hash_and_the_sign_of_zero_none():
    def hashes(*steps):
        return [int(Sentences.of([sentence]).hashes()[0]) for sentence in steps]

    a, b = "a", "b"
    texts = [Sentence(tokens) for tokens in ((), (a,), (a, a), (a, b, b, a), (b, a, a, b), ("",), ("", ""))]
    series = [Sentence((a, a), numbers=((x,), (y,))) for x, y in ((1, 2), (2, 1), (0, 3), (0.5, 1.5), (1e-9, 0))]
    columned = [Sentence((a, a), columns=((x,), (y,))) for x, y in ((a, b), (b, a), (a, a))]
    columned += [Sentence((a,), columns=((a,),)), Sentence((a,), columns=((a, a),))]
    assert len({*hashes(*texts, *series, *columned)}) == len(texts) + len(series) + len(columned)

    zero, negative = hashes(*(Sentence((a,), numbers=((x,),)) for x in (0.0, -0.0)))
    assert zero == negative


def test_hashes_are_the_same_in_each_process():
    of_a = bytes.fromhex("40f89e395b66422f")  # as `printf a | b2sum -l 64` prints it

    (found,) = Sentences.of([Sentence(("a",))]).hashes().tolist()

    assert found == int.from_bytes(of_a, "little") * int(OF_STEPS) % 2**64
