"""A tagged sentence, the result of `Tagger.tag`."""

from collections.abc import Sequence
from dataclasses import dataclass

from tagger.corpus.schemes import Span
from tagger.corpus.sentence import Sentence


@dataclass(frozen=True, slots=True)
class Tagged:
    """A sentence with its predicted tags.

    Args:
        tokens: the tokens, as passed or as split from a text.
        tags: one per token.
        confidence: marginal probability of each tag at its step, from 0 to 1; empty if not requested.
        offsets: (start, end) of each token in the text, in characters; None if tokens were passed, not a text.
        spans: (start, end, type) in tokens, end exclusive; None if the tags have no scheme.
        sentence: the input sentence.
        probability: probability of the whole tag sequence, from 0 to 1; None if the best sequences were not requested.
        best: the best sequences, if requested, best first; the first one has the same tags as this.
    """

    tokens: tuple[str, ...]
    tags: tuple[str, ...]
    confidence: tuple[float, ...]
    offsets: tuple[tuple[int, int], ...] | None
    spans: tuple[Span, ...] | None
    sentence: Sentence
    probability: float | None = None
    best: tuple["Tagged", ...] = ()


def distinct(ranked: Sequence[Tagged]) -> list[Tagged]:
    """Remove repeated tag sequences; different ones can become equal when converted to the files' scheme."""
    first: dict[tuple[str, ...], Tagged] = {}
    for tagged in ranked:
        first.setdefault(tagged.tags, tagged)
    return list(first.values())
