import itertools
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.encoding.lexicon import Lexicon
from tagger.evaluation.comparison import compare_evaluations, paired_evaluations
from tagger.evaluation.metrics import Evaluation, evaluate
from tagger.evaluation.score import recorded_score, score
from tagger.evaluation.segments import SegmentCounts, count_segments
from tagger.reports.evaluation_text import format_evaluation
from tagger.reports.run_report.scores import score_table
from tagger.reports.run_report.segments import segment_tables
from tagger.reports.segment_text import segment_rows

NO_WORDS = Lexicon("r", None)
STEPS = st.lists(st.lists(st.tuples(st.sampled_from("rub_"), st.sampled_from("rub")), max_size=9), max_size=4)


def segments_of(evaluation: Evaluation) -> SegmentCounts:
    assert evaluation.segments is not None
    return evaluation.segments


def evaluation_of(gold: list[str], predicted: list[str], ignore: str = "") -> Evaluation:
    """Evaluate series whose states are letters."""
    no_words = [[""] * len(states) for states in gold]
    return evaluate(gold, predicted, no_words, NO_WORDS, ignore=ignore, is_series=True)


def test_segment_scores_equal_those_by_hand():
    """Steps 10 to 12 are a short u in the middle of r.

    r: [0, 4) and [8, 16) gold; [0, 5), [8, 10), [12, 16) predicted: IoU 4/5, and 4/8 of the last one.
    u: [4, 8) gold; [5, 8), [10, 12) predicted: IoU 3/4, and the second matches none and is shorter than 4.
    No gold r is whole, so that the r at [8, 10) is spurious too: it is shorter than any whole segment.
    """
    evaluation = evaluation_of(["rrrruuuurrrrrrrr"], ["rrrrruuurruurrrr"])
    written = evaluation.to_json()
    segments = written["segments"]

    assert (segments["gold"], segments["predicted"], segments["spurious"]) == (3, 5, 2)
    assert segments["iou_50"] == {
        "precision": 3 / 5, "recall": 1, "f1": pytest.approx(6 / 8), "macro_f1": pytest.approx((4 / 5 + 2 / 3) / 2),
    }  # fmt: skip
    assert segments["iou_75"] == {
        "precision": 2 / 5, "recall": pytest.approx(2 / 3), "f1": pytest.approx(4 / 8),
        "macro_f1": pytest.approx((2 / 5 + 2 / 3) / 2),
    }  # fmt: skip
    assert segments["states"]["u"] == {
        "gold": 1, "predicted": 2, "shortest": 4, "spurious": 1,
        "iou_50": {"precision": 1 / 2, "recall": 1, "f1": pytest.approx(2 / 3)},
        "iou_75": {"precision": 1 / 2, "recall": 1, "f1": pytest.approx(2 / 3)},
    }  # fmt: skip
    # onsets of u at 4, predicted at 5, and of r at 8, at 12; offsets of r at 4, at 5, and of u at 8
    assert segments["onset"] == {"segments": 2, "median": 2.5, "percentile_90": pytest.approx(3.7)}
    assert segments["offset"] == {"segments": 2, "median": 0.5, "percentile_90": pytest.approx(0.9)}
    assert (written["segment_f1"], written["segment_f1_75"]) == (pytest.approx(6 / 8), pytest.approx(4 / 8))
    assert written["intervals"]["segment_f1"] == evaluation.intervals["segment_f1"]


def runs(states: str) -> list[tuple[str, set[int]]]:
    """Runs of one state, without ignored steps, written without the code under test."""
    grouped = itertools.groupby(enumerate(states), key=lambda step: step[1])
    return [(state, {i for i, _ in steps}) for state, steps in grouped if state != "_"]


def most_matches(gold: str, predicted: str, threshold: float) -> int:
    """The most one-to-one matches of two series, by trying all of them."""
    masked = "".join("_" if state == "_" else guess for state, guess in zip(gold, predicted, strict=True))
    golds, guesses = runs(gold), runs(masked)
    fits = [
        [state == guess and len(a & b) / len(a | b) >= threshold for guess, b in guesses] for state, a in golds
    ]  # fmt: skip

    def best(i: int, free: frozenset[int]) -> int:
        if i == len(golds):
            return 0
        return max([best(i + 1, free), *(1 + best(i + 1, free - {j}) for j in free if fits[i][j])])

    return best(0, frozenset(range(len(guesses))))


@given(STEPS)
def test_matches_are_as_many_as_any_one_to_one_matching_has(series):
    gold, predicted = (["".join(step[i] for step in steps) for steps in series] for i in range(2))
    evaluation = evaluation_of(gold, predicted, ignore="_")
    assert evaluation.segments is not None

    for threshold in (0.5, 0.75):
        expected = sum(most_matches(*pair, threshold) for pair in zip(gold, predicted, strict=True))
        matches = evaluation.segments.matches(threshold)
        assert len(matches) == expected
        assert len({*matches[:, 0].tolist()}) == len({*matches[:, 1].tolist()}) == expected
    n_gold = sum(len(runs(states)) for states in gold)
    assert evaluation.segments.to_json()["gold"] == n_gold
    assert score("segment_f1", gold, predicted, ignore="_") == (recorded_score(evaluation.to_json(), "segment_f1") or 0)


