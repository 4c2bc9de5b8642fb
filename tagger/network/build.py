"""The Keras model of an architecture, and its weights by name."""

from collections.abc import Iterator, Mapping, Sequence

import keras

from tagger.encoding.batches import Floats
from tagger.encoding.casing import CASINGS
from tagger.encoding.vectors import WordVectors
from tagger.network import recurrence
from tagger.network.crf import Transitions
from tagger.network.layers import Clear, Embedding, OneHot, PartlyFrozen, StepMask, Take, WordDropout
from tagger.tagging.architecture import FILTER_WIDTH, NORM_EPSILON, Architecture, Characters, Recurrent
from tagger.tagging.graph import Weights

STOCK = {"simple_rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}
COMPILED = {"simple_rnn": recurrence.SimpleRNN, "lstm": recurrence.LSTM, "gru": recurrence.GRU}


def build_model(
    architecture: Architecture,
    *,
    counts: Mapping[str, Sequence[int]] | None = None,
    id_dropout: Mapping[str, float] | None = None,
    vectors: WordVectors | None = None,
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
        counts: by name of the input, how often each known word or symbol occurs in train; for `id_dropout` only.
        id_dropout: by name of the input, the rate of `WordDropout`; absent: none.
        vectors: what words begin with; default: random numbers.
        trainable_vectors: whether those of them that a file gave are trained further.
        dropout: share of the numbers between layers that are dropped in training, the same ones at every step.
        seed: of initial weights and dropout.
        is_compiled: whether recurrent layers take their steps in a loop that is compiled, see `recurrence`: it takes
            seconds for each new size of batches, and is worth it in long trainings on a CPU.
        precision: that layers compute in, as Keras calls it; weights, and the logits, are float32 in any case.
    """
    keras.utils.set_random_seed(seed)
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        return _model(
            architecture, counts, id_dropout or {}, vectors, trainable_vectors, dropout, seed, is_compiled=is_compiled
        )
    finally:
        keras.config.set_dtype_policy(before)


def _model(
    architecture: Architecture,
    counts: Mapping[str, Sequence[int]] | None,
    id_dropout: Mapping[str, float],
    vectors: WordVectors | None,
    trainable_vectors: bool,
    dropout: float,
    seed: int,
    *,
    is_compiled: bool,
) -> keras.Model:
    inputs: dict[str, keras.KerasTensor] = {}
    parts: list[keras.KerasTensor] = []

    def id_input(name: str) -> keras.KerasTensor:
        ids = inputs[name] = keras.Input((None,), dtype="int32", name=name)
        if counts and id_dropout.get(name):
            return WordDropout(id_dropout[name], counts[name], seed, name=f"{name}_dropout")(ids)
        return ids

    if architecture.words:
        ids = id_input("words")
        if architecture.words.dim is None:
            embed = OneHot(architecture.words.width, first=2, name="word_onehot")
        elif vectors is not None and not trainable_vectors:
            embed = PartlyFrozen(vectors.rows, vectors.is_known, name="word_vectors")
        else:
            embed = _embedding(architecture.words.n_ids, architecture.words.dim, "word_vectors")
        parts.append(embed(ids))
        if vectors is not None and trainable_vectors:
            embed.set_weights([vectors.rows])
    if architecture.casing:
        parts.append(OneHot(len(CASINGS), first=1, name="casing_onehot")(id_input("casing")))
    if architecture.characters:
        inputs["form_lengths"] = keras.Input((), dtype="int32", name="form_lengths")
        inputs["forms"] = keras.Input((None,), dtype="int32", name="forms")
        of_forms = _of_forms(architecture.characters, id_input("characters"), inputs["form_lengths"], is_compiled)
        parts.append(Take(name="characters_of_steps")(of_forms, inputs["forms"]))
    for symbols in architecture.symbols:
        embed = _embedding(symbols.n_ids, symbols.dim, f"{symbols.name}_vectors")
        parts.append(embed(id_input(symbols.name)))
    if architecture.n_numbers:
        inputs["numbers"] = keras.Input((None, architecture.n_numbers), dtype="float32", name="numbers")
        parts.append(inputs["numbers"])
    inputs["lengths"] = keras.Input((), dtype="int32", name="lengths")
    mask = StepMask(name="mask")(inputs["lengths"], parts[0])
    x = keras.layers.Concatenate(name="input")(parts) if len(parts) > 1 else parts[0]
    for layer in architecture.layers:
        entering = x
        if layer.norm:
            x = keras.layers.LayerNormalization(epsilon=NORM_EPSILON, name=layer.norm)(x)
        x = _recurrent(layer, is_compiled)(_dropped(x, dropout), mask=mask)
        if layer.residual:
            x = keras.layers.Add(name=f"{layer.name}_residual")([x, entering])
    logits = keras.layers.Dense(architecture.n_tags, dtype="float32", name="head")(_dropped(x, dropout))
    if architecture.head == "crf":
        logits = Transitions(dtype="float32", name="transitions")(logits)
    return keras.Model(inputs, logits, name="tagger")


def _embedding(n_ids: int, dim: int, name: str) -> keras.layers.Embedding:
    """Vectors that begin with a length of about 1, whatever their width (Ma & Hovy, 2016): rare ones stay near that."""
    limit = (3 / dim) ** 0.5
    return Embedding(n_ids, dim, keras.initializers.RandomUniform(-limit, limit), name=name)


def _of_forms(
    characters: Characters, ids: keras.KerasTensor, lengths: keras.KerasTensor, is_compiled: bool
) -> keras.KerasTensor:
    """(forms, longest) ids of characters to (forms, width)."""
    vectors = _embedding(characters.n_ids, characters.dim, "character_vectors")(ids)
    mask = StepMask(name="character_mask")(lengths, ids)
    if characters.kind == "lstm":
        name = "character_lstm"
        lstm = (
            recurrence.LSTM(characters.units, in_chunks=True, name=name)
            if is_compiled
            else keras.layers.LSTM(characters.units, name=name)
        )
        return keras.layers.Bidirectional(lstm, name="character_layer")(vectors, mask=mask)
    clean = Clear(name="clean_characters")(vectors, mask)
    filters = keras.layers.Conv1D(
        characters.units, FILTER_WIDTH, padding="same", activation="relu", name="character_layer"
    )(clean)
    return keras.layers.GlobalMaxPooling1D(name="characters_highest")(Clear(name="clean_filters")(filters, mask))


def _dropped(x: keras.KerasTensor, rate: float) -> keras.KerasTensor:
    """Variational dropout between layers (Gal & Ghahramani, 2016): one draw for all steps of a sentence."""
    return keras.layers.Dropout(rate, noise_shape=(None, 1, None))(x) if rate else x


def _recurrent(layer: Recurrent, is_compiled: bool) -> keras.layers.Layer:
    options = {"reset_after": layer.reset_after} if layer.cell == "gru" else {}
    has_equations = layer.cell != "gru" or layer.reset_after
    cell = (COMPILED if is_compiled and has_equations else STOCK)[layer.cell](
        layer.units, return_sequences=True, name=layer.name, **options
    )
    return keras.layers.Bidirectional(cell, merge_mode=layer.merge, name=layer.name) if layer.bidirectional else cell


def weights_of(model: keras.Model, architecture: Architecture) -> dict[str, Floats]:
    """The weights by the names that `build_graphs` knows them by, shaped as Keras shapes them."""
    weights: dict[str, Floats] = {}
    for name, names in _places(architecture):
        layer = model.get_layer(name)
        values = [layer.rows()] if isinstance(layer, PartlyFrozen) else layer.get_weights()
        weights.update(zip(names, values, strict=True))
    return weights


def set_weights(model: keras.Model, architecture: Architecture, weights: Weights) -> None:
    """Gives a model weights by name, as `weights_of` gives them."""
    for name, names in _places(architecture):
        layer, values = model.get_layer(name), [weights[name] for name in names]
        if isinstance(layer, PartlyFrozen):
            layer.set_rows(*values)
        else:
            layer.set_weights(values)


def _places(architecture: Architecture) -> Iterator[tuple[str, list[str]]]:
    """Each Keras layer that has weights, and their names in its order."""
    if architecture.words and architecture.words.dim is not None:
        yield "word_vectors", ["words"]
    if characters := architecture.characters:
        yield "character_vectors", ["characters"]
        names = _weight_names(characters.lstm) if characters.kind == "lstm" else ("kernel", "bias")
        yield "character_layer", [f"characters/{name}" for name in names]
    for symbols in architecture.symbols:
        yield f"{symbols.name}_vectors", [symbols.name]
    for layer in architecture.layers:
        if layer.norm:
            yield layer.norm, [f"{layer.norm}/scale", f"{layer.norm}/offset"]
        yield layer.name, [f"{layer.name}/{name}" for name in _weight_names(layer)]
    yield "head", ["head/kernel", "head/bias"]
    if architecture.head == "crf":
        yield "transitions", ["head/transitions", "head/starts", "head/ends"]


def _weight_names(layer: Recurrent) -> tuple[str, ...]:
    """Of a recurrent layer, in Keras' order."""
    return tuple(
        f"{direction}/{weight}" for direction in layer.directions for weight in ("kernel", "recurrent", "bias")
    )
