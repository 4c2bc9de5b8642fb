"""Training losses."""

from collections.abc import Callable, Sequence

import keras
import tensorflow as tf

from tagger.config import Training
from tagger.encoding.batches import NOT_SCORED

Loss = Callable[[tf.Tensor, tf.Tensor, tf.Tensor], tf.Tensor]  # of logits, tags and lengths of a batch


def masked_loss(
    logits: tf.Tensor, tags: tf.Tensor, *, label_smoothing: float = 0.0, class_weights: Sequence[float] | None = None
) -> tf.Tensor:
    """Sparse categorical cross-entropy: its sum over the scored steps, divided by their number, in nats; of none 0.

    The divisor is the number of steps with and without class weights, so that what a step counts depends on its tag,
    and not on the tags beside it.

    Args:
        logits: (batch, time, tags).
        tags: (batch, time) ids, `NOT_SCORED` where a step does not count.
        label_smoothing: the share of a step's target that goes to all tags alike.
        class_weights: (tags,) what a step counts, by its tag; default: 1 each.

    Source of label smoothing: Szegedy et al. (2016), section 7.
    """
    is_scored = tags != NOT_SCORED
    gold = tf.where(is_scored, tags, 0)
    losses = keras.losses.sparse_categorical_crossentropy(gold, logits, from_logits=True)
    if label_smoothing:
        of_all_tags = tf.reduce_logsumexp(logits, -1) - tf.reduce_mean(logits, -1)
        losses = (1 - label_smoothing) * losses + label_smoothing * of_all_tags
    if class_weights is not None:
        losses *= tf.gather(tf.constant(class_weights, losses.dtype), gold)
    n_scored = tf.reduce_sum(tf.cast(is_scored, losses.dtype))
    return tf.math.divide_no_nan(tf.reduce_sum(tf.where(is_scored, losses, 0.0)), n_scored)


def token_loss(training: Training, class_weights: Sequence[float] | None = None) -> Loss:
    """`masked_loss` as the config has it."""
    smoothing = training.label_smoothing
    return lambda logits, tags, lengths: masked_loss(
        logits, tags, label_smoothing=smoothing, class_weights=class_weights
    )
