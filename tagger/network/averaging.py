"""The exponential moving average of the weights."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import tensorflow as tf

DECAY = 0.999


class Average:
    """An average of variables over the steps of training, in which late steps count more.

    After step n it is d times what it was, and 1 - d times the variables, with d = min(`DECAY`, (n - 1) / (n + 8)): it
    starts with what the first step gave, and spans about the last tenth of the steps of a short run.

    Args:
        variables: to be averaged.
    """

    def __init__(self, variables: Sequence[Any]) -> None:
        self.of = list(variables)
        self.values = [tf.Variable(variable.numpy(), trainable=False) for variable in self.of]

    def update(self, n: tf.Tensor) -> None:
        """Takes in the variables as they are after step n, counted from 1; to be traced with the step."""
        n = tf.cast(n, tf.float32)
        decay = tf.minimum(DECAY, (n - 1) / (n + 8))
        for average, variable in zip(self.values, self.of, strict=True):
            average.assign_sub((1 - decay) * (average - tf.convert_to_tensor(variable)))

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Has the variables be their averages for a while."""
        trained = [variable.numpy() for variable in self.of]
        for average, variable in zip(self.values, self.of, strict=True):
            variable.assign(average)
        try:
            yield
        finally:
            for value, variable in zip(trained, self.of, strict=True):
                variable.assign(value)
