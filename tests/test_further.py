"""Further training, up to where TensorFlow comes in."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tagger.config import Affixes, Chars, Features, Words
from tagger.corpus.sentence import Sentence
from tagger.encoding.fit import fit_encoder
from tagger.encoding.lexicon import Lexicon
from tagger.errors import ConfigError
from tagger.experiments.further import check_start, extended, load_start
from tagger.tagging.architecture import Words as WordInput
from tests.bundles import save_words_bundle

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

    check_start(start, replace(network, n_tags=5, words=WordInput(n_ids=90, dim=2)), "none")


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
        check_start(start, replace(start.bundle.architecture, **changes), "none")


def test_another_scheme_is_refused(tmp_path):
    start = load_start(save_words_bundle(tmp_path / "bundle"))

    with pytest.raises(ConfigError, match="scheme_train: none there, bio here"):
        check_start(start, start.bundle.architecture, "bio")


def test_forms_of_both_trainings_are_seen():
    old, new = Lexicon("N", {"a": "N", "b": "N"}), Lexicon("V", {"b": "V", "c": "V"})

    assert new.extending(old) == Lexicon("V", {"a": "N", "b": "V", "c": "V"})
