from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.config import Affixes, Chars, Columns, Features
from tagger.config import Words as WordsConfig
from tagger.corpus import Sentence
from tagger.encoding.batches import NOT_SCORED, Batch, Dataset, batches, has_scored_answer, pad, take, windows
from tagger.encoding.lexicon import Lexicon, count_lexicon
from tagger.encoding.vocabulary import PADDING, UNKNOWN, Vocabulary, count_symbols
from tagger.errors import ConfigError
from tagger.heads.target import TagTarget
from tagger.inputs.affixes import Affix
from tagger.inputs.casing import CASINGS, Casing, casing_id
from tagger.inputs.characters import HEAD, TAIL, Characters, truncated
from tagger.inputs.encoder import Encoder
from tagger.inputs.numbers import Numbers
from tagger.inputs.words import WordInput
from tests.networks import encoder_of, fit


def dataset(lengths: list[int]) -> Dataset:
    """Sentences of the given lengths; word ids count from 1, and the tag id is 10 times the word id."""
    offsets = np.cumsum([0, *lengths])
    words = np.arange(1, offsets[-1] + 1, dtype=np.int32)
    numbers = np.stack([words, -words], axis=1).astype(np.float32)
    return Dataset({"words": words, "numbers": numbers}, {"head": words * 10}, offsets)


def ids_of_steps(data: Dataset, name: str) -> list[int]:
    """Ids of a form input at each step."""
    assert data.forms is not None
    assert data.form is not None
    ids: list[int] = data.forms.inputs[name][data.form].tolist()
    return ids


def steps_of(batch: Batch, row: int) -> Any:
    return batch.inputs["words"][row, : batch.lengths[row]].tolist()


LENGTHS = st.lists(st.integers(0, 6), max_size=20)


def test_counted_symbols_are_sorted_by_frequency_then_alphabet():
    assert list(count_symbols((letter, 1) for letter in "bacacd").items()) == [("a", 2), ("c", 2), ("b", 1), ("d", 1)]


def test_words_rarer_than_min_count_are_unknown():
    features = Features(words=WordsConfig(min_count=2))
    fitted = fit(features, [Sentence(("a", "b", "B", "c", "C", "c"), ("N",) * 6)])["words"]

    assert fitted.counts == (3, 2)
    assert fitted.input.vocabulary == Vocabulary(("c", "b"))


def test_known_symbols_have_ids_after_padding_and_unknown():
    vocabulary = Vocabulary(("the", "cat"))

    assert [vocabulary.id_of(word) for word in ("the", "cat", "The", "dog", "")] == [2, 3, *[UNKNOWN] * 3]
    assert (PADDING, UNKNOWN, len(vocabulary)) == (0, 1, 4)


@pytest.mark.parametrize(
    ("casing", "tokens"),
    [
        ("lower", "a we e-mail don't été ß"),
        ("upper", "EU U.S. AT&T ÄÖ"),
        ("title", "A I Paris Mr. Été"),
        ("mixed", "iPad McDonald USAir 'Tis"),
        ("number", "1 1,000.50 -3 10:30 ٣"),
        ("alphanumeric", "B2B 3rd 1990s iOS17"),
        ("other", "-- , 日本 $ _ 😀"),
    ],
)
def test_a_token_has_one_of_seven_casings(casing, tokens):
    assert {CASINGS[casing_id(token) - 1] for token in tokens.split()} == {casing}


@given(st.text())
def test_the_casing_of_a_token_is_never_padding(token):
    assert PADDING < casing_id(token) <= len(CASINGS)


@given(LENGTHS, st.integers(1, 5), st.none() | st.integers(0, 99))
def test_each_sentence_with_a_step_is_in_one_right_padded_batch_of_similar_lengths(lengths, batch_size, seed):
    data = dataset(lengths)
    rng = None if seed is None else np.random.default_rng(seed)

    cut = list(batches(data, batch_size, rng=rng))

    positions = [int(position) for batch in cut for position in batch.positions]
    assert sorted(positions) == [i for i, length in enumerate(lengths) if length > 0]
    for batch in cut:
        width = batch.inputs["words"].shape[1]
        assert 0 < len(batch.positions) <= batch_size
        assert width == max(batch.lengths) == max(lengths[i] for i in batch.positions)
        for row, position in enumerate(batch.positions):
            start, end = data.offsets[position], data.offsets[position + 1]
            assert steps_of(batch, row) == list(range(start + 1, end + 1))
            assert batch.tags["head"][row, : end - start].tolist() == [10 * step for step in range(start + 1, end + 1)]
            assert set(batch.tags["head"][row, end - start :].tolist()) <= {NOT_SCORED}
            assert not batch.inputs["words"][row, end - start :].any()
            assert not batch.inputs["numbers"][row, end - start :].any()
    # The ranges of lengths of two batches do not overlap.
    ranges = sorted((min(batch.lengths), max(batch.lengths)) for batch in cut)
    assert all(left[1] <= right[0] for left, right in pairwise(ranges))
    assert sum(len(batch.positions) < batch_size for batch in cut) <= 1


