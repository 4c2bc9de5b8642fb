"""The Keras model of an architecture, and its weights by name."""

from collections.abc import Iterator, Sequence

import keras

from tagger.encoding.arrays import Floats, Weights
from tagger.heads.pooling import pooling_name
from tagger.inputs.fitting import FittedInput
from tagger.inputs.recurrent import Recurrent
from tagger.network import recurrence
from tagger.network.heads import head_layers
from tagger.network.inputs import LAYERS, InputBuilder, keras_name
from tagger.network.layers import PartlyFrozenEmbedding, Perturbation, StepMask
from tagger.network.pooling import LastOutput, StepPooling
from tagger.tagging.architecture import NORM_EPSILON, Architecture

STOCK = {"simple_rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}
MERGE = {
    "concat": keras.layers.Concatenate,
    "sum": keras.layers.Add,
    "mul": keras.layers.Multiply,
    "ave": keras.layers.Average,
}
COMPILED = {"simple_rnn": recurrence.SimpleRNN, "lstm": recurrence.LSTM, "gru": recurrence.GRU}


def build_model(
    architecture: Architecture,
    *,
    fitted: Sequence[FittedInput] = (),
    trainable_vectors: bool = True,
    dropout: float = 0.0,
    seed: int = 1,
    is_compiled: bool = False,
    precision: str = "float32",
) -> keras.Model:
    """Build a Keras model from the inputs of a `Batch` to the logits of each head.

    The logits are (batch, time, tags), or (batch, 1, labels).

    Masks come from `lengths`, never from a value: a real step of zeros is a step.

    Args:
        architecture: description of the layers.
        fitted: inputs with their settings for training; not needed for a network that is not trained.
        trainable_vectors: whether pretrained vectors are trained further.
        dropout: fraction of the features between layers that is dropped in training, 0 to 1.
        seed: random seed of initial weights and dropout.
        is_compiled: whether recurrent layers run their steps in a compiled loop, see `recurrence`. To compile takes
            seconds for each new batch size, which pays off in long trainings on a CPU.
        precision: Keras' dtype policy, such as `mixed_float16`; weights and logits are float32 in any case.
    """
    keras.utils.set_random_seed(seed)
    previous_policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    builder = InputBuilder({each.input.name: each for each in fitted}, trainable_vectors, seed, is_compiled)
    try:
        return _model(architecture, builder, dropout)
    finally:
        keras.config.set_dtype_policy(previous_policy)


def _model(architecture: Architecture, builder: InputBuilder, dropout: float) -> keras.Model:
    features = [LAYERS[each.kind](each, builder) for each in architecture.inputs]
    mask = StepMask(name="mask")(builder.tensor("lengths", ()), features[0])
    x = keras.layers.Concatenate(name="input")(features) if len(features) > 1 else features[0]
    x = Perturbation(name="perturbation")(x)
    needs_last = any(head.pool == "last" for head in architecture.heads)
    directions: list[keras.KerasTensor] = []
    layers = architecture.layers
    for layer in layers:
        layer_input = x
        if layer.norm:
            x = keras.layers.LayerNormalization(epsilon=NORM_EPSILON, name=layer.norm)(x)
        is_split = needs_last and layer.bidirectional and layer is layers[-1]
        recurrent = _recurrent(layer, builder.is_compiled, is_split=is_split)
        x = recurrent(_variational_dropout(x, dropout), mask=mask)
        directions = x if is_split else [x]
        x = MERGE[layer.merge](name=f"{layer.name}_merge")(x) if is_split else x
        if layer.residual:
            x = keras.layers.Add(name=f"{layer.name}_residual")([x, layer_input])
    # All heads are created before their dropout: the order decides the random draws.
    heads = {head: head_layers(head) for head in architecture.heads}
    steps = _variational_dropout(x, dropout) if any(head.pool is None for head in heads) else x
    lengths, logits = builder.tensors["lengths"], {}
    for head, head_logits in heads.items():
        if head.pool is None:
            logits[head.name] = head_logits(steps)
            continue
        if head.pool == "last":
            ends = [
                LastOutput(is_backward=i == 1, name=f"{pooling_name(head.name)}.{i}")(part, lengths)
                for i, part in enumerate(directions)
            ]
            merge = MERGE[architecture.merge]
            vector = merge(name=pooling_name(head.name))(ends) if len(ends) > 1 else ends[0]
        else:
            vector = StepPooling(head.pool, name=pooling_name(head.name))(x, lengths)
        vector = keras.layers.Dropout(dropout)(vector) if dropout else vector
        one_step = keras.layers.Reshape((1, head.n_tags), dtype="float32", name=f"{head.name}.logits")
        logits[head.name] = one_step(head_logits(vector))
    return keras.Model(builder.tensors, logits, name="tagger")


def _variational_dropout(x: keras.KerasTensor, rate: float) -> keras.KerasTensor:
    """Dropout with the same mask at all steps of a sentence (Gal & Ghahramani, 2016)."""
    return keras.layers.Dropout(rate, noise_shape=(None, 1, None))(x) if rate else x


def _recurrent(layer: Recurrent, is_compiled: bool, *, is_split: bool = False) -> keras.layers.Layer:
    """A recurrent layer; if it is split, its output is a list of the outputs of each direction."""
    options = {"reset_after": layer.reset_after} if layer.cell == "gru" else {}
    can_compile = layer.cell in COMPILED and (layer.cell != "gru" or layer.reset_after)
    cell = (COMPILED if is_compiled and can_compile else STOCK)[layer.cell](
        layer.units, return_sequences=True, name=layer.name, **options
    )
    merge = None if is_split else layer.merge
    return keras.layers.Bidirectional(cell, merge_mode=merge, name=layer.name) if layer.bidirectional else cell


def get_weights(model: keras.Model, architecture: Architecture) -> dict[str, Floats]:
    """Weights of a model, with the names and shapes of the architecture's description."""
    weights: dict[str, Floats] = {}
    for layer_name, names in _weight_names(architecture):
        layer = model.get_layer(layer_name)
        values = [layer.rows()] if isinstance(layer, PartlyFrozenEmbedding) else layer.get_weights()
        weights.update(zip(names, values, strict=True))
    return weights


def set_weights(model: keras.Model, architecture: Architecture, weights: Weights) -> None:
    """Set the weights of a model, named as in `get_weights`."""
    for layer_name, names in _weight_names(architecture):
        layer, values = model.get_layer(layer_name), [weights[name] for name in names]
        if isinstance(layer, PartlyFrozenEmbedding):
            layer.set_rows(*values)
        else:
            layer.set_weights(values)


def _weight_names(architecture: Architecture) -> Iterator[tuple[str, list[str]]]:
    """Keras name of each layer with weights, and the names of these weights in Keras' order."""
    for layer in architecture.describe():
        if layer.weights:
            yield keras_name(layer.name, layer.kind), [weight.name for weight in layer.weights]
