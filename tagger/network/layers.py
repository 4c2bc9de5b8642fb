"""The few layers that Keras does not have."""

import zlib
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tagger.encoding.arrays import Flags, Floats
from tagger.encoding.vocabulary import UNKNOWN


@keras.saving.register_keras_serializable("tagger")
class Embedding(keras.layers.Embedding):  # type: ignore[misc]
    """Keras' embedding, of which only the rows that are asked for are read: Keras reads, and may copy, the whole."""

    def call(self, ids: tf.Tensor) -> tf.Tensor:
        """(batch, time) ids to (batch, time, dim)."""
        return tf.cast(tf.gather(self.embeddings.value, ids), self.compute_dtype)


class StepMask(keras.layers.Layer):  # type: ignore[misc]
    """Which steps are real: (batch,) lengths and (batch, time, …) values to (batch, time) booleans."""

    def call(self, lengths: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
        """See the class."""
        return tf.sequence_mask(lengths, tf.shape(values)[1])


class WordDropout(keras.layers.Layer):  # type: ignore[misc]
    """In training, makes some words unknown, rare ones more often, so that the unknown word learns a vector.

    A word is dropped with probability rate / (rate + its count in train).

    Args:
        rate: above 0.
        counts: (ids - 2,) how often each known word occurs in train.
        seed: of the draws; with the layer's name, so that no two layers drop at the same steps.

    Source: Kiperwasser & Goldberg (2016), section 4.
    """

    def __init__(self, rate: float, counts: Sequence[int], seed: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        known = rate / (rate + np.asarray(counts, np.float32))
        self.probabilities = tf.constant(np.concatenate([[0, 0], known]), tf.float32)  # padding and unknown stay
        self.draws = keras.random.SeedGenerator((seed + zlib.crc32(self.name.encode())) % 2**31)

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


class Change(keras.layers.Layer):  # type: ignore[misc]
    """Adds a change to what enters the recurrent layers, where one is set, as in adversarial training.

    Attributes:
        tape: watches what enters, which need not depend on any weight; None: there is none.
        entering: (batch, time, width) of the latest call.
        change: (batch, time, width) to add; None: nothing.
    """

    tape: tf.GradientTape | None = None
    entering: tf.Tensor = None
    change: tf.Tensor = None

    def call(self, x: tf.Tensor) -> tf.Tensor:
        """See the class."""
        if self.tape:
            self.tape.watch(x)
        self.entering = x
        return x if self.change is None else x + self.change


class PartlyFrozen(keras.layers.Layer):  # type: ignore[misc]
    """An embedding of which some rows are not trained: no gradient, no decay, no moments are kept of them.

    Args:
        rows: (ids, dim) that it begins with.
        is_frozen: (ids,) which of them stay as they are.
    """

    def __init__(self, rows: Floats, is_frozen: Flags, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.is_frozen, self.start = is_frozen, rows
        places = np.where(is_frozen, np.cumsum(is_frozen), np.cumsum(~is_frozen)) - 1  # of each row in its table
        self.places = places.astype(np.int32)

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Makes the two tables, whatever the shape of the ids."""
        n_frozen, dim = int(self.is_frozen.sum()), self.start.shape[1]
        self.frozen = self.add_weight(shape=(n_frozen, dim), trainable=False, name="frozen")
        self.free = self.add_weight(shape=(len(self.start) - n_frozen, dim), name="free")
        self.set_rows(self.start)

    def call(self, ids: tf.Tensor) -> tf.Tensor:
        """(batch, time) ids to (batch, time, dim)."""
        is_frozen, places = tf.gather(self.is_frozen, ids), tf.gather(self.places, ids)
        frozen = tf.gather(self.frozen.value, tf.where(is_frozen, places, 0))  # see `Embedding`
        free = tf.gather(self.free.value, tf.where(is_frozen, 0, places))
        return tf.cast(tf.where(is_frozen[..., None], frozen, free), self.compute_dtype)

    def rows(self) -> Floats:
        """(ids, dim) both tables as one."""
        rows = np.empty_like(self.start)
        rows[self.is_frozen], rows[~self.is_frozen] = self.frozen.numpy(), self.free.numpy()
        return rows

    def set_rows(self, rows: Floats) -> None:
        """Gives both tables their rows of (ids, dim)."""
        self.frozen.assign(rows[self.is_frozen])
        self.free.assign(rows[~self.is_frozen])
