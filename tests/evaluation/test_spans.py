"""Span scores, compared with conlleval's counts computed by hand and with seqeval."""

import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval.metrics import f1_score
from seqeval.metrics.v1 import precision_recall_fscore_support
from seqeval.scheme import IOB2, IOBES
from sklearn.exceptions import UndefinedMetricWarning

from tagger.corpus.schemes import Scheme, convert
from tagger.encoding.lexicon import Lexicon
from tagger.evaluation.metrics import evaluate
from tagger.evaluation.score import score
from tagger.evaluation.spans import count_spans, strict_spans
from tagger.reports.evaluation_text import format_evaluation

TAGS = st.sampled_from(["O", "B-PER", "I-PER", "B-LOC", "I-LOC"])
SCHEMES: tuple[Scheme, ...] = ("bio", "iob1", "bioes")
SENTENCES = st.lists(st.lists(st.tuples(TAGS, TAGS), min_size=1), min_size=1)


def test_span_is_right_if_its_tokens_and_type_are():
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


def test_inside_tag_without_a_span_before_it_starts_a_span():
    assert count_spans([["O", "B-PER"]], [["O", "I-PER"]], "bio").f1 == 1.0


def test_scores_without_spans_are_none_and_the_metric_is_zero():
    counts = count_spans([["O"]], [["O"]], "bio")

    assert counts.to_json() == {"precision": None, "recall": None, "f1": None, "types": {}}
    assert score("span_f1", [["O"]], [["O"]], scheme="bio") == 0


@given(SENTENCES)
def test_span_counts_are_the_same_in_every_scheme(sentences):
    gold = [[convert([right for right, _ in steps], "bio", to) for steps in sentences] for to in SCHEMES]
    guesses = [[convert([tag for _, tag in steps], "bio", to) for steps in sentences] for to in SCHEMES]
    counted = [count_spans(right, tags, scheme) for right, tags, scheme in zip(gold, guesses, SCHEMES, strict=True)]

    assert counted[0] == counted[1] == counted[2]


@given(SENTENCES)
def test_metric_that_chooses_weights_equals_the_reported_score(sentences):
    gold = [[right for right, _ in steps] for steps in sentences]
    predicted = [[tag for _, tag in steps] for steps in sentences]
    tokens = [["a"] * len(steps) for steps in sentences]
    evaluation = evaluate(gold, predicted, tokens, Lexicon("O", None), scheme="bio", ignore=["B-LOC"])

    assert evaluation.spans is not None
    assert score("span_f1", gold, predicted, scheme="bio", ignore=["B-LOC"]) == (evaluation.spans.f1 or 0.0)
    assert score("accuracy", gold, predicted, ignore=["B-LOC"]) == pytest.approx(evaluation.accuracy)
    macro_f1 = evaluation.headlines.get("macro_f1", 0.0)
    assert score("macro_f1", gold, predicted, ignore=["B-LOC"]) == pytest.approx(macro_f1)


def test_table_has_a_row_for_each_span_type():
    evaluation = evaluate([["B-PER", "O"]], [["B-PER", "O"]], [["a", "b"]], Lexicon("O", None), scheme="bio")
    rows = [line.split() for line in format_evaluation(evaluation).splitlines()]

    assert ["PER", "1.0000", "1.0000", "1.0000", "1"] in rows
    assert rows[-2:] == [[name, "1.0000", "1.0000", "1.0000", "1"] for name in ("all", "strict")]


def test_strict_span_has_a_valid_start_and_end():
    gold, broken = ["B-x", "I-x", "O", "B-x"], ["B-x", "I-x", "O", "I-x"]

    assert count_spans([gold], [broken], "bio").f1 == 1.0
    assert count_spans([gold], [broken], "bio", strict=True).ratios == {
        "precision": 1.0, "recall": 0.5, "f1": pytest.approx(2 / 3),
    }  # fmt: skip
    assert [strict_spans(tags, "bioes") for tags in (["B-x", "O"], ["B-x", "I-x"], ["E-x"], ["B-x", "E-x"])] == [
        [], [], [], [(0, 2, "x")],
    ]  # fmt: skip


@pytest.mark.parametrize(("scheme", "theirs", "letters"), [("bio", IOB2, "BI"), ("bioes", IOBES, "BIES")])
@given(st.data())
def test_strict_scores_equal_those_of_seqeval(scheme, theirs, letters, data):
    tags = st.sampled_from(["O", *(f"{letter}-{kind}" for letter in letters for kind in ("PER", "LOC"))])
    steps = st.lists(st.tuples(tags, tags), min_size=1, max_size=8)
    sentences = data.draw(st.lists(steps, min_size=1, max_size=4))
    gold, predicted = ([[step[i] for step in steps] for steps in sentences] for i in range(2))

    with warnings.catch_warnings():  # ratios without a denominator cause warnings
        warnings.simplefilter("ignore", UndefinedMetricWarning)
        precision, recall, f1, _ = precision_recall_fscore_support(
            gold, predicted, average="micro", scheme=theirs, zero_division=0
        )

    ratios = count_spans(gold, predicted, scheme, strict=True).ratios
    assert {name: ratio or 0.0 for name, ratio in ratios.items()} == {
        "precision": pytest.approx(precision),
        "recall": pytest.approx(recall),
        "f1": pytest.approx(f1),
    }


@given(SENTENCES)
def test_scores_of_valid_tags_equal_those_of_seqeval(sentences):
    gold, predicted = (
        [list(convert([step[i] for step in steps], "bio", "bio")) for steps in sentences] for i in (0, 1)
    )

    counted = count_spans(gold, predicted, "bio")

    assert counted == count_spans(gold, predicted, "bio", strict=True)
    assert (counted.f1 or 0.0) == pytest.approx(f1_score(gold, predicted, zero_division=0))


def test_spans_are_counted_for_each_sentence():
    counts = count_spans([["B-x", "O"], ["O"], ["B-y"]], [["B-x", "B-x"], ["O"], ["B-x"]], "bio")

    assert counts.by_sentence == ((1, 2, 1), (0, 0, 0), (0, 1, 1))
