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
from tagger.corpus.schemes import Scheme
from tagger.corpus.tags import format_tags
from tagger.encoding.lexicon import Lexicon
from tagger.evaluation.headlines import headlines
from tagger.evaluation.metrics import Evaluation, evaluate
from tagger.evaluation.score import has_gold_spans, recorded_score, score, split_score
from tagger.reports.evaluation_text import format_evaluation
from tagger.reports.metric_names import METRIC_NAMES

NO_WORDS = Lexicon("A", None)
TAGS = st.sampled_from(["A", "B", "C", "B-x", "_"])
STEPS = st.lists(st.lists(st.tuples(TAGS, TAGS), max_size=6), max_size=8)  # (gold, predicted)


def evaluation_of(sentences: Sequence[Sequence[tuple[str, str]]], **options: Any) -> Evaluation:
    """Evaluate sentences of (gold, predicted) steps, whose tokens are all `w`."""
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


def test_small_evaluation_equals_one_by_hand():
    evaluation = evaluate(
        gold=[["D", "N", "V"], ["N", "V"], []],
        predicted=[["D", "N", "N"], ["N", "V"], []],
        tokens=[["the", "dog", "barks"], ["cats", "purr"], []],
        lexicon=Lexicon("N", {"the": "D", "cats": "V", "purr": "V"}),
        known_tags=["D", "N", "V", "X"],
    )

    assert evaluation.tags == ("D", "N", "V", "X")
    # D as D, N as N, V as N and as V
    assert evaluation.confusion.tolist() == [[0, 0, 1], [1, 1, 2], [2, 1, 1], [2, 2, 1]]
    assert (evaluation.n_tokens, evaluation.n_sentences) == (5, 2)  # the third one has no token
    assert (evaluation.accuracy, evaluation.headlines["sentence_accuracy"]) == (4 / 5, 1 / 2)
    assert (evaluation.counts["unseen_tokens"], evaluation.headlines["unseen_accuracy"]) == (2, 1 / 2)  # dog, barks
    assert evaluation.baseline_accuracies == {
        "majority_tag": 2 / 5,  # dog, cats
        "most_frequent_tag": 3 / 5,  # the, dog, purr
        "suffix": 4 / 5,  # the, purr, barks (suffix of `cats`), and dog (no known suffix)
    }
    assert evaluation.baseline_accuracy == 3 / 5
    assert evaluation.by_tag["N"] == {"accuracy": 1, "precision": 2 / 3, "recall": 1, "f1": 4 / 5, "support": 2}
    assert evaluation.by_tag["V"] == {"accuracy": 1 / 2, "precision": 1, "recall": 1 / 2, "f1": 2 / 3, "support": 2}
    assert evaluation.by_tag["X"] == {"accuracy": 0, "precision": 0, "recall": 0, "f1": 0, "support": 0}
    assert evaluation.headlines["macro_f1"] == pytest.approx((1 + 4 / 5 + 2 / 3) / 3)
    assert evaluation.headlines["weighted_f1"] == pytest.approx((1 * 1 + 2 * 4 / 5 + 2 * 2 / 3) / 5)


@given(STEPS)
def test_scores_equal_those_of_scikit_learn(sentences):
    steps = [step for steps in sentences for step in steps]
    evaluation = evaluation_of(sentences)

    assert evaluation.n_tokens == len(steps)
    if not steps:
        assert evaluation.tags == ()
        return
    gold, predicted = zip(*steps, strict=True)
    columns = precision_recall_fscore_support(gold, predicted, labels=evaluation.tags, zero_division=0)
    assert evaluation.accuracy == pytest.approx(accuracy_score(gold, predicted))
    for average in ("macro", "weighted"):
        assert evaluation.headlines[f"{average}_f1"] == pytest.approx(
            f1_score(gold, predicted, average=average, zero_division=0)
        )
    if len(evaluation.tags) > 1:  # scikit-learn warns for a single tag
        matrix = np.zeros((len(evaluation.tags), len(evaluation.tags)), int)
        matrix[tuple(evaluation.confusion[:, :2].T)] = evaluation.confusion[:, 2]
        assert matrix.tolist() == confusion_matrix(gold, predicted, labels=list(evaluation.tags)).tolist()
    assert score("macro_f1", *_columns(sentences)) == evaluation.headlines["macro_f1"]
    assert set(evaluation.tags) == {*gold, *predicted}
    for name, values in zip(("precision", "recall", "f1", "support"), columns, strict=True):
        assert [scores[name] for scores in evaluation.by_tag.values()] == pytest.approx(values.tolist())
    assert all(scores["accuracy"] == scores["recall"] for scores in evaluation.by_tag.values())


