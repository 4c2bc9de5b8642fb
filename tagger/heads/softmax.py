"""Softmax head: the tags of a sentence are independent, given the logits; or one label for the whole sentence."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from tagger.head_names import PLAIN_HEAD
from tagger.heads.dense import describe_dense
from tagger.heads.pooling import Pool, describe_pooling
from tagger.inputs.description import Layer, Size


@dataclass(frozen=True, slots=True)
class Softmax:
    """One logit per tag and step, or per label and sentence, turned into probabilities by softmax.

    Args:
        activations_per_tag: values per step and tag that training holds in memory for the backward pass.
        n_tags: number of tags.
        name: prefix of the names of its weights; unique in a network.
        pool: how the steps of a sentence become one vector, for a label; None: a tag for each step.
    """

    kind: ClassVar = "softmax"
    activations_per_tag: ClassVar = 2
    n_tags: int
    name: str = PLAIN_HEAD
    pool: Pool | None = None

    def describe(self, inputs: Size, unknown_sizes: Collection[str] = ()) -> list[Layer]:
        """Descriptions of its layers; `inputs` is the width of its input."""
        if self.pool is None:
            scores = "a score for each tag, turned into a probability by softmax"
            return [describe_dense(self.name, inputs, self.n_tags, unknown_sizes, scores=scores)]
        scores = "a score for each label, turned into a probability by softmax"
        dense = describe_dense(self.name, inputs, self.n_tags, unknown_sizes, scores=scores, per_sentence=True)
        return [describe_pooling(self.name, self.pool, inputs), dense]
