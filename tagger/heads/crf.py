"""CRF: neighbouring tags have scores of their own, and so have first and last ones (Lafferty et al., 2001)."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from tagger.encoding.arrays import Doubles, Weights
from tagger.heads.chain import Chain, ChainRows, chain_rows, read_chain
from tagger.heads.dense import add_dense, dense, describe_dense
from tagger.inputs.description import STEPS, Layer, Size, Weight, sized

if TYPE_CHECKING:
    from tagger.inputs.nodes import Nodes

TRANSITIONS = "transitions.tsv"


@dataclass(frozen=True, slots=True)
class CRF:
    """A score of each tag at each step, and of each pair of neighbouring tags, each first and each last tag.

    Args:
        n_tags: the number of tags.
        name: unique in a network.
    """

    kind: ClassVar = "crf"
    n_kept: ClassVar = 12  # the scores at both ends of a pair, free and as tagged
    n_tags: int
    name: str = "head"

    def describe(self, inputs: Size, unread: Collection[str] = ()) -> list[Layer]:
        tags = sized("tags", self.n_tags, unread)
        transitions = Layer(
            name="transitions",
            kind="CRF",
            input=(*STEPS, tags),
            output=(*STEPS, tags),
            weights=(
                Weight(f"{self.name}/transitions", (tags, tags)),
                Weight(f"{self.name}/starts", (tags,)),
                Weight(f"{self.name}/ends", (tags,)),
            ),
            letters="(tags + 2) × tags",
            sizes=(("tags", tags),),
            note="a score for each pair of neighbouring tags, for each first and for each last one",
        )
        return [describe_dense(self.name, inputs, self.n_tags, unread, scores="a score for each tag"), transitions]

    def add_nodes(self, graph: "Nodes", steps: str, weights: Weights) -> str:
        return add_dense(graph, self.name, steps, weights)

    def compute(self, steps: Doubles, weights: Weights) -> Doubles:
        return dense(self.name, steps, weights)

    def files(self, chain: Chain | None, tags: Sequence[str]) -> dict[str, ChainRows]:
        return {} if chain is None else {TRANSITIONS: chain_rows(chain, tags)}

    def read_chain(self, read: Callable[[str], ChainRows]) -> Chain:
        """The chain of its file.

        Raises:
            ValueError: the file is no such table, or of another number of tags.
        """
        chain = read_chain(read(TRANSITIONS))
        if len(chain.starts) != self.n_tags:
            raise ValueError(f"{self.n_tags} tags in the network, {len(chain.starts)} in {TRANSITIONS}")
        return chain
