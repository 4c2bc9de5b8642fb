"""Softmax head: the tags of a sentence are independent, given the logits."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from tagger.heads.dense import describe_dense
from tagger.inputs.description import Layer, Size


@dataclass(frozen=True, slots=True)
class Softmax:
    """One logit per tag and step, turned into probabilities by softmax.

    Args:
        activations_per_tag: values per step and tag that training holds in memory for the backward pass.
        n_tags: number of tags.
        name: prefix of the names of its weights; unique in a network.
    """

    kind: ClassVar = "softmax"
    activations_per_tag: ClassVar = 2
    n_tags: int
    name: str = "head"

    def describe(self, inputs: Size, unknown_sizes: Collection[str] = ()) -> list[Layer]:
        """Descriptions of its layers; `inputs` is the width of its input."""
        scores = "a score for each tag, turned into a probability by softmax"
        return [describe_dense(self.name, inputs, self.n_tags, unknown_sizes, scores=scores)]
