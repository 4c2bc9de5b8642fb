"""The plan: which keys it fills, by what."""

import pytest

from tagger.config import parse_config
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.training.plan import Choice, plan, with_plan


def tagged(n_sentences: int, tags: str = "XY") -> Sentences:
    """Sentences of one token for each letter of `tags`."""
    return Sentences.of([Sentence(tuple("ab" * len(tags))[: len(tags)], tuple(tags))] * n_sentences)


def series(tags: str, n: int = 1) -> Sentences:
    return Sentences.of([Sentence(("",) * len(tags), tuple(tags), numbers=((0.5,),) * len(tags))] * n)


def chosen(choices):
    return {choice.key: choice.value for choice in choices}


def test_keys_that_a_config_has_stay_and_open_ones_are_filled():
    config = parse_config({"data": {"train": "t"}, "training": {"epochs": 7}})

    planned, taken = with_plan(config, [Choice("training.epochs", 9, "x"), Choice("model.units", [5], "y")])

    assert (planned.training.epochs, planned.model.units) == (7, [5])
    assert taken == [Choice("model.units", [5], "y")]
    assert with_plan(planned, [Choice("model.units", [8], "z")]) == (planned, [])


def test_a_choice_that_does_not_go_with_the_config_is_left_out():
    config = parse_config({"data": {"train": "t"}, "training": {"class_weights": "balanced"}})

    planned, taken = with_plan(config, [Choice("model.head", "crf", "x"), Choice("training.batch_size", 4, "y")])

    assert (planned.model.head, planned.training.batch_size) == ("softmax", 4)
    assert [choice.key for choice in taken] == ["training.batch_size"]


def test_features_that_a_config_turned_off_stay_off():
    config = parse_config({"data": {"train": "t"}, "features": {"words": False, "casing": False, "numeric": [0]}})

    planned, taken = with_plan(
        config, [Choice("features.chars", {"kind": "cnn"}, "x"), Choice("model.units", [5], "y")]
    )

    assert planned.features == config.features
    assert [choice.key for choice in taken] == ["model.units"]


@pytest.mark.parametrize(("n_sentences", "size"), [(6, 4), (400, 16), (3_000, 32), (20_000, 64)])
def test_more_sentences_come_in_larger_batches(n_sentences, size):
    choices = chosen(plan(tagged(n_sentences), has_spans=False, is_series=False))

    assert choices["training.batch_size"] == size


def test_spans_get_a_crf_and_other_tags_do_not():
    assert chosen(plan(tagged(9), has_spans=True, is_series=False))["model.head"] == "crf"
    assert "model.head" not in chosen(plan(tagged(9), has_spans=False, is_series=False))


def test_long_sentences_are_cut_into_windows_which_count_as_sentences_do():
    choices = chosen(plan(tagged(2, "XY" * 500), has_spans=False, is_series=False))

    assert choices["training.max_steps"] == 200
    assert choices["training.batch_size"] == 4


def test_rare_states_of_a_series_count_as_much_as_frequent_ones():
    choices = plan(series("rrrrrrrrrrrrrrrrrrrf"), has_spans=False, is_series=True)

    assert chosen(choices)["training.class_weights"] == "balanced"
    assert chosen(choices)["training.metric"] == "macro_f1"
    assert "f is 5.00% of all steps" in choices[-1].reason


def test_states_that_are_not_rare_get_no_weights():
    assert "training.class_weights" not in chosen(plan(series("rrrf"), has_spans=False, is_series=True))
    assert "training.class_weights" not in chosen(plan(series("rrrr"), has_spans=False, is_series=True))
