"""Learning rate schedules: warm-up, cosine, plateaus."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tagger.config import PLATEAU, Training


class LearningRate(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """Learning rate of each step: the config's rate times the factors of warm-up, cosine and plateaus.

    During the warm-up the rate rises linearly from near 0. The cosine then lowers it from the full rate to 0.

    Args:
        training: the config's section.
        n_steps: number of steps of all epochs.
    """

    def __init__(self, training: Training, n_steps: int) -> None:
        self.peak, self.is_cosine = training.learning_rate, training.schedule == "cosine"
        self.n_steps, self.n_warm_up = n_steps, round(training.warm_up * n_steps)
        self.factor = tf.Variable(1.0, trainable=False)  # set by the training loop, see `plateau_factor`

    def __call__(self, step: Any) -> tf.Tensor:
        """Learning rate of a step, counted from 0."""
        step = tf.cast(step, tf.float32)
        rate = self.peak * self.factor
        if self.is_cosine:
            done = (step - self.n_warm_up) / max(1, self.n_steps - self.n_warm_up)
            rate *= (1 + tf.cos(np.pi * tf.clip_by_value(done, 0.0, 1.0))) / 2
        if self.n_warm_up:
            rate *= tf.minimum(1.0, (step + 1) / (self.n_warm_up + 1))
        return rate


def plateau_factor(values: Sequence[float]) -> float:
    """Factor of the learning rate: halved whenever `PLATEAU` epochs in a row did not improve the best value.

    Args:
        values: one value per epoch; higher is better.
    """
    factor, best, waited = 1.0, -np.inf, 0
    for value in values:
        waited = 0 if value > best else waited + 1
        best = max(best, value)
        if waited == PLATEAU:
            factor, waited = factor / 2, 0
    return factor
