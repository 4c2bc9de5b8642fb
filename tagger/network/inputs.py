"""The Keras layers of each kind of input, one function per kind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import keras

from tagger.inputs.affixes import Affix
from tagger.inputs.casing import Casing
from tagger.inputs.characters import FILTER_WIDTH, Characters
from tagger.inputs.columns import ColumnInput
from tagger.inputs.fitting import FittedInput
from tagger.inputs.numbers import Numbers
from tagger.inputs.words import WordInput
from tagger.network import recurrence
from tagger.network.layers import (
    Embedding,
    GatherRows,
    OneHot,
    PartlyFrozenEmbedding,
    StepMask,
    UnknownSymbols,
    ZeroPadding,
)


@dataclass(frozen=True, slots=True)
class InputBuilder:
    """The options for building a network's inputs, and the Keras inputs created so far.

    Args:
        fitted: inputs with their settings for training, by name; empty for a network that is not trained.
        trainable_vectors: whether pretrained vectors are trained further.
        seed: random seed of word dropout.
        is_compiled: whether loops over characters are compiled, see `recurrence`.
        tensors: Keras inputs of the model so far, by name.
    """

    fitted: Mapping[str, FittedInput]
    trainable_vectors: bool
    seed: int
    is_compiled: bool
    tensors: dict[str, keras.KerasTensor] = field(default_factory=dict)

    def tensor(self, name: str, shape: tuple[int | None, ...], dtype: str = "int32") -> keras.KerasTensor:
        """Create an input of the model; `shape` is without the batch."""
        self.tensors[name] = keras.Input(shape, dtype=dtype, name=name)
        return self.tensors[name]

    def ids(self, name: str) -> keras.KerasTensor:
        """Create an input of (batch, time) ids, some of which become unknown in training, see `UnknownSymbols`."""
        ids, fitted = self.tensor(name, (None,)), self.fitted.get(name)
        if fitted and fitted.counts and fitted.unknown_rate:
            return UnknownSymbols(fitted.unknown_rate, fitted.counts, self.seed, name=f"{name}_dropout")(ids)
        return ids


def keras_name(layer: str, kind: str) -> str:
    """Keras name of a described layer; an embedding may not have the same name as the model's input."""
    return f"{layer}_vectors" if kind == "Embedding" else layer


def _words(words: WordInput, builder: InputBuilder) -> keras.KerasTensor:
    ids = builder.ids(words.name)
    fitted = builder.fitted.get(words.name)
    if words.dim is None:
        return OneHot(words.width, first=2, name="words_onehot")(ids)
    rows = fitted.vectors if fitted else None
    if rows is not None and not builder.trainable_vectors:
        return PartlyFrozenEmbedding(rows.rows, rows.is_known, name="words_vectors")(ids)
    embed = _embedding(words.name, len(words.vocabulary), words.dim)
    embedded = embed(ids)
    if rows is not None:
        embed.set_weights([rows.rows])
    return embedded


def _casing(casing: Casing, builder: InputBuilder) -> keras.KerasTensor:
    return OneHot(casing.width, first=1, name="casing_onehot")(builder.ids(casing.name))


def _characters(characters: Characters, builder: InputBuilder) -> keras.KerasTensor:
    lengths = builder.tensor("form_lengths", ())
    forms = builder.tensor("forms", (None,))
    ids = builder.ids(characters.name)
    vectors = _embedding(characters.name, len(characters.vocabulary), characters.dim)(ids)
    mask = StepMask(name="character_mask")(lengths, ids)
    if characters.encoder == "lstm":
        name = "character_lstm"
        if builder.is_compiled:
            lstm = recurrence.LSTM(characters.units, in_chunks=True, name=name)
        else:
            lstm = keras.layers.LSTM(characters.units, name=name)
        form_vectors = keras.layers.Bidirectional(lstm, name=name)(vectors, mask=mask)
    else:
        clean = ZeroPadding(name="clean_characters")(vectors, mask)
        filters = keras.layers.Conv1D(
            characters.units, FILTER_WIDTH, padding="same", activation="relu", name="character_cnn"
        )(clean)
        maximum = keras.layers.GlobalMaxPooling1D(name="characters_highest")
        form_vectors = maximum(ZeroPadding(name="clean_filters")(filters, mask))
    return GatherRows(name="characters_of_steps")(form_vectors, forms)


def _symbols(symbols: Affix | ColumnInput, builder: InputBuilder) -> keras.KerasTensor:
    embed = _embedding(symbols.name, len(symbols.vocabulary), symbols.dim)
    return embed(builder.ids(symbols.name))


def _numbers(numbers: Numbers, builder: InputBuilder) -> keras.KerasTensor:
    return builder.tensor(numbers.name, (None, numbers.width), "float32")


def _embedding(name: str, n_ids: int, dim: int) -> keras.layers.Embedding:
    """Embedding whose initial vectors have a norm of about 1 for any width (Ma & Hovy, 2016)."""
    limit = (3 / dim) ** 0.5
    initial = keras.initializers.RandomUniform(-limit, limit)
    return Embedding(n_ids, dim, initial, name=keras_name(name, "Embedding"))


# Function of each kind that creates the layers of an input, and returns its features, (batch, time, width).
LAYERS: dict[str, Callable[[Any, InputBuilder], keras.KerasTensor]] = {
    "words": _words,
    "casing": _casing,
    "characters": _characters,
    "affix": _symbols,
    "column": _symbols,
    "numbers": _numbers,
}
