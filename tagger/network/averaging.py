"""Exponential moving average of the weights."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import tensorflow as tf

DECAY = 0.999
SMALLEST = 1e-30  # lower bound of a decay, so that its logarithm is finite


class Average:
    """Moving average of variables over training steps, in which later steps count more.

    After step n, counted from 1: average = d * average + (1 - d) * variables, with d = min(`DECAY`, (n - 1) / (n + 8)).
    So it starts at the variables after the first step, and covers about the last tenth of the steps of a short run.

    A lazy optimizer changes only some rows of a table at each step. The average of the other rows is not updated until
    those rows change again, or until the average is used: while a variable is constant, decays d1, d2, … amount to one
    decay exp(log d1 + log d2 + …).
    """

    def __init__(self, variables: Sequence[Any]) -> None:
        self.variables = list(variables)
        self.values = [tf.Variable(variable.numpy(), trainable=False) for variable in self.variables]
        self._with_late_rows: set[int] = set()  # indices of variables whose rows are updated late
        self._log_decay = tf.Variable(0.0, dtype=tf.float64, trainable=False)  # sum of log d over all steps
        # (rows,) value of `_log_decay` at each row's latest update.
        self._updated_at = [
            tf.Variable(tf.zeros(variable.shape[:1], tf.float64), trainable=False) for variable in self.variables
        ]

    def catch_up(self, gradients: Sequence[Any]) -> None:
        """Update the average of the rows that a step is about to change, for the steps since their last update."""
        for i, gradient in enumerate(gradients):
            if isinstance(gradient, tf.IndexedSlices):
                self._with_late_rows.add(i)
                self._catch_up(i, gradient.indices)

    def update(self, n: tf.Tensor, gradients: Sequence[Any]) -> None:
        """Update the average after step n; to be traced together with the step.

        Args:
            n: number of the step, from 1.
            gradients: gradients of the first variables. If one is sparse (`tf.IndexedSlices`), only its rows have
                changed, and `catch_up` was called with it before the step.
        """
        n = tf.cast(n, tf.float32)
        decay = tf.minimum(DECAY, (n - 1) / (n + 8))
        self._log_decay.assign_add(tf.math.log(tf.maximum(tf.cast(decay, tf.float64), SMALLEST)))
        for i, (average, variable) in enumerate(zip(self.values, self.variables, strict=True)):
            if i < len(gradients) and isinstance(gradients[i], tf.IndexedSlices):
                rows = gradients[i].indices
                change = (1 - decay) * (tf.gather(average, rows) - tf.gather(variable.value, rows))
                average.scatter_sub(tf.IndexedSlices(change, rows))
                self._updated_at[i].scatter_update(tf.IndexedSlices(tf.fill(tf.shape(rows), self._log_decay), rows))
            else:
                average.assign_sub((1 - decay) * (average - tf.convert_to_tensor(variable)))

    def _catch_up(self, i: int, rows: tf.Tensor) -> None:
        average, variable, updated_at = self.values[i], self.variables[i], self._updated_at[i]
        decay = tf.exp(self._log_decay - tf.gather(updated_at, rows))[:, None]
        current = tf.gather(variable.value, rows)  # reads these rows only, not the whole table
        old = tf.gather(average, rows)
        average.scatter_update(tf.IndexedSlices(current + tf.cast(decay, old.dtype) * (old - current), rows))

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Temporarily replace the variables by their averages."""
        for i in self._with_late_rows:
            self._catch_up(i, tf.range(self.variables[i].shape[0]))
            self._updated_at[i].assign(tf.zeros_like(self._updated_at[i]))
        self._log_decay.assign(0.0)
        trained = [variable.numpy() for variable in self.variables]
        for average, variable in zip(self.values, self.variables, strict=True):
            variable.assign(average)
        try:
            yield
        finally:
            for value, variable in zip(trained, self.variables, strict=True):
                variable.assign(value)
