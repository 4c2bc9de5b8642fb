"""Intervals and tests of significance, on taggers whose errors are drawn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import permutation_test

from tagger.encoding.lexicon import Lexicon
from tagger.evaluation.bootstrap import interval, resampled
from tagger.evaluation.headlines import headlines
from tagger.evaluation.metrics import Evaluation, evaluate
from tagger.evaluation.significance import differences

TAGS = np.array(["A", "B", "C", "D", "E"])
LEXICON = Lexicon("A", {"known": "A"}, frozenset())
STEPS = st.tuples(st.sampled_from("ABC"), st.sampled_from("ABC"), st.sampled_from(["known", "new"]))
SENTENCES = st.lists(st.lists(STEPS, min_size=1, max_size=6), min_size=1, max_size=8)


def evaluated(sentences) -> Evaluation:
    """Of (gold, predicted, token), sentence by sentence."""
    gold, predicted, tokens = ([[step[i] for step in steps] for steps in sentences] for i in range(3))
    return evaluate(gold, predicted, tokens, LEXICON, known_tags=TAGS.tolist())


def drawn(n_sentences: int, *, accuracy: float, seed: int, gold_seed: int = 0) -> Evaluation:
    """A tagger that is right with a probability, on sentences of 5 to 20 tokens that `gold_seed` decides."""
    rng, of_gold = np.random.default_rng(seed), np.random.default_rng(gold_seed)
    sentences = []
    for n in of_gold.integers(5, 21, n_sentences):
        gold, words = of_gold.integers(5, size=n), of_gold.choice(["known", "new"], n)
        predicted = np.where(rng.random(n) < accuracy, gold, (gold + rng.integers(1, 5, n)) % 5)
        sentences.append(list(zip(TAGS[gold].tolist(), TAGS[predicted].tolist(), words.tolist(), strict=True)))
    return evaluated(sentences)


@given(SENTENCES)
@settings(max_examples=30)
def test_an_interval_holds_its_number_and_stays_within_0_and_1(sentences):
    found = evaluated(sentences)

    assert found.intervals.keys() == found.headlines.keys()
    for name, (low, high) in found.intervals.items():
        assert 0 <= low <= found.headlines[name] + 1e-9
        assert found.headlines[name] - 1e-9 <= high <= 1


def test_an_interval_shrinks_as_the_root_of_the_number_of_sentences():
    few, many = (drawn(n, accuracy=0.9, seed=1).intervals for n in (100, 1600))

    assert {"accuracy", "seen_accuracy", "unseen_accuracy", "sentence_accuracy", "macro_f1"} < few.keys()
    for name, (low, high) in few.items():
        assert (high - low) / (many[name][1] - many[name][0]) == pytest.approx(4, rel=0.5)


def test_an_interval_is_as_wide_as_theory_says():
    found = drawn(1000, accuracy=0.8, seed=3)
    low, high = found.intervals["accuracy"]

    # Errors are independent here, and lengths do not matter to them: the binomial's deviation.
    assert high - low == pytest.approx(2 * 1.96 * np.sqrt(0.8 * 0.2 / found.n_tokens), rel=0.15)


def test_rare_tags_that_draws_lack_do_not_push_an_interval_off_its_number():
    rare = [[(f"rare{i}", "A", "known")] for i in range(30)]
    found = evaluated([*rare, *[[("A", "A", "known")]] * 100])
    low, high = found.intervals["macro_f1"]

    assert low <= found.headlines["macro_f1"] <= high
    assert np.quantile(headlines(resampled(found.sentence_counts))["macro_f1"], 0.025) > found.headlines["macro_f1"]


def test_draws_that_have_nothing_to_share_do_not_count():
    assert interval(0.5, np.array([0.4, np.nan, 0.6])) == pytest.approx((0.405, 0.595))


def test_what_is_drawn_has_as_many_sentences_and_no_order_decides_it():
    counts = np.array([[1, 0, 7], [1, 1, 2], [1, 1, 3]])

    found = resampled(counts, draws=50)

    assert found.shape == (50, 3)
    assert set(found[:, 0]) == {3}
    np.testing.assert_array_equal(found, resampled(counts[[2, 0, 1]], draws=50))


def test_two_taggers_that_differ_by_two_points_over_two_thousand_sentences_are_told_apart():
    counts = [drawn(2000, accuracy=accuracy, seed=seed).sentence_counts for accuracy, seed in ((0.93, 1), (0.95, 2))]
    found = differences(*counts)

    for name in ("accuracy", "macro_f1", "sentence_accuracy"):
        assert found[name].p < 0.001
        assert found[name].interval[0] > 0
    assert found["accuracy"].difference == pytest.approx(0.02, abs=0.005)
    low, high = found["accuracy"].interval
    assert low < found["accuracy"].difference < high


def test_two_taggers_that_are_as_good_as_each_other_are_not_told_apart():
    first, second = (drawn(500, accuracy=0.9, seed=seed) for seed in (1, 2))
    found = differences(first.sentence_counts, second.sentence_counts)["accuracy"]

    assert found.p > 0.05
    assert found.interval[0] < 0 < found.interval[1]


@given(SENTENCES)
@settings(max_examples=20)
def test_a_tagger_and_itself_do_not_differ(sentences):
    counts = evaluated(sentences).sentence_counts

    for found in differences(counts, counts).values():
        assert (found.difference, found.interval, found.p) == (0, (0, 0), 1)


def test_a_permutation_test_of_few_sentences_is_near_the_count_of_all_swaps():
    # Four sentences of one token, of which only the second tagger has any right: 2 of 16 swaps are as far apart.
    sentences = [[("A", "B", "known")]] * 4
    better = [[("A", "A", "known")]] * 4
    counts = [evaluated(each).sentence_counts for each in (sentences, better)]

    found = differences(*counts)["accuracy"]

    assert found.p == pytest.approx(2 / 16, abs=0.02)
    assert found.interval == (0, 1)  # 1 ± 1, and no difference is above 1
    assert found == differences(*counts)["accuracy"]


def test_swaps_that_leave_a_headline_without_a_value_do_not_make_a_difference_sure():
    # No gold span; each tagger finds one, in sentences of their own, so that a swap can leave one of them without any.
    first, second = (
        evaluate([["O"]] * 2, predicted, [["a"]] * 2, LEXICON, known_tags=["O", "B-x"], scheme="bio").sentence_counts
        for predicted in ([["B-x"], ["O"]], [["O"], ["B-x"]])
    )

    found = differences(first, second)["span_f1"]

    assert (found.p, found.interval) == (1, (-1, 1))


def test_a_permutation_test_never_says_that_chance_is_impossible():
    worse, better = ([[("A", tag, "known")]] * 200 for tag in "BA")
    counts = [evaluated(each).sentence_counts for each in (worse, better)]

    assert differences(*counts, permutations=99)["accuracy"].p == 1 / 100


def test_one_sentence_never_shows_a_difference():
    counts = [evaluated([[("A", tag, "known")] * 500]).sentence_counts for tag in "BA"]

    assert (differences(*counts)["accuracy"].p, differences(*counts)["accuracy"].interval) == (1, (0, 1))


@given(
    st.lists(st.tuples(*[st.lists(st.sampled_from("ABC"), min_size=3, max_size=3)] * 3), min_size=1, max_size=40),
    st.sampled_from([9, 99, 100, 250]),
    st.booleans(),
)
@settings(max_examples=60)
def test_p_is_below_5_percent_exactly_where_zero_is_outside_the_interval(sentences, permutations, second_is_right):
    gold, *predicted = ([sentence[i] for sentence in sentences] for i in range(3))
    predicted[1] = gold if second_is_right else predicted[1]
    tokens = [["known"] * 3] * len(gold)
    counts = [evaluate(gold, tags, tokens, LEXICON, known_tags=TAGS.tolist()).sentence_counts for tags in predicted]

    for found in differences(*counts, permutations=permutations).values():
        low, high = found.interval
        assert (found.p < 0.05) == found.is_certain == (not low <= 0 <= high)
        assert -1 <= low <= found.difference + 1e-9
        assert found.difference - 1e-9 <= high <= 1


def test_the_test_is_that_of_scipy():
    first, second = (drawn(40, accuracy=accuracy, seed=seed) for accuracy, seed in ((0.85, 1), (0.9, 2)))
    rights = [np.bincount(each.steps.sentence[each.steps.is_right], minlength=40) for each in (first, second)]

    def difference(one, other, axis):
        return (other.sum(axis) - one.sum(axis)) / first.n_tokens

    rng = np.random.default_rng(0)
    oracle = permutation_test(
        rights, difference, permutation_type="samples", n_resamples=20_000, vectorized=True, rng=rng
    )
    found = differences(first.sentence_counts, second.sentence_counts)["accuracy"]

    assert found.p == pytest.approx(oracle.pvalue, abs=0.01)
    margin = np.quantile(np.abs(oracle.null_distribution), 0.95)
    assert found.interval == pytest.approx((found.difference - margin, found.difference + margin), abs=0.003)
