"""The few layers that Keras does not have."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tagger.encoding.vocabulary import UNKNOWN


class StepMask(keras.layers.Layer):  # type: ignore[misc]
    """Which steps are real: (batch,) lengths and (batch, time, …) values to (batch, time) booleans."""

    def call(self, lengths: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
        """See the class."""
        return tf.sequence_mask(lengths, tf.shape(values)[1])


class WordDropout(keras.layers.Layer):  # type: ignore[misc]
    """In training, makes some words unknown, rare ones more often, so that the unknown word learns a vector.

    A word is dropped with probability rate / (rate + its count in train).

    Args:
        rate: 0: never.
        counts: (ids - 2,) how often each known word occurs in train.
        seed: of the draws.

    Source: Kiperwasser & Goldberg (2016), section 4.
    """

    def __init__(self, rate: float, counts: list[int], seed: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        known = rate / (rate + np.asarray(counts, np.float32)) if rate else np.zeros(len(counts), np.float32)
        self.probabilities = tf.constant(np.concatenate([[0, 0], known]), tf.float32)  # padding and unknown stay
        self.draws = keras.random.SeedGenerator(seed)

    def call(self, ids: tf.Tensor, training: bool = False) -> tf.Tensor:
        """(batch, time) ids to the same, some of them `UNKNOWN`."""
        if not training:
            return ids
        dropped = keras.random.uniform(tf.shape(ids), seed=self.draws) < tf.gather(self.probabilities, ids)
        return tf.where(dropped, UNKNOWN, ids)


class OneHot(keras.layers.Layer):  # type: ignore[misc]
    """Ids to rows of `width` numbers: a one at id - first; ids below `first` become zeros."""

    def __init__(self, width: int, first: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.width, self.first = width, first

    def call(self, ids: tf.Tensor) -> tf.Tensor:
        """(batch, time) ids to (batch, time, width)."""
        return tf.one_hot(ids - self.first, self.width)
