"""CRF head: scores for pairs of neighbouring tags, first tags and last tags (Lafferty et al., 2001)."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from tagger.head_names import PLAIN_HEAD
from tagger.heads.dense import describe_dense
from tagger.inputs.description import STEPS, Layer, Size, Weight, sized


def transitions_name(head: str) -> str:
    """Name of the layer with the scores of neighbouring tags, by the name of the head."""
    return "transitions" if head == PLAIN_HEAD else f"{head}.transitions"


@dataclass(frozen=True, slots=True)
class CRF:
    """One logit per tag and step, and scores for neighbouring, first and last tags.

    Its fields are those of `Softmax` without pooling.
    """

    kind: ClassVar = "crf"
    # Estimate: 3 arrays in the loop of `sequence_loss` and 3 before it, each for all sequences and for tagged ones.
    activations_per_tag: ClassVar = 12
    n_tags: int
    name: str = PLAIN_HEAD
    pool: ClassVar = None  # it scores sequences of tags

    def describe(self, inputs: Size, unknown_sizes: Collection[str] = ()) -> list[Layer]:
        """Descriptions of its layers; `inputs` is the width of its input."""
        tags = sized("tags", self.n_tags, unknown_sizes)
        transitions = Layer(
            name=transitions_name(self.name),
            kind="CRF",
            input=(*STEPS, tags),
            output=(*STEPS, tags),
            weights=(
                Weight(f"{self.name}/transitions", (tags, tags)),
                Weight(f"{self.name}/starts", (tags,)),
                Weight(f"{self.name}/ends", (tags,)),
            ),
            symbolic_formula="(tags + 2) × tags",
            sizes=(("tags", tags),),
            note="a score for each pair of neighbouring tags, each first tag and each last tag",
        )
        return [
            describe_dense(self.name, inputs, self.n_tags, unknown_sizes, scores="a score for each tag"),
            transitions,
        ]
