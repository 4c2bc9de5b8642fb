"""Training from the weights of another tagger: everything that needs no TensorFlow."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tagger.config import Affixes, Chars, Features, Words
from tagger.corpus.sentence import Sentence
from tagger.encoding.lexicon import Lexicon
from tagger.errors import ConfigError, RunError
from tagger.heads.crf import CRF
from tagger.heads.softmax import Softmax
from tagger.inputs.casing import Casing
from tagger.inputs.fitting import FittedInput
from tagger.inputs.numbers import Numbers
from tagger.training.initial_tagger import (
    check_same_kinds,
    check_same_network,
    extend_weights,
    load_initial_tagger,
    log_changed_heads,
)
from tagger.training.train import train
from tests import ROOT
from tests.bundles import save_heads_bundle, save_words_bundle
from tests.networks import characters, column, fit, numbers, words

FEATURES = Features(words=Words(dim=2), chars=Chars(), affixes=Affixes(lengths=[1], min_count=1))


def symbols_of(fitted: FittedInput) -> tuple[str, ...]:
    return fitted.input.vocabulary.symbols if fitted.input.vocabulary else ()


def test_known_symbols_keep_their_ids_and_new_ones_follow():
    old = fit(FEATURES, [Sentence(("cats", "purr"), ("N", "V"))])

    new = fit(FEATURES, [Sentence(("dogs", "purr", "dogs"), ("N",) * 3)], [each.input for each in old.values()])

    before, after = ({name: symbols_of(each) for name, each in fitted.items()} for fitted in (old, new))
    assert before.keys() == after.keys() == {"words", "casing", "characters", "prefix_1", "suffix_1", "shape"}
    assert after["words"] == (*before["words"], "dogs")
    assert new["words"].counts == (0, 1, 2)
    assert set(after["characters"][len(before["characters"]) :]) == set("dog")
    for name, symbols in before.items():
        assert after[name][: len(symbols)] == symbols


def test_known_symbols_are_kept_below_min_count():
    features = Features(words=Words(dim=2, min_count=2), affixes=Affixes(lengths=[1], min_count=2))
    old = fit(features, [Sentence(("paris", "paris"), ("N", "N"))])

    new = fit(features, [Sentence(("paris", "is", "is"), ("N",) * 3)], [each.input for each in old.values()])

    assert dict(zip(symbols_of(new["words"]), new["words"].counts, strict=True)) == {"paris": 1, "is": 2}
    assert dict(zip(symbols_of(new["prefix_1"]), new["prefix_1"].counts, strict=True)) == {"p": 1, "i": 2}


def test_scaling_of_numbers_is_kept():
    features = Features(words=None, casing=False, numeric=["x"])
    old = fit(features, [Sentence(("a", "b"), numbers=((0.0,), (2.0,)))])

    new = fit(features, [Sentence(("a",), numbers=((100.0,),))], [old["numbers"].input])

    assert new["numbers"].input == old["numbers"].input == Numbers(("x",), mean=(1.0,), deviation=(1.0,))


def test_old_weights_are_copied_into_the_first_rows_and_columns():
    old = {"words": np.ones((2, 3), np.float32), "head/bias": np.ones(2, np.float32)}
    fresh = {"words": np.zeros((4, 3), np.float32), "head/bias": np.full(3, 7, np.float32)}

    weights = extend_weights(old, fresh, ["head"])

    assert weights["words"].tolist() == [[1, 1, 1], [1, 1, 1], [0, 0, 0], [0, 0, 0]]
    assert weights["head/bias"].tolist() == [1, 1, 0]
    assert fresh["head/bias"].tolist() == [7, 7, 7]


def test_network_with_more_words_and_tags_is_accepted(tmp_path: Path):
    initial = load_initial_tagger(save_words_bundle(tmp_path / "bundle"))
    network = initial.bundle.architecture

    larger = replace(network, inputs=(words(90, 2), Casing()), heads=(Softmax(5),))
    check_same_network(initial, larger, {"head": "none"})  # raises nothing


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"units": (4, 4)}, r"units: \(9,\) in the initial tagger, \(4, 4\) in the config"),
        (
            {"inputs": (words(4, 3), Casing())},
            "words: dim 2, lowercase True in the initial tagger, dim 3, lowercase True in the config",
        ),
        ({"inputs": (Casing(),)}, "words: dim 2, lowercase True in the initial tagger, absent in the config"),
        ({"inputs": (words(4, 2),)}, "casing: present in the initial tagger, absent in the config"),
        (
            {"inputs": (words(4, 2), Casing(), numbers(1))},
            r"numbers: absent in the initial tagger, columns \('number 0',\), standar",
        ),
        ({"heads": (CRF(3),)}, "head: softmax in the initial tagger, crf in the config"),
    ],
)
def test_another_network_is_refused_with_its_differences(changes, message, tmp_path):
    initial = load_initial_tagger(save_words_bundle(tmp_path / "bundle"))

    with pytest.raises(ConfigError, match=message):
        check_same_network(initial, replace(initial.bundle.architecture, **changes), {"head": "none"})


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            words(4, 2),
            replace(words(4, 2), lowercase=False),
            "lowercase True in the initial tagger, dim 2, lowercase False in the config",
        ),
        (
            column(1, 4, 2),
            replace(column(1, 4, 2), column="lemma"),
            "column column 1.* in the initial tagger, column lemma.* in the config",
        ),
        (
            numbers(2),
            Numbers(("y", "x")),
            r"columns \('number 0', 'number 1'\).* in the initial tagger, columns \('y', 'x'\).* in the config",
        ),
        (
            numbers(1),
            replace(numbers(1), mean=(0.0,), deviation=(1.0,)),
            "standardize False in the initial tagger.* True in the config",
        ),
        (
            characters("lstm", 4, 2, 2),
            characters("cnn", 4, 2, 2),
            "kind lstm, .* in the initial tagger, kind cnn, .* in the config",
        ),
        (
            words(4, None),
            words(5, None),
            "one-hot words cannot be extended, because their width is the number of words",
        ),
        (words(4, 2), words(4, None), "words: dim 2, .* in the initial tagger, dim one-hot, .* in the config"),
    ],
)
def test_inputs_with_other_settings_are_refused(old, new, message, tmp_path):
    initial = load_initial_tagger(save_words_bundle(tmp_path / "bundle"))
    base = replace(initial.bundle.architecture, inputs=(old,))

    with pytest.raises(ConfigError, match=message):
        check_same_network(
            replace(initial, bundle=replace(initial.bundle, architecture=base)),
            replace(base, inputs=(new,)),
            {"head": "none"},
        )


def test_hint_names_the_config_of_the_run_if_there_is_one(tmp_path):
    initial = load_initial_tagger(save_words_bundle(tmp_path / "bundle"))

    def hint() -> str | None:
        with pytest.raises(ConfigError) as caught:
            check_same_network(initial, replace(initial.bundle.architecture, units=(1,)), {"head": "none"})
        return caught.value.hint

    assert not hint()
    (tmp_path / "config.toml").touch()
    assert str(hint()).endswith(str(tmp_path / "config.toml"))


def test_a_head_with_answers_of_another_kind_is_refused(tmp_path):
    initial = load_initial_tagger(save_words_bundle(tmp_path / "bundle"))

    with pytest.raises(ConfigError, match="its head head has kind tag, that of the config string"):
        check_same_kinds(initial, {"head": "string"})
    check_same_kinds(initial, {"head": "tag", "lemma": "string"})  # raises nothing


def test_new_and_dropped_heads_are_logged(tmp_path, caplog):
    caplog.set_level("INFO")
    initial = load_initial_tagger(save_heads_bundle(tmp_path, ["intent", "pos"]))

    log_changed_heads(initial, ["pos", "ner"])

    assert caplog.messages == [
        "new heads, with random weights: ner",
        f"heads of {tmp_path} that are dropped: intent",
    ]
    caplog.clear()
    log_changed_heads(initial, ["pos", "intent"])
    assert not caplog.messages


def test_a_head_may_have_the_name_of_another_setting(tmp_path):
    initial = load_initial_tagger(save_words_bundle(tmp_path / "bundle"))
    network, target = initial.bundle.architecture, initial.bundle.target
    bundle = replace(
        initial.bundle,
        architecture=replace(network, heads=(Softmax(3, "units"),)),
        targets=(replace(target, name="units"),),
    )

    with pytest.raises(ConfigError, match=r" units: \(9,\) in the initial tagger, \(1,\) in the config"):
        check_same_network(replace(initial, bundle=bundle), replace(bundle.architecture, units=(1,)), {"units": "none"})


def test_another_scheme_is_refused_with_both_schemes(tmp_path):
    initial = load_initial_tagger(save_words_bundle(tmp_path / "bundle"))

    with pytest.raises(ConfigError, match="scheme_train: none in the initial tagger, bio in the config"):
        check_same_network(initial, initial.bundle.architecture, {"head": "bio"})


@pytest.mark.parametrize("recorded", ["elsewhere", None])
def test_run_is_resumed_only_with_the_initial_tagger_that_it_was_started_with(recorded, tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    (run / "data.json").write_text(json.dumps({"splits": {}, "start": recorded}))
    another = save_words_bundle(tmp_path / "bundle") if recorded is None else None
    message = f"the run was started {'with --from elsewhere' if recorded else 'without --from'}"

    with pytest.raises(RunError, match=message):
        train(ROOT / "configs" / "svo-tiny.toml", run, resume=True, start_from=another)


def test_lexicon_has_the_forms_of_both_trainings():
    old, new = Lexicon("N", {"a": "N", "b": "N"}), Lexicon("V", {"b": "V", "c": "V"})

    assert new.extended_with(old) == Lexicon("V", {"a": "N", "b": "V", "c": "V"})
