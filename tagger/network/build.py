"""The Keras model of an architecture, and its weights by name."""

from collections.abc import Iterator, Sequence

import keras

from tagger.encoding.arrays import Floats, Weights
from tagger.inputs.fitting import FittedInput
from tagger.inputs.recurrent import Recurrent
from tagger.network import recurrence
from tagger.network.heads import head_layers
from tagger.network.inputs import LAYERS, Building, keras_name
from tagger.network.layers import Change, PartlyFrozen, StepMask
from tagger.tagging.architecture import NORM_EPSILON, Architecture

STOCK = {"simple_rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}
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
    """A Keras model from the inputs of a `Batch` to logits, (batch, time, tags).

    Masks are made from `lengths`, never from a value: a real step of zeros is a step.

    Args:
        architecture: the layers.
        fitted: inputs with what only training needs; none for a network that is not to be trained.
        trainable_vectors: whether vectors that a file gave are trained further.
        dropout: share of the numbers between layers that are dropped in training, the same ones at every step.
        seed: of initial weights and dropout.
        is_compiled: whether recurrent layers take their steps in a loop that is compiled, see `recurrence`: it takes
            seconds for each new size of batches, and is worth it in long trainings on a CPU.
        precision: that layers compute in, as Keras calls it; weights, and the logits, are float32 in any case.
    """
    keras.utils.set_random_seed(seed)
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    building = Building({each.input.name: each for each in fitted}, trainable_vectors, seed, is_compiled)
    try:
        return _model(architecture, building, dropout)
    finally:
        keras.config.set_dtype_policy(before)


def _model(architecture: Architecture, building: Building, dropout: float) -> keras.Model:
    parts = [LAYERS[each.kind](each, building) for each in architecture.inputs]
    mask = StepMask(name="mask")(building.tensor("lengths", ()), parts[0])
    x = keras.layers.Concatenate(name="input")(parts) if len(parts) > 1 else parts[0]
    x = Change(name="change")(x)
    for layer in architecture.layers:
        entering = x
        if layer.norm:
            x = keras.layers.LayerNormalization(epsilon=NORM_EPSILON, name=layer.norm)(x)
        x = _recurrent(layer, building.is_compiled)(_dropped(x, dropout), mask=mask)
        if layer.residual:
            x = keras.layers.Add(name=f"{layer.name}_residual")([x, entering])
    head = head_layers(architecture.head)  # before its dropout: the order decides random draws
    logits = head(_dropped(x, dropout))
    return keras.Model(building.tensors, logits, name="tagger")


def _dropped(x: keras.KerasTensor, rate: float) -> keras.KerasTensor:
    """Variational dropout between layers (Gal & Ghahramani, 2016): one draw for all steps of a sentence."""
    return keras.layers.Dropout(rate, noise_shape=(None, 1, None))(x) if rate else x


def _recurrent(layer: Recurrent, is_compiled: bool) -> keras.layers.Layer:
    options = {"reset_after": layer.reset_after} if layer.cell == "gru" else {}
    has_equations = layer.cell in COMPILED and (layer.cell != "gru" or layer.reset_after)
    cell = (COMPILED if is_compiled and has_equations else STOCK)[layer.cell](
        layer.units, return_sequences=True, name=layer.name, **options
    )
    return keras.layers.Bidirectional(cell, merge_mode=layer.merge, name=layer.name) if layer.bidirectional else cell


def get_weights(model: keras.Model, architecture: Architecture) -> dict[str, Floats]:
    """The weights by the names, and in the shapes, that the architecture describes."""
    weights: dict[str, Floats] = {}
    for name, names in _places(architecture):
        layer = model.get_layer(name)
        values = [layer.rows()] if isinstance(layer, PartlyFrozen) else layer.get_weights()
        weights.update(zip(names, values, strict=True))
    return weights


def set_weights(model: keras.Model, architecture: Architecture, weights: Weights) -> None:
    """Gives a model weights by name, as `get_weights` gives them."""
    for name, names in _places(architecture):
        layer, values = model.get_layer(name), [weights[name] for name in names]
        if isinstance(layer, PartlyFrozen):
            layer.set_rows(*values)
        else:
            layer.set_weights(values)


def _places(architecture: Architecture) -> Iterator[tuple[str, list[str]]]:
    """Each Keras layer that has weights, and their names in its order."""
    for layer in architecture.describe():
        if layer.weights:
            yield keras_name(layer.name, layer.kind), [weight.name for weight in layer.weights]
