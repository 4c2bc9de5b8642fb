"""Further training, up to where TensorFlow comes in."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tagger.config import Affixes, Chars, Features, Words
from tagger.corpus.sentence import Sentence
from tagger.encoding.encoder import Scaling
from tagger.encoding.fit import fit_encoder
from tagger.encoding.lexicon import Lexicon
from tagger.errors import ConfigError, RunError
from tagger.tagging.architecture import Words as WordInput
from tagger.training.further import check_start, extended, load_start
from tagger.training.train import train
from tests.bundles import save_words_bundle

ROOT = Path(__file__).parents[1]
FEATURES = Features(words=Words(dim=2), chars=Chars(), affixes=Affixes(lengths=[1], min_count=1))


def test_known_words_characters_and_affixes_keep_their_ids_and_new_ones_follow():
    old = fit_encoder(FEATURES, [Sentence(("cats", "purr"), ("N", "V"))], ("N", "V"), ())

    new = fit_encoder(FEATURES, [Sentence(("dogs", "purr", "dogs"), ("N",) * 3)], ("N", "V"), (), known=old.encoder)

    assert old.encoder.words is not None
    assert new.encoder.words is not None
    assert new.encoder.words.symbols == (*old.encoder.words.symbols, "dogs")
    assert new.counts["words"] == (0, 1, 2)
    assert old.encoder.characters is not None
    assert new.encoder.characters is not None
    n_old = len(old.encoder.characters.symbols)
    assert new.encoder.characters.symbols[:n_old] == old.encoder.characters.symbols
    assert set(new.encoder.characters.symbols[n_old:]) == set("dog")
    for was, now in zip(old.encoder.symbols, new.encoder.symbols, strict=True):
        assert now.vocabulary.symbols[: len(was.vocabulary.symbols)] == was.vocabulary.symbols


def test_what_is_known_is_counted_however_rare_it_is_now():
    features = Features(words=Words(dim=2, min_count=2), affixes=Affixes(lengths=[1], min_count=2))
    old = fit_encoder(features, [Sentence(("paris", "paris"), ("N", "N"))], ("N",), ())

    new = fit_encoder(features, [Sentence(("paris", "is", "is"), ("N",) * 3)], ("N",), (), known=old.encoder)

    assert new.encoder.words is not None
    assert dict(zip(new.encoder.words.symbols, new.counts["words"], strict=True)) == {"paris": 1, "is": 2}
    prefixes = new.encoder.symbols[0].vocabulary.symbols
    assert dict(zip(prefixes, new.counts["prefix_1"], strict=True)) == {"p": 1, "i": 2}


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

    larger = replace(network, n_tags=5, words=WordInput(n_ids=90, dim=2))
    check_start(start, larger, "none", start.bundle.encoder)  # raises nothing


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"units": (4, 4)}, r"units: \(9,\) there, \(4, 4\) here"),
        ({"words": WordInput(n_ids=4, dim=3)}, r"words: \{'dim': 2\} there, \{'dim': 3\} here"),
        ({"words": None}, r"words: \{'dim': 2\} there, None here"),
        ({"casing": False}, "casing: True there, False here"),
        ({"head": "crf"}, "head: softmax there, crf here"),
    ],
)
def test_another_network_is_refused_with_what_differs(changes, told, tmp_path):
    start = load_start(save_words_bundle(tmp_path / "bundle"))

    with pytest.raises(ConfigError, match=told):
        check_start(start, replace(start.bundle.architecture, **changes), "none", start.bundle.encoder)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"lowercase": False}, "lowercase: True there, False here"),
        ({"columns": ("lemma",)}, r"columns: \(\) there, \('lemma',\) here"),
        ({"numeric": ("y", "x")}, r"numeric: \(\) there, \('y', 'x'\) here"),
        ({"scaling": Scaling((0.0,), (1.0,))}, "standardize: False there, True here"),
    ],
)
def test_inputs_that_would_mean_something_else_are_refused(changes, told, tmp_path):
    start = load_start(save_words_bundle(tmp_path / "bundle"))

    with pytest.raises(ConfigError, match=told):
        check_start(start, start.bundle.architecture, "none", replace(start.bundle.encoder, **changes))


def test_the_hint_names_the_config_of_the_run_if_there_is_one(tmp_path):
    start = load_start(save_words_bundle(tmp_path / "bundle"))

    def hint() -> str | None:
        with pytest.raises(ConfigError) as caught:
            check_start(start, replace(start.bundle.architecture, casing=False), "none", start.bundle.encoder)
        return caught.value.hint

    assert not hint()
    (tmp_path / "config.toml").touch()
    assert str(hint()).endswith(str(tmp_path / "config.toml"))


def test_another_scheme_is_refused(tmp_path):
    start = load_start(save_words_bundle(tmp_path / "bundle"))

    with pytest.raises(ConfigError, match="scheme_train: none there, bio here"):
        check_start(start, start.bundle.architecture, "bio", start.bundle.encoder)


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

    assert new.extending(old) == Lexicon("V", {"a": "N", "b": "V", "c": "V"})
