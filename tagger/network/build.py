"""The Keras model of an architecture, and its weights by name."""

from collections.abc import Sequence

import keras
import numpy as np

from tagger.encoding.casing import CASINGS
from tagger.network.layers import OneHot, StepMask, WordDropout
from tagger.tagging.architecture import Architecture, Recurrent
from tagger.tagging.graph import Weights

CELLS = {"simple_rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}


def build_model(
    architecture: Architecture,
    *,
    word_counts: Sequence[int] = (),
    word_dropout: float = 0.0,
    dropout: float = 0.0,
    seed: int = 1,
) -> keras.Model:
    """A Keras model from the inputs of a `Batch` to logits, (batch, time, tags).

    Masks are made from `lengths`, never from a value: a real step of zeros is a step.

    Args:
        architecture: the layers.
        word_counts: how often each known word occurs in train; needed for `word_dropout` only.
        word_dropout: see `WordDropout`.
        dropout: share of the numbers between layers that are dropped in training, the same ones at every step.
        seed: of initial weights and dropout.
    """
    keras.utils.set_random_seed(seed)
    inputs: dict[str, keras.KerasTensor] = {}
    parts: list[keras.KerasTensor] = []
    if architecture.words:
        ids = inputs["words"] = keras.Input((None,), dtype="int32", name="words")
        if word_dropout:
            ids = WordDropout(word_dropout, list(word_counts), seed, name="word_dropout")(ids)
        if architecture.words.dim is None:
            vectors = OneHot(architecture.words.width, first=2, name="word_onehot")
        else:
            vectors = keras.layers.Embedding(architecture.words.n_ids, architecture.words.dim, name="word_vectors")
        parts.append(vectors(ids))
    if architecture.casing:
        inputs["casing"] = keras.Input((None,), dtype="int32", name="casing")
        parts.append(OneHot(len(CASINGS), first=1, name="casing_onehot")(inputs["casing"]))
    if architecture.n_numbers:
        inputs["numbers"] = keras.Input((None, architecture.n_numbers), dtype="float32", name="numbers")
        parts.append(inputs["numbers"])
    inputs["lengths"] = keras.Input((), dtype="int32", name="lengths")
    mask = StepMask(name="mask")(inputs["lengths"], parts[0])
    x = keras.layers.Concatenate(name="input")(parts) if len(parts) > 1 else parts[0]
    for layer in architecture.layers:
        x = _recurrent(layer)(_dropped(x, dropout), mask=mask)
    logits = keras.layers.Dense(architecture.n_tags, name="head")(_dropped(x, dropout))
    return keras.Model(inputs, logits, name="tagger")


def _dropped(x: keras.KerasTensor, rate: float) -> keras.KerasTensor:
    """Variational dropout between layers (Gal & Ghahramani, 2016): one draw for all steps of a sentence."""
    return keras.layers.Dropout(rate, noise_shape=(None, 1, None))(x) if rate else x


def _recurrent(layer: Recurrent) -> keras.layers.Layer:
    options = {"reset_after": layer.reset_after} if layer.cell == "gru" else {}
    cell = CELLS[layer.cell](layer.units, return_sequences=True, name=layer.name, **options)
    return keras.layers.Bidirectional(cell, merge_mode=layer.merge, name=layer.name) if layer.bidirectional else cell


def weights_of(model: keras.Model, architecture: Architecture) -> Weights:
    """The weights by the names that `build_graph` knows them by, shaped as Keras shapes them."""
    weights: dict[str, np.ndarray] = {}
    if architecture.words and architecture.words.dim is not None:
        (weights["words"],) = model.get_layer("word_vectors").get_weights()
    for layer in architecture.layers:
        arrays = iter(model.get_layer(layer.name).get_weights())
        for direction in layer.directions:
            for weight in ("kernel", "recurrent", "bias"):
                weights[f"{layer.name}/{direction}/{weight}"] = next(arrays)
    weights["head/kernel"], weights["head/bias"] = model.get_layer("head").get_weights()
    return weights