def test_the_counts_of_series_sum_to_the_segment_f1_of_all():
    gold, predicted = ["rruu", "uuu", "ru"], ["rrru", "ruu", "ru"]
    evaluation = evaluation_of(gold, predicted)
    counts = segments_of(evaluation).by_series(3)

    assert counts.tolist() == [[2, 2, 2, 0], [2, 1, 1, 0], [2, 2, 2, 2]]
    assert evaluation.headlines["segment_f1"] == 2 * 5 / (6 + 5)


def test_an_ignored_step_ends_segments_and_the_ends_of_a_series_are_no_onsets():
    evaluation = evaluation_of(["rr_rr"], ["rrrrr"], ignore="_")
    segments = segments_of(evaluation)

    assert segments.gold.start.tolist() == segments.predicted.start.tolist() == [0, 3]
    assert [len(each) for each in segments.delays()] == [0, 0]
    assert evaluation.to_json()["segments"]["onset"] == {"segments": 0, "median": None, "percentile_90": None}


@pytest.mark.parametrize(
    ("gold", "predicted", "spurious"),
    [
        ("rrruuurrr", "rrruuurrr", 0),
        ("rrruuurrr", "rurururrr", 5),  # the five single steps inside; the first one is cut off by the start
        ("rrruuurrr", "urruuurrr", 0),  # cut off by the start
        ("rrrrrrrrr", "rrrburrrr", 0),  # no gold one is whole, and none is shorter than 1 step
    ],
)
def test_a_short_segment_inside_a_series_that_matches_none_is_spurious(gold, predicted, spurious):
    assert evaluation_of([gold], [predicted]).to_json()["segments"]["spurious"] == spurious


def test_text_and_tags_of_a_scheme_have_no_segments():
    words = evaluate(["ru"], ["ru"], ["ab"], NO_WORDS)
    spans = evaluate([["B-x"]], [["B-x"]], [["a"]], NO_WORDS, scheme="bio", is_series=True)

    for written in (words.to_json(), spans.to_json()):
        assert not [key for key in (*written, *written["intervals"]) if "segment" in key]
    assert not [name for name in words.headlines if "segment" in name]


def test_two_taggers_of_series_are_compared_by_segment_f1():
    gold = ["rrrruuuu"] * 8
    pair = paired_evaluations(gold, ["rururuuu"] * 8, gold, [[""] * 8] * 8, NO_WORDS, is_series=True)
    difference = compare_evaluations(*pair).headlines["segment_f1"]

    assert (difference.second, difference.better) == (1, "second")


def test_the_text_of_segments_names_states_delays_and_spurious_ones():
    evaluation = evaluation_of(["rrrruuuurrrrrrrr"], ["rrrrruuurruurrrr"])
    text = format_evaluation(evaluation)

    assert "segment F1         0.7500" in text
    assert [row.split() for row in text.splitlines() if row.startswith("all ")] == [
        ["all", "0.6000", "1.0000", "0.7500", "3", "5", "2", "0.5000"]
    ]
    assert "onset            median +2.5 steps, 90 % at most 3.7 steps off, of 2 matched segments" in text
    assert segment_rows(evaluation_of([], []).to_json()["segments"], 5) == []


def test_the_page_has_a_row_for_each_state():
    evaluation = evaluation_of(["rrrruuuurrrrrrrr"], ["rrrrruuurruurrrr"]).to_json()
    states, ends = segment_tables(evaluation["segments"], "test")

    assert [row[0] for row in states.rows] == ["r", "u", "all", "mean of the states"]
    assert [row[0] for row in ends.rows] == ["onset", "offset"]
    assert "segment F1 at IoU 0.5" in [row[0] for row in score_table({"test": evaluation}).rows]


def test_median_delay_is_that_of_the_steps():
    rng = np.random.default_rng(0)
    gold = "".join(state * int(n) for state, n in zip("rubrub", rng.integers(20, 30, 6), strict=True))
    cuts = [i for i in range(1, len(gold)) if gold[i] != gold[i - 1]]
    late = [3, -2, 1, 0, 2]
    predicted = list(gold)
    for cut, delay in zip(cuts, late, strict=True):
        for i in range(min(cut, cut + delay), max(cut, cut + delay)):
            predicted[i] = gold[cut - 1] if delay > 0 else gold[cut]

    onsets, offsets = count_segments(evaluation_of([gold], ["".join(predicted)]).steps).delays()
    assert onsets.tolist() == offsets.tolist() == late
    assert evaluation_of([gold], ["".join(predicted)]).to_json()["segments"]["onset"]["median"] == median(late)
