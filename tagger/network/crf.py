"""The linear-chain conditional random field in Keras: its weights and its loss."""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from tagger.encoding.batches import NOT_SCORED
from tagger.heads.chain import Chain
from tagger.heads.crf import transitions_name

FORBIDDEN = -1e9
TINY = 1e-37  # about the smallest float32 with full precision


class Transitions(keras.layers.Layer):  # type: ignore[misc]
    """The weights of a CRF; logits pass through unchanged, and `sequence_loss` reads the weights.

    They are `transitions` (tags, tags), from the row's tag to the column's, `starts` (tags,) of a sentence's first tag,
    and `ends` (tags,) of its last. All are initially zero, which makes the CRF equal to a softmax.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Create the weights for logits of shape (batch, time, tags)."""
        n_tags = shape[-1]
        for name, weight_shape in (("transitions", (n_tags, n_tags)), ("starts", (n_tags,)), ("ends", (n_tags,))):
            setattr(self, name, self.add_weight(shape=weight_shape, initializer="zeros", name=name, dtype="float32"))

    def call(self, logits: tf.Tensor) -> tf.Tensor:
        """(batch, time, tags) to the same."""
        return logits


def learned_chain(model: keras.Model, head: str) -> Chain | None:
    """Current weights of a head's CRF; None if the head is a softmax."""
    layer = _transitions(model, head)
    return Chain(*layer.get_weights()) if layer else None


def sequence_loss(
    logits: tf.Tensor, tags: tf.Tensor, lengths: tf.Tensor, transitions: tf.Tensor, starts: tf.Tensor, ends: tf.Tensor
) -> tf.Tensor:
    """Negative log-likelihood of the batch's tag sequences, in nats per scored step; 0 if no step is scored.

    It is comparable with the mean cross-entropy of a softmax head, and equal to it if the chain's scores are all zero.
    A step that is not scored may have any tag: the likelihood is the exact sum over all sequences that agree with the
    scored tags (Tsuboi et al., 2008). So the loss is log Z - log Z', where Z sums exp(score) over all sequences, and Z'
    over those that agree with the tags; both are computed by the forward algorithm.

    Args:
        logits: (batch, time, tags).
        tags: (batch, time) tag ids, `NOT_SCORED` for steps that do not count.
        lengths: (batch,) steps per sentence, 1 to time.
        transitions: (tags, tags) scores from the row's tag to the column's.
        starts: (tags,) scores of a sentence's first tag.
        ends: (tags,) scores of its last tag.
    """
    transitions = tf.convert_to_tensor(transitions)
    dtype, time, zero = transitions.dtype, tf.shape(tags)[1], tf.zeros((), transitions.dtype)
    is_scored = tags != NOT_SCORED
    penalties = tf.one_hot(tags, tf.shape(logits)[-1], on_value=0.0, off_value=FORBIDDEN, dtype=dtype)
    free = tf.cast(logits, dtype)
    constrained = free + tf.where(is_scored[:, :, None], penalties, zero)
    # One loop computes both sums side by side, rows of Z first. Only the difference of their logarithms is kept, since
    # it stays small, and so exact, in long sentences.
    steps = tf.TensorArray(dtype, time).unstack(tf.transpose(tf.concat([free, constrained], 0), (1, 0, 2)))
    lengths_twice = tf.concat([lengths, lengths], 0)
    highest_transition = tf.stop_gradient(tf.reduce_max(transitions))
    weights = tf.exp(transitions - highest_transition)

    def shift_to_zero(scores: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Subtract from (2 * batch, tags) scores the highest of each row.

        Returns:
            The shifted scores, and (batch,) how much higher the highest is for Z than for Z'.
        """
        highest = tf.stop_gradient(tf.reduce_max(scores, 1))
        return scores - highest[:, None], tf.subtract(*tf.split(highest, 2))

    def step(t: tf.Tensor, scores: tf.Tensor, difference: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        sums = tf.math.log(tf.maximum(tf.exp(scores) @ weights, TINY))
        extended, more = shift_to_zero(sums + steps.read(t))
        scores = tf.where((t < lengths_twice)[:, None], extended, scores)
        return t + 1, scores, difference + tf.where(t < lengths, more, zero)

    first, difference = shift_to_zero(steps.read(0) + starts)
    _, scores, difference = tf.while_loop(lambda t, *_: t < time, step, (tf.constant(1), first, difference))
    total = tf.reduce_sum(difference + tf.subtract(*tf.split(tf.reduce_logsumexp(scores + ends, 1), 2)))
    return tf.math.divide_no_nan(total, tf.reduce_sum(tf.cast(is_scored, dtype)))


def crf_loss(model: keras.Model, head: str) -> Callable[[tf.Tensor, tf.Tensor, tf.Tensor], tf.Tensor]:
    """`sequence_loss` as a function of logits, tags and lengths, with the weights of a head's CRF."""
    layer = _transitions(model, head)
    return lambda logits, tags, lengths: sequence_loss(
        logits, tags, lengths, layer.transitions, layer.starts, layer.ends
    )


def _transitions(model: keras.Model, head: str) -> Any:
    return next((layer for layer in model.layers if layer.name == transitions_name(head)), None)
