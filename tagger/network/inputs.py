"""The Keras side of each kind of input: one function that makes its layers."""

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
from tagger.network.layers import Clear, Embedding, OneHot, PartlyFrozen, StepMask, Take, WordDropout


@dataclass(frozen=True, slots=True)
class Building:
    """A network while its inputs are made.

    Args:
        fitted: by name of the input, what only training needs; empty for a network that is not to be trained.
        trainable_vectors: whether vectors that a file gave are trained further.
        seed: of random draws.
        is_compiled: whether loops over characters are compiled, see `recurrence`.
        tensors: by name, the inputs of the model so far.
    """

    fitted: Mapping[str, FittedInput]
    trainable_vectors: bool
    seed: int
    is_compiled: bool
    tensors: dict[str, keras.KerasTensor] = field(default_factory=dict)

    def tensor(self, name: str, shape: tuple[int | None, ...], dtype: str = "int32") -> keras.KerasTensor:
        """A new input of the model; `shape` is without the batch."""
        self.tensors[name] = keras.Input(shape, dtype=dtype, name=name)
        return self.tensors[name]

    def ids(self, name: str) -> keras.KerasTensor:
        """(batch, time) ids, in training some of them unknown."""
        ids, fitted = self.tensor(name, (None,)), self.fitted.get(name)
        if fitted and fitted.counts and fitted.unknown_rate:
            return WordDropout(fitted.unknown_rate, fitted.counts, self.seed, name=f"{name}_dropout")(ids)
        return ids


def keras_name(layer: str, kind: str) -> str:
    """The name in Keras of a described layer: an embedding would clash with the model's input of the same name."""
    return f"{layer}_vectors" if kind == "Embedding" else layer


def _words(words: WordInput, building: Building) -> keras.KerasTensor:
    ids = building.ids(words.name)
    fitted = building.fitted.get(words.name)
    if words.dim is None:
        return OneHot(words.width, first=2, name="words_onehot")(ids)
    rows = fitted.vectors if fitted else None
    if rows is not None and not building.trainable_vectors:
        return PartlyFrozen(rows.rows, rows.is_known, name="words_vectors")(ids)
    embed = _embedding(words.name, len(words.vocabulary), words.dim)
    embedded = embed(ids)
    if rows is not None:
        embed.set_weights([rows.rows])
    return embedded


def _casing(casing: Casing, building: Building) -> keras.KerasTensor:
    return OneHot(casing.width, first=1, name="casing_onehot")(building.ids(casing.name))


def _characters(characters: Characters, building: Building) -> keras.KerasTensor:
    lengths = building.tensor("form_lengths", ())
    forms = building.tensor("forms", (None,))
    ids = building.ids(characters.name)
    vectors = _embedding(characters.name, len(characters.vocabulary), characters.dim)(ids)
    mask = StepMask(name="character_mask")(lengths, ids)
    if characters.encoder == "lstm":
        name = "character_lstm"
        if building.is_compiled:
            lstm = recurrence.LSTM(characters.units, in_chunks=True, name=name)
        else:
            lstm = keras.layers.LSTM(characters.units, name=name)
        of_forms = keras.layers.Bidirectional(lstm, name=name)(vectors, mask=mask)
    else:
        clean = Clear(name="clean_characters")(vectors, mask)
        filters = keras.layers.Conv1D(
            characters.units, FILTER_WIDTH, padding="same", activation="relu", name="character_cnn"
        )(clean)
        highest = keras.layers.GlobalMaxPooling1D(name="characters_highest")
        of_forms = highest(Clear(name="clean_filters")(filters, mask))
    return Take(name="characters_of_steps")(of_forms, forms)


def _symbols(each: Affix | ColumnInput, building: Building) -> keras.KerasTensor:
    embed = _embedding(each.name, len(each.vocabulary), each.dim)
    return embed(building.ids(each.name))


def _numbers(numbers: Numbers, building: Building) -> keras.KerasTensor:
    return building.tensor(numbers.name, (None, numbers.width), "float32")


def _embedding(name: str, n_ids: int, dim: int) -> keras.layers.Embedding:
    """Vectors that begin with a length of about 1, whatever their width (Ma & Hovy, 2016): rare ones stay near that."""
    limit = (3 / dim) ** 0.5
    initial = keras.initializers.RandomUniform(-limit, limit)
    return Embedding(n_ids, dim, initial, name=keras_name(name, "Embedding"))


# By kind, a function that makes the layers of an input; it gives (batch, time, width).
LAYERS: dict[str, Callable[[Any, Building], keras.KerasTensor]] = {
    "words": _words,
    "casing": _casing,
    "characters": _characters,
    "affix": _symbols,
    "column": _symbols,
    "numbers": _numbers,
}
