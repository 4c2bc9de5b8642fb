"""Encode sentences as arrays: the inputs of a network, and tag ids."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.encoding.arrays import Array, Ids
from tagger.encoding.batches import NOT_SCORED, CharacterIds, Dataset, Forms
from tagger.inputs import Input, is_form_input, is_step_input
from tagger.inputs.columns import ColumnInput
from tagger.inputs.numbers import Numbers


@dataclass(frozen=True, slots=True)
class Encoder:
    """Encodes sentences as the arrays that a network reads.

    Args:
        tags: known tags in the order of their ids; padding has none.
        inputs: inputs of the network.
        ignore: tags whose steps are neither trained on nor scored.
    """

    tags: tuple[str, ...]
    inputs: tuple[Input, ...]
    ignore: tuple[str, ...] = ()
    tag_ids: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tag_ids", {tag: i for i, tag in enumerate(self.tags)})

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns that are read as symbols."""
        return tuple(each.column for each in self.inputs if isinstance(each, ColumnInput))

    @property
    def numeric(self) -> tuple[str, ...]:
        """Names of the numeric columns."""
        return tuple(name for each in self.inputs if isinstance(each, Numbers) for name in each.columns)

    def encode(self, sentences: Sequence[Sentence]) -> Dataset:
        """Encode sentences.

        The tag id of a step with an ignored tag is `NOT_SCORED`. A tag that is not known gets the number of known tags
        as its id, which is never predicted.

        Raises:
            DataError: a numeric value is too large for single precision.
        """
        flat = Sentences.collect(sentences)
        data = self.encode_steps(flat)
        if any(map(is_form_input, self.inputs)):
            return replace(data, forms=self.encode_forms(flat.forms), form=flat.tokens)
        return data

    def encode_steps(self, sentences: Sequence[Sentence]) -> Dataset:
        """Encode all but the inputs that depend on the form alone."""
        flat = Sentences.collect(sentences)
        inputs: dict[str, Array] = {each.name: each.encode_steps(flat) for each in self.inputs if is_step_input(each)}
        tags = None
        if flat.tags is not None:
            unknown = len(self.tags)
            ids = {**self.tag_ids, **dict.fromkeys(self.ignore, NOT_SCORED)}
            names = flat.tag_names
            tags = np.fromiter((ids.get(tag, unknown) for tag in names), np.int32, len(names))[flat.tags]
        return Dataset(inputs, tags, flat.starts)

    def encode_forms(self, forms: Sequence[str]) -> Forms:
        """Encode the inputs that depend on the form alone."""
        inputs: dict[str, Ids] = {}
        characters = None
        for each in self.inputs:
            if is_form_input(each):
                encoded = each.encode_forms(forms)
                if isinstance(encoded, CharacterIds):
                    characters = encoded
                else:
                    inputs[each.name] = encoded
        return Forms(inputs, characters)
