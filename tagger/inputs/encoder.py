"""Encode sentences as arrays: the inputs of a network."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.encoding.arrays import Array, Ids
from tagger.encoding.batches import CharacterIds, Dataset, Forms
from tagger.inputs import Input, is_form_input, is_step_input
from tagger.inputs.columns import ColumnInput
from tagger.inputs.numbers import Numbers


@dataclass(frozen=True, slots=True)
class Encoder:
    """Encodes sentences as the arrays that a network reads.

    Args:
        inputs: inputs of the network.
    """

    inputs: tuple[Input, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns that are read as symbols."""
        return tuple(each.column for each in self.inputs if isinstance(each, ColumnInput))

    @property
    def numeric(self) -> tuple[str, ...]:
        """Names of the numeric columns."""
        return tuple(name for each in self.inputs if isinstance(each, Numbers) for name in each.columns)

    @property
    def fills_missing(self) -> bool:
        """Whether numbers may be missing, as NaN."""
        return any(isinstance(each, Numbers) and each.missing != "error" for each in self.inputs)

    def encode(self, sentences: Sequence[Sentence]) -> Dataset:
        """Encode sentences, without their tags.

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
        return Dataset(inputs, {}, flat.starts)

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
