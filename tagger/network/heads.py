"""The Keras layers and the loss of each kind of head."""

from collections.abc import Callable, Mapping

import keras

from tagger.config import Training
from tagger.heads import Head
from tagger.heads.crf import transitions_name
from tagger.network.crf import Transitions, crf_loss, learned_chain
from tagger.network.losses import HeadLoss, Loss, joint_loss, token_loss


def head_layers(head: Head) -> Callable[[keras.KerasTensor], keras.KerasTensor]:
    """Create the layers of a head; return a function from its (…, inputs) to logits, (…, tags)."""
    dense = keras.layers.Dense(head.n_tags, dtype="float32", name=head.name)
    if head.kind == "softmax":
        return lambda x: dense(x)
    transitions = Transitions(dtype="float32", name=transitions_name(head.name))
    return lambda x: transitions(dense(x))


def heads_loss(
    model: keras.Model,
    training: Training,
    *,
    loss_weights: Mapping[str, float] = {},
    tag_weights: Mapping[str, tuple[float, ...]] = {},
) -> Loss:
    """Loss of a model: the weighted losses of its heads.

    Args:
        model: as built by `build_model`.
        training: the config's section.
        loss_weights: factor of the loss of a head, by name; default: 1 each.
        tag_weights: (tags,) class weights of a softmax, by name of the head.
    """
    losses: dict[str, HeadLoss] = {}
    for head in model.output:
        is_crf = learned_chain(model, head) is not None
        losses[head] = crf_loss(model, head) if is_crf else token_loss(training, tag_weights.get(head))
    return joint_loss(losses, loss_weights)
