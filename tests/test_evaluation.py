import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score, precision_recall_fscore_support

from tagger.encoding.lexicon import Lexicon
from tagger.evaluation.metrics import Evaluation, evaluate, score
from tagger.evaluation.table import format_evaluation

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


def test_a_small_evaluation_can_be_checked_on_paper():
    found = evaluate(
        gold=[["D", "N", "V"], ["N", "V"], []],
        predicted=[["D", "N", "N"], ["N", "V"], []],
        tokens=[["the", "dog", "barks"], ["cats", "purr"], []],
        lexicon=Lexicon("N", {"the": "D", "cats": "V", "purr": "V"}),
        known_tags=["D", "N", "V", "X"],
    )

    assert found.tags == ("D", "N", "V", "X")
    assert found.confusion.tolist() == [[1, 0, 0, 0], [0, 2, 0, 0], [0, 1, 1, 0], [0, 0, 0, 0]]
    assert (found.n_tokens, found.n_sentences, found.n_sentences_right) == (5, 2, 1)
    assert (found.accuracy, found.sentence_accuracy) == (4 / 5, 1 / 2)
    assert (found.n_unseen, found.unseen_accuracy) == (2, 1 / 2)  # dog, barks
    assert found.baselines == {"majority_tag": 2, "most_frequent_tag": 3}  # dog, cats; the, dog, purr
    assert found.baseline_accuracies == {"majority_tag": 2 / 5, "most_frequent_tag": 3 / 5}
    assert found.baseline_accuracy == 3 / 5
    assert found.by_tag["N"] == {"accuracy": 1, "precision": 2 / 3, "recall": 1, "f1": 4 / 5, "support": 2}
    assert found.by_tag["V"] == {"accuracy": 1 / 2, "precision": 1, "recall": 1 / 2, "f1": 2 / 3, "support": 2}
    assert found.by_tag["X"] == {"accuracy": 0, "precision": 0, "recall": 0, "f1": 0, "support": 0}
    assert found.macro_f1 == pytest.approx((1 + 4 / 5 + 2 / 3) / 3)


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
    assert found.macro_f1 == pytest.approx(f1_score(gold, predicted, average="macro", zero_division=0))
    assert set(found.tags) == {*gold, *predicted}
    for name, values in zip(("precision", "recall", "f1", "support"), columns, strict=True):
        assert [scores[name] for scores in found.by_tag.values()] == pytest.approx(values.tolist())
    assert all(scores["accuracy"] == scores["recall"] for scores in found.by_tag.values())


@given(STEPS)
def test_known_tags_come_first_and_change_no_ratio(sentences):
    with_known, without = (evaluated(sentences, known_tags=tags) for tags in (["Z", "B"], ()))

    assert with_known.tags[:2] == ("Z", "B")
    assert with_known.accuracy == without.accuracy
    assert with_known.macro_f1 == pytest.approx(without.macro_f1)
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

    assert whole.confusion.sum() == sum(part.n_tokens for part in parts)
    assert whole.n_sentences_right == sum(part.n_sentences_right for part in parts)
    assert whole.n_unseen == sum(part.n_unseen or 0 for part in parts)
    assert whole.n_unseen_right == sum(part.n_unseen_right for part in parts)
    assert whole.baselines["most_frequent_tag"] == sum(part.baselines["most_frequent_tag"] for part in parts)


def test_gold_tags_that_the_tagger_does_not_know_are_errors_and_are_listed():
    found = evaluated([[("A", "A"), ("NEW", "A")]], known_tags=["A", "B"])

    assert found.accuracy == 1 / 2
    assert found.tags == ("A", "B", "NEW")
    assert found.by_tag["NEW"] == {"accuracy": 0, "precision": 0, "recall": 0, "f1": 0, "support": 1}


def test_tokens_whose_gold_tag_is_ignored_are_not_counted():
    steps = [("A", "A"), ("_", "A"), ("B", "B"), ("_", "_")]

    found = evaluated([steps, [("_", "A")]], lexicon=Lexicon("A", {}), ignore=["_"])

    assert (found.n_tokens, found.accuracy, found.n_unseen) == (2, 1.0, 2)
    assert (found.n_sentences, found.n_sentences_right) == (1, 1)
    assert found.baselines["majority_tag"] == 1
    assert found.tags == ("A", "B")


