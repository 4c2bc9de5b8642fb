import json
import re
from collections.abc import Sequence
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, precision_recall_fscore_support

from tagger.config.values import Metric
from tagger.corpus.tags import format_tags
from tagger.encoding.lexicon import Lexicon
from tagger.evaluation.headlines import headlines
from tagger.evaluation.metrics import Evaluation, evaluate
from tagger.evaluation.score import has_gold_spans, recorded_score, score
from tagger.reports.evaluation_text import format_evaluation
from tagger.reports.measures import MEASURES

NO_WORDS = Lexicon("A", None)
TAGS = st.sampled_from(["A", "B", "C", "B-x", "_"])
STEPS = st.lists(st.lists(st.tuples(TAGS, TAGS), max_size=6), max_size=8)  # (gold, predicted)


def evaluated(sentences: Sequence[Sequence[tuple[str, str]]], **options: Any) -> Evaluation:
    """Of (gold, predicted) pairs; every token is `w`."""
    return evaluate(
        gold=[[gold for gold, _ in steps] for steps in sentences],
        predicted=[[tag for _, tag in steps] for steps in sentences],
        tokens=[["w" for _ in steps] for steps in sentences],
        lexicon=options.pop("lexicon", NO_WORDS),
        **options,
    )


def _columns(sentences: Sequence[Sequence[tuple[str, str]]]) -> tuple[list[list[str]], list[list[str]]]:
    """Gold and predicted tags of each sentence."""
    return [[gold for gold, _ in steps] for steps in sentences], [[tag for _, tag in steps] for steps in sentences]


def test_a_small_evaluation_can_be_checked_on_paper():
    found = evaluate(
        gold=[["D", "N", "V"], ["N", "V"], []],
        predicted=[["D", "N", "N"], ["N", "V"], []],
        tokens=[["the", "dog", "barks"], ["cats", "purr"], []],
        lexicon=Lexicon("N", {"the": "D", "cats": "V", "purr": "V"}),
        known_tags=["D", "N", "V", "X"],
    )

    assert found.tags == ("D", "N", "V", "X")
    assert found.confusion.tolist() == [[0, 0, 1], [1, 1, 2], [2, 1, 1], [2, 2, 1]]  # D as D, N as N, V as N and as V
    assert (found.n_tokens, found.n_sentences) == (5, 2)  # the third one has no token
    assert (found.accuracy, found.headlines["sentence_accuracy"]) == (4 / 5, 1 / 2)
    assert (found.counts["unseen_tokens"], found.headlines["unseen_accuracy"]) == (2, 1 / 2)  # dog, barks
    assert found.baseline_accuracies == {
        "majority_tag": 2 / 5,  # dog, cats
        "most_frequent_tag": 3 / 5,  # the, dog, purr
        "suffix": 4 / 5,  # the, purr, barks by the end of `cats`, and dog, as no word ends like it
    }
    assert found.baseline_accuracy == 3 / 5
    assert found.by_tag["N"] == {"accuracy": 1, "precision": 2 / 3, "recall": 1, "f1": 4 / 5, "support": 2}
    assert found.by_tag["V"] == {"accuracy": 1 / 2, "precision": 1, "recall": 1 / 2, "f1": 2 / 3, "support": 2}
    assert found.by_tag["X"] == {"accuracy": 0, "precision": 0, "recall": 0, "f1": 0, "support": 0}
    assert found.headlines["macro_f1"] == pytest.approx((1 + 4 / 5 + 2 / 3) / 3)
    assert found.headlines["weighted_f1"] == pytest.approx((1 * 1 + 2 * 4 / 5 + 2 * 2 / 3) / 5)


@given(STEPS)
def test_every_ratio_is_that_of_scikit_learn(sentences):
    steps = [step for steps in sentences for step in steps]
    found = evaluated(sentences)

    assert found.n_tokens == len(steps)
    if not steps:
        assert found.tags == ()
        return
    gold, predicted = zip(*steps, strict=True)
    columns = precision_recall_fscore_support(gold, predicted, labels=found.tags, zero_division=0)
    assert found.accuracy == pytest.approx(accuracy_score(gold, predicted))
    for average in ("macro", "weighted"):
        assert found.headlines[f"{average}_f1"] == pytest.approx(
            f1_score(gold, predicted, average=average, zero_division=0)
        )
    if len(found.tags) > 1:  # of a single one scikit-learn warns
        matrix = np.zeros((len(found.tags), len(found.tags)), int)
        matrix[tuple(found.confusion[:, :2].T)] = found.confusion[:, 2]
        assert matrix.tolist() == confusion_matrix(gold, predicted, labels=list(found.tags)).tolist()
    assert score("macro_f1", *_columns(sentences)) == found.headlines["macro_f1"]
    assert set(found.tags) == {*gold, *predicted}
    for name, values in zip(("precision", "recall", "f1", "support"), columns, strict=True):
        assert [scores[name] for scores in found.by_tag.values()] == pytest.approx(values.tolist())
    assert all(scores["accuracy"] == scores["recall"] for scores in found.by_tag.values())


