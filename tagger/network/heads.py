"""The Keras side of each kind of head: its layers, and its loss."""

from collections.abc import Callable

import keras

from tagger.config import Training
from tagger.heads import Head
from tagger.network.crf import Transitions, crf_loss
from tagger.network.losses import Loss, token_loss


def head_layers(head: Head) -> Callable[[keras.KerasTensor], keras.KerasTensor]:
    """A function from (batch, time, inputs) to (batch, time, tags), its layers made."""
    dense = keras.layers.Dense(head.n_tags, dtype="float32", name=head.name)
    if head.kind == "softmax":
        return lambda x: dense(x)
    transitions = Transitions(dtype="float32", name="transitions")
    return lambda x: transitions(dense(x))


def head_loss(head: Head, model: keras.Model, training: Training, tag_weights: tuple[float, ...] | None) -> Loss:
    """The loss of a model with such a head, by the config, with a weight for each tag or None."""
    return crf_loss(model) if head.kind == "crf" else token_loss(training, tag_weights)
