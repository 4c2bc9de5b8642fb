"""The Keras layers and the loss of each kind of head."""

from collections.abc import Callable

import keras

from tagger.config import Training
from tagger.heads import Head
from tagger.network.crf import Transitions, crf_loss
from tagger.network.losses import Loss, token_loss


def head_layers(head: Head) -> Callable[[keras.KerasTensor], keras.KerasTensor]:
    """Create the layers of a head; return a function from (batch, time, inputs) to logits, (batch, time, tags)."""
    dense = keras.layers.Dense(head.n_tags, dtype="float32", name=head.name)
    if head.kind == "softmax":
        return lambda x: dense(x)
    transitions = Transitions(dtype="float32", name="transitions")
    return lambda x: transitions(dense(x))


def head_loss(head: Head, model: keras.Model, training: Training, tag_weights: tuple[float, ...] | None) -> Loss:
    """Loss of a model with this head; `tag_weights` are (tags,) class weights, for a softmax only."""
    return crf_loss(model) if head.kind == "crf" else token_loss(training, tag_weights)
