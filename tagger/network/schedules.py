"""The learning rate of each step: warm-up, cosine, plateaus."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tagger.config import PLATEAU, Training


class LearningRate(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """The learning rate of a step: the config's, times what the warm-up, the cosine and plateaus leave of it.

    In the warm-up it rises in a straight line from near 0; the cosine then falls from the whole rate to 0.

    Args:
        training: the config's section.
        n_steps: of all epochs.
    """

    def __init__(self, training: Training, n_steps: int) -> None:
        self.peak, self.is_cosine = training.learning_rate, training.schedule == "cosine"
        self.n_steps, self.n_warm_up = n_steps, round(training.warm_up * n_steps)
        self.factor = tf.Variable(1.0, trainable=False)  # what plateaus leave

    def __call__(self, step: Any) -> tf.Tensor:
        """The rate of a step, counted from 0."""
        step = tf.cast(step, tf.float32)
        rate = self.peak * self.factor
        if self.is_cosine:
            done = (step - self.n_warm_up) / max(1, self.n_steps - self.n_warm_up)
            rate *= (1 + tf.cos(np.pi * tf.clip_by_value(done, 0.0, 1.0))) / 2
        if self.n_warm_up:
            rate *= tf.minimum(1.0, (step + 1) / (self.n_warm_up + 1))
        return rate


def plateau_factor(values: Sequence[float]) -> float:
    """What plateaus leave of the learning rate: half of it after each `PLATEAU` epochs without a better value.

    The higher a value, the better.
    """
    factor, best, waited = 1.0, -np.inf, 0
    for value in values:
        waited = 0 if value > best else waited + 1
        best = max(best, value)
        if waited == PLATEAU:
            factor, waited = factor / 2, 0
    return factor