@given(STEPS)
def test_known_tags_come_first_and_change_no_ratio(sentences):
    with_known, without = (evaluated(sentences, known_tags=tags) for tags in (["Z", "B"], ()))

    assert with_known.tags[:2] == ("Z", "B")
    assert with_known.accuracy == without.accuracy
    assert with_known.headlines.get("macro_f1") == pytest.approx(without.headlines.get("macro_f1"))
    assert {tag: with_known.by_tag[tag] for tag in without.tags} == without.by_tag


@given(st.data(), STEPS)
def test_the_order_of_sentences_does_not_matter(data, sentences):
    shuffled = data.draw(st.permutations(sentences))

    assert evaluated(shuffled).to_json() == evaluated(sentences).to_json()


@given(STEPS, st.sampled_from(["w", "other"]))
def test_evaluating_in_parts_counts_the_same_tokens_as_evaluating_at_once(sentences, known_word):
    lexicon = Lexicon("A", {known_word: "B"})

    whole = evaluated(sentences, lexicon=lexicon)
    parts = [evaluated([steps], lexicon=lexicon, known_tags=whole.tags) for steps in sentences]

    assert whole.confusion[:, 2].sum() == sum(part.n_tokens for part in parts)
    assert whole.sentence_counts.tolist() == [row for part in parts for row in part.sentence_counts.tolist()]
    for name, is_right in whole.steps.baselines.items():
        assert is_right.sum() == sum(part.steps.baselines[name].sum() for part in parts)


def test_gold_tags_that_the_tagger_does_not_know_are_errors_and_are_listed():
    found = evaluated([[("A", "A"), ("NEW", "A")]], known_tags=["A", "B"])

    assert found.accuracy == 1 / 2
    assert found.tags == ("A", "B", "NEW")
    assert found.by_tag["NEW"] == {"accuracy": 0, "precision": 0, "recall": 0, "f1": 0, "support": 1}


def test_tokens_whose_gold_tag_is_ignored_are_not_counted():
    steps = [("A", "A"), ("_", "A"), ("B", "B"), ("_", "_")]

    found = evaluated([steps, [("_", "A")]], lexicon=Lexicon("A", {}), ignore=["_"])

    assert (found.n_tokens, found.accuracy, found.counts["unseen_tokens"]) == (2, 1.0, 2)
    assert (found.n_sentences, found.headlines["sentence_accuracy"]) == (1, 1)
    assert found.baseline_accuracies["majority_tag"] == 1 / 2
    assert found.tags == ("A", "B")


def test_a_form_is_unseen_if_train_does_not_have_it_as_written():
    found = evaluate(
        gold=[["N", "N", "N"]],
        predicted=[["N", "N", "V"]],
        tokens=[["cat", "Cat", "CAT"]],
        lexicon=Lexicon("N", {"cat": "N"}),
    )

    assert (found.counts["unseen_tokens"], found.headlines["unseen_accuracy"]) == (2, 1 / 2)
    assert (found.counts["seen_tokens"], found.headlines["seen_accuracy"]) == (1, 1)


def test_there_is_no_accuracy_of_unseen_words_where_all_are_seen_or_none_are_read():
    assert evaluated([[("A", "A")]], lexicon=Lexicon("A", {"w": "A"})).to_json()["unseen_accuracy"] is None
    without_words = evaluated([[("A", "A")]])
    assert without_words.counts["unseen_tokens"] is None
    assert without_words.to_json()["unseen_accuracy"] is None
    assert without_words.baseline_accuracy == 1.0


def test_one_tag_only_is_evaluated():
    headlines = evaluated([[("A", "A"), ("A", "A")]]).headlines

    assert [headlines[name] for name in ("accuracy", "macro_f1", "sentence_accuracy")] == [1, 1, 1]


