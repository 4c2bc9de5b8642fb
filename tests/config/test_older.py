"""Configs that earlier versions wrote: migrated in a run folder, an error with a hint elsewhere."""

import pytest

from tagger.config import load_config, parse_config
from tagger.config.older import RENAMED, earlier_setting, upgraded_setting, upgraded_tables, with_earlier_keys
from tagger.errors import ConfigError

EARLIER = """[data]
train = "/train.tsv"

[features]
words = { dropout = 0.3 }
chars = { kind = "cnn", dropout = 0.1 }
columns = false

[training]
strategy = "none"
"""


@pytest.mark.parametrize("neighbour", ["log.txt", "bundle"])
def test_the_config_of_an_earlier_run_loads(tmp_path, neighbour):
    (tmp_path / "config.toml").write_text(EARLIER)
    (tmp_path / neighbour).touch()

    features = load_config(tmp_path / "config.toml").features

    assert features.words is not None
    assert features.chars is not None
    assert (features.words.unknown_rate, features.chars.unknown_rate) == (0.3, 0.1)


def test_an_earlier_config_of_the_user_is_an_error_that_names_the_new_key(tmp_path):
    (tmp_path / "config.toml").write_text(EARLIER)

    with pytest.raises(ConfigError, match=r"words\.dropout: is now called `features\.words\.unknown_rate`"):
        load_config(tmp_path / "config.toml")


@pytest.mark.parametrize("tables", [{"features": 3}, {"training": 2, "features": {"words": False}}])
def test_values_of_the_wrong_type_are_left_for_validation(tables):
    assert upgraded_tables(tables) == tables


def test_upgrading_leaves_todays_config_unchanged():
    tables = parse_config({"data": {"train": "a"}, "features": {"chars": {}}}).model_dump()

    assert upgraded_tables(tables) == tables


def test_hashes_are_made_of_the_earlier_keys():
    tables = parse_config({"data": {"train": "a"}, "features": {"chars": {}}}).model_dump()

    earlier = with_earlier_keys(tables)

    assert earlier["features"]["words"]["dropout"] == 0.9
    assert "unknown_rate" not in earlier["features"]["chars"]
    assert earlier["model"]["dropout"] == 0.5
    assert upgraded_tables(earlier) == tables


def test_the_setting_of_an_earlier_sweep_has_todays_keys():
    setting = {
        "features.words.dropout": 0.5,
        "features.chars": {"kind": "cnn", "dropout": 0.1},
        "model.dropout": 0.2,
        "data.map": {"dropout": "X"},
    }

    assert earlier_setting(upgraded_setting(setting)) == setting
    assert upgraded_setting(setting) == {
        "features.words.unknown_rate": 0.5,
        "features.chars": {"kind": "cnn", "unknown_rate": 0.1},
        "model.dropout": 0.2,
        "data.map": {"dropout": "X"},
    }


def test_every_renamed_key_is_a_key_today():
    from tagger.config.reference import reference

    assert set(RENAMED.values()) <= reference().keys()
    assert not RENAMED.keys() & reference().keys()
