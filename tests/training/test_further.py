"""Further training, up to where TensorFlow comes in."""

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
from tagger.training.further import check_start, extended, load_start
from tagger.training.train import train
from tests import ROOT
from tests.bundles import save_words_bundle
from tests.networks import characters, column, fit, numbers, words

FEATURES = Features(words=Words(dim=2), chars=Chars(), affixes=Affixes(lengths=[1], min_count=1))


def symbols_of(fitted: FittedInput) -> tuple[str, ...]:
    return fitted.input.vocabulary.symbols if fitted.input.vocabulary else ()


def test_known_words_characters_and_affixes_keep_their_ids_and_new_ones_follow():
    old = fit(FEATURES, [Sentence(("cats", "purr"), ("N", "V"))])

    new = fit(FEATURES, [Sentence(("dogs", "purr", "dogs"), ("N",) * 3)], [each.input for each in old.values()])

    was, now = ({name: symbols_of(each) for name, each in fitted.items()} for fitted in (old, new))
    assert was.keys() == now.keys() == {"words", "casing", "characters", "prefix_1", "suffix_1", "shape"}
    assert now["words"] == (*was["words"], "dogs")
    assert new["words"].counts == (0, 1, 2)
    assert set(now["characters"][len(was["characters"]) :]) == set("dog")
    for name, symbols in was.items():
        assert now[name][: len(symbols)] == symbols


def test_what_is_known_is_counted_however_rare_it_is_now():
    features = Features(words=Words(dim=2, min_count=2), affixes=Affixes(lengths=[1], min_count=2))
    old = fit(features, [Sentence(("paris", "paris"), ("N", "N"))])

    new = fit(features, [Sentence(("paris", "is", "is"), ("N",) * 3)], [each.input for each in old.values()])

    assert dict(zip(symbols_of(new["words"]), new["words"].counts, strict=True)) == {"paris": 1, "is": 2}
    assert dict(zip(symbols_of(new["prefix_1"]), new["prefix_1"].counts, strict=True)) == {"p": 1, "i": 2}


def test_an_earlier_tagger_s_scaling_stays():
    features = Features(words=None, casing=False, numeric=["x"])
    old = fit(features, [Sentence(("a", "b"), numbers=((0.0,), (2.0,)))])

    new = fit(features, [Sentence(("a",), numbers=((100.0,),))], [old["numbers"].input])

    assert new["numbers"].input == old["numbers"].input == Numbers(("x",), mean=(1.0,), deviation=(1.0,))


def test_old_weights_stand_in_the_first_rows_and_columns_of_the_new_ones():
    base = {"words": np.ones((2, 3), np.float32), "head/bias": np.ones(2, np.float32)}
    fresh = {"words": np.zeros((4, 3), np.float32), "head/bias": np.full(3, 7, np.float32)}

    found = extended(base, fresh)

    assert found["words"].tolist() == [[1, 1, 1], [1, 1, 1], [0, 0, 0], [0, 0, 0]]
    assert found["head/bias"].tolist() == [1, 1, 0]
    assert fresh["head/bias"].tolist() == [7, 7, 7]


def test_more_words_and_tags_are_no_other_network(tmp_path: Path):
    start = load_start(save_words_bundle(tmp_path / "bundle"))
    network = start.bundle.architecture

    larger = replace(network, inputs=(words(90, 2), Casing()), heads=(Softmax(5),))
    check_start(start, larger, "none")  # raises nothing


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"units": (4, 4)}, r"units: \(9,\) there, \(4, 4\) here"),
        ({"inputs": (words(4, 3), Casing())}, "words: dim 2, lowercase True there, dim 3, lowercase True here"),
        ({"inputs": (Casing(),)}, "words: dim 2, lowercase True there, absent here"),
        ({"inputs": (words(4, 2),)}, "casing: present there, absent here"),
        ({"inputs": (words(4, 2), Casing(), numbers(1))}, r"numbers: absent there, columns \('number 0',\), standar"),
        ({"heads": (CRF(3),)}, "head: softmax there, crf here"),
    ],
)
def test_another_network_is_refused_with_what_differs(changes, told, tmp_path):
    start = load_start(save_words_bundle(tmp_path / "bundle"))

    with pytest.raises(ConfigError, match=told):
        check_start(start, replace(start.bundle.architecture, **changes), "none")


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        (words(4, 2), replace(words(4, 2), lowercase=False), "lowercase True there, dim 2, lowercase False here"),
        (column(1, 4, 2), replace(column(1, 4, 2), column="lemma"), "column column 1.* there, column lemma.* here"),
        (numbers(2), Numbers(("y", "x")), r"columns \('number 0', 'number 1'\).* there, columns \('y', 'x'\).* here"),
        (numbers(1), replace(numbers(1), mean=(0.0,), deviation=(1.0,)), "standardize False there.* True here"),
        (characters("lstm", 4, 2, 2), characters("cnn", 4, 2, 2), "kind lstm, .* there, kind cnn, .* here"),
        (words(4, None), words(5, None), "one-hot words are as wide as their number, and so cannot become more"),
        (words(4, 2), words(4, None), "words: dim 2, .* there, dim one-hot, .* here"),
    ],
)
def test_inputs_that_would_mean_something_else_are_refused(was, now, told, tmp_path):
    start = load_start(save_words_bundle(tmp_path / "bundle"))
    base = replace(start.bundle.architecture, inputs=(was,))

    with pytest.raises(ConfigError, match=told):
        check_start(
            replace(start, bundle=replace(start.bundle, architecture=base)), replace(base, inputs=(now,)), "none"
        )


def test_the_hint_names_the_config_of_the_run_if_there_is_one(tmp_path):
    start = load_start(save_words_bundle(tmp_path / "bundle"))

    def hint() -> str | None:
        with pytest.raises(ConfigError) as caught:
            check_start(start, replace(start.bundle.architecture, units=(1,)), "none")
        return caught.value.hint

    assert not hint()
    (tmp_path / "config.toml").touch()
    assert str(hint()).endswith(str(tmp_path / "config.toml"))


def test_another_scheme_is_refused(tmp_path):
    start = load_start(save_words_bundle(tmp_path / "bundle"))

    with pytest.raises(ConfigError, match="scheme_train: none there, bio here"):
        check_start(start, start.bundle.architecture, "bio")


@pytest.mark.parametrize("began_with", ["elsewhere", None])
def test_a_run_goes_on_only_with_the_tagger_that_it_began_with(began_with, tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    (run / "data.json").write_text(json.dumps({"splits": {}, "start": began_with}))
    another = save_words_bundle(tmp_path / "bundle") if began_with is None else None
    told = "the run began with --from elsewhere" if began_with else "the run began without --from"

    with pytest.raises(RunError, match=told):
        train(ROOT / "configs" / "svo-tiny.toml", run, resume=True, start_from=another)


def test_forms_of_both_trainings_are_seen():
    old, new = Lexicon("N", {"a": "N", "b": "N"}), Lexicon("V", {"b": "V", "c": "V"})

    assert new.extended_with(old) == Lexicon("V", {"a": "N", "b": "V", "c": "V"})
