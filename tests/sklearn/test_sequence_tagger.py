"""The estimator's parameters and input, as far as they need no training; `tests/keras/test_sklearn.py` trains."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import estimator_checks

from tagger.sklearn import SequenceTagger
from tagger.sklearn.rows import features_config, is_labels, sentence_rows, with_answers
from tagger.tagging.tagger import Tagger
from tests.bundles import save_numbers_bundle, save_series_bundle, save_spans_bundle, save_words_bundle


def fitted(folder) -> SequenceTagger:
    """An estimator with a saved tagger in place of a trained one."""
    estimator = SequenceTagger()
    estimator.tagger_ = Tagger.load(folder)
    return estimator


@pytest.mark.parametrize(
    "check",
    [
        "check_no_attributes_set_in_init",
        "check_get_params_invariance",
        "check_set_params",
        "check_parameters_default_constructible",
        "check_requires_y_none",
        "check_estimator_repr",
        "check_estimator_cloneable",
        "check_estimator_tags_renamed",
        "check_valid_tag_types",
        "check_mixin_order",
    ],
)
def test_estimator_follows_the_convention(check):
    getattr(estimator_checks, check)("SequenceTagger", SequenceTagger())


def test_keys_of_a_config_are_parameters():
    estimator = SequenceTagger(model__units=(8,), training__epochs=3)

    assert estimator.get_params() == {
        "config": None, "validation_fraction": 0.1, "random_state": None, "threads": 0,
        "model__units": (8,), "training__epochs": 3,
    }  # fmt: skip
    assert clone(estimator.set_params(training__class_weights__X=2.0)).get_params() == estimator.get_params()
    assert " ".join(repr(estimator).split()) == (
        "SequenceTagger(model__units=(8,), training__class_weights__X=2.0, training__epochs=3)"
    )


def test_an_unknown_parameter_is_refused_with_the_name_that_was_meant():
    with pytest.raises(TypeError, match="no parameter units; did you mean model__units"):
        SequenceTagger(units=(8,))
    with pytest.raises(ValueError, match="no parameter model__unit; did you mean model__units"):
        SequenceTagger().set_params(model__unit=(8,))
    for name in ("data__train", "data__tag", "data__sources__heads__pos"):
        with pytest.raises(ValueError, match=rf"no parameter {name}\. `tagger config`"):
            SequenceTagger().set_params(**{name: "x"})


def test_the_config_of_a_run_has_the_parameters_and_the_columns_of_the_data():
    rows = sentence_rows([[{"token": "a", "pos": "X", "n": 1}]])
    config: dict[str, dict[str, Any]] = {
        "data": {"train": "other.tsv", "map": {"A": "B"}},
        "model": {"cell": "gru", "units": [4]},
    }
    estimator = SequenceTagger(config, model__units=(8, 9), random_state=np.random.RandomState(1))

    assert estimator._tables(rows, has_labels=False) == {
        "data": {"map": {"A": "B"}, "sentence": "sentence", "tag": "tag", "token": "token"},
        "features": {"numeric": ["n"], "columns": {"names": ["pos"]}},
        "model": {"cell": "gru", "units": [8, 9]},
        "training": {"seed": 1791095845},
    }
    assert config["model"]["units"] == [4]
    for fraction, keys in ((0.1, {"split", "gap"}), (None, set[str]())):
        in_time = SequenceTagger(data__split="time", data__gap=2, validation_fraction=fraction)
        assert {"split", "gap"} & {*in_time._tables(rows, has_labels=False)["data"]} == keys
    series = SequenceTagger(random_state=5)._tables(sentence_rows([np.zeros((2, 1))]), has_labels=True)
    assert series == {
        "data": {"sentence": "sentence", "label": "label"},
        "features": {"numeric": ["channel_1"], "words": False, "casing": False},
        "training": {"seed": 5},
    }


def test_sentences_become_rows():
    for X in ([["a", "b"], [], ["c"]], ["a b", "", "c"], [np.array(["a", "b"]), (), ["c"]]):
        rows = sentence_rows(X)
        assert rows.to_dict("list") == {"sentence": [0, 0, 2], "token": ["a", "b", "c"]}
    assert features_config(rows) == {}
    assert with_answers(rows, [["T", "U"], [], ["V"]])["tag"].tolist() == ["T", "U", "V"]
    assert with_answers(rows, ["x", "y", "z"])["label"].tolist() == ["x", "x", "z"]
    assert with_answers(sentence_rows([["a"], []]), [["T"], []])["tag"].tolist() == ["T"]
    assert sentence_rows(np.ones((2, 1, 2))).to_dict("list") == {
        "sentence": [0, 1], "channel_1": [1.0, 1.0], "channel_2": [1.0, 1.0],
    }  # fmt: skip
    assert is_labels(["x"])
    assert is_labels(np.array([0, 1]))
    assert not is_labels([["x"]])
    assert not is_labels([None])


def test_features_of_tokens_may_come_in_any_order_or_as_frames():
    expected = {"sentence": [0, 1], "token": ["a", "b"], "is_first": [True, False]}
    maps: list[dict[str, Any]] = [{"token": "a", "is_first": True}, {"is_first": False, "token": "b"}]
    for X in ([[step] for step in maps], [pd.DataFrame([step]) for step in maps]):
        rows = sentence_rows(X)

        assert rows.to_dict("list") == expected
        assert features_config(rows) == {"columns": {"names": ["is_first"]}}


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        ([["a"]], [["T", "U"]], r"X\[0\] has 1 tokens, and y\[0\] has 2 tags"),
        ([["a"], ["b"]], [["T"]], "X has 2 sentences, and y has 1"),
        ([["a"]], [None], r"y\[0\] should be a list of tags, or y a list of labels, got None"),
        ("a b", ["T"], "X should have an item for each sentence, got one str"),
        (pd.DataFrame({"token": ["a"]}), ["T"], "X should have an item for each sentence, got one DataFrame"),
        ([None], [["T"]], r"X\[0\] should be tokens, mappings, or"),
        ([["a"]], [["T"], ["U"]], r"X\[1\] has 0 tokens, and y\[1\] has 1 tags"),
        ([["a"], [[1.0]]], [["T"], ["U"]], r"X\[1\] has channel_1 for each step, and"),
        ([[["a"]]], [["T"]], r"X\[0\] should be tokens, mappings, or \(steps, channels\) numbers, got"),
        ([[{"token": "a", "tag": "b"}]], [["T"]], r"X\[0\]: the mappings of all tokens need the same keys, none"),
        ([[{"token": "a"}, {"form": "b"}]], [["T", "U"]], r"X\[0\]: the mappings .* got form"),
    ],
)
def test_wrong_sentences_and_tags_are_named_by_their_index(X, y, message):
    with pytest.raises(ValueError, match=message):
        SequenceTagger().fit(X, y)


def test_predict_gives_a_list_of_tags_for_each_sentence_and_none_for_an_empty_one(tmp_path):
    words = fitted(save_words_bundle(tmp_path / "words"))
    numbers = fitted(save_numbers_bundle(tmp_path / "numbers"))
    predicted = words.predict([["John", "loves"], [], ["Jane"]])

    assert predicted.shape == (3,)
    assert predicted.tolist() == [["S", "V"], [], ["O"]]
    assert words.predict([["a"], ["b"]]).shape == (2,)
    assert words.predict([]).shape == (0,)
    assert numbers.predict([[{"x": 9.0, "y": 0.0}], []]).tolist() == [["high"], []]


def test_score_is_span_f1_for_spans_and_accuracy_for_other_tags_and_labels(tmp_path):
    words, spans = fitted(save_words_bundle(tmp_path / "w")), fitted(save_spans_bundle(tmp_path / "s", decode="valid"))
    labels = fitted(save_series_bundle(tmp_path / "l"))

    assert words.score([["John", "loves", "x", "y"]], [["S", "V", "O", "S"]]) == 0.75
    assert spans.score([["Ada", "x", "Byron"]], [["B-per", "O", "O"]]) == pytest.approx(2 / 3)
    X = [[{"x": 0.5, "y": 0.0}], [{"x": 1.5, "y": 0.0}]]
    assert labels.predict(X).tolist() == ["low", "high"]
    assert labels.score(X, ["low", "low"]) == 0.5


def test_predict_before_fit_is_refused():
    with pytest.raises(NotFittedError):
        SequenceTagger().predict([["a"]])
