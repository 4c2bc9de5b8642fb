"""Spans found, against conlleval's counts worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.corpus.schemes import Scheme, convert
from tagger.encoding.lexicon import Lexicon
from tagger.evaluation.metrics import evaluate, score
from tagger.evaluation.spans import count_spans
from tagger.evaluation.table import format_evaluation

TAGS = st.sampled_from(["O", "B-PER", "I-PER", "B-LOC", "I-LOC"])
SCHEMES: tuple[Scheme, ...] = ("bio", "iob1", "bioes")
SENTENCES = st.lists(st.lists(st.tuples(TAGS, TAGS), min_size=1), min_size=1)


def test_a_span_is_right_where_its_tokens_and_its_type_are():
    gold = ["B-PER", "I-PER", "O", "B-LOC", "B-LOC", "O"]
    predicted = ["B-PER", "I-PER", "O", "B-PER", "B-LOC", "I-LOC"]
    counts = count_spans([gold], [predicted], "bio")

    assert counts.to_json() == {
        "precision": pytest.approx(1 / 3),
        "recall": pytest.approx(1 / 3),
        "f1": pytest.approx(1 / 3),
        "types": {
            "LOC": {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 2},
            "PER": {"precision": 0.5, "recall": 1.0, "f1": pytest.approx(2 / 3), "support": 1},
        },
    }


def test_a_tag_that_continues_nothing_starts_a_span():
    assert count_spans([["O", "B-PER"]], [["O", "I-PER"]], "bio").f1 == 1.0


def test_no_spans_at_all_score_zero_and_do_not_fail():
    assert count_spans([["O"]], [["O"]], "bio").to_json() == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "types": {}}


@given(SENTENCES)
def test_spans_count_the_same_in_every_scheme(sentences):
    gold = [[convert([right for right, _ in steps], "bio", to) for steps in sentences] for to in SCHEMES]
    guesses = [[convert([tag for _, tag in steps], "bio", to) for steps in sentences] for to in SCHEMES]
    counted = [count_spans(right, tags, scheme) for right, tags, scheme in zip(gold, guesses, SCHEMES, strict=True)]

    assert counted[0] == counted[1] == counted[2]


@given(SENTENCES)
def test_the_metric_for_choosing_weights_is_the_one_that_is_reported(sentences):
    gold = [[right for right, _ in steps] for steps in sentences]
    predicted = [[tag for _, tag in steps] for steps in sentences]
    tokens = [["a"] * len(steps) for steps in sentences]
    found = evaluate(gold, predicted, tokens, Lexicon("O", None), scheme="bio", ignore=["B-LOC"])

    assert found.spans is not None
    assert score("span_f1", gold, predicted, scheme="bio", ignore=["B-LOC"]) == found.spans.f1
    assert score("accuracy", gold, predicted, ignore=["B-LOC"]) == pytest.approx(found.accuracy)
    assert score("macro_f1", gold, predicted, ignore=["B-LOC"]) == pytest.approx(found.macro_f1)


def test_the_table_has_a_row_for_each_type_of_span():
    found = evaluate([["B-PER", "O"]], [["B-PER", "O"]], [["a", "b"]], Lexicon("O", None), scheme="bio")
    rows = [line.split() for line in format_evaluation(found).splitlines()]

    assert ["PER", "1.0000", "1.0000", "1.0000", "1"] in rows
    assert rows[-1] == ["all", "1.0000", "1.0000", "1.0000", "1"]