@given(STEPS)
def test_known_tags_come_first_and_change_no_score(sentences):
    with_known, without = (evaluation_of(sentences, known_tags=tags) for tags in (["Z", "B"], ()))

    assert with_known.tags[:2] == ("Z", "B")
    assert with_known.accuracy == without.accuracy
    assert with_known.headlines.get("macro_f1") == pytest.approx(without.headlines.get("macro_f1"))
    assert {tag: with_known.by_tag[tag] for tag in without.tags} == without.by_tag


@given(st.data(), STEPS)
def test_the_order_of_sentences_does_not_matter(data, sentences):
    shuffled = data.draw(st.permutations(sentences))

    assert evaluation_of(shuffled).to_json() == evaluation_of(sentences).to_json()


@given(STEPS, st.sampled_from(["w", "other"]))
def test_counts_of_parts_add_up_to_those_of_the_whole(sentences, known_word):
    lexicon = Lexicon("A", {known_word: "B"})

    whole = evaluation_of(sentences, lexicon=lexicon)
    parts = [evaluation_of([steps], lexicon=lexicon, known_tags=whole.tags) for steps in sentences]

    assert whole.confusion[:, 2].sum() == sum(part.n_tokens for part in parts)
    assert whole.sentence_counts.tolist() == [row for part in parts for row in part.sentence_counts.tolist()]
    for name, is_right in whole.steps.baselines.items():
        assert is_right.sum() == sum(part.steps.baselines[name].sum() for part in parts)


def test_unknown_gold_tags_are_errors_and_are_listed():
    evaluation = evaluation_of([[("A", "A"), ("NEW", "A")]], known_tags=["A", "B"])

    assert evaluation.accuracy == 1 / 2
    assert evaluation.tags == ("A", "B", "NEW")
    assert evaluation.by_tag["NEW"] == {"accuracy": 0, "precision": 0, "recall": 0, "f1": 0, "support": 1}


def test_tokens_with_an_ignored_gold_tag_are_not_scored():
    steps = [("A", "A"), ("_", "A"), ("B", "B"), ("_", "_")]

    evaluation = evaluation_of([steps, [("_", "A")]], lexicon=Lexicon("A", {}), ignore=["_"])

    assert (evaluation.n_tokens, evaluation.accuracy, evaluation.counts["unseen_tokens"]) == (2, 1.0, 2)
    assert (evaluation.n_sentences, evaluation.headlines["sentence_accuracy"]) == (1, 1)
    assert evaluation.baseline_accuracies["majority_tag"] == 1 / 2
    assert evaluation.tags == ("A", "B")


def test_form_is_unseen_if_train_lacks_it_in_this_case():
    evaluation = evaluate(
        gold=[["N", "N", "N"]],
        predicted=[["N", "N", "V"]],
        tokens=[["cat", "Cat", "CAT"]],
        lexicon=Lexicon("N", {"cat": "N"}),
    )

    assert (evaluation.counts["unseen_tokens"], evaluation.headlines["unseen_accuracy"]) == (2, 1 / 2)
    assert (evaluation.counts["seen_tokens"], evaluation.headlines["seen_accuracy"]) == (1, 1)


def test_unseen_accuracy_is_none_if_all_words_are_seen_or_no_words_are_read():
    assert evaluation_of([[("A", "A")]], lexicon=Lexicon("A", {"w": "A"})).to_json()["unseen_accuracy"] is None
    without_words = evaluation_of([[("A", "A")]])
    assert without_words.counts["unseen_tokens"] is None
    assert without_words.to_json()["unseen_accuracy"] is None
    assert without_words.baseline_accuracy == 1.0


