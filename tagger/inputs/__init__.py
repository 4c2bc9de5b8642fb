"""Inputs of a network: one module per kind, with everything about it that needs no Keras.

A kind is a record with the methods of `Input`, and a function `fit` that creates it from a config and the train split.
A new kind is a module here, an entry in `KINDS`, a function in `network/inputs.py` and a section in
`config/features.py`. The network itself uses the names `lengths`, `forms`, `form_lengths` and `rows`, so no input may
have them.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeGuard, cast

from tagger.corpus.sentences import Sentences
from tagger.encoding.arrays import Array, Doubles, Floats, Ids, Weights
from tagger.encoding.batches import CharacterIds
from tagger.encoding.vocabulary import Vocabulary
from tagger.inputs import affixes, casing, characters, columns, numbers, words
from tagger.inputs.description import Layer
from tagger.inputs.fitting import OPTIONAL, FittedInput, TrainingData

if TYPE_CHECKING:
    from tagger import config
    from tagger.inputs.nodes import Nodes


class Input(Protocol):
    """An input of a network: a `FormInput` or a `StepInput`."""

    @property
    def kind(self) -> str:
        """A key of `KINDS`."""

    @property
    def name(self) -> str:
        """Name of the input, of its weights and of its file in a bundle; unique in a network."""

    @property
    def vocabulary(self) -> Vocabulary | None:
        """Known symbols; None for an input without symbols."""

    @property
    def width(self) -> int:
        """Number of features per step."""

    def describe(self, unknown_sizes: Collection[str] = ()) -> list[Layer]:
        """Descriptions of its layers, in which the sizes named in `unknown_sizes` stay names."""

    def add_nodes(self, graph: "Nodes", weights: Weights) -> str:
        """Add its inputs and nodes to an ONNX graph; weights by `graph.weight` or `graph.table`, not as constants.

        Returns:
            The name of its features, (forms, width) for a `FormInput`, (time, batch, width) for a `StepInput`.
        """

    def compute(self, inputs: Mapping[str, Array], weights: Weights) -> Doubles:
        """Compute its features in NumPy, (batch, time, width), from the arrays of a batch."""

    def settings_to_match(self) -> dict[str, object]:
        """Settings, by config key, that must equal those of the initial tagger."""


class FormInput(Input, Protocol):
    """An input that depends on the word form alone."""

    def encode_forms(self, forms: Sequence[str]) -> Ids | CharacterIds:
        """Encode each form: (forms,) ids, or character ids."""


class StepInput(Input, Protocol):
    """An input that depends on more than the word form, such as another column of the file."""

    def encode_steps(self, sentences: Sentences) -> Ids | Floats:
        """Encode all steps of all sentences: (steps,) ids, or (steps, width) float32."""


# By their methods: in Python 3.11 an isinstance check of a protocol takes as long as encoding a sentence.
def is_form_input(network_input: Input) -> TypeGuard[FormInput]:
    """Whether an input depends on the word form alone."""
    return hasattr(network_input, "encode_forms")


def is_step_input(network_input: Input) -> TypeGuard[StepInput]:
    """Whether an input depends on more than the word form."""
    return hasattr(network_input, "encode_steps")


# In the order in which they are concatenated; those of forms come first.
KINDS: dict[str, tuple[Any, Callable[["config.Features", TrainingData, Mapping[str, Input]], list[FittedInput]]]] = {
    "words": (words.WordInput, words.fit),
    "casing": (casing.Casing, casing.fit),
    "characters": (characters.Characters, characters.fit),
    "affix": (affixes.Affix, affixes.fit),
    "column": (columns.ColumnInput, columns.fit),
    "numbers": (numbers.Numbers, numbers.fit),
}


def fit_inputs(features: "config.Features", data: TrainingData, known: Iterable[Input] = ()) -> tuple[FittedInput, ...]:
    """Fit the inputs of a config, whose files are local, to train.

    Args:
        features: the config's section.
        data: the train split, and the word forms of the others.
        known: inputs of the initial tagger; their symbols keep their ids, and their scaling is kept.

    Raises:
        ConfigError: the data has no values for an input.
        DataError: word vectors cannot be read.
    """
    by_name = {each.name: each for each in known}
    return tuple(fitted for _, fit in KINDS.values() for fitted in fit(features, data, by_name))


def input_settings(network_input: Input) -> dict[str, Any]:
    """An input as JSON, without its vocabulary; what only some bundles have is left out where it has its default."""
    names = [
        field.name
        for field in fields(cast(Any, network_input))
        if field.name != "vocabulary"
        and not (field.metadata.get(OPTIONAL) and getattr(network_input, field.name) == field.default)
    ]
    n_ids = {} if network_input.vocabulary is None else {"n_ids": len(network_input.vocabulary)}
    return {"kind": network_input.kind, **n_ids, **{name: getattr(network_input, name) for name in names}}


def input_from_settings(settings: Mapping[str, Any], read_vocabulary: Callable[[str], Vocabulary]) -> Input:
    """The input that `input_settings` wrote as JSON.

    Args:
        settings: as read from JSON.
        read_vocabulary: returns the vocabulary of an input, by name.

    Raises:
        LookupError, TypeError, ValueError: the settings are invalid.
    """
    options = {name: tuple(value) if isinstance(value, list) else value for name, value in settings.items()}
    record, _ = KINDS[str(options.pop("kind"))]
    if "vocabulary" in options:  # it has a file of its own
        raise ValueError(f"{record.kind}: the settings of an input cannot contain a vocabulary")
    if not any(field.name == "vocabulary" for field in fields(record)):
        return cast(Input, record(**options))
    n_ids = options.pop("n_ids")
    without_symbols = record(vocabulary=Vocabulary(()), **options)
    name = without_symbols.name
    vocabulary = read_vocabulary(name)
    if len(vocabulary) != n_ids:
        raise ValueError(f"{n_ids} ids of {name} in the network, {len(vocabulary)} in {name}.txt")
    return cast(Input, replace(without_symbols, vocabulary=vocabulary))
