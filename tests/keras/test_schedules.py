"""Learning rate schedules against worked examples and Keras."""

import itertools

import keras
import numpy as np
import pytest

from tagger.config import Training
from tagger.network.schedules import LearningRate, plateau_factor


def rates(n_steps, **training):
    schedule = LearningRate(Training(learning_rate=0.1, **training), n_steps)
    return [float(schedule(step)) for step in range(n_steps + 1)]


def test_a_constant_rate_does_not_change():
    assert rates(5, schedule="constant") == pytest.approx([0.1] * 6)


def test_the_cosine_equals_that_of_keras():
    expected = keras.optimizers.schedules.CosineDecay(0.1, 10)

    assert rates(10, schedule="cosine") == pytest.approx([float(expected(step)) for step in range(11)], abs=1e-8)


def test_the_warm_up_rises_linearly_to_the_full_rate():
    scheduled = rates(10, schedule="constant", warm_up=0.4)

    assert scheduled == pytest.approx([0.02, 0.04, 0.06, 0.08] + [0.1] * 7)


def test_the_cosine_starts_at_the_full_rate_after_the_warm_up():
    scheduled = rates(10, schedule="cosine", warm_up=0.2)

    assert scheduled[:3] == pytest.approx([0.1 / 3, 0.2 / 3, 0.1])
    assert scheduled[6] == pytest.approx(0.05)
    assert scheduled[10] == pytest.approx(0)
    assert all(before > after for before, after in itertools.pairwise(scheduled[2:]))


@pytest.mark.parametrize(
    ("values", "factor"),
    [
        ([], 1),
        ([0.5], 1),
        ([0.5, 0.5], 1),  # one epoch without a better value
        ([0.5, 0.5, 0.4], 1 / 2),  # two
        ([0.5, 0.5, 0.4, 0.4], 1 / 2),  # the count starts again
        ([0.5, 0.5, 0.4, 0.4, 0.4], 1 / 4),
        ([0.5, 0.4, 0.6, 0.5], 1),  # a better value in between
        ([-2.0, -1.0, -1.5, -1.5], 1 / 2),  # losses
    ],
)
def test_a_plateau_halves_the_rate_after_every_two_epochs_without_a_better_value(values, factor):
    assert plateau_factor(values) == factor


def test_plateaus_equal_those_of_keras():
    values = list(np.random.default_rng(3).integers(0, 12, 40) / 10)
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(1.0))
    callback = keras.callbacks.ReduceLROnPlateau(monitor="value", mode="max", factor=0.5, patience=2, min_delta=0)
    callback.set_model(model)
    callback.on_train_begin()
    for epoch, value in enumerate(values):
        callback.on_epoch_end(epoch, {"value": value})

        assert plateau_factor(values[: epoch + 1]) == float(model.optimizer.learning_rate)
