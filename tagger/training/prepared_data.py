"""The data of a run, with everything fitted to it before the network is built."""

from dataclasses import dataclass, replace
from typing import Any

from tagger.config import Config
from tagger.corpus.layout import Layout
from tagger.corpus.sentences import Sentences
from tagger.encoding.arrays import Hashes, Ids
from tagger.encoding.batches import Dataset
from tagger.heads.target import TagTarget
from tagger.inputs.encoder import Encoder
from tagger.inputs.fitting import FittedInput
from tagger.tagging.architecture import Architecture
from tagger.tagging.bundle import Bundle
from tagger.training.head_data import HeadData


@dataclass(frozen=True, slots=True)
class PreparedData:
    """The data of a run, with everything fitted to it before the network is built.

    Args:
        config: the run's config, its open keys filled by the plan.
        splits: sentences of train, and of dev and test if the config has them.
        layout: layout of the files, with the detected format.
        heads: the answers of each head.
        encoder: vocabularies, fitted to train.
        fitted: the inputs, with counts and vectors that only training needs.
        architecture: the network.
        hashes: SHA-256 of each file: data files by split, or by source and split, see `ReadSplits`.
        trained_on: sorted hashes of the distinct sentences of train and of the initial tagger's train.
    """

    config: Config
    splits: dict[str, Sentences]
    layout: Layout
    heads: tuple[HeadData, ...]
    encoder: Encoder
    fitted: tuple[FittedInput, ...]
    architecture: Architecture
    hashes: dict[str, str]
    trained_on: Hashes

    @property
    def targets(self) -> tuple[TagTarget, ...]:
        """The answers that the heads predict."""
        return tuple(head.target for head in self.heads)

    def encode(self, split: str) -> Dataset:
        """Encode a split, with the ids of the answers of each head."""
        ids = self.answer_ids(split)
        labels = {target.name: ids.pop(target.name) for target in self.targets if target.kind == "label"}
        return replace(self.encoder.encode(self.splits[split]), tags=ids, labels=labels)

    def answer_ids(self, split: str) -> dict[str, Ids]:
        """Ids of the answers in a split by head, see `HeadData.ids`; a head without answers in the split has none."""
        return {head.target.name: head.ids(split, self.splits[split]) for head in self.heads}

    def bundle(self, provenance: dict[str, Any]) -> Bundle:
        """Return the bundle of a tagger, without what training adds."""
        return Bundle(
            architecture=self.architecture,
            encoder=self.encoder,
            targets=self.targets,
            layout=self.layout,
            provenance=provenance,
            trained_on=self.trained_on,
        )
