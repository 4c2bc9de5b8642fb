"""The plan: which keys it fills, by what."""

from dataclasses import replace
from typing import Any

import pytest

from tagger.config import parse_config
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.training.plan import Choice, plan, start_choices, with_plan
from tests.networks import ALL_INPUTS, characters, words


def tagged(n_sentences: int, tags: str = "XY") -> Sentences:
    """Sentences of one token for each letter of `tags`."""
    return Sentences.collect([Sentence(tuple("ab" * len(tags))[: len(tags)], tuple(tags))] * n_sentences)


def series(tags: str, n: int = 1) -> Sentences:
    return Sentences.collect([Sentence(("",) * len(tags), tuple(tags), numbers=((0.5,),) * len(tags))] * n)


def chosen(train: Sentences, *, has_spans: bool = False, data: dict[str, Any] | None = None, **sections: Any):
    """The values that are chosen for a config of nothing but files, or with some sections."""
    config = parse_config({"data": {"train": "t", "dev": "d", **(data or {})}, **sections})
    return {choice.key: choice.value for choice in plan(config, train, has_spans=has_spans)}


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
    assert chosen(tagged(n_sentences))["training.batch_size"] == size


def test_spans_get_a_crf_and_other_tags_characters():
    assert chosen(tagged(9), has_spans=True)["model.head"] == "crf"
    assert "features.chars" not in chosen(tagged(9), has_spans=True)
    assert "model.head" not in chosen(tagged(9))
    assert chosen(tagged(9))["features.chars"] == {"kind": "lstm", "units": 32}


def test_a_choice_follows_what_the_config_says_of_others():
    choices = chosen(tagged(9), training={"epochs": 12, "optimizer": "sgd"})

    assert (choices["training.patience"], choices["training.min_epochs"]) == (4, 6)
    assert "training.learning_rate" not in choices
    assert chosen(tagged(9), training={"epochs": 1})["training.min_epochs"] == 1


def test_without_an_adversarial_pass_there_is_time_for_more_epochs():
    train = tagged(20_000)

    with_it, without = chosen(train), chosen(train, training={"adversarial": 0.0})

    assert (with_it["training.adversarial"], with_it["training.epochs"]) == (0.3, 23)
    assert "training.adversarial" not in without
    assert without["training.epochs"] == 35


def test_long_sentences_are_cut_into_windows_which_count_as_sentences_do():
    train = tagged(100, "XY" * 500)

    choices = chosen(train)

    assert choices["training.max_steps"] == 200
    assert choices["training.batch_size"] == 32  # of 500 windows
    assert chosen(train, training={"max_steps": 5000})["training.batch_size"] == 4


NUMBERS = {"words": False, "casing": False, "numeric": ["x"]}


def test_rare_states_of_a_series_count_as_much_as_frequent_ones():
    choices = chosen(series("r" * 190 + "f" * 10), features=NUMBERS)

    assert choices["training.class_weights"] == "balanced"
    assert choices["training.metric"] == "macro_f1"


@pytest.mark.parametrize(
    ("tags", "sections"),
    [
        ("rrrf" * 50, {}),  # not rare
        ("r" * 200, {}),  # the only one
        ("r" * 199 + "f", {}),  # a slip
        ("r" * 190 + "f" * 10, {"data": {"ignore": ["f"]}}),
        ("r" * 190 + "f" * 10, {"training": {"metric": "accuracy"}}),
    ],
)
def test_other_states_get_no_weights(tags, sections):
    choices = chosen(series(tags), features=NUMBERS, **sections)

    assert not {"training.class_weights", "training.metric"} & choices.keys()


def test_a_tagger_to_begin_with_decides_the_layers():
    config = parse_config({"data": {"train": "t"}})
    with_characters = replace(ALL_INPUTS, inputs=(characters("lstm", 9, 4, 3),))
    without = replace(with_characters, inputs=(words(9, 5),))

    for architecture in (with_characters, without):
        planned, _ = with_plan(config, [*start_choices(architecture), *plan(config, tagged(9), has_spans=True)])
        assert planned.model.units == list(architecture.units)
        assert planned.model.head == architecture.head.kind
        assert bool(planned.features.chars) == (architecture is with_characters)
