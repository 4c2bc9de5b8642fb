"""Heads of a network: one module for each kind of what comes out, with everything about it that needs no Keras.

A new kind is a module here, a line in `KINDS`, a line in `network/heads.py` and a choice of the config's `model.head`.
"""

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from tagger.encoding.arrays import Doubles, Weights
from tagger.heads.chain import Chain, ChainRows
from tagger.heads.crf import CRF
from tagger.heads.softmax import Softmax
from tagger.inputs.description import Layer, Size

if TYPE_CHECKING:
    from tagger.inputs.nodes import Nodes


class Head(Protocol):
    """A head of a network: scores of tags, made of the last recurrent layer's outputs."""

    @property
    def kind(self) -> str:
        """A key of `KINDS`."""

    @property
    def name(self) -> str:
        """The prefix of its weights' names; unique in a network."""

    @property
    def n_tags(self) -> int:
        """The number of tags."""

    @property
    def n_kept(self) -> int:
        """Numbers that training keeps of a step for each tag until its gradient is known."""

    def describe(self, inputs: Size, unread: Collection[str] = ()) -> list[Layer]:
        """Its layers on paper; `inputs` is the width of what enters."""

    def add_nodes(self, graph: "Nodes", steps: str, weights: Weights) -> str:
        """Add nodes to an ONNX graph, from (time, batch, inputs) to (time, batch, tags) scores; gives their name."""

    def compute(self, steps: Doubles, weights: Weights) -> Doubles:
        """(batch, time, inputs) to (batch, time, tags) scores, in NumPy."""

    def files(self, chain: Chain | None, tags: Sequence[str]) -> dict[str, ChainRows]:
        """Its files in a bundle, as rows of cells."""

    def read_chain(self, read: Callable[[str], ChainRows]) -> Chain | None:
        """Scores of neighbouring tags, from its files in a bundle; None where it has none."""


KINDS: dict[str, Any] = {"softmax": Softmax, "crf": CRF}
