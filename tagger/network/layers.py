"""The few layers that Keras does not have."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
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

    def __init__(self, rate: float, counts: Sequence[int], seed: int, **kwargs: Any) -> None:
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


class Take(keras.layers.Layer):  # type: ignore[misc]
    """Rows by their numbers: (rows, width) and (batch, time) to (batch, time, width)."""

    def call(self, rows: tf.Tensor, numbers: tf.Tensor) -> tf.Tensor:
        """See the class."""
        return tf.gather(rows, numbers)


class Clear(keras.layers.Layer):  # type: ignore[misc]
    """Zeros on padding: (batch, time, width) values and (batch, time) booleans to values."""

    def call(self, values: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
        """See the class."""
        return tf.where(mask[:, :, None], values, 0.0)


class Freeze(keras.layers.Layer):  # type: ignore[misc]
    """Lets no gradient through to the vectors of some ids.

    Args:
        is_frozen: (ids,) of which.
    """

    def __init__(self, is_frozen: npt.NDArray[np.bool_], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.is_frozen = tf.constant(is_frozen)

    def call(self, vectors: tf.Tensor, ids: tf.Tensor) -> tf.Tensor:
        """(batch, time, width) vectors of (batch, time) ids, as they are."""
        return tf.where(tf.gather(self.is_frozen, ids)[:, :, None], tf.stop_gradient(vectors), vectors)
