"""The plan: the keys that it fills, and the values it chooses."""

from dataclasses import replace
from typing import Any

import pytest

from tagger.config import parse_config
from tagger.config.reference import in_reference, reference
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.training.plan import Choice, apply_plan, initial_tagger_choices, plan
from tests.networks import ALL_INPUTS, characters, words

SPANS = {"ner": 2}  # number of tags of heads of spans


def tagged(n_sentences: int, tags: str = "XY") -> Sentences:
    """Sentences of one token for each letter of `tags`."""
    return Sentences.collect([Sentence(tuple("ab" * len(tags))[: len(tags)], tuple(tags))] * n_sentences)


def series(tags: str, n: int = 1) -> Sentences:
    return Sentences.collect([Sentence(("",) * len(tags), tuple(tags), numbers=((0.5,),) * len(tags))] * n)


def chosen(train: Sentences, *, has_spans: bool = False, data: dict[str, Any] | None = None, **sections: Any):
    """The chosen values, by key, for a config of data files and some sections."""
    config = parse_config({"data": {"train": "t", "dev": "d", **(data or {})}, **sections})
    return {choice.key: choice.value for choice in plan(config, train, span_tags=SPANS if has_spans else {})}


def test_keys_that_a_config_sets_are_kept_and_open_ones_are_filled():
    config = parse_config({"data": {"train": "t"}, "training": {"epochs": 7}})

    planned, applied = apply_plan(config, [Choice("training.epochs", 9, "x"), Choice("model.units", [5], "y")])

    assert (planned.training.epochs, planned.model.units) == (7, [5])
    assert applied == [Choice("model.units", [5], "y")]
    assert apply_plan(planned, [Choice("model.units", [8], "z")]) == (planned, [])


def test_choice_that_the_config_does_not_allow_is_skipped():
    config = parse_config({"data": {"train": "t"}, "training": {"class_weights": "balanced"}})

    planned, applied = apply_plan(config, [Choice("model.head", "crf", "x"), Choice("training.batch_size", 4, "y")])

    assert (planned.model.head, planned.training.batch_size) == ("softmax", 4)
    assert [choice.key for choice in applied] == ["training.batch_size"]


def test_features_are_not_changed_if_a_config_sets_any():
    config = parse_config({"data": {"train": "t"}, "features": {"words": False, "casing": False, "numeric": [0]}})

    planned, applied = apply_plan(
        config, [Choice("features.chars", {"kind": "cnn"}, "x"), Choice("model.units", [5], "y")]
    )

    assert planned.features == config.features
    assert [choice.key for choice in applied] == ["model.units"]


@pytest.mark.parametrize(("n_sentences", "size"), [(6, 4), (400, 16), (3_000, 32), (20_000, 64)])
def test_batch_size_grows_with_the_number_of_sentences(n_sentences, size):
    assert chosen(tagged(n_sentences))["training.batch_size"] == size


def test_spans_get_a_crf_and_few_other_tags_get_characters():
    assert chosen(tagged(9), has_spans=True)["model.head"] == "crf"
    assert "features.chars" not in chosen(tagged(9), has_spans=True)
    assert "model.head" not in chosen(tagged(9))
    assert chosen(tagged(9))["features.chars"] == {"kind": "lstm", "units": 32}


def test_choices_depend_on_the_keys_that_a_config_sets():
    choices = chosen(tagged(9), training={"epochs": 12, "optimizer": "sgd"})

    assert (choices["training.patience"], choices["training.min_epochs"]) == (4, 6)
    assert "training.learning_rate" not in choices
    assert chosen(tagged(9), training={"epochs": 1})["training.min_epochs"] == 1


def test_there_are_more_epochs_without_an_adversarial_pass():
    train = tagged(20_000)

    with_it, without = chosen(train), chosen(train, training={"adversarial": 0.0})

    assert (with_it["training.adversarial"], with_it["training.epochs"]) == (0.3, 23)
    assert "training.adversarial" not in without
    assert without["training.epochs"] == 35


