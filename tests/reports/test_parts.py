"""Parts of a report: the confusion matrix, errors in context, figures, statistics of the data."""

import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.corpus.direction import direction
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.corpus.spelling import Notation
from tagger.encoding.lexicon import count_lexicon
from tagger.reports.axes import range_axis, round_axis, ticks
from tagger.reports.display_text import visible
from tagger.reports.error_analysis import MAX_WORDS, Outcome, frequent_confusions, worst_sentences
from tagger.reports.figures import BOTTOM, LEFT, RIGHT, X_ENDS, Y_ENDS, Bar, bar_groups, line_plot
from tagger.reports.page import percent
from tagger.reports.run_report.matrix import MAX_TAGS, confusion_matrix
from tagger.training.statistics import data_statistics


def outcome(words: str) -> Outcome:
    """A sentence from words such as `John/S`, tagged right, and `loves/V/O`, with gold V and predicted O."""
    cells = [word.split("/") for word in words.split()]
    return Outcome(
        tokens=[cell[0] for cell in cells],
        gold=[cell[1] for cell in cells],
        predicted=[cell[-1] for cell in cells],
        confidence=[0.9] * len(cells),
    )


def test_a_confusion_matrix_leaves_out_tags_that_do_not_occur_and_adds_up():
    matrix = confusion_matrix({"tags": ["A", "B", "C"], "cells": {"A": {"A": 8, "C": 2}, "C": {"C": 5}}})

    assert matrix.tags == ["A", "C"]
    assert [[cell.tokens for cell in row] for row in matrix.rows] == [[8, 2], [0, 5]]
    assert [[cell.is_right for cell in row] for row in matrix.rows] == [[True, False], [False, True]]
    assert matrix.rows[0][1].shade == 3  # 2 of 10
    assert (matrix.n_gold, matrix.n_predicted) == ([10, 5], [8, 7])


def test_tags_of_one_span_type_are_side_by_side():
    tags = ["B-a", "B-b", "I-a", "I-b", "O"]

    confusion = {"tags": tags, "cells": {tag: {tag: 1} for tag in tags}}
    assert confusion_matrix(confusion, Notation("bio")).tags == ["O", "B-a", "I-a", "B-b", "I-b"]
    assert confusion_matrix(confusion).tags == tags


@given(st.integers(0, 4), st.integers(0, 1000))
def test_dense_and_sparse_confusions_give_the_same_matrix(n_tags, seed):
    counts = np.random.default_rng(seed).poisson(0.5, (n_tags, n_tags)).tolist()
    tags = [f"t{i}" for i in range(n_tags)]
    cells = {tags[i]: {tags[j]: n for j, n in enumerate(row) if n} for i, row in enumerate(counts) if any(row)}

    assert confusion_matrix({"tags": tags, "counts": counts}) == confusion_matrix({"tags": tags, "cells": cells})


@given(st.integers(0, 120), st.integers(0, 1000))
def test_summing_up_rare_tags_loses_no_token(n_tags, seed):
    counts = np.random.default_rng(seed).poisson(0.05, (n_tags, n_tags)).tolist()
    matrix = confusion_matrix({"tags": [f"t{i}" for i in range(n_tags)], "counts": counts})

    assert len(matrix.tags) == len(matrix.rows) <= MAX_TAGS
    assert sum(cell.tokens for row in matrix.rows for cell in row) == sum(map(sum, counts))
    assert sum(matrix.n_gold) == sum(matrix.n_predicted) == sum(map(sum, counts))
    shown = len(matrix.tags) - (matrix.n_others > 0)
    assert shown + matrix.n_others == sum(any(counts[i]) or any(row[i] for row in counts) for i in range(n_tags))


def test_confusions_are_counted_and_sorted_by_frequency():
    outcomes = [outcome("a/N/V b/N/V c/N"), outcome("d/V/N e/N/V"), outcome("f/X/N g/N/V h/V")]

    first, second = frequent_confusions(outcomes, ignore=["X"])

    assert (first.gold, first.predicted, first.count, first.proportion) == ("N", "V", 4, 4 / 5)
    assert (second.gold, second.predicted, second.count, second.proportion) == ("V", "N", 1, 1 / 2)
    assert [excerpt.number for excerpt in first.examples] == [1, 1, 2]


def test_examples_show_different_words():
    (confusion,) = frequent_confusions([outcome("run/N/V"), outcome("run/N/V"), outcome("walk/N/V")])

    assert [excerpt.number for excerpt in confusion.examples] == [1, 3]