def test_single_tag_can_be_evaluated():
    headlines = evaluation_of([[("A", "A"), ("A", "A")]]).headlines

    assert [headlines[name] for name in ("accuracy", "macro_f1", "sentence_accuracy")] == [1, 1, 1]


@pytest.mark.parametrize("known_tags", [(), ("A", "B")])
@pytest.mark.parametrize("sentences", [[], [[]], [[("_", "A")]]])
def test_scores_without_a_scored_token_are_zero(sentences, known_tags):
    evaluation = evaluation_of(sentences, known_tags=known_tags, ignore=["_"], lexicon=Lexicon("A", {}))

    written = evaluation.to_json()
    assert (evaluation.n_tokens, evaluation.accuracy, written["sentence_accuracy"], written["macro_f1"]) == (0, 0, 0, 0)
    assert evaluation.baseline_accuracy == 0
    assert written["unseen_accuracy"] is None
    assert "of 0 tokens" in format_evaluation(evaluation)


@pytest.mark.parametrize(("gold", "predicted"), [([["A"]], []), ([["A", "B"]], [["A"]])])
def test_different_numbers_of_gold_and_predicted_tags_are_a_value_error(gold, predicted):
    with pytest.raises(ValueError, match="zip"):
        evaluate(gold, predicted, [["w"] * len(tags) for tags in gold], NO_WORDS)


