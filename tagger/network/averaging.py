"""The exponential moving average of the weights."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import tensorflow as tf

DECAY = 0.999
SMALLEST = 1e-30  # decay that is told from zero


class Average:
    """An average of variables over the steps of training, in which late steps count more.

    After step n it is d times what it was, and 1 - d times the variables, with d = min(`DECAY`, (n - 1) / (n + 8)): it
    starts with what the first step gave, and spans about the last tenth of the steps of a short run.
    """

    def __init__(self, variables: Sequence[Any]) -> None:
        self.of = list(variables)
        self.values = [tf.Variable(variable.numpy(), trainable=False) for variable in self.of]
        # Rows of tables that a step leaves alone are taken in later, all such steps at once: in between they are what
        # they were. What decays by d1, then d2, … decays by exp(log d1 + log d2 + …).
        self._of_rows: set[int] = set()  # which variables change by rows
        self._log_decay = tf.Variable(0.0, dtype=tf.float64, trainable=False)
        self._taken_in = [
            tf.Variable(tf.zeros(variable.shape[:1], tf.float64), trainable=False) for variable in self.of
        ]

    def catch_up(self, gradients: Sequence[Any]) -> None:
        """Takes in, of the rows that a step is about to change, the steps since they changed last."""
        for i, gradient in enumerate(gradients):
            if isinstance(gradient, tf.IndexedSlices):
                self._of_rows.add(i)
                self._catch_up(i, gradient.indices)

    def update(self, n: tf.Tensor, gradients: Sequence[Any]) -> None:
        """Takes in the variables as they are after step n, counted from 1; to be traced with the step.

        Args:
            n: see above.
            gradients: of the step, where they are of some rows: `catch_up` was called with the same before it. Other
                variables have changed as a whole.
        """
        n = tf.cast(n, tf.float32)
        decay = tf.minimum(DECAY, (n - 1) / (n + 8))
        self._log_decay.assign_add(tf.math.log(tf.maximum(tf.cast(decay, tf.float64), SMALLEST)))
        for i, (average, variable) in enumerate(zip(self.values, self.of, strict=True)):
            if i < len(gradients) and isinstance(gradients[i], tf.IndexedSlices):
                rows = gradients[i].indices
                change = (1 - decay) * (tf.gather(average, rows) - tf.gather(variable.value, rows))
                average.scatter_sub(tf.IndexedSlices(change, rows))
                self._taken_in[i].scatter_update(tf.IndexedSlices(tf.fill(tf.shape(rows), self._log_decay), rows))
            else:
                average.assign_sub((1 - decay) * (average - tf.convert_to_tensor(variable)))

    def _catch_up(self, i: int, rows: tf.Tensor) -> None:
        average, variable, taken_in = self.values[i], self.of[i], self._taken_in[i]
        missed = tf.exp(self._log_decay - tf.gather(taken_in, rows))[:, None]
        now = tf.gather(variable.value, rows)  # of the variable itself, which is not read as a whole
        then = tf.gather(average, rows)
        average.scatter_update(tf.IndexedSlices(now + tf.cast(missed, then.dtype) * (then - now), rows))

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Has the variables be their averages for a while."""
        for i in self._of_rows:
            self._catch_up(i, tf.range(self.of[i].shape[0]))
            self._taken_in[i].assign(tf.zeros_like(self._taken_in[i]))
        self._log_decay.assign(0.0)
        trained = [variable.numpy() for variable in self.of]
        for average, variable in zip(self.values, self.of, strict=True):
            variable.assign(average)
        try:
            yield
        finally:
            for value, variable in zip(trained, self.of, strict=True):
                variable.assign(value)
