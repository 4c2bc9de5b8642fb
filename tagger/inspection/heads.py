"""The heads of a network for one sentence: what each reads, and the probabilities of its tags, labels or strings."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from tagger.corpus.layout import AnswerKind
from tagger.corpus.terms import in_terms
from tagger.encoding.arrays import Doubles, Lengths, Weights
from tagger.heads import Head
from tagger.heads.chain import chain_from_weights
from tagger.heads.decoding import Decoder
from tagger.heads.edit_scripts import describe_script
from tagger.heads.pooling import NOTES, Pool, pooled
from tagger.heads.strings import string_of
from tagger.heads.target import TagTarget
from tagger.inputs.recurrent import Recurrent
from tagger.tagging.states import LayerStates, last_outputs


class VectorPart(NamedTuple):
    """A row of the vector that the head of a label reads: one direction, or all of the vector.

    Args:
        source: where its values come from, in words.
        values: (width,).
    """

    source: str
    values: Doubles


@dataclass(frozen=True, slots=True, eq=False)
class HeadSteps:
    """The input of a head for a sentence, and its prediction; a label is the tag of a sequence of one step.

    Args:
        name: name of the head.
        kind: whether it predicts a tag or a string per token, or a label per sentence.
        tags: its tags, labels or edit scripts, in the order of their ids.
        scores: (time, tags), or (1, labels), not normalised.
        probabilities: (time, tags), or (1, labels), from 0 to 1, as `predict --confidence` prints them.
        best: the predicted tag, label or edit script of each step.
        temperature: scores are divided by it before they become probabilities.
        strings: the predicted string of each token; empty for tags and labels.
        pool: how the steps become one vector, for a label; None for tags and strings.
        vector: (width,) the vector that a label is predicted from; empty for tags and strings.
        parts: rows of the vector, or the outputs that it is made of, see `vector_parts`.
        is_series: whether the steps are those of a series of numbers.
    """

    name: str
    kind: AnswerKind
    tags: tuple[str, ...]
    scores: Doubles
    probabilities: Doubles
    best: tuple[str, ...]
    temperature: float = 1.0
    strings: tuple[str, ...] = ()
    pool: Pool | None = None
    vector: Doubles = field(default_factory=lambda: np.empty(0))
    parts: tuple[VectorPart, ...] = ()
    is_series: bool = False

    @property
    def values(self) -> tuple[str, ...]:
        """The predicted values: tags, strings or one label."""
        return self.strings or self.best

    @property
    def noun(self) -> str:
        """The word for one of `tags`."""
        return "edit script" if self.kind == "string" else in_terms(self.kind, is_series=self.is_series)

    @property
    def vector_note(self) -> str:
        """How the vector is made of the outputs of the last recurrent layer."""
        if self.pool is None:
            return ""
        both = "; forward, then backward" if len(self.parts) == 2 else ""
        return f"{NOTES[self.pool]}{both}"

    @property
    def script_notes(self) -> dict[str, str]:
        """The predicted edit scripts in words, by script."""
        return {script: describe_script(script) for script in self.best} if self.kind == "string" else {}

    def most_probable(self, step: int, n: int) -> list[int]:
        """Ids of the most probable tags at a step, counted from 0, most probable first."""
        return [int(i) for i in np.argsort(-self.probabilities[step], kind="stable")[:n]]


def target_steps(
    head: Head, target: TagTarget, scores: Doubles, layer: LayerStates, weights: Weights, tokens: Sequence[str]
) -> HeadSteps:
    """Collect what a trained head reads and predicts for the only sentence of a batch.

    Args:
        head: the head.
        target: what it predicts.
        scores: (1, time, tags) or (1, 1, labels), its logits.
        layer: the states of the last recurrent layer.
        weights: arrays by name.
        tokens: the tokens of the sentence.
    """
    target = replace(target, chain=chain_from_weights(weights, head.name))
    steps = head_steps(head, target.kind, target.spelled_tags, scores, layer, target.decoder())
    if target.kind != "string":
        return steps
    return replace(steps, strings=tuple(map(string_of, steps.best, tokens)))


def head_steps(
    head: Head,
    kind: AnswerKind,
    tags: tuple[str, ...],
    scores: Doubles,
    layer: LayerStates,
    decoder: Decoder,
) -> HeadSteps:
    """Collect the input and prediction of a head for the only sentence of a batch; arguments as for `target_steps`."""
    lengths = np.array([scores.shape[1]], np.int32)
    vector = np.empty(0) if head.pool is None else head_vector(head.pool, layer)
    return HeadSteps(
        name=head.name,
        kind=kind,
        tags=tags,
        scores=scores[0],
        probabilities=decoder.probabilities(scores, lengths)[0],
        best=tuple(tags[i] for i in decoder.decode(scores, lengths)[0]),
        temperature=decoder.temperature,
        pool=head.pool,
        vector=vector,
        parts=() if head.pool is None else tuple(vector_parts(head.pool, layer, vector)),
    )


def head_vector(pool: Pool, layer: LayerStates) -> Doubles:
    """(width,) the vector that the head of a label reads, from the states of the only sentence of a batch."""
    lengths: Lengths = np.array([layer.output.shape[1]], np.int32)
    return np.asarray(pooled(pool, layer.output, last_outputs(layer), lengths)[0])


def vector_parts(pool: Pool, layer: LayerStates, vector: Doubles) -> list[VectorPart]:
    """The vector as rows: the output of each direction for `last`, and the vector itself unless they are its parts."""
    settings: Recurrent = layer.layer
    n_steps = layer.output.shape[1]
    if pool != "last":
        verb = {"mean": "mean over", "max": "highest of"}[pool]
        return [VectorPart(f"{verb} all {n_steps} steps" if n_steps > 1 else "the only step", vector)]
    ends = {"forward": n_steps, "backward": 1}
    parts = [
        VectorPart(f"{name}, at step {ends[name]}", direction.final[0][0])
        for name, direction in layer.directions.items()
    ]
    if len(parts) == 1 or settings.merge == "concat":
        return parts
    return [*parts, VectorPart(f"merged by {settings.merge}", vector)]
