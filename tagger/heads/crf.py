"""CRF: neighbouring tags have scores of their own, and so have first and last ones (Lafferty et al., 2001)."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from tagger.heads.dense import describe_dense
from tagger.inputs.description import STEPS, Layer, Size, Weight, sized


@dataclass(frozen=True, slots=True)
class CRF:
    """A score of each tag at each step, and of each pair of neighbouring tags, each first and each last tag.

    Its fields are those of `Softmax`.
    """

    kind: ClassVar = "crf"
    n_kept: ClassVar = 12  # the scores at both ends of a pair, free and as tagged
    n_tags: int
    name: str = "head"

    def describe(self, inputs: Size, unread: Collection[str] = ()) -> list[Layer]:
        """Its layers on paper; `inputs` is the width of what enters."""
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
