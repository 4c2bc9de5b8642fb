"""Training losses."""

from collections.abc import Callable, Sequence

import keras
import tensorflow as tf

from tagger.config import Training
from tagger.encoding.batches import NOT_SCORED

Loss = Callable[[tf.Tensor, tf.Tensor, tf.Tensor], tf.Tensor]  # logits, tags and lengths of a batch to a scalar


def masked_loss(
    logits: tf.Tensor, tags: tf.Tensor, *, label_smoothing: float = 0.0, class_weights: Sequence[float] | None = None
) -> tf.Tensor:
    """Mean cross-entropy over the scored steps, in nats; 0 if there are none.

    With class weights the sum is still divided by the number of scored steps, not by the sum of their weights. So the
    contribution of a step depends on its own tag only, not on the other tags of the batch.

    Args:
        logits: (batch, time, tags).
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


def token_loss(training: Training, class_weights: Sequence[float] | None = None) -> Loss:
    """`masked_loss` with the label smoothing of the config."""
    smoothing = training.label_smoothing
    return lambda logits, tags, lengths: masked_loss(
        logits, tags, label_smoothing=smoothing, class_weights=class_weights
    )
