"""Pooling of the outputs of the last recurrent layer to one vector per sentence, in Keras."""

from typing import Any

import keras
import tensorflow as tf

from tagger.heads.pooling import LOWEST, Pool


class _Pooling(keras.layers.Layer):  # type: ignore[misc]
    """A layer from steps to one vector per sentence, which has no mask."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def compute_mask(self, inputs: Any, previous_mask: Any) -> None:
        """One vector per sentence has no mask."""


class LastOutput(_Pooling):
    """The output at the last step that a direction reads, see `tagger.heads.pooling`.

    Args:
        is_backward: whether the direction reads from the end of the sentence.
    """

    def __init__(self, *, is_backward: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.is_backward = is_backward

    def call(self, steps: tf.Tensor, lengths: tf.Tensor) -> tf.Tensor:
        """(batch, time, units) and (batch,) lengths to (batch, units)."""
        return steps[:, 0] if self.is_backward else tf.gather(steps, lengths - 1, axis=1, batch_dims=1)


class StepPooling(_Pooling):
    """The mean or the maximum over the real steps of each sentence.

    Args:
        pool: mean or max.
    """

    def __init__(self, pool: Pool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pool = pool

    def call(self, steps: tf.Tensor, lengths: tf.Tensor) -> tf.Tensor:
        """(batch, time, width) and (batch,) lengths to (batch, width)."""
        is_step = tf.sequence_mask(lengths, tf.shape(steps)[1])[:, :, None]
        if self.pool == "max":
            return tf.reduce_max(tf.where(is_step, steps, tf.cast(LOWEST, steps.dtype)), 1)
        # In single precision, as the sum of many steps overflows in half precision.
        total = tf.reduce_sum(tf.where(is_step, tf.cast(steps, tf.float32), 0.0), 1)
        return tf.cast(total / tf.cast(lengths, tf.float32)[:, None], steps.dtype)
