"""Training losses."""

from collections.abc import Callable, Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf

from tagger.config import Training
from tagger.encoding.arrays import Ids
from tagger.encoding.batches import NOT_SCORED

HeadLoss = Callable[[tf.Tensor, tf.Tensor, tf.Tensor], tf.Tensor]  # logits, tags and lengths of a batch to a scalar
# The same for several heads: logits and tags by head, and lengths, to the loss of each head times its weight.
Loss = Callable[[Mapping[str, tf.Tensor], Mapping[str, tf.Tensor], tf.Tensor], dict[str, tf.Tensor]]


def masked_loss(
    logits: tf.Tensor, tags: tf.Tensor, *, label_smoothing: float = 0.0, class_weights: Sequence[float] | None = None
) -> tf.Tensor:
    """Mean cross-entropy over the scored steps, in nats; 0 if there are none.

    With class weights the sum is still divided by the number of scored steps, not by the sum of their weights. So the
    contribution of a step depends on its own tag only, not on the other tags of the batch.

    Args:
        logits: (batch, time, tags); time is 1 for labels.
        tags: (batch, time) tag ids, `NOT_SCORED` for steps that do not count.
        label_smoothing: fraction of each target that is spread evenly over all tags, 0 to 1.
        class_weights: (tags,) weight of a step, by its tag; default: 1 each.

    Source of label smoothing: Szegedy et al. (2016), section 7.
    """
    is_scored = tags != NOT_SCORED
    gold = tf.where(is_scored, tags, 0)
    losses = keras.losses.sparse_categorical_crossentropy(gold, logits, from_logits=True)
    if label_smoothing:
        uniform_losses = tf.reduce_logsumexp(logits, -1) - tf.reduce_mean(logits, -1)
        losses = (1 - label_smoothing) * losses + label_smoothing * uniform_losses
    if class_weights is not None:
        losses *= tf.gather(tf.constant(class_weights, losses.dtype), gold)
    n_scored = tf.reduce_sum(tf.cast(is_scored, losses.dtype))
    return tf.math.divide_no_nan(tf.reduce_sum(tf.where(is_scored, losses, 0.0)), n_scored)


def joint_loss(losses: Mapping[str, HeadLoss], weights: Mapping[str, float] = {}) -> Loss:
    """The weighted losses of several heads, whose sum is the loss of the network; each weight is 1 by default."""

    def weighted(
        logits: Mapping[str, tf.Tensor], tags: Mapping[str, tf.Tensor], lengths: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        return {name: weights.get(name, 1.0) * loss(logits[name], tags[name], lengths) for name, loss in losses.items()}

    return weighted


class LossSum:
    """The losses of batches, summed for each head over its scored answers."""

    def __init__(self) -> None:
        self._sums: dict[str, float] = {}
        self._counts: dict[str, int] = {}

    def add(self, losses: Mapping[str, tf.Tensor], tags: Mapping[str, Ids]) -> float:
        """Add the loss of each head for a batch with these tags, and return their sum."""
        total = 0.0
        for name, loss in losses.items():
            n, value = int(np.sum(tags[name] != NOT_SCORED)), float(loss)
            self._sums[name] = self._sums.get(name, 0.0) + n * value
            self._counts[name] = self._counts.get(name, 0) + n
            total += value
        return total

    @property
    def mean(self) -> float | None:
        """The sum over heads of the mean loss per scored answer; None if none is scored."""
        means = [self._sums[name] / n for name, n in self._counts.items() if n]
        return sum(means) if means else None


def token_loss(training: Training, class_weights: Sequence[float] | None = None) -> HeadLoss:
    """`masked_loss` with the label smoothing of the config."""
    smoothing = training.label_smoothing
    return lambda logits, tags, lengths: masked_loss(
        logits, tags, label_smoothing=smoothing, class_weights=class_weights
    )