def test_a_form_is_unseen_if_train_does_not_have_it_as_written():
    found = evaluate(
        gold=[["N", "N", "N"]],
        predicted=[["N", "N", "V"]],
        tokens=[["cat", "Cat", "CAT"]],
        lexicon=Lexicon("N", {"cat": "N"}),
    )

    assert (found.n_unseen, found.n_unseen_right, found.unseen_accuracy) == (2, 1, 1 / 2)


def test_there_is_no_accuracy_of_unseen_words_where_all_are_seen_or_none_are_read():
    assert evaluated([[("A", "A")]], lexicon=Lexicon("A", {"w": "A"})).unseen_accuracy is None
    without_words = evaluated([[("A", "A")]])
    assert (without_words.n_unseen, without_words.unseen_accuracy) == (None, None)
    assert without_words.baseline_accuracy == 1.0


def test_one_tag_only_is_evaluated():
    found = evaluated([[("A", "A"), ("A", "A")]])

    assert (found.accuracy, found.macro_f1, found.sentence_accuracy) == (1, 1, 1)


@pytest.mark.parametrize("known_tags", [(), ("A", "B")])
@pytest.mark.parametrize("sentences", [[], [[]], [[("_", "A")]]])
def test_no_scored_token_at_all_gives_zeros_and_no_crash(sentences, known_tags):
    found = evaluated(sentences, known_tags=known_tags, ignore=["_"], lexicon=Lexicon("A", {}))

    assert (found.n_tokens, found.accuracy, found.sentence_accuracy, found.macro_f1) == (0, 0, 0, 0)
    assert found.baseline_accuracy == 0
    assert found.unseen_accuracy is None
    assert "of 0 tokens" in format_evaluation(found)


@pytest.mark.parametrize(("gold", "predicted"), [([["A"]], []), ([["A", "B"]], [["A"]])])
def test_gold_and_predicted_tags_of_different_number_are_a_mistake_of_the_caller(gold, predicted):
    with pytest.raises(ValueError, match="zip"):
        evaluate(gold, predicted, [["w"] * len(tags) for tags in gold], NO_WORDS)


def test_an_evaluation_is_written_as_json_with_ratios_from_0_to_1():
    found = evaluated([[("A", "A"), ("B", "A")]], lexicon=Lexicon("A", {"x": "A"})).to_json()

    assert json.loads(json.dumps(found)) == {
        "sentences": 1,
        "tokens": 2,
        "accuracy": 0.5,
        "sentence_accuracy": 0.0,
        "unseen_accuracy": 0.5,
        "unseen_tokens": 2,
        "macro_f1": pytest.approx(1 / 3),
        "baseline_accuracy": 0.5,
        "baselines": {"majority_tag": 0.5, "most_frequent_tag": 0.5},
        "tags": {
            "A": {"accuracy": 1.0, "precision": 0.5, "recall": 1.0, "f1": pytest.approx(2 / 3), "support": 1},
            "B": {"accuracy": 0.0, "precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 1},
        },
        "spans": None,
    }


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
        "all                     0.5000  of 2,000 tokens",
        "unseen words            0.5000  of 2,000 tokens",
        "sentences               0.0000  of 1,000 all right",
        "macro F1                0.3333",
        "baseline                0.5000  the most frequent tag",
        "baseline                0.5000  each word's most frequent tag",
    ]


@given(STEPS)
def test_a_table_prints_every_tag_once_and_says_nothing_of_unseen_words_where_there_are_none(sentences):
    found = evaluated(sentences)
    head, *rows = format_evaluation(found).split("\n")

    assert head.split() == ["tag", "accuracy", "precision", "recall", "f1", "support"]
    assert [row.split()[0] for row in rows[: len(found.tags)]] == list(found.tags)
    assert rows[len(found.tags)] == ""
    assert not any(row.startswith("unseen words") for row in rows)


@pytest.mark.parametrize("metric", ["accuracy", "macro_f1", "span_f1"])
def test_the_score_of_nothing_is_zero(metric):
    assert score(metric, [], []) == 0.0
