"""Answers as label tools take them: stretches of a sentence, each with a value and its confidence."""

from collections.abc import Sequence
from typing import NamedTuple

from tagger.heads.target import TagTarget
from tagger.tagging.tagged import Answer, Tagged

OUTSIDE = ("O", "_", "")  # tags of tokens that are in nothing


class Region(NamedTuple):
    """A stretch of tokens.

    Args:
        start: its first token.
        end: the token after its last one.
        value: type of the span, tag, string or label.
        confidence: the least probability of its tokens, from 0 to 1.
    """

    start: int
    end: int
    value: str
    confidence: float


def regions_of(tagged: Tagged, target: TagTarget) -> list[Region]:
    """The regions that a head predicts: spans, or tokens with their tags or strings, or the sentence with its label."""
    answer = tagged.answers.get(target.name) or Answer("tag", tagged.tags, tagged.confidence, tagged.spans)
    if answer.kind == "label":
        ends = [(0, len(tagged.tokens), value) for value in answer.values]
        return [Region(*end, confidence) for end, confidence in zip(ends, answer.confidence, strict=True)]
    if answer.spans is not None:
        return [Region(*span, min(answer.confidence[span.start : span.end])) for span in answer.spans]
    steps = enumerate(zip(answer.values, answer.confidence, strict=True))
    return [Region(i, i + 1, value, confidence) for i, (value, confidence) in steps if value not in OUTSIDE]


def chosen_head(targets: Sequence[TagTarget], name: str, kinds: Sequence[str]) -> TagTarget | None:
    """The head of a name, else the first of some kinds, those with spans before others; None if there is none."""
    fitting = [target for target in targets if target.kind in kinds]
    named = [target for target in fitting if target.name == name]
    with_spans = [target for target in fitting if target.scheme != "none"]
    return next(iter([*named, *with_spans, *fitting]), None)
