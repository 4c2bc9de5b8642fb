"""The data of a run, with everything fitted to it before the network is built."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from tagger.config import Config
from tagger.corpus.layout import Layout
from tagger.corpus.sentences import Sentences
from tagger.encoding.arrays import Hashes, Ids, Positions
from tagger.encoding.batches import NOT_SCORED, Dataset
from tagger.heads.target import TagTarget
from tagger.inputs.encoder import Encoder
from tagger.inputs.fitting import FittedInput
from tagger.tagging.architecture import Architecture
from tagger.tagging.bundle import Bundle
from tagger.training.head_data import HeadData
from tagger.training.time_cuts import steps_of_parts


@dataclass(frozen=True, slots=True)
class PreparedData:
    """The data of a run, with everything fitted to it before the network is built.

    Args:
        config: the run's config, its open keys filled by the plan.
        splits: sentences of train, and of dev and test if the config has them.
        in_context: sentences of the splits that are cut in time, each after its context, see `time_cuts`.
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
    in_context: dict[str, Sentences] = field(default_factory=dict)

    @property
    def targets(self) -> tuple[TagTarget, ...]:
        """The answers that the heads predict."""
        return tuple(head.target for head in self.heads)

    def read(self, split: str) -> Sentences:
        """The sentences of a split as a network reads them: after their context, if they have one."""
        return self.in_context.get(split, self.splits[split])

    def answer_steps(self, split: str, head: HeadData) -> Positions:
        """Indices of a head's answers among the steps of `read`, or for labels among the sentences."""
        steps = head.steps(split, self.splits[split])
        return steps_of_parts(self.in_context[split], self.splits[split])[steps] if split in self.in_context else steps

    def encode(self, split: str) -> Dataset:
        """Encode a split as it is read, with the ids of the answers of each head."""
        ids = self.answer_ids(split)
        labels = {target.name: ids.pop(target.name) for target in self.targets if target.kind == "label"}
        return replace(self.encoder.encode(self.read(split)), tags=ids, labels=labels)

    def answer_ids(self, split: str) -> dict[str, Ids]:
        """Ids of the answers in a split by head, see `HeadData.ids`, with `NOT_SCORED` for steps of contexts."""
        ids = {head.target.name: head.ids(split, self.splits[split]) for head in self.heads}
        if split not in self.in_context:
            return ids
        in_context = self.in_context[split]
        steps, n_steps = steps_of_parts(in_context, self.splits[split]), len(in_context.tokens)
        return {name: _placed(values, steps, n_steps) for name, values in ids.items()}

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


def _placed(ids: Ids, steps: Positions, n_steps: int) -> Ids:
    """Ids at some of all steps, `NOT_SCORED` at the others."""
    placed = np.full(n_steps, NOT_SCORED, np.int32)
    placed[steps] = ids
    return placed