def test_without_a_generator_batches_are_sorted_by_length_then_by_order_in_the_file():
    cut = batches(dataset([3, 1, 2] * 20), 20)

    assert [batch.positions.tolist() for batch in cut] == [[*range(start, 60, 3)] for start in (1, 2, 0)]


def test_a_generator_shuffles_sentences_of_the_same_length_and_batches():
    data = dataset([1] * 8 + [2] * 8)

    drawn = [
        tuple(tuple(batch.positions) for batch in batches(data, 4, rng=np.random.default_rng(i))) for i in range(20)
    ]
    again = tuple(tuple(batch.positions) for batch in batches(data, 4, rng=np.random.default_rng(0)))

    assert again == drawn[0]
    assert len({frozenset(map(frozenset, groups)) for groups in drawn}) > 1
    assert {groups[0][0] < 8 for groups in drawn} == {True, False}


@pytest.mark.parametrize("extra", [0, 1, 5])
def test_padding_to_more_steps_adds_only_padding(extra):
    data = dataset([2, 3])
    narrow, wide = (pad(data, np.array([1, 0]), time=time) for time in (None, 3 + extra))

    assert narrow.inputs["words"].tolist() == [[3, 4, 5], [1, 2, 0]]
    assert wide.inputs["numbers"].shape == (2, 3 + extra, 2)
    for name, values in narrow.inputs.items():
        assert np.array_equal(wide.inputs[name][:, :3], values)
        assert not wide.inputs[name][:, 3:].any()
    assert np.array_equal(wide.tags["head"][:, :3], narrow.tags["head"])
    assert (wide.tags["head"][:, 3:] == NOT_SCORED).all()
    assert wide.lengths.tolist() == narrow.lengths.tolist() == [3, 2]


def test_a_batch_of_an_untagged_dataset_has_no_tags():
    assert pad(replace(dataset([2]), tags={}), np.array([0])).tags == {}


