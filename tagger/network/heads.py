"""The Keras side of each kind of head: its layers, and its loss."""

from collections.abc import Callable
from typing import Any, NamedTuple

import keras

from tagger.config import Training
from tagger.heads import Head
from tagger.network.crf import Transitions, crf_loss
from tagger.network.losses import Loss, token_loss


class HeadLayers(NamedTuple):
    """What Keras does for a kind of head.

    Args:
        new: makes its layers; the function that it gives goes from (batch, time, inputs) to (batch, time, tags).
        loss: of a model, by the config, with a weight for each tag or None.
    """

    new: Callable[[Head], Callable[[keras.KerasTensor], keras.KerasTensor]]
    loss: Callable[[keras.Model, Training, tuple[float, ...] | None], Loss]


def _dense(head: Head) -> Any:
    return keras.layers.Dense(head.n_tags, dtype="float32", name=head.name)


def _dense_and_transitions(head: Head) -> Callable[[keras.KerasTensor], keras.KerasTensor]:
    dense, transitions = _dense(head), Transitions(dtype="float32", name="transitions")
    return lambda x: transitions(dense(x))


HEADS: dict[str, HeadLayers] = {
    "softmax": HeadLayers(_dense, lambda model, training, weights: token_loss(training, weights)),
    "crf": HeadLayers(_dense_and_transitions, lambda model, training, weights: crf_loss(model)),
}
