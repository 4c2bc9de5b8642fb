"""Inputs of a network: one module for each kind, which says everything about it that needs no Keras.

A kind is a record with the methods of `Input`, and a function `fit` that makes it from a config and train. A new kind
is a module here, a line in `KINDS`, a function in `network/inputs.py` and a section in `config/features.py`. The names
`lengths`, `forms`, `form_lengths` and `rows` are taken by the network itself.
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
from tagger.inputs.fitting import FittedInput, TrainingData

if TYPE_CHECKING:
    from tagger import config
    from tagger.inputs.nodes import Nodes


class Input(Protocol):
    """An input of a network; it is a `FormInput` or a `StepInput`."""

    @property
    def kind(self) -> str:
        """A key of `KINDS`."""

    @property
    def name(self) -> str:
        """Unique in a network: of the input, of its weights, and of its file in a bundle."""

    @property
    def vocabulary(self) -> Vocabulary | None:
        """Known symbols; None where there are none."""

    @property
    def width(self) -> int:
        """Numbers of a step that enter the first recurrent layer."""

    def describe(self, unread: Collection[str] = ()) -> list[Layer]:
        """Its layers on paper, with names in place of the sizes that are not known."""

    def add_nodes(self, graph: "Nodes", weights: Weights) -> str:
        """Add inputs and nodes to an ONNX graph; gives the name of (forms, width) or (time, batch, width) numbers."""

    def compute(self, inputs: Mapping[str, Array], weights: Weights) -> Doubles:
        """(batch, time, width) numbers of a batch's inputs, in NumPy."""

    def required(self) -> dict[str, object]:
        """Settings that must be the same where training begins with another tagger's weights."""


class FormInput(Input, Protocol):
    """An input that a word tells wherever it stands."""

    def encode_forms(self, forms: Sequence[str]) -> Ids | CharacterIds:
        """The ids of each form."""


class StepInput(Input, Protocol):
    """An input that stands beside the word."""

    def encode_steps(self, sentences: Sentences) -> Ids | Floats:
        """The ids or numbers of all steps of all sentences."""


# By their methods: Python 3.11 takes as long to look at a protocol as to encode a sentence.
def is_form_input(network_input: Input) -> TypeGuard[FormInput]:
    """Whether a word tells the input wherever it stands."""
    return hasattr(network_input, "encode_forms")


def is_step_input(network_input: Input) -> TypeGuard[StepInput]:
    """Whether the input stands beside the word."""
    return hasattr(network_input, "encode_steps")


# In the order in which they stand side by side at each step; those of forms come first.
KINDS: dict[str, tuple[Any, Callable[["config.Features", TrainingData, Mapping[str, Input]], list[FittedInput]]]] = {
    "words": (words.WordInput, words.fit),
    "casing": (casing.Casing, casing.fit),
    "characters": (characters.Characters, characters.fit),
    "affix": (affixes.Affix, affixes.fit),
    "column": (columns.ColumnInput, columns.fit),
    "numbers": (numbers.Numbers, numbers.fit),
}


def fit_inputs(features: "config.Features", data: TrainingData, known: Iterable[Input] = ()) -> tuple[FittedInput, ...]:
    """The inputs of a config, whose files are local, fitted to train.

    The symbols of known inputs, those of an earlier tagger, keep their ids, and their scaling stays.

    Raises:
        ConfigError: the data has nothing for an input to see.
        DataError: word vectors cannot be read.
    """
    by_name = {each.name: each for each in known}
    return tuple(fitted for _, fit in KINDS.values() for fitted in fit(features, data, by_name))


def input_settings(network_input: Input) -> dict[str, Any]:
    """An input as JSON, its vocabulary aside."""
    names = [field.name for field in fields(cast(Any, network_input)) if field.name != "vocabulary"]
    n_ids = {} if network_input.vocabulary is None else {"n_ids": len(network_input.vocabulary)}
    return {"kind": network_input.kind, **n_ids, **{name: getattr(network_input, name) for name in names}}


def input_from_settings(settings: Mapping[str, Any], vocabulary_named: Callable[[str], Vocabulary]) -> Input:
    """The input of such settings, read back from JSON, with the vocabulary of its name.

    Raises:
        LookupError, TypeError, ValueError: they are no such settings.
    """
    options = {name: tuple(value) if isinstance(value, list) else value for name, value in settings.items()}
    record, _ = KINDS[str(options.pop("kind"))]
    if "vocabulary" in options:  # which a file has
        raise ValueError(f"{record.kind}: an input's settings hold no vocabulary")
    if not any(field.name == "vocabulary" for field in fields(record)):
        return cast(Input, record(**options))
    n_ids = options.pop("n_ids")
    unread = record(vocabulary=Vocabulary(()), **options)
    vocabulary = vocabulary_named(unread.name)
    if len(vocabulary) != n_ids:
        raise ValueError(f"{n_ids} ids of {unread.name} in the network, {len(vocabulary)} in {unread.name}.txt")
    return cast(Input, replace(unread, vocabulary=vocabulary))
