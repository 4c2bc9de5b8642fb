from collections import Counter
from dataclasses import replace
from itertools import chain, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.corpus.hashes import STEP_FACTOR
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences

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
    same_columns = sentence(is_tagged=draw(st.booleans()), n_numbers=draw(widths), n_columns=draw(widths))
    sentences: list[Sentence] = draw(st.lists(same_columns, max_size=6))
    return sentences


@given(sentence_lists())
def test_collected_sentences_are_equal_to_the_originals(originals):
    sentences = Sentences.collect(iter(originals))

    assert list(sentences) == originals
    assert len(sentences) == len(originals)
    assert sentences.lengths.tolist() == [len(sentence) for sentence in originals]
    assert [sentences[i] for i in range(-len(originals), 0)] == originals
    assert sentences[1:4] == originals[1:4]


@given(sentence_lists(), st.data())
def test_any_sentences_can_be_taken_in_any_order(originals, data):
    indices = data.draw(st.lists(st.integers(0, max(0, len(originals) - 1)), max_size=6)) if originals else []

    assert list(Sentences.collect(originals).take(indices)) == [originals[i] for i in indices]


def test_only_tokens_and_tags_of_taken_sentences_are_counted():
    originals = [
        Sentence(("a", "b", "a"), ("X", "Y", "X"), columns=(("p",), ("q",), ("q",))),
        Sentence(("c",), ("Z",), columns=(("r",),)),
    ]
    sentences = Sentences.collect(originals).take([0])

    assert sentences.form_counts() == {"a": 2, "b": 1}
    assert sentences.tag_counts() == {"X": 2, "Y": 1}
    assert sentences.cell_counts(0) == {"p": 1, "q": 2}


def test_only_the_forms_of_taken_sentences_are_kept():
    sentences = Sentences.collect([Sentence(("a", "b")), Sentence(("c", "b")), Sentence(("d",))])

    assert sentences.take([1]).forms == ("b", "c")


def test_changing_tags_changes_nothing_else():
    originals = [Sentence(("a", "b"), ("X", "Y"), line=3), Sentence((), ()), Sentence(("c",), ("X",), group="g")]

    sentences = Sentences.collect(originals).with_tags(lambda tags: [f"{tag}{i}" for i, tag in enumerate(tags)])

    assert [sentence.tags for sentence in sentences] == [("X0", "Y1"), (), ("X0",)]
    assert [replace(sentence, tags=None) for sentence in sentences] == [
        replace(sentence, tags=None) for sentence in originals
    ]


def test_columns_of_different_width_are_dropped():
    ragged = [Sentence(("a",), columns=(("x",),)), Sentence(("b",), columns=(("y", "z"),))]

    assert Sentences.collect(ragged).columns is None


def test_one_sentence_without_tags_removes_the_tags_of_all():
    sentences = Sentences.collect([Sentence(("a",), ("X",)), Sentence(("b",))])

    assert sentences.tags is None
    assert sentences.tag_counts() == {}
    assert [sentence.tags for sentence in sentences] == [None, None]


def test_an_index_after_the_last_sentence_is_an_error():
    with pytest.raises(IndexError):
        Sentences.collect([Sentence(("a",))])[1]


def test_a_repeated_token_takes_a_few_bytes():
    sentences = Sentences.collect(Sentence(("the", "same", "words"), ("A", "B", "C"), line=i) for i in range(10_000))

    arrays = [value for value in vars(sentences).values() if isinstance(value, np.ndarray)]
    assert sum(array.nbytes for array in arrays) / len(sentences.tokens) < 21


def test_lines_of_tokens_are_kept_also_in_a_selection():
    by_row = Sentence(("a", "b"), ("X", "Y"), line=3, token_lines=(3, 5))
    in_one_line = Sentence(("c", "d"), ("X", "Y"), line=7)

    sentences = Sentences.collect([by_row, in_one_line])

    assert [[*sentence.token_lines] for sentence in sentences] == [[3, 5], []]
    assert [[*sentence.token_lines] for sentence in sentences.take([1, 0])] == [[], [3, 5]]


def test_pairs_of_tags_include_the_start_and_end_of_each_sentence():
    originals = [Sentence(("a", "b"), ("X", "Y")), Sentence((), ()), Sentence(("a",), ("Y",))]

    assert Sentences.collect(originals).tag_pair_counts() == {
        (None, "X"): 1,
        ("X", "Y"): 1,
        ("Y", None): 2,
        (None, None): 1,
        (None, "Y"): 1,
    }
    assert Sentences.collect([Sentence(("a",))]).tag_pair_counts() == {}


@given(sentence_lists())
def test_counts_of_tag_pairs_and_of_tags_per_form_equal_those_of_a_plain_loop(originals):
    sentences = Sentences.collect(originals)
    tagged = [sentence for sentence in originals if sentence.tags is not None]

    pairs = Counter(chain.from_iterable(pairwise((None, *(sentence.tags or ()), None)) for sentence in tagged))
    assert sentences.tag_pair_counts() == pairs
    steps = Counter(
        (token, tag) for sentence in tagged for token, tag in zip(sentence.tokens, sentence.tags or (), strict=True)
    )
    assert {(form, tag): n for form, tag, n in sentences.form_tag_counts()} == steps


@given(sentence_lists(), sentence_lists())
def test_equal_sentences_have_equal_hashes_in_any_collection_and_others_different_ones(originals, others):
    hashes: dict[object, int] = {}
    for collection in (originals, others, [*others, *originals]):
        sentences = Sentences.collect(collection)
        for sentence, value in zip(sentences, sentences.hashes().tolist(), strict=True):
            # Without steps, it makes no difference whether there are columns.
            seen = sentence.tokens and (sentence.tokens, sentence.numbers, sentence.columns)
            assert hashes.setdefault(seen, value) == value
    assert len(set(hashes.values())) == len(hashes)


def test_the_hash_depends_on_order_numbers_and_columns_but_not_on_the_sign_of_zero():
    def hashes(*steps):
        return [int(Sentences.collect([sentence]).hashes()[0]) for sentence in steps]

    a, b = "a", "b"
    texts = [Sentence(tokens) for tokens in ((), (a,), (a, a), (a, b, b, a), (b, a, a, b), ("",), ("", ""))]
    series = [Sentence((a, a), numbers=((x,), (y,))) for x, y in ((1, 2), (2, 1), (0, 3), (0.5, 1.5), (1e-9, 0))]
    columned = [Sentence((a, a), columns=((x,), (y,))) for x, y in ((a, b), (b, a), (a, a))]
    columned += [Sentence((a,), columns=((a,),)), Sentence((a,), columns=((a, a),))]
    assert len({*hashes(*texts, *series, *columned)}) == len(texts) + len(series) + len(columned)

    zero, negative = hashes(*(Sentence((a,), numbers=((x,),)) for x in (0.0, -0.0)))
    assert zero == negative


def test_hashes_are_the_same_in_every_process():
    of_a = bytes.fromhex("40f89e395b66422f")  # output of `printf a | b2sum -l 64`

    (value,) = Sentences.collect([Sentence(("a",))]).hashes().tolist()

    assert value == int.from_bytes(of_a, "little") * int(STEP_FACTOR) % 2**64
