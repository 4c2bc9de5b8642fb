"""The optimizers of the config."""

from typing import Any

import keras
import tensorflow as tf


class Adam(keras.optimizers.Adam):  # type: ignore[misc]
    """Keras' Adam, but each variable is updated by a single operation, in one pass over its memory."""

    def update_step(self, gradient: Any, variable: tf.Variable, learning_rate: Any) -> None:
        """Update a variable and its two moments; the gradient is dense or sparse (`tf.IndexedSlices`)."""
        index, step = self._get_variable_index(variable), tf.cast(self.iterations + 1, variable.dtype)
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=self._momentums[index].value.handle,
            v=self._velocities[index].value.handle,
            beta1_power=self.beta_1**step,
            beta2_power=self.beta_2**step,
            lr=tf.cast(learning_rate, variable.dtype),
            beta1=self.beta_1,
            beta2=self.beta_2,
            epsilon=self.epsilon,
            grad=tf.convert_to_tensor(gradient),
        )

    def _clip_gradients(self, gradients: list[Any]) -> list[Any]:
        """Clip by the global norm; unlike Keras' version, it keeps sparse gradients (`tf.IndexedSlices`) sparse."""
        return list(tf.clip_by_global_norm(gradients, self.global_clipnorm)[0]) if self.global_clipnorm else gradients


class AdamW(Adam, keras.optimizers.AdamW):  # type: ignore[misc]
    """`Adam` with Keras' decoupled weight decay."""


class LazyAdam(Adam):
    """Adam that updates only the rows of a table, and their moments, that occur in the batch.

    Adam moves every row at each step, by its moments, which takes most of the time if the table is large. A step of
    lazy Adam takes the same time for any number of rows. If all rows occur in every batch, the two are equal.
    """

    def update_step(self, gradient: Any, variable: tf.Variable, learning_rate: Any) -> None:
        """Update a variable and its two moments; a sparse gradient must have each row once, see `summed_rows`."""
        if not isinstance(gradient, tf.IndexedSlices):
            super().update_step(gradient, variable, learning_rate)
            return
        index, step = self._get_variable_index(variable), tf.cast(self.iterations + 1, variable.dtype)
        rows, values = gradient.indices, gradient.values
        handles = [table.value.handle for table in (self._momentums[index], self._velocities[index])]
        mean, square = (
            tf.raw_ops.ResourceGather(resource=handle, indices=rows, dtype=values.dtype) for handle in handles
        )
        mean += (1 - self.beta_1) * (values - mean)
        square += (1 - self.beta_2) * (values * values - square)
        for handle, moment in zip(handles, (mean, square), strict=True):
            tf.raw_ops.ResourceScatterUpdate(resource=handle, indices=rows, updates=moment)
        rate = tf.cast(learning_rate, values.dtype) * tf.sqrt(1 - self.beta_2**step) / (1 - self.beta_1**step)
        change = rate * mean / (tf.sqrt(square) + self.epsilon)
        tf.raw_ops.ResourceScatterSub(resource=variable.handle, indices=rows, updates=change)


def summed_rows(gradient: Any) -> Any:
    """A sparse gradient (`tf.IndexedSlices`) with repeated rows summed; a dense gradient unchanged."""
    if not isinstance(gradient, tf.IndexedSlices):
        return gradient
    rows, positions = tf.unique(gradient.indices)
    values = tf.math.unsorted_segment_sum(gradient.values, positions, tf.size(rows))
    return tf.IndexedSlices(values, rows, gradient.dense_shape)


def mean_gradient(one: Any, other: Any) -> Any:
    """Mean of two gradients of a variable, both dense or both sparse (`tf.IndexedSlices`)."""
    if not isinstance(one, tf.IndexedSlices):
        return (one + other) / 2
    values = tf.concat([one.values, other.values], 0) / 2
    return tf.IndexedSlices(values, tf.concat([one.indices, other.indices], 0), one.dense_shape)


OPTIMIZERS = {
    "sgd": keras.optimizers.SGD,
    "rmsprop": keras.optimizers.RMSprop,
    "adam": Adam,
    "nadam": keras.optimizers.Nadam,
    "adamw": AdamW,
    "lazy_adam": LazyAdam,
}