def test_the_worst_sentence_has_the_highest_total_confidence_in_wrong_tags():
    sure = Outcome(["a"], ["N"], ["V"], [1.0])
    unsure = Outcome(["a", "b"], ["N", "N"], ["V", "V"], [0.3, 0.4])
    right = Outcome(["a"], ["N"], ["N"], [1.0])

    assert [excerpt.number for excerpt in worst_sentences([unsure, right, sure])] == [3, 1]
    assert worst_sentences([sure], ignore=["N"]) == []


@given(st.lists(st.booleans(), min_size=1, max_size=300))
def test_an_excerpt_shows_or_counts_every_word(wrong):
    outcome = Outcome(
        [str(i) for i in range(len(wrong))], ["N"] * len(wrong), ["V" if w else "N" for w in wrong], [0.5] * len(wrong)
    )
    excerpts = worst_sentences([outcome])

    assert len(excerpts) == any(wrong)
    for excerpt in excerpts:
        words = [part for part in excerpt.parts if not isinstance(part, int)]
        assert len(words) + sum(part for part in excerpt.parts if isinstance(part, int)) == len(wrong)
        assert len(words) <= MAX_WORDS
        assert words == sorted(words, key=lambda word: int(word.token))
        assert all(word.is_focus == wrong[int(word.token)] == (word.gold != word.predicted) for word in words)
        assert excerpt.n_errors == sum(wrong)
        if sum(wrong) == 1:
            assert [word for word in words if word.is_focus]


@given(st.floats(-1e3, 1e3), st.floats(1e-4, 1e4))
def test_ticks_are_few_evenly_spaced_and_enclose_the_values(low, span):
    values = ticks(low, low + span)
    steps = np.diff(values)

    assert values[0] <= low + 1e-6 * span
    assert values[-1] >= low + span - 1e-6 * span
    assert 2 <= len(values) <= 8
    assert steps == pytest.approx(steps[0], rel=1e-3)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 1)), min_size=1, max_size=30))
def test_the_marks_of_a_line_are_inside_its_figure(values):
    axes = range_axis(0, 100, *X_ENDS), round_axis([y for _, y in values], *Y_ENDS)
    panel = line_plot(sorted(values), *axes, x_label="x", y_label="y", chosen=(0, "first"))

    points = [(float(x), float(y)) for path in panel.paths for x, y in re.findall(r"([-\d.]+) ([-\d.]+)", path.data)]
    assert len(points) >= 3 * len(values)  # the line, its dots and their holes
    for x, y in [*points, *((x, BOTTOM) for x, _ in axes[0].ticks)]:
        assert LEFT <= x <= RIGHT
        assert 0 <= y <= BOTTOM


def test_the_length_of_a_bar_is_its_value_and_its_whisker_the_interval():
    bar = Bar("half", 0.5, "", interval=(0.25, 0.75))

    assert (bar.width, bar.whisker) == ("50%", ("25%", "50%"))


def test_many_bars_are_split_into_groups_of_similar_size():
    assert [len(group) for group in bar_groups([Bar(f"t{i}", 0.5, "") for i in range(73)])] == [37, 36]


def test_the_direction_of_a_sentence_is_that_of_most_letters():
    assert direction("Google", "ستفتح", "مكتبا") == "rtl"
    assert direction("ستفتح", "Google", "Maps") == "ltr"
    assert direction("12", ".") == "ltr"


def test_ratios_are_shown_in_percent_and_long_words_are_truncated():
    assert percent(0.94174) == "94.17\N{NO-BREAK SPACE}%"
    assert percent(None) == "–"
    assert len(visible("x" * 1000)) == 120


def test_data_statistics_agree_with_counts_by_hand():
    train = Sentences.collect(
        [Sentence(("run", "a", "run"), ("N", "D", "V")), Sentence(("b",), ("X",)), Sentence(("b",), ("N",))]
    )
    dev = Sentences.collect([Sentence(("run", "c", "c"), ("N", "D", "D"))])
    ambiguous = count_lexicon(train, reads_words=True, ignore=["X"]).ambiguous

    assert ambiguous is not None
    statistics = data_statistics({"train": train, "dev": dev}, ambiguous=ambiguous)

    assert statistics["train"]["ambiguous_words"] == 1  # run; b has one tag that is not ignored
    assert statistics["train"]["ambiguous_tokens"] == 2
    assert statistics["train"]["tags"] == Counter({"N": 2, "D": 1, "V": 1, "X": 1})
    assert (statistics["train"]["sentences"], statistics["train"]["tokens"], statistics["train"]["longest"]) == (
        3,
        5,
        3,
    )
    assert (statistics["dev"]["unseen_tokens"], statistics["dev"]["unseen_words"], statistics["dev"]["words"]) == (
        2,
        1,
        2,
    )
    assert statistics["train"]["unseen_tokens"] is None