def test_evaluation_as_json():
    written = evaluation_of(
        [[("A", "A"), ("B", "A")]], lexicon=Lexicon("A", {"x": "A"}, frozenset("x")), confidence=[[0.9, 0.5]]
    ).to_json()

    assert json.loads(json.dumps(written)) == {
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


def test_word_is_ambiguous_if_it_has_two_tags_in_train():
    lexicon = Lexicon("N", {"run": "V", "dog": "N"}, frozenset({"run"}))
    evaluation = evaluate([["V", "N", "N"]], [["V", "V", "N"]], [["run", "run", "dog"]], lexicon)

    assert (evaluation.counts["ambiguous_tokens"], evaluation.headlines["ambiguous_accuracy"]) == (2, 1 / 2)
    assert evaluation_of([[("A", "A")]], lexicon=Lexicon("A", {})).counts["ambiguous_tokens"] is None


def test_model_beats_its_baselines_only_if_it_is_better_than_each():
    steps = [("A", "A"), ("B", "B"), ("B", "A")]

    def unbeaten(lexicon: Lexicon) -> tuple[str, ...]:
        return evaluation_of([steps], lexicon=lexicon).unbeaten_baselines

    assert unbeaten(Lexicon("A", {})) == ()
    assert unbeaten(Lexicon("B", {"w": "A"})) == ("majority_tag",)
    assert unbeaten(Lexicon("A", {"w": "B"})) == ("most_frequent_tag", "suffix")


def test_accuracy_by_sentence_length_and_by_position():
    right, wrong = ("A", "A"), ("A", "B")
    written = evaluation_of([[right] * 5, [wrong] * 5 + [right], [wrong] * 4 + [right] * 6, [right] * 100]).to_json()

    assert written["by_length"] == [
        {"from": 1, "to": 5, "sentences": 1, "tokens": 5, "accuracy": 1.0},
        {"from": 6, "to": 10, "sentences": 2, "tokens": 16, "accuracy": 7 / 16},
        {"from": 81, "to": 100, "sentences": 1, "tokens": 100, "accuracy": 1.0},
    ]
    assert written["by_position"][0] == {"from": 1, "to": 5, "tokens": 20, "accuracy": 11 / 20}
    assert [(row["from"], row["to"], row["tokens"]) for row in written["by_position"][1:]] == [
        (6, 10, 11), (11, 20, 10), (21, 40, 20), (41, 80, 40), (81, 100, 20),
    ]  # fmt: skip


def test_position_counts_tokens_that_are_not_scored():
    written = evaluation_of([[("_", "A")] * 5 + [("A", "A")]], ignore=["_"]).to_json()

    assert written["by_length"] == [{"from": 6, "to": 6, "sentences": 1, "tokens": 1, "accuracy": 1.0}]
    assert written["by_position"] == [{"from": 6, "to": 6, "tokens": 1, "accuracy": 1.0}]


def test_table_has_a_row_for_every_tag_that_occurs_and_all_scores():
    evaluation = evaluation_of(
        [[("A", "A"), ("a-very-long-tag-name", "A")]] * 1000, known_tags=["A", "B"], lexicon=Lexicon("A", {})
    )

    assert format_evaluation(evaluation).split("\n") == [
        "tag                   accuracy  precision  recall      f1  support",
        "A                       1.0000     0.5000  1.0000  0.6667    1,000",
        "a-very-long-tag-name    0.0000     0.0000  0.0000  0.0000    1,000",
        "… and 1 tag, neither gold nor predicted",
        "",
        "                                95 % interval",
        "accuracy                0.5000  no variation      of 2,000 tokens",
        "unseen words            0.5000  no variation      of 2,000 tokens, word not in train",
        "sentences               0.0000  no variation      of 1,000 sentences, every tag correct",
        "macro F1                0.3333  no variation      mean F1 of the tags",
        "weighted F1             0.3333  no variation      mean F1 of the tags, weighted by support",
        "baseline                0.5000                    always the most frequent tag",
        "baseline                0.5000                    each word's most frequent tag",
        "baseline                0.5000                    each word's most frequent tag; unseen words by their suffix",
        "",
        "most frequent confusions, gold → predicted, with an example of each",
        "  1,000  a-very-long-tag-name → A  w [w]",
        "",
        "worst sentences, by the total confidence of their wrong tags",
        *["  1 of 2 wrong: w [w a-very-long-tag-name → A]"] * 3,
    ]


def test_table_shows_the_interval_beside_its_score():
    table = format_evaluation(evaluation_of([[("A", "A")], [("B", "A")]] * 50))

    assert re.search(r"^accuracy +0\.5000  0\.4\d+ to 0\.[56]\d+  of 100 tokens$", table, re.MULTILINE)


def test_table_shows_the_beginning_of_a_long_sentence_with_errors():
    *_, line = format_evaluation(evaluation_of([[("A", "B")] * 1000])).split("\n")

    assert line.startswith("  1000 of 1000 wrong: [w A → B]")
    assert line.endswith("[w A → B] …")
    assert len(line) < 300


def test_table_without_errors_lists_none():
    assert "wrong" not in format_evaluation(evaluation_of([[("A", "A"), ("_", "A")]], ignore=["_"]))


@given(STEPS)
def test_table_has_every_tag_once_and_no_row_for_unseen_words_without_words(sentences):
    evaluation = evaluation_of(sentences)
    head, *rows = format_evaluation(evaluation).split("\n")

    assert head.split() == ["tag", "accuracy", "precision", "recall", "f1", "support"]
    assert [row.split()[0] for row in rows[: len(evaluation.tags)]] == list(evaluation.tags)
    assert rows[len(evaluation.tags)] == ""
    assert not any(row.startswith("unseen words") for row in rows)


METRICS = [metric for metric in get_args(Metric) if metric != "auto"]


@pytest.mark.parametrize("metric", METRICS)
def test_score_without_sentences_is_zero(metric):
    assert score(metric, [], []) == 0.0


def test_every_headline_score_has_a_measure_and_every_metric_is_one():
    names = headlines(evaluation_of([]).sentence_counts.sum(axis=0)).keys()

    assert list(names) == list(METRIC_NAMES)
    assert {*METRICS} <= names


@pytest.mark.parametrize("metric", METRICS)
def test_score_equals_that_in_metrics_json(metric):
    gold, predicted = [["B-x", "I-x", "O"], ["B-y"]], [["B-x", "O", "O"], ["B-y"]]
    scheme: Scheme = "none" if metric == "segment_f1" else "bio"
    written = evaluate(gold, predicted, gold, NO_WORDS, scheme=scheme, is_series=True).to_json()

    assert score(metric, gold, predicted, scheme=scheme) == recorded_score(written, metric)


def test_span_f1_and_its_interval_are_none_without_spans():
    evaluation = evaluate([["O", "O"]], [["O", "O"]], [["a", "b"]], NO_WORDS, known_tags=["B-x", "O"], scheme="bio")
    written = evaluation.to_json()

    assert "span_f1" not in evaluation.headlines
    assert written["intervals"]["span_f1"] is None
    assert written["spans"] == {
        "precision": None, "recall": None, "f1": None, "types": {},
        "strict": {"precision": None, "recall": None, "f1": None},
    }  # fmt: skip
    assert recorded_score(written, "span_f1") is None
    assert not has_gold_spans(written)


def test_span_f1_is_0_with_predicted_spans_only():
    written = evaluate([["O", "O"]], [["B-x", "O"]], [["a", "b"]], NO_WORDS, scheme="bio").to_json()

    assert (written["spans"]["f1"], written["intervals"]["span_f1"]) == (0, (0, 0))
    assert not has_gold_spans(written)
    assert has_gold_spans(evaluate([["B-x"]], [["O"]], [["a"]], NO_WORDS, scheme="bio").to_json())


def test_confusion_leaves_out_pairs_of_tags_that_do_not_occur():
    tags = [f"t{i}" for i in range(3000)]
    evaluation = evaluate([tags[:2]], [tags[:2]], [["a", "b"]], NO_WORDS, known_tags=tags)

    assert evaluation.to_json()["confusion"] == {"tags": tuple(tags), "cells": {"t0": {"t0": 1}, "t1": {"t1": 1}}}


def test_table_says_that_there_are_no_spans():
    evaluation = evaluate([["O", "O"]], [["O", "O"]], [["a", "b"]], NO_WORDS, known_tags=["B-x", "O"], scheme="bio")
    lines = format_evaluation(evaluation).split("\n")

    assert "span F1                 –  no gold or predicted spans" in lines
    assert not any(line.startswith(("span  ", "strict")) for line in lines)


def test_strict_scores_are_missing_if_all_spans_are_invalid():
    evaluation = evaluate([["I-x"]], [["I-x"]], [["a"]], NO_WORDS, scheme="bio")

    assert [line.split() for line in format_evaluation(evaluation).split("\n")][-2:] == [
        ["all", "1.0000", "1.0000", "1.0000", "1"],
        ["strict", "–", "–", "–", "0"],
    ]


def test_table_of_thousands_of_tags_has_the_most_frequent_and_says_where_all_are():
    tags = [f"t{i}" for i in range(2000)]
    lines = format_evaluation(evaluation_of([[(tag, tag) for tag in [*tags, "t1999"]]])).split("\n")

    assert [line.split()[0] for line in lines[:3]] == ["tag", "t1999", "t0"]
    assert lines[101] == "… and 1,900 less frequent tags, listed by --format json and in metrics.json"


def test_list_of_many_tags_in_a_message_ends_with_the_number_of_the_others():
    assert format_tags(["A"] * 20) == ", ".join(["A"] * 20)
    assert format_tags(f"t{i}" for i in range(1920)).endswith("t18, t19, … and 1,900 more")


DEV = {"heads": {"intent": {"accuracy": 0.9, "spans": None}, "slots": {"accuracy": 0.8, "spans": {"f1": 0.5}}}}


def test_the_recorded_score_of_several_heads_is_the_mean_of_the_metrics_that_chose_the_epoch():
    training = {"metric": "mean", "metrics": {"intent": "accuracy", "slots": "span_f1"}}

    score = split_score(DEV, training, "auto")

    assert score.metric == "mean"
    assert score.value == pytest.approx(0.7)
    assert score.heads == {"intent accuracy": 0.9, "slots span_f1": 0.5}


def test_the_recorded_score_is_that_of_the_head_that_chose_the_epoch():
    score = split_score(DEV, {"metric": "accuracy"}, "auto", best_head="slots")

    assert score == ("accuracy", 0.8, {"slots accuracy": 0.8})


def test_a_head_without_answers_in_a_split_has_no_part_in_its_recorded_score():
    training = {"metric": "mean", "metrics": {"intent": "accuracy", "slots": "span_f1"}}

    assert split_score({"heads": {"intent": DEV["heads"]["intent"]}}, training, "auto").value == 0.9
    assert split_score({"heads": {}}, training, "auto").value is None
