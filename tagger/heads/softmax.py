"""Softmax: tags are independent of each other, given the scores of their steps."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from tagger.heads.dense import describe_dense
from tagger.inputs.description import Layer, Size


@dataclass(frozen=True, slots=True)
class Softmax:
    """A score of each tag, of which softmax makes a probability.

    Args:
        n_kept: numbers that training keeps of a step for each tag until its gradient is known.
        name: the prefix of its weights' names; unique in a network.
    """

    kind: ClassVar = "softmax"
    n_kept: ClassVar = 2
    n_tags: int
    name: str = "head"

    def describe(self, inputs: Size, unread: Collection[str] = ()) -> list[Layer]:
        """Its layers on paper; `inputs` is the width of what enters."""
        scores = "a score for each tag, which softmax makes a probability"
        return [describe_dense(self.name, inputs, self.n_tags, unread, scores=scores)]
