"""Values of a config that are too large, too deep or of another kind: one message with file, key and bound."""

import os
from pathlib import Path

import pytest

from tagger.config import load_config
from tagger.errors import ConfigError

DEEP = 5_000
HUGE = "0x" + "F" * 6_000  # more decimal digits than Python writes
VALUES = {
    "training.epochs": ("1000000000000", "should be at most 1,000,000, got 1000000000000"),
    "training.max_steps": ("1" + "0" * 30, "should be at most 1,000,000, got a number of more than 30 digits"),
    "training.batch_size": (HUGE, "should be at most 1,000,000, got a number of more than 30 digits"),
    "training.seed": (HUGE, "should be less than 4294967296, got a number of more than 30 digits"),
    "training.learning_rate": ("1e300", "should be at most 1e+12, got 1e+300"),
    "training.clip_norm": ("1e-300", "should be at least 1e-12, got 1e-300"),
    "training.patience": ("2020-01-01", "should be a whole number, got 2020-01-01"),
    "training.class_weights": ("{ A = 1e300 }", "the weight of A should be a number greater than 0, at most 1e+12"),
    "training.warm_up": ("nan", "should be a finite number, got nan"),
    "model.dropout": ("inf", "should be a finite number, got inf"),
    "model.units[0]": ("[1000000000]", "should be at most 65,536, got 1000000000"),
    "model.units": (f"[{'8,' * 101}]", "should have at most 100 entries, got 101"),
    "features.words.dim": ("65537", "should be at most 65,536, got 65537"),
    "features.affixes.lengths[0]": ("[65]", "should be at most 64, got 65"),
    "data.max_tokens": ("1" + "0" * 12, "should be at most 1,000,000,000, got 1000000000000"),
    "data.token": (HUGE, "should be the index of a column, at most 1,000,000, got a number of more than 30 digits"),
    "data.dev": ("1e-300", "between 0 and 1, got 1e-300; the least is 0.000001"),
    "data.folds": ("1000001", "should be at most 1,000,000, got 1000001"),
    "data.test": ('"~nosuchuser/a"', "not a path"),
    "data.train": ('"a\\u0000b"', "a path cannot hold a NUL"),
}


@pytest.fixture
def config(tmp_path):
    def config(lines: str = ""):
        path = tmp_path / "pos.toml"
        path.write_text(f'{lines}\ndata.train = "t.tsv"\n' if "data.train" not in lines else lines)
        return path

    return config


@pytest.mark.parametrize("is_set", [False, True])
@pytest.mark.parametrize("key", VALUES)
def test_a_value_beyond_its_bound_is_named_with_the_bound(config, key, is_set):
    text, problem = VALUES[key]
    name = key.partition("[")[0]
    path = config("" if is_set else f"{name} = {text}")

    with pytest.raises(ConfigError) as caught:
        load_config(path, [f"{name}={text}"] if is_set else [])

    assert f"{key}: " in caught.value.message
    assert problem in caught.value.message
    assert is_set or caught.value.message.startswith(str(path))


@pytest.mark.parametrize(
    "value", ["[" * 33 + "]" * 33, "[" * DEEP + "]" * DEEP, "{a=" * 40 + "1" + "}" * 40, "9" * DEEP]
)
def test_what_is_nested_too_deep_or_has_too_many_digits_is_refused(config, value):
    with pytest.raises(ConfigError, match=r"pos\.toml: not TOML that can be read"):
        load_config(config(f"model.units = {value}"))
    with pytest.raises(ConfigError, match=r"--set model\.units=.*: not a value that can be read"):
        load_config(config(), [f"model.units={value}"])


def test_a_key_of_many_parts_is_refused(config):
    key = ".".join("a" * DEEP)

    with pytest.raises(ConfigError, match="nested more than 32 deep"):
        load_config(config(f"{key} = 1"))
    with pytest.raises(ConfigError, match="a config has no key of so many parts"):
        load_config(config(), [f"{key}=1"])


def test_of_thousands_of_unknown_keys_the_first_are_listed(config):
    path = config("\n".join(f"training.epoch{i} = 1" for i in range(20_000)))

    with pytest.raises(ConfigError) as caught:
        load_config(path)

    lines = caught.value.message.split("\n")
    assert lines[0].endswith("20,000 problems")
    assert lines[1] == "  training.epoch0: unknown key; did you mean `epochs`?"
    assert lines[101:] == ["  and 19,900 more"]


def test_a_long_value_is_cut_in_the_message(config):
    with pytest.raises(ConfigError) as caught:
        load_config(config(f'training.epochs = "{"a" * 100_000}"'))

    assert len(caught.value.message) < 1_500


def test_a_file_that_is_too_large_for_a_config_is_refused(config):
    with pytest.raises(ConfigError, match=r"pos\.toml: cannot be read: it is larger than 4 MB"):
        load_config(config("#" * (1 << 22)))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_or_device_is_no_config(tmp_path):
    os.mkfifo(tmp_path / "pos.toml")

    for path in (tmp_path / "pos.toml", tmp_path / "zero.toml"):
        if path.name == "zero.toml":
            path.symlink_to("/dev/zero")
        with pytest.raises(ConfigError, match=r"cannot be read: it is a (named pipe|device), not a regular file"):
            load_config(path)


@pytest.mark.skipif(not Path("/dev/fd").is_dir(), reason="the system does not name open files")
def test_a_pipe_of_the_shell_is_a_config():
    reader, writer = os.pipe()
    with os.fdopen(writer, "w") as file:
        file.write('[data]\ntrain = "train.tsv"\n')

    assert load_config(Path(f"/dev/fd/{reader}")).data.train.endswith("train.tsv")
    os.close(reader)