@given(LENGTHS, st.integers(1, 7))
def test_windows_are_as_long_as_allowed_and_hold_the_same_steps(lengths, max_steps):
    data = dataset(lengths)

    cut = windows(data, max_steps)

    pieces = [[max_steps] * (length // max_steps) + [length % max_steps] for length in lengths]
    assert cut.lengths.tolist() == [steps for piece in pieces for steps in piece if steps]
    assert cut.n_steps == data.n_steps
    assert cut.inputs is data.inputs
    assert cut.tags is data.tags


@given(LENGTHS, st.integers(1, 7), st.integers(1, 7))
def test_windows_begin_after_steps_that_do_not_count(lengths, max_steps, context):
    data = dataset(lengths)
    plain, cut = windows(data, max_steps), windows(data, max_steps, context)

    assert len(cut.lengths) == len(plain.lengths)
    for i, n in enumerate(plain.lengths.tolist()):
        start, end = plain.offsets[i], plain.offsets[i + 1]
        n_before = int(cut.lengths[i]) - n
        (first,) = data.offsets[:-1][(data.offsets[:-1] <= start) & (start < data.offsets[1:])]
        assert n_before == min(context, start - first)
        steps = slice(cut.offsets[i], cut.offsets[i + 1])
        for name, values in data.inputs.items():
            np.testing.assert_array_equal(cut.inputs[name][steps], values[start - n_before : end])
        for name, ids in data.tags.items():
            assert cut.tags[name][steps].tolist() == [NOT_SCORED] * n_before + ids[start:end].tolist()


def labelled(lengths: list[int]) -> Dataset:
    """The dataset with a label for each sentence: its index."""
    return replace(dataset(lengths), labels={"intent": np.arange(len(lengths), dtype=np.int32)})


def test_windows_have_the_label_of_their_sentence():
    cut = windows(labelled([5, 0, 2, 4]), 2)

    assert cut.lengths.tolist() == [2, 2, 1, 2, 2, 2]
    assert cut.labels["intent"].tolist() == [0, 0, 0, 2, 3, 3]


@given(LENGTHS, st.integers(1, 5), st.none() | st.integers(0, 99))
def test_batches_have_the_label_of_each_sentence_beside_its_tags(lengths, batch_size, seed):
    rng = None if seed is None else np.random.default_rng(seed)

    for batch in batches(labelled(lengths), batch_size, rng=rng):
        assert batch.tags["intent"].tolist() == batch.positions[:, None].tolist()
        assert batch.tags["head"].shape == batch.inputs["words"].shape
        assert {ids.dtype for ids in batch.tags.values()} == {np.dtype(np.int32)}


@given(LENGTHS.filter(any), st.data())
def test_chosen_sentences_keep_their_steps_tags_and_labels(lengths, data):
    whole = labelled(lengths)
    positions = np.array(data.draw(st.lists(st.integers(0, len(lengths) - 1), min_size=1)))

    chosen = take(whole, positions)

    assert chosen.lengths.tolist() == whole.lengths[positions].tolist()
    assert chosen.labels["intent"].tolist() == positions.tolist()
    before, after = pad(whole, positions), pad(chosen, np.arange(len(positions)))
    for name, values in before.inputs.items():
        np.testing.assert_array_equal(after.inputs[name], values)
    for name, ids in before.tags.items():
        np.testing.assert_array_equal(after.tags[name], ids)


def test_words_and_casing_and_tags_become_ids():
    encoder = Encoder((WordInput(Vocabulary(("cats", "purr")), lowercase=True, dim=1), Casing()))
    sentences = [Sentence(("Cats", "purr"), ("N", "V")), Sentence(("DOGS",), ("N",))]

    data = encoder.encode(sentences)

    assert ids_of_steps(data, "words") == [2, 3, UNKNOWN]
    assert [CASINGS[i - 1] for i in ids_of_steps(data, "casing")] == ["title", "lower", "upper"]
    assert tag_ids(sentences) == [0, 1, 0]
    assert data.offsets.tolist() == [0, 2, 3]
    assert (data.lengths.tolist(), data.n_steps) == ([2, 1], 3)


def test_words_are_looked_up_as_written_without_lowercase():
    encoder = Encoder((WordInput(Vocabulary(("cats", "Cats")), lowercase=False, dim=1),))

    assert ids_of_steps(encoder.encode([Sentence(("cats", "Cats", "CATS"))]), "words") == [2, 3, UNKNOWN]


def test_only_the_inputs_of_the_encoder_are_encoded():
    sentences = [Sentence(("a",), numbers=((1.0, 2.0),))]

    for network_input in (Casing(), Numbers(("x", "y"))):
        encoded = Encoder((network_input,)).encode(sentences)
        assert {*pad(encoded, np.array([0])).inputs} == {network_input.name}


def tag_ids(sentences: list[Sentence], *, ignore: tuple[str, ...] = ()) -> list[int] | None:
    ids = TagTarget(("N", "V"), Lexicon(majority="N", forms=None), ignore=ignore).ids(sentences)
    return None if ids is None else ids.tolist()


def test_an_unknown_tag_gets_an_id_that_is_never_predicted():
    assert tag_ids([Sentence(tuple("abcd"), ("V", "X", "Y", "X"))]) == [1, 2, 2, 2]


def test_a_step_with_an_ignored_tag_is_not_scored():
    sentences = [Sentence(("a", "b", "c", "d"), ("N", "_", "X", "V"))]

    assert tag_ids(sentences, ignore=("_", "V")) == [0, NOT_SCORED, 2, NOT_SCORED]


def test_sentences_have_no_tag_ids_unless_all_are_tagged():
    assert tag_ids([Sentence(("a",)), Sentence(("b",), ("N",))]) is None


def test_no_sentences_and_empty_sentences_are_encoded_as_no_steps():
    encoder = Encoder((WordInput(Vocabulary(("a",)), lowercase=True, dim=1), Casing(), Numbers(("x", "y"))))

    for sentences in [], [Sentence((), numbers=())]:
        data = encoder.encode(sentences)
        assert data.n_steps == 0
        assert data.inputs["numbers"].shape == (0, 2)
        assert list(batches(data, 4)) == []
    assert list(batches(windows(encoder.encode([Sentence(())]), 3), 4)) == []


def test_columns_without_steps_are_encoded():
    encoder = encoder_of(Features(columns=Columns(names=["pos"])), [Sentence(("a",), ("N",), columns=(("x",),))])

    for sentences in [], [Sentence((), columns=())]:
        assert encoder.encode(sentences).n_steps == 0


def test_numeric_columns_are_standardised():
    sentences = [Sentence(("a", "b"), numbers=((1.0, 5.0), (3.0, 5.0))), Sentence(("c",), numbers=((5.0, 5.0),))]

    numbers = fit(Features(numeric=["x", "y"]), sentences)["numbers"].input
    data = Encoder((numbers,)).encode(sentences)

    assert isinstance(numbers, Numbers)
    assert numbers.mean == (3.0, 5.0)
    assert numbers.deviation == pytest.approx((np.sqrt(8 / 3), 1.0))
    assert data.inputs["numbers"].dtype == np.float32
    assert data.inputs["numbers"].tolist() == [
        pytest.approx([-np.sqrt(1.5), 0]), pytest.approx([0, 0]), pytest.approx([np.sqrt(1.5), 0])
    ]  # fmt: skip


@given(st.floats(-1e9, 1e9), st.integers(1, 50))
def test_a_constant_column_has_deviation_one(value, n_steps):
    train = [Sentence(("a",) * n_steps, numbers=((value,),) * n_steps)]

    numbers = fit(Features(words=None, casing=False, numeric=["x"]), train)["numbers"].input

    assert isinstance(numbers, Numbers)
    assert numbers.deviation == (1.0,)


def test_without_scaling_numeric_columns_are_unchanged():
    data = Encoder((Numbers(("x",)),)).encode([Sentence(("a", "b"), numbers=((1.5,), (-2.0,)))])

    assert data.inputs["numbers"].tolist() == [[1.5], [-2.0]]


def test_other_splits_are_scaled_by_mean_and_deviation_of_train():
    numbers = Numbers(("x",), mean=(10.0,), deviation=(2.0,))

    data = Encoder((numbers,)).encode([Sentence(("a", "b"), numbers=((10.0,), (14.0,)))])

    assert data.inputs["numbers"].tolist() == [[0.0], [2.0]]


def test_the_lexicon_holds_the_most_frequent_tag_of_each_form_and_the_ambiguous_forms():
    train = [Sentence(("run", "run", "run", "a", "Run"), ("V", "V", "N", "X", "N")), Sentence(("a", "b"), ("D", "V"))]

    lexicon = count_lexicon(train, reads_words=True)

    assert lexicon == Lexicon("V", {"Run": "N", "a": "D", "b": "V", "run": "V"}, frozenset({"a", "run"}))
    assert list(lexicon.forms or ()) == ["Run", "a", "b", "run"]


def test_the_majority_tag_is_the_first_by_alphabet_of_equally_frequent_tags():
    assert count_lexicon([Sentence(("a", "b"), ("Y", "X"))], reads_words=True).majority == "X"


def test_the_lexicon_has_words_of_ignored_tags_but_not_these_tags():
    train = [Sentence(("a", "a", "a", "b", "c"), ("_", "_", "N", "_", "V"))]

    lexicon = count_lexicon(train, reads_words=True, ignore=("_",))

    assert lexicon == Lexicon("N", {"a": "N", "b": "N", "c": "V"}, frozenset())


def test_a_lexicon_without_words_has_only_the_majority_tag():
    assert count_lexicon([Sentence(("a",), ("N",))], reads_words=False) == Lexicon("N", None)


def test_columns_are_encoded_as_symbols_and_new_cells_are_unknown():
    train = [Sentence(("a", "b", "c"), ("N", "V", "N"), columns=(("x", "1"), ("y", "1"), ("y", "2")))]
    fitted = fit(Features(columns=Columns(names=["pos", 3])), train)
    encoder = Encoder(tuple(each.input for each in fitted.values()))

    data = encoder.encode([Sentence(("b", "a"), columns=(("x", "3"), ("y", "2")))])

    assert encoder.columns == ("pos", "3")
    assert (fitted["column_1"].counts, fitted["column_2"].counts) == ((2, 1), (2, 1))
    assert data.inputs["column_1"].tolist() == [3, 2]
    assert data.inputs["column_2"].tolist() == [UNKNOWN, 3]


def test_a_batch_holds_the_characters_of_each_distinct_form_once():
    train = [Sentence(("abc", "a"), ("N", "N"))]
    encoder = encoder_of(Features(chars=Chars()), train)  # ids: a 2, b 3, c 4

    data = encoder.encode([Sentence(("a", "abc", "a")), Sentence(("x", "cab", "longer")), Sentence(("cab", "a"))])
    batch = pad(data, np.array([0, 2]))

    assert batch.inputs["characters"].tolist() == [[2, 0, 0], [2, 3, 4], [4, 2, 3]]
    assert batch.inputs["form_lengths"].tolist() == [1, 3, 3]
    assert batch.inputs["forms"].tolist() == [[0, 1, 0], [2, 0, 0]]


def test_only_the_head_and_tail_of_a_very_long_form_are_encoded():
    characters = Vocabulary(tuple("abc"))
    long = "a" * 20 + "b" * 1000 + "c" * 20

    forms = Characters(characters, "lstm", 1, 1).encode_forms([long, "ab"])

    assert truncated(long) == "a" * HEAD + "c" * TAIL
    assert forms.lengths.tolist() == [HEAD + TAIL, 2]
    assert set(forms.ids[0].tolist()) == {2, 4}


@given(st.lists(st.text(max_size=40), max_size=8))
def test_characters_of_any_text_can_be_decoded_from_their_ids(tokens):
    characters = Vocabulary(tuple(sorted({character for token in tokens for character in token})))

    forms = Characters(characters, "cnn", 1, 1).encode_forms(tokens)

    for row, token in enumerate(tokens):
        ids = forms.ids[row, : forms.lengths[row]]
        assert "".join(characters.symbols[i - 2] for i in ids if i != UNKNOWN) == truncated(token)
        assert PADDING not in ids


def test_affixes_and_shapes_are_encoded_as_symbols_and_rare_ones_are_unknown():
    train = [Sentence(("Walking", "talking", "be", "Be"), ("V",) * 4)]
    encoder = encoder_of(Features(affixes=Affixes(lengths=[1, 3])), train)

    data = encoder.encode([Sentence(("Bing", "be", "XX"))])

    vocabularies = {each.name: each.vocabulary.symbols for each in encoder.inputs if isinstance(each, Affix)}
    assert vocabularies == {
        "prefix_1": ("b",), "suffix_1": ("e", "g"), "prefix_3": ("be",), "suffix_3": ("be", "ing"), "shape": ("xx",),
    }  # fmt: skip
    assert ids_of_steps(data, "prefix_1") == [2, 2, UNKNOWN]
    assert ids_of_steps(data, "suffix_3") == [3, 2, UNKNOWN]
    assert ids_of_steps(data, "shape") == [UNKNOWN, 2, UNKNOWN]


def test_a_column_of_underscores_only_is_an_error():
    train = [Sentence(("a",), ("N",), columns=(("_",),))]

    with pytest.raises(ConfigError, match=r"features\.columns: `Nmber` is `_` at every token of train"):
        fit(Features(columns=Columns(names=["Nmber"])), train)


def test_batches_can_leave_out_sentences_without_a_scored_step():
    tags = np.array([0, NOT_SCORED, NOT_SCORED, 1], np.int32)
    data = Dataset({"words": np.arange(4)}, {"head": tags}, np.array([0, 2, 3, 4]))

    assert has_scored_answer(data).tolist() == [True, False, True]
    positions = [position for batch in batches(data, 1, among=has_scored_answer(data)) for position in batch.positions]
    assert positions == [2, 0]


def test_a_sentence_is_scored_if_any_head_has_a_tag_or_label_for_it():
    tags = {"a": np.array([NOT_SCORED] * 4, np.int32), "b": np.array([NOT_SCORED, 1, NOT_SCORED, NOT_SCORED], np.int32)}
    labels = {"intent": np.array([NOT_SCORED, 0, NOT_SCORED], np.int32)}
    data = Dataset({"words": np.arange(4)}, tags, np.array([0, 2, 3, 4]), labels=labels)

    assert has_scored_answer(data).tolist() == [True, True, False]
