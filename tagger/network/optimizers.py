"""The optimizers of the config."""

from typing import Any

import keras
import tensorflow as tf


class Adam(keras.optimizers.Adam):  # type: ignore[misc]
    """Keras' Adam with each variable updated by one operation, in one pass over its memory."""

    def update_step(self, gradient: Any, variable: tf.Variable, learning_rate: Any) -> None:
        """Moves a variable and its two moments by a gradient, (shape of the variable), dense or some of its rows."""
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


class AdamW(Adam, keras.optimizers.AdamW):  # type: ignore[misc]
    """The same with Keras' decoupled weight decay."""


OPTIMIZERS = {
    "sgd": keras.optimizers.SGD,
    "rmsprop": keras.optimizers.RMSprop,
    "adam": Adam,
    "nadam": keras.optimizers.Nadam,
    "adamw": AdamW,
}
