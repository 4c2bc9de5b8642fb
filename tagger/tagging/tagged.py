"""A sentence with the tags that a tagger gives it."""

from collections.abc import Sequence
from dataclasses import dataclass

from tagger.corpus.schemes import Span
from tagger.corpus.sentence import Sentence


@dataclass(frozen=True, slots=True)
class Tagged:
    """A sentence with its tags.

    Args:
        tokens: as they were given or cut.
        tags: one per token.
        confidence: of each tag, its probability at its step, from 0 to 1, whatever tags stand around it; empty where it
            was not asked for.
        offsets: where each token starts and ends in the text, in characters; None where no text was given.
        spans: (start, end, type) in tokens, end exclusive; None where the tags are of no scheme.
        sentence: what was tagged.
        probability: of the whole sequence of tags, from 0 to 1; None where the best ones were not asked for.
        best: this and the next best sequences, best first, where they were asked for.
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
    """Without those whose tags stand before them already: sequences that are not valid may be one in another scheme."""
    first: dict[tuple[str, ...], Tagged] = {}
    for tagged in ranked:
        first.setdefault(tagged.tags, tagged)
    return list(first.values())