def test_long_sentences_are_cut_into_windows_that_count_as_sentences():
    train = tagged(100, "XY" * 500)

    choices = chosen(train)

    assert choices["training.max_steps"] == 200
    assert choices["training.batch_size"] == 32  # batch size for 500 windows
    assert chosen(train, training={"max_steps": 5000})["training.batch_size"] == 4


NUMBERS = {"words": False, "casing": False, "numeric": ["x"]}


def test_rare_tags_of_a_series_get_larger_weights_and_macro_f1():
    choices = chosen(series("r" * 190 + "f" * 10), features=NUMBERS)

    assert choices["training.class_weights"] == "sqrt"
    assert choices["training.metric"] == "macro_f1"


@pytest.mark.parametrize(
    ("tags", "sections"),
    [
        ("rrrf" * 50, {}),  # not rare
        ("r" * 200, {}),  # the only tag
        ("r" * 199 + "f", {}),  # only one step, which may be an annotation error
        ("r" * 190 + "f" * 10, {"data": {"ignore": ["f"]}}),
        ("r" * 190 + "f" * 10, {"training": {"metric": "accuracy"}}),
    ],
)
def test_other_series_get_no_weights(tags, sections):
    choices = chosen(series(tags), features=NUMBERS, **sections)

    assert not {"training.class_weights", "training.metric"} & choices.keys()


def test_layers_are_those_of_the_initial_tagger():
    config = parse_config({"data": {"train": "t"}})
    with_characters = replace(ALL_INPUTS, inputs=(characters("lstm", 9, 4, 3),))
    without = replace(with_characters, inputs=(words(9, 5),))

    for architecture in (with_characters, without):
        planned, _ = apply_plan(
            config, [*initial_tagger_choices(config, architecture), *plan(config, tagged(9), span_tags=SPANS)]
        )
        assert planned.model.units == list(architecture.units)
        assert planned.model.head == architecture.heads[0].kind
        assert bool(planned.features.chars) == (architecture is with_characters)


def test_reasons_name_the_numbers_that_choices_follow_from():
    reasons = {
        choice.key: choice.reason
        for choice in plan(parse_config({"data": {"train": "t", "dev": "d"}}), tagged(400), span_tags=SPANS)
    }

    assert reasons["model.head"] == "a CRF learns which of the 2 tags follow each other"
    assert reasons["training.batch_size"].startswith("train's file has 400 sentences, and larger batches are faster")
    assert reasons["training.epochs"] == "an epoch has 800 tokens, and fewer tokens need more epochs"
    assert reasons["training.patience"] == "a third of 35 epochs, at least 4"
    assert reasons["training.optimizer"].startswith("train's file has 2 distinct words")


def test_without_dev_nothing_is_chosen_that_needs_dev():
    needs_dev = {"training.patience", "training.min_epochs", "training.metric"}

    assert not needs_dev & chosen(tagged(9), data={"dev": None}).keys()
    assert not needs_dev & chosen(series("rf" * 50), data={"dev": None}, features=NUMBERS).keys()


def test_the_reference_marks_the_keys_that_the_plan_chooses():
    choices = {
        *chosen(tagged(9), has_spans=True),
        *chosen(tagged(9, "XY" * 500)),
        *chosen(tagged(20_000)),
        *chosen(series("r" * 190 + "f" * 10), features=NUMBERS),
        *chosen(tagged(9), has_spans=True, heads={"ner": {"tag": 1}}),
    }

    assert {*map(in_reference, choices)} == {name for name, key in reference().items() if key.is_planned}


def test_labels_alone_count_as_few_answers_whatever_the_number_of_tokens():
    train, long = tagged(9_999, "XYXYXYXYXYXY"), {"training.adversarial": 0.3}

    assert "training.adversarial" not in chosen(train)
    assert "training.adversarial" not in chosen(train, data={"label": "topic", "tag": 1})
    assert long.items() <= chosen(train, data={"label": "topic"}).items()


def test_long_series_with_labels_are_not_cut_into_windows():
    long = series("rf" * 300, n=9)

    assert chosen(long, features=NUMBERS)["training.max_steps"] == 200
    assert "training.max_steps" not in chosen(long, features=NUMBERS, data={"label": "kind"})
