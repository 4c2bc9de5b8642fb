"""Intervals and significance tests, on taggers with random errors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import permutation_test

from tagger.encoding.lexicon import Lexicon
from tagger.evaluation.bootstrap import interval, resampled_sums
from tagger.evaluation.headlines import headlines
from tagger.evaluation.metrics import Evaluation, evaluate
from tagger.evaluation.significance import differences

TAGS = np.array(["A", "B", "C", "D", "E"])
LEXICON = Lexicon("A", {"known": "A"}, frozenset())
STEPS = st.tuples(st.sampled_from("ABC"), st.sampled_from("ABC"), st.sampled_from(["known", "new"]))
SENTENCES = st.lists(st.lists(STEPS, min_size=1, max_size=6), min_size=1, max_size=8)


def evaluation_of(sentences) -> Evaluation:
    """Evaluate sentences of (gold, predicted, token) steps."""
    gold, predicted, tokens = ([[step[i] for step in steps] for steps in sentences] for i in range(3))
    return evaluate(gold, predicted, tokens, LEXICON, known_tags=TAGS.tolist())


def random_evaluation(n_sentences: int, *, accuracy: float, seed: int, gold_seed: int = 0) -> Evaluation:
    """Evaluate random tags of a given accuracy, on sentences of 5 to 20 tokens drawn with `gold_seed`."""
    rng, gold_rng = np.random.default_rng(seed), np.random.default_rng(gold_seed)
    sentences = []
    for n in gold_rng.integers(5, 21, n_sentences):
        gold, words = gold_rng.integers(5, size=n), gold_rng.choice(["known", "new"], n)
        predicted = np.where(rng.random(n) < accuracy, gold, (gold + rng.integers(1, 5, n)) % 5)
        sentences.append(list(zip(TAGS[gold].tolist(), TAGS[predicted].tolist(), words.tolist(), strict=True)))
    return evaluation_of(sentences)


@given(SENTENCES)
@settings(max_examples=30)
def test_interval_includes_its_score_and_is_within_0_and_1(sentences):
    evaluation = evaluation_of(sentences)

    assert evaluation.intervals.keys() == evaluation.headlines.keys()
    for name, (low, high) in evaluation.intervals.items():
        assert 0 <= low <= evaluation.headlines[name] + 1e-9
        assert evaluation.headlines[name] - 1e-9 <= high <= 1


def test_interval_shrinks_with_the_square_root_of_the_number_of_sentences():
    few, many = (random_evaluation(n, accuracy=0.9, seed=1).intervals for n in (100, 1600))

    assert {"accuracy", "seen_accuracy", "unseen_accuracy", "sentence_accuracy", "macro_f1"} < few.keys()
    for name, (low, high) in few.items():
        assert (high - low) / (many[name][1] - many[name][0]) == pytest.approx(4, rel=0.5)


def test_interval_of_independent_errors_is_as_wide_as_the_binomial_one():
    evaluation = random_evaluation(1000, accuracy=0.8, seed=3)
    low, high = evaluation.intervals["accuracy"]

    # Errors are independent here, so that the deviation is that of a binomial distribution.
    assert high - low == pytest.approx(2 * 1.96 * np.sqrt(0.8 * 0.2 / evaluation.n_tokens), rel=0.15)


def test_interval_includes_macro_f1_although_draws_lack_rare_tags():
    rare = [[(f"rare{i}", "A", "known")] for i in range(30)]
    evaluation = evaluation_of([*rare, *[[("A", "A", "known")]] * 100])
    macro_f1, (low, high) = evaluation.headlines["macro_f1"], evaluation.intervals["macro_f1"]

    assert low <= macro_f1 <= high
    assert np.quantile(headlines(resampled_sums(evaluation.sentence_counts))["macro_f1"], 0.025) > macro_f1


def test_draws_with_an_undefined_ratio_are_left_out():
    assert interval(0.5, np.array([0.4, np.nan, 0.6])) == pytest.approx((0.405, 0.595))


def test_each_draw_has_as_many_sentences_and_does_not_depend_on_their_order():
    counts = np.array([[1, 0, 7], [1, 1, 2], [1, 1, 3]])

    sums = resampled_sums(counts, draws=50)

    assert sums.shape == (50, 3)
    assert set(sums[:, 0]) == {3}
    np.testing.assert_array_equal(sums, resampled_sums(counts[[2, 0, 1]], draws=50))


def test_difference_of_two_points_over_two_thousand_sentences_is_significant():
    first, second = (random_evaluation(2000, accuracy=accuracy, seed=seed) for accuracy, seed in ((0.93, 1), (0.95, 2)))
    tests = differences(first.sentence_counts, second.sentence_counts)

    for name in ("accuracy", "macro_f1", "sentence_accuracy"):
        assert tests[name].p < 0.001
        assert tests[name].interval[0] > 0
    assert tests["accuracy"].difference == pytest.approx(0.02, abs=0.005)
    low, high = tests["accuracy"].interval
    assert low < tests["accuracy"].difference < high


def test_equally_good_taggers_do_not_differ_significantly():
    first, second = (random_evaluation(500, accuracy=0.9, seed=seed) for seed in (1, 2))
    difference = differences(first.sentence_counts, second.sentence_counts)["accuracy"]

    assert difference.p > 0.05
    assert difference.interval[0] < 0 < difference.interval[1]


@given(SENTENCES)
@settings(max_examples=20)
def test_tagger_does_not_differ_from_itself(sentences):
    counts = evaluation_of(sentences).sentence_counts

    for difference in differences(counts, counts).values():
        assert (difference.difference, difference.interval, difference.p) == (0, (0, 0), 1)


def test_p_of_few_sentences_is_close_to_that_of_all_swaps():
    # Four sentences of one token, which only the second tagger gets right: 2 of 16 swaps differ as much.
    sentences = [[("A", "B", "known")]] * 4
    better = [[("A", "A", "known")]] * 4
    counts = [evaluation_of(each).sentence_counts for each in (sentences, better)]

    difference = differences(*counts)["accuracy"]

    assert difference.p == pytest.approx(2 / 16, abs=0.02)
    assert difference.interval == (0, 1)  # 1 ± 1, and no difference is above 1
    assert difference == differences(*counts)["accuracy"]


def test_swaps_with_an_undefined_score_do_not_make_a_difference_significant():
    # No gold span; each tagger predicts one, in different sentences, so that a swap can leave one of them without any.
    first, second = (
        evaluate([["O"]] * 2, predicted, [["a"]] * 2, LEXICON, known_tags=["O", "B-x"], scheme="bio").sentence_counts
        for predicted in ([["B-x"], ["O"]], [["O"], ["B-x"]])
    )

    difference = differences(first, second)["span_f1"]

    assert (difference.p, difference.interval) == (1, (-1, 1))


def test_p_is_never_zero():
    worse, better = ([[("A", tag, "known")]] * 200 for tag in "BA")
    counts = [evaluation_of(each).sentence_counts for each in (worse, better)]

    assert differences(*counts, permutations=99)["accuracy"].p == 1 / 100


def test_one_sentence_never_shows_a_significant_difference():
    counts = [evaluation_of([[("A", tag, "known")] * 500]).sentence_counts for tag in "BA"]

    assert (differences(*counts)["accuracy"].p, differences(*counts)["accuracy"].interval) == (1, (0, 1))


@given(
    st.lists(st.tuples(*[st.lists(st.sampled_from("ABC"), min_size=3, max_size=3)] * 3), min_size=1, max_size=40),
    st.sampled_from([9, 99, 100, 250]),
    st.booleans(),
)
@settings(max_examples=60)
def test_p_is_below_5_percent_exactly_if_the_interval_excludes_zero(sentences, permutations, second_is_right):
    gold, *predicted = ([sentence[i] for sentence in sentences] for i in range(3))
    predicted[1] = gold if second_is_right else predicted[1]
    tokens = [["known"] * 3] * len(gold)
    counts = [evaluate(gold, tags, tokens, LEXICON, known_tags=TAGS.tolist()).sentence_counts for tags in predicted]

    for difference in differences(*counts, permutations=permutations).values():
        low, high = difference.interval
        assert (difference.p < 0.05) == difference.is_significant == (not low <= 0 <= high)
        assert -1 <= low <= difference.difference + 1e-9
        assert difference.difference - 1e-9 <= high <= 1


def test_p_and_interval_equal_those_of_scipy():
    first, second = (random_evaluation(40, accuracy=accuracy, seed=seed) for accuracy, seed in ((0.85, 1), (0.9, 2)))
    rights = [np.bincount(each.steps.sentence[each.steps.is_right], minlength=40) for each in (first, second)]

    def accuracy_difference(one, other, axis):
        return (other.sum(axis) - one.sum(axis)) / first.n_tokens

    rng = np.random.default_rng(0)
    oracle = permutation_test(
        rights, accuracy_difference, permutation_type="samples", n_resamples=20_000, vectorized=True, rng=rng
    )
    difference = differences(first.sentence_counts, second.sentence_counts)["accuracy"]

    assert difference.p == pytest.approx(oracle.pvalue, abs=0.01)
    margin = np.quantile(np.abs(oracle.null_distribution), 0.95)
    expected = difference.difference - margin, difference.difference + margin
    assert difference.interval == pytest.approx(expected, abs=0.003)
