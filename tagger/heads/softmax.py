"""Softmax: tags are independent of each other, given the scores of their steps."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from tagger.encoding.arrays import Doubles, Weights
from tagger.heads.chain import Chain, ChainRows
from tagger.heads.dense import add_dense, dense, describe_dense
from tagger.inputs.description import Layer, Size

if TYPE_CHECKING:
    from tagger.inputs.nodes import Nodes


@dataclass(frozen=True, slots=True)
class Softmax:
    """A score of each tag, of which softmax makes a probability.

    Args:
        n_tags: the number of tags.
        name: unique in a network.
    """

    kind: ClassVar = "softmax"
    n_kept: ClassVar = 2
    n_tags: int
    name: str = "head"

    def describe(self, inputs: Size, unread: Collection[str] = ()) -> list[Layer]:
        scores = "a score for each tag, which softmax makes a probability"
        return [describe_dense(self.name, inputs, self.n_tags, unread, scores=scores)]

    def add_nodes(self, graph: "Nodes", steps: str, weights: Weights) -> str:
        return add_dense(graph, self.name, steps, weights)

    def compute(self, steps: Doubles, weights: Weights) -> Doubles:
        return dense(self.name, steps, weights)

    def files(self, chain: Chain | None, tags: Sequence[str]) -> dict[str, ChainRows]:
        return {}

    def read_chain(self, read: Callable[[str], ChainRows]) -> None:
        """None: nothing is learned of neighbouring tags."""
