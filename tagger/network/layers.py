"""Layers that Keras does not have."""

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
    """Keras' embedding, but it reads only the rows that it returns: Keras reads, and may copy, the whole table."""

    def call(self, ids: tf.Tensor) -> tf.Tensor:
        """(batch, time) ids to (batch, time, dim)."""
        return tf.cast(tf.gather(self.embeddings.value, ids), self.compute_dtype)


class StepMask(keras.layers.Layer):  # type: ignore[misc]
    """Mask of the real steps of a right-padded batch."""

    def call(self, lengths: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
        """(batch,) lengths and (batch, time, …) values to (batch, time) booleans."""
        return tf.sequence_mask(lengths, tf.shape(values)[1])


class UnknownSymbols(keras.layers.Layer):  # type: ignore[misc]
    """Replace words by the unknown word in training, so that it learns a vector; rare words more often.

    A word is replaced with probability rate / (rate + its count in train).

    Args:
        rate: above 0.
        counts: (ids - 2,) occurrences of each known word in train.
        seed: random seed; it is combined with the layer's name, so that no two layers drop the same steps.

    Source: Kiperwasser & Goldberg (2016), section 4.
    """

    def __init__(self, rate: float, counts: Sequence[int], seed: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        known = rate / (rate + np.asarray(counts, np.float32))
        self.probabilities = tf.constant(np.concatenate([[0, 0], known]), tf.float32)  # 0 for padding and unknown
        self.draws = keras.random.SeedGenerator((seed + zlib.crc32(self.name.encode())) % 2**31)

    def call(self, ids: tf.Tensor, training: bool = False) -> tf.Tensor:
        """(batch, time) ids to the same, some of them replaced by `UNKNOWN`."""
        if not training:
            return ids
        dropped = keras.random.uniform(tf.shape(ids), seed=self.draws) < tf.gather(self.probabilities, ids)
        return tf.where(dropped, UNKNOWN, ids)


class OneHot(keras.layers.Layer):  # type: ignore[misc]
    """One-hot vectors of `width` values, with a 1 at id - first; all zeros for ids below `first`."""

    def __init__(self, width: int, first: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.width, self.first = width, first

    def call(self, ids: tf.Tensor) -> tf.Tensor:
        """(batch, time) ids to (batch, time, width)."""
        return tf.one_hot(ids - self.first, self.width)


class GatherRows(keras.layers.Layer):  # type: ignore[misc]
    """Rows of a matrix by their indices."""

    def call(self, rows: tf.Tensor, indices: tf.Tensor) -> tf.Tensor:
        """(rows, width) matrix and (batch, time) indices to (batch, time, width)."""
        return tf.gather(rows, indices)


class ZeroPadding(keras.layers.Layer):  # type: ignore[misc]
    """Set padding to zero."""

    def call(self, values: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
        """(batch, time, width) values and (batch, time) mask of real steps to (batch, time, width)."""
        return tf.where(mask[:, :, None], values, 0.0)


class Perturbation(keras.layers.Layer):  # type: ignore[misc]
    """Add an adversarial perturbation to the input of the recurrent layers, if one is set.

    Attributes:
        tape: gradient tape that watches the input, which may not depend on any weight; None: no gradient is needed.
        latest_input: (batch, time, width) input of the latest call.
        perturbation: (batch, time, width) to add; None: nothing is added.
    """

    tape: tf.GradientTape | None = None
    latest_input: tf.Tensor = None
    perturbation: tf.Tensor = None

    def call(self, x: tf.Tensor) -> tf.Tensor:
        """(batch, time, width) to the same."""
        if self.tape:
            self.tape.watch(x)
        self.latest_input = x
        return x if self.perturbation is None else x + self.perturbation


class PartlyFrozenEmbedding(keras.layers.Layer):  # type: ignore[misc]
    """Embedding with frozen rows: these have no gradient, no weight decay and no optimizer state.

    Args:
        rows: (ids, dim) initial vectors.
        is_frozen: (ids,) which rows are not trained.
    """

    def __init__(self, rows: Floats, is_frozen: Flags, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.is_frozen, self.start = is_frozen, rows
        # (ids,) index of each row in its table, frozen or free.
        self.row_in_table = (np.where(is_frozen, np.cumsum(is_frozen), np.cumsum(~is_frozen)) - 1).astype(np.int32)

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Create the two tables."""
        n_frozen, dim = int(self.is_frozen.sum()), self.start.shape[1]
        self.frozen = self.add_weight(shape=(n_frozen, dim), trainable=False, name="frozen")
        self.free = self.add_weight(shape=(len(self.start) - n_frozen, dim), name="free")
        self.set_rows(self.start)

    def call(self, ids: tf.Tensor) -> tf.Tensor:
        """(batch, time) ids to (batch, time, dim)."""
        is_frozen, rows = tf.gather(self.is_frozen, ids), tf.gather(self.row_in_table, ids)
        frozen = tf.gather(self.frozen.value, tf.where(is_frozen, rows, 0))  # see `Embedding`
        free = tf.gather(self.free.value, tf.where(is_frozen, 0, rows))
        return tf.cast(tf.where(is_frozen[..., None], frozen, free), self.compute_dtype)

    def rows(self) -> Floats:
        """(ids, dim) the rows of both tables in the order of ids."""
        rows = np.empty_like(self.start)
        rows[self.is_frozen], rows[~self.is_frozen] = self.frozen.numpy(), self.free.numpy()
        return rows

    def set_rows(self, rows: Floats) -> None:
        """Set both tables from (ids, dim) rows."""
        self.frozen.assign(rows[self.is_frozen])
        self.free.assign(rows[~self.is_frozen])