@pytest.mark.parametrize("known_tags", [(), ("A", "B")])
@pytest.mark.parametrize("sentences", [[], [[]], [[("_", "A")]]])
def test_no_scored_token_at_all_gives_zeros_and_no_crash(sentences, known_tags):
    found = evaluated(sentences, known_tags=known_tags, ignore=["_"], lexicon=Lexicon("A", {}))

    written = found.to_json()
    assert (found.n_tokens, found.accuracy, written["sentence_accuracy"], written["macro_f1"]) == (0, 0, 0, 0)
    assert found.baseline_accuracy == 0
    assert written["unseen_accuracy"] is None
    assert "of 0 tokens" in format_evaluation(found)


@pytest.mark.parametrize(("gold", "predicted"), [([["A"]], []), ([["A", "B"]], [["A"]])])
def test_gold_and_predicted_tags_of_different_number_are_a_mistake_of_the_caller(gold, predicted):
    with pytest.raises(ValueError, match="zip"):
        evaluate(gold, predicted, [["w"] * len(tags) for tags in gold], NO_WORDS)


def test_an_evaluation_is_written_as_json_with_ratios_from_0_to_1():
    found = evaluated(
        [[("A", "A"), ("B", "A")]], lexicon=Lexicon("A", {"x": "A"}, frozenset("x")), confidence=[[0.9, 0.5]]
    ).to_json()

    assert json.loads(json.dumps(found)) == {
        "sentences": 1,
        "tokens": 2,
        "accuracy": 0.5,
        "sentence_accuracy": 0.0,
        "seen_accuracy": None,
        "seen_tokens": 0,
        "unseen_accuracy": 0.5,
        "unseen_tokens": 2,
        "ambiguous_accuracy": None,
        "ambiguous_tokens": 0,
        "macro_f1": pytest.approx(1 / 3),
        "weighted_f1": pytest.approx(1 / 3),
        "intervals": {
            "accuracy": [0.5, 0.5],
            "seen_accuracy": None,
            "unseen_accuracy": [0.5, 0.5],
            "ambiguous_accuracy": None,
            "sentence_accuracy": [0.0, 0.0],
            "macro_f1": [pytest.approx(1 / 3)] * 2,
            "weighted_f1": [pytest.approx(1 / 3)] * 2,
            "span_f1": None,
        },
        "baseline_accuracy": 0.5,
        "baselines": {"majority_tag": 0.5, "most_frequent_tag": 0.5, "suffix": 0.5},
        "beats_baselines": False,
        "tags": {
            "A": {"accuracy": 1.0, "precision": 0.5, "recall": 1.0, "f1": pytest.approx(2 / 3), "support": 1},
            "B": {"accuracy": 0.0, "precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 1},
        },
        "confusion": {"tags": ["A", "B"], "cells": {"A": {"A": 1}, "B": {"A": 1}}},
        "spans": None,
        "by_length": [{"from": 1, "to": 2, "sentences": 1, "tokens": 2, "accuracy": 0.5}],
        "by_position": [{"from": 1, "to": 2, "tokens": 2, "accuracy": 0.5}],
        "calibration": {
            "error": pytest.approx(0.3),
            "bins": [
                {"from": 7 / 15, "to": 8 / 15, "tokens": 1, "confidence": 0.5, "accuracy": 0.0},
                {"from": 13 / 15, "to": 14 / 15, "tokens": 1, "confidence": 0.9, "accuracy": 1.0},
            ],
            "coverage": [
                {"coverage": 0.5, "accuracy": 1.0, "threshold": 0.9},
                {"coverage": 1.0, "accuracy": 0.5, "threshold": 0.5},
            ],
        },
    }


def test_a_word_is_ambiguous_if_it_has_two_tags_in_train():
    lexicon = Lexicon("N", {"run": "V", "dog": "N"}, frozenset({"run"}))
    found = evaluate([["V", "N", "N"]], [["V", "V", "N"]], [["run", "run", "dog"]], lexicon)

    assert (found.counts["ambiguous_tokens"], found.headlines["ambiguous_accuracy"]) == (2, 1 / 2)
    assert evaluated([[("A", "A")]], lexicon=Lexicon("A", {})).counts["ambiguous_tokens"] is None


def test_a_model_beats_its_baselines_only_if_it_is_better_than_each():
    steps = [("A", "A"), ("B", "B"), ("B", "A")]

    assert evaluated([steps], lexicon=Lexicon("A", {})).not_beaten == ()
    assert evaluated([steps], lexicon=Lexicon("B", {"w": "A"})).not_beaten == ("majority_tag",)
    assert evaluated([steps], lexicon=Lexicon("A", {"w": "B"})).not_beaten == ("most_frequent_tag", "suffix")


def test_accuracy_is_told_by_the_length_of_the_sentence_and_by_the_place_in_it():
    right, wrong = ("A", "A"), ("A", "B")
    found = evaluated([[right] * 5, [wrong] * 5 + [right], [wrong] * 4 + [right] * 6, [right] * 100]).to_json()

    assert found["by_length"] == [
        {"from": 1, "to": 5, "sentences": 1, "tokens": 5, "accuracy": 1.0},
        {"from": 6, "to": 10, "sentences": 2, "tokens": 16, "accuracy": 7 / 16},
        {"from": 81, "to": 100, "sentences": 1, "tokens": 100, "accuracy": 1.0},
    ]
    assert found["by_position"][0] == {"from": 1, "to": 5, "tokens": 20, "accuracy": 11 / 20}
    assert [(row["from"], row["to"], row["tokens"]) for row in found["by_position"][1:]] == [
        (6, 10, 11), (11, 20, 10), (21, 40, 20), (41, 80, 40), (81, 100, 20),
    ]  # fmt: skip


def test_a_place_in_a_sentence_counts_tokens_that_are_not_scored():
    found = evaluated([[("_", "A")] * 5 + [("A", "A")]], ignore=["_"]).to_json()

    assert found["by_length"] == [{"from": 6, "to": 6, "sentences": 1, "tokens": 1, "accuracy": 1.0}]
    assert found["by_position"] == [{"from": 6, "to": 6, "tokens": 1, "accuracy": 1.0}]


def test_a_table_has_a_row_for_every_tag_and_all_figures():
    found = evaluated(
        [[("A", "A"), ("a-very-long-tag-name", "A")]] * 1000, known_tags=["A", "B"], lexicon=Lexicon("A", {})
    )

    assert format_evaluation(found).split("\n") == [
        "tag                   accuracy  precision  recall      f1  support",
        "A                       1.0000     0.5000  1.0000  0.6667    1,000",
        "B                       0.0000     0.0000  0.0000  0.0000        0",
        "a-very-long-tag-name    0.0000     0.0000  0.0000  0.0000    1,000",
        "",
        "                                95 % interval",
        "all                     0.5000  all draws alike   of 2,000 tokens",
        "unseen words            0.5000  all draws alike   of 2,000 tokens",
        "sentences               0.0000  all draws alike   of 1,000 all right",
        "macro F1                0.3333  all draws alike   each tag counts alike",
        "weighted F1             0.3333  all draws alike   each tag counts by its tokens",
        "baseline                0.5000                    the most frequent tag",
        "baseline                0.5000                    each word's most frequent tag",
        "baseline                0.5000                    each word's most frequent tag, unseen words by their suffix",
        "",
        "most frequent errors, gold → predicted, each with an example",
        "  1,000  a-very-long-tag-name → A  w [w]",
        "",
        "sentences that went most wrong",
        *["  1 of 2 tokens: w [w a-very-long-tag-name → A]"] * 3,
    ]


def test_an_interval_that_draws_can_tell_stands_beside_its_number():
    table = format_evaluation(evaluated([[("A", "A")], [("B", "A")]] * 50))

    assert re.search(r"^all +0\.5000  0\.4\d+ to 0\.[56]\d+  of 100 tokens$", table, re.MULTILINE)


def test_of_a_long_sentence_that_went_wrong_a_table_shows_the_beginning():
    *_, line = format_evaluation(evaluated([[("A", "B")] * 1000])).split("\n")

    assert line.startswith("  1000 of 1000 tokens: [w A → B]")
    assert line.endswith("[w A → B] …")
    assert len(line) < 300


def test_a_table_without_errors_shows_none():
    assert "wrong" not in format_evaluation(evaluated([[("A", "A"), ("_", "A")]], ignore=["_"]))


@given(STEPS)
def test_a_table_prints_every_tag_once_and_says_nothing_of_unseen_words_where_there_are_none(sentences):
    found = evaluated(sentences)
    head, *rows = format_evaluation(found).split("\n")

    assert head.split() == ["tag", "accuracy", "precision", "recall", "f1", "support"]
    assert [row.split()[0] for row in rows[: len(found.tags)]] == list(found.tags)
    assert rows[len(found.tags)] == ""
    assert not any(row.startswith("unseen words") for row in rows)


METRICS = [metric for metric in get_args(Metric) if metric != "auto"]


@pytest.mark.parametrize("metric", METRICS)
def test_the_score_of_nothing_is_zero(metric):
    assert score(metric, [], []) == 0.0


def test_every_headline_has_its_names_and_every_metric_is_a_headline():
    names = headlines(evaluated([]).sentence_counts.sum(axis=0)).keys()

    assert list(names) == list(MEASURES)
    assert {*METRICS} <= names


@pytest.mark.parametrize("metric", METRICS)
def test_the_score_is_the_number_that_metrics_json_has(metric):
    gold, predicted = [["B-x", "I-x", "O"], ["B-y"]], [["B-x", "O", "O"], ["B-y"]]
    written = evaluate(gold, predicted, gold, NO_WORDS, scheme="bio").to_json()

    assert score(metric, gold, predicted, scheme="bio") == recorded_score(written, metric)


def test_without_any_span_there_is_no_span_f1_and_no_interval_of_it():
    found = evaluate([["O", "O"]], [["O", "O"]], [["a", "b"]], NO_WORDS, known_tags=["B-x", "O"], scheme="bio")
    written = found.to_json()

    assert "span_f1" not in found.headlines
    assert written["intervals"]["span_f1"] is None
    assert written["spans"] == {
        "precision": None, "recall": None, "f1": None, "types": {},
        "strict": {"precision": None, "recall": None, "f1": None},
    }  # fmt: skip
    assert recorded_score(written, "span_f1") is None
    assert not has_gold_spans(written)


def test_a_span_that_is_predicted_where_none_is_gold_makes_a_span_f1_of_0():
    found = evaluate([["O", "O"]], [["B-x", "O"]], [["a", "b"]], NO_WORDS, scheme="bio").to_json()

    assert (found["spans"]["f1"], found["intervals"]["span_f1"]) == (0, (0, 0))
    assert not has_gold_spans(found)
    assert has_gold_spans(evaluate([["B-x"]], [["O"]], [["a"]], NO_WORDS, scheme="bio").to_json())


def test_pairs_of_tags_that_do_not_occur_take_no_room():
    tags = [f"t{i}" for i in range(3000)]
    found = evaluate([tags[:2]], [tags[:2]], [["a", "b"]], NO_WORDS, known_tags=tags)

    assert found.to_json()["confusion"] == {"tags": tuple(tags), "cells": {"t0": {"t0": 1}, "t1": {"t1": 1}}}


def test_a_table_says_where_there_are_no_spans():
    found = evaluate([["O", "O"]], [["O", "O"]], [["a", "b"]], NO_WORDS, known_tags=["B-x", "O"], scheme="bio")
    lines = format_evaluation(found).split("\n")

    assert "span F1                 –  no spans, gold or predicted" in lines
    assert not any(line.startswith(("span  ", "strict")) for line in lines)


def test_spans_that_are_all_broken_leave_those_that_are_written_well_without_a_score():
    found = evaluate([["I-x"]], [["I-x"]], [["a"]], NO_WORDS, scheme="bio")

    assert [line.split() for line in format_evaluation(found).split("\n")][-2:] == [
        ["all", "1.0000", "1.0000", "1.0000", "1"],
        ["strict", "–", "–", "–", "0"],
    ]


def test_a_table_of_thousands_of_tags_has_the_most_frequent_ones_and_says_where_all_are():
    tags = [f"t{i}" for i in range(2000)]
    lines = format_evaluation(evaluated([[(tag, tag) for tag in [*tags, "t1999"]]])).split("\n")

    assert [line.split()[0] for line in lines[:3]] == ["tag", "t1999", "t0"]
    assert lines[101] == "… and 1,900 less frequent tags: --format json and metrics.json have all"


def test_a_list_of_many_tags_in_a_message_ends_with_the_number_of_the_others():
    assert format_tags(["A"] * 20) == ", ".join(["A"] * 20)
    assert format_tags(f"t{i}" for i in range(1920)).endswith("t18, t19, … and 1,900 more")
