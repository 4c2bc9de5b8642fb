"""The data of a run, with everything fitted to it before the network is built."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from tagger.config import Config
from tagger.corpus.layout import Layout
from tagger.corpus.sentences import Sentences
from tagger.encoding.arrays import Hashes
from tagger.encoding.batches import Dataset
from tagger.heads.target import TagTarget
from tagger.inputs.encoder import Encoder
from tagger.inputs.fitting import FittedInput
from tagger.tagging.architecture import Architecture
from tagger.tagging.bundle import Bundle


@dataclass(frozen=True, slots=True)
class PreparedData:
    """The data of a run, with everything fitted to it before the network is built.

    Args:
        config: the run's config, its open keys filled by the plan.
        splits: sentences of train, and of dev and test if the config has them.
        layout: layout of the files, with the detected format.
        target: the tags to predict.
        encoder: vocabularies, fitted to train.
        fitted: the inputs, with counts and vectors that only training needs.
        ambiguous: forms with two or more tags in train, ignored tags left out.
        architecture: the network.
        hashes: SHA-256 of each data file.
        trained_on: sorted hashes of the distinct sentences of train and of the initial tagger's train.
    """

    config: Config
    splits: dict[str, Sentences]
    layout: Layout
    target: TagTarget
    encoder: Encoder
    fitted: tuple[FittedInput, ...]
    ambiguous: frozenset[str]
    architecture: Architecture
    hashes: dict[str, str]
    trained_on: Hashes

    def encode(self, split: str, among: Sequence[int] | None = None) -> Dataset:
        """Encode a split, or its sentences at some positions, with the tag ids of the target."""
        sentences = self.in_training_scheme(split, among)
        return replace(self.encoder.encode(sentences), tags=self.target.ids(sentences))

    def in_training_scheme(self, split: str, among: Sequence[int] | None = None) -> Sentences:
        """Return a split, or the sentences at some positions, with tags in the target's `scheme_train`."""
        sentences = self.splits[split] if among is None else self.splits[split].take(among)
        return self.target.in_scheme(sentences, self.target.scheme_train)

    def bundle(self, provenance: dict[str, Any]) -> Bundle:
        """Return the bundle of a tagger, without what training adds."""
        return Bundle(
            architecture=self.architecture,
            encoder=self.encoder,
            target=self.target,
            layout=self.layout,
            provenance=provenance,
            trained_on=self.trained_on,
        )
