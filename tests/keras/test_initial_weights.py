"""Random weights of `inspect` against those that Keras draws."""

import numpy as np
import pytest
from scipy.stats import ks_2samp

from tagger.inspection.initial_weights import random_weights
from tagger.network.build import build_model, get_weights
from tests.networks import DEEP, INPUTS, RECURRENT, characters, name_of, words

from .networks import NOTHING, architecture

WIDE = architecture(**{**NOTHING, "words": words(60, 40), "characters": characters("cnn", 30, 20, 30)})
CELLS = [network for network in RECURRENT if network.merge == "concat" and network.bidirectional]


@pytest.mark.parametrize("network", [WIDE, *CELLS[::2], DEEP[1], INPUTS[4], INPUTS[-1]], ids=name_of)
def test_random_weights_are_distributed_as_those_of_keras(network):
    by_keras = get_weights(build_model(network, seed=5), network)

    ours = random_weights(network.describe(), seed=5)

    assert ours.keys() == by_keras.keys()
    for name, values in by_keras.items():
        assert ours[name].shape == values.shape
        if np.ptp(values) == 0 or name.endswith("/bias"):
            np.testing.assert_array_equal(ours[name], values)
        elif name.endswith("/recurrent"):
            for matrix in (ours[name], values):
                np.testing.assert_allclose(matrix @ matrix.T, np.eye(len(matrix)), atol=1e-5)
        if values.size > 100 and np.ptp(values):
            assert ks_2samp(ours[name].ravel(), values.ravel()).pvalue > 1e-3, name
            assert ours[name].std() == pytest.approx(values.std(), rel=0.15)
