"""Random weights of networks that were never trained."""

import numpy as np
import pytest

from tagger.inspection.initial_weights import random_weights
from tests.inspection.test_inspect import CONFIGS, inspect, inspected
from tests.networks import HEADS, NETWORKS, name_of


@pytest.mark.parametrize("architecture", NETWORKS + HEADS, ids=name_of)
def test_random_weights_have_the_shapes_and_start_of_keras(architecture):
    weights = random_weights(architecture.describe(), seed=1)

    described = {weight.name: (layer, weight) for layer in architecture.describe() for weight in layer.weights}
    assert weights.keys() == described.keys()
    for name, values in weights.items():
        layer, weight = described[name]
        assert values.shape == weight.shape
        assert values.dtype == np.float32
        if name.endswith("/recurrent"):
            np.testing.assert_allclose(values @ values.T, np.eye(len(values)), atol=1e-6)
        elif name.endswith("/kernel"):
            *width, fan_in, fan_out = values.shape
            limit = (6 / (np.prod(width) * (fan_in + fan_out))) ** 0.5
            assert 0.5 * limit < np.abs(values).max() <= limit
        elif name.endswith("/bias") and layer.kind.endswith("LSTM"):
            np.testing.assert_array_equal(np.split(values, 4), np.eye(4)[1][:, None] * np.ones(len(values) // 4))
        elif layer.kind == "Embedding":
            assert 0.5 < np.linalg.norm(values, axis=1).mean() < 1.5
        else:
            assert set(values.ravel().tolist()) == {1.0 if name.endswith("/scale") else 0.0}


def test_random_weights_depend_on_the_seed_and_the_name_alone():
    layers = NETWORKS[0].describe()

    first, again, other = (random_weights(layers, seed) for seed in (1, 1, 2))
    fewer = random_weights(layers[1:], 1)

    for name, values in first.items():
        np.testing.assert_array_equal(values, again[name])
        assert name.endswith("bias") or not np.array_equal(values, other[name])
    np.testing.assert_array_equal(fewer["head/kernel"], first["head/kernel"])


def test_states_of_a_config_are_those_of_random_weights_and_the_text_says_so():
    config = CONFIGS / "svo-tiny.toml"

    default, first, second = (
        inspect(config, "John loves Jane", *seed).stdout for seed in ((), ("--seed", 1), ("--seed", 2))
    )

    assert default == first != second
    assert "random weights, as training starts with (seed 2)\n" in second


def test_set_changes_the_network_of_a_config():
    layers = inspected(CONFIGS / "svo-tiny.toml", "--set", "model.cell=gru", "--set", "model.reset_after=false")[
        "layers"
    ]

    assert [layer["parameters"] for layer in layers if layer["parameters"]] == [72, 12]


def test_sizes_that_are_defaults_are_named_if_there_is_no_data(tmp_path):
    config = tmp_path / "config.toml"
    config.write_text(
        '[data]\ntrain = "none.tsv"\n[features]\naffixes = false\nwords = { dim = 7 }\nchars = { units = 3 }\n'
    )

    text, output = inspect(config).stdout, inspected(config, "--set", "model.units=[5]")

    note = "sizes that the config leaves open, with their defaults: model.units = [100], features.chars.dim = 32\n"
    assert note in text.replace("\nfeatures", " features")
    assert output["defaults"] == ["features.chars.dim = 32"]


def test_pretrained_vectors_are_those_of_the_file(tmp_path):
    (tmp_path / "train.tsv").write_text("John\tS\nloves\tV\n\n")
    (tmp_path / "vectors.txt").write_text("john 1 2\nloves 3 4\n")
    config = tmp_path / "config.toml"
    config.write_text('[data]\ntrain = "train.tsv"\n[features]\nwords = { vectors = "vectors.txt" }\n')

    words = inspected(config, "--show", "weights")["weights"]["words"]

    assert sorted(words[2:]) == [[1, 2], [3, 4]]
