"""The linear-chain conditional random field: what it learns, and its loss."""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from tagger.encoding.batches import NOT_SCORED
from tagger.heads.chain import Chain

FORBIDDEN = -1e9
TINY = 1e-37  # the least that a float32 holds in full


class Transitions(keras.layers.Layer):  # type: ignore[misc]
    """What neighbouring tags add to a sequence's score; logits pass through as they are.

    `sequence_loss` reads the weights: (tags, tags) from the row's tag to the column's, and (tags,) of a sentence's
    first tag and of its last one. They begin at zero, as a softmax.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Makes the weights for logits of that shape, (batch, time, tags)."""
        n_tags = shape[-1]
        for name, weight_shape in (("transitions", (n_tags, n_tags)), ("starts", (n_tags,)), ("ends", (n_tags,))):
            setattr(self, name, self.add_weight(shape=weight_shape, initializer="zeros", name=name, dtype="float32"))

    def call(self, logits: tf.Tensor) -> tf.Tensor:
        """See the class."""
        return logits


def learned_chain(model: keras.Model) -> Chain | None:
    """The chain of a model with a CRF, its weights as they are now; None where its head is a softmax."""
    layer = _transitions(model)
    return Chain(*layer.get_weights()) if layer else None


def sequence_loss(
    logits: tf.Tensor, tags: tf.Tensor, lengths: tf.Tensor, transitions: tf.Tensor, starts: tf.Tensor, ends: tf.Tensor
) -> tf.Tensor:
    """The negative log-likelihood of the batch's sequences, divided by the number of scored steps, in nats; of none 0.

    So it compares with the mean cross-entropy of a softmax head, which it is where the chain is zero. A step that is
    not scored may have any tag: the likelihood is the sum over all sequences that have the tags that are scored
    (Tsuboi et al., 2008), exactly.

    Args:
        logits: (batch, time, tags).
        tags: (batch, time) ids, `NOT_SCORED` where a step does not count.
        lengths: (batch,) steps of each sentence, 1 to time.
        transitions: (tags, tags) from the row's tag to the column's.
        starts: (tags,) of a sentence's first tag.
        ends: (tags,) of its last one.
    """
    transitions = tf.convert_to_tensor(transitions)
    dtype, time, zero = transitions.dtype, tf.shape(tags)[1], tf.zeros((), transitions.dtype)
    is_scored = tags != NOT_SCORED
    is_other = tf.one_hot(tags, tf.shape(logits)[-1], on_value=0.0, off_value=FORBIDDEN, dtype=dtype)
    free = tf.cast(logits, dtype)
    as_tagged = free + tf.where(is_scored[:, :, None], is_other, zero)
    # Both sums go through one loop, side by side, and only their difference is kept: it stays small and exact.
    steps = tf.TensorArray(dtype, time).unstack(tf.transpose(tf.concat([free, as_tagged], 0), (1, 0, 2)))
    lengths_of_both = tf.concat([lengths, lengths], 0)
    highest_transition = tf.stop_gradient(tf.reduce_max(transitions))
    weights = tf.exp(transitions - highest_transition)

    def scaled(scores: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """(2 batch, tags) scores less the highest of each row, and how much more that is of free than of tagged."""
        highest = tf.stop_gradient(tf.reduce_max(scores, 1))
        return scores - highest[:, None], tf.subtract(*tf.split(highest, 2))

    def step(t: tf.Tensor, scores: tf.Tensor, difference: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        sums = tf.math.log(tf.maximum(tf.exp(scores) @ weights, TINY))
        extended, more = scaled(sums + steps.read(t))
        scores = tf.where((t < lengths_of_both)[:, None], extended, scores)
        return t + 1, scores, difference + tf.where(t < lengths, more, zero)

    first, difference = scaled(steps.read(0) + starts)
    _, scores, difference = tf.while_loop(lambda t, *_: t < time, step, (tf.constant(1), first, difference))
    total = tf.reduce_sum(difference + tf.subtract(*tf.split(tf.reduce_logsumexp(scores + ends, 1), 2)))
    return tf.math.divide_no_nan(total, tf.reduce_sum(tf.cast(is_scored, dtype)))


def crf_loss(model: keras.Model) -> Callable[[tf.Tensor, tf.Tensor, tf.Tensor], tf.Tensor]:
    """`sequence_loss` of logits, tags and lengths, with a model's own chain."""
    layer = _transitions(model)
    return lambda logits, tags, lengths: sequence_loss(
        logits, tags, lengths, layer.transitions, layer.starts, layer.ends
    )


def _transitions(model: keras.Model) -> Any:
    return next((layer for layer in model.layers if isinstance(layer, Transitions)), None)
