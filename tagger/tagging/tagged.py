"""A tagged sentence, the result of `Tagger.tag`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tagger.corpus.layout import AnswerKind
from tagger.corpus.schemes import Span
from tagger.corpus.sentence import Sentence


class Answer(NamedTuple):
    """The prediction of one head for a sentence.

    Args:
        kind: whether it is a tag or a string of each token, or a label of the sentence.
        values: one per token; for a label exactly one, but none for a sentence without tokens.
        confidence: probability of each value, from 0 to 1; empty if not requested.
        spans: (start, end, type) in tokens, end exclusive; None if the values have no scheme.
    """

    kind: AnswerKind
    values: tuple[str, ...]
    confidence: tuple[float, ...] = ()
    spans: tuple[Span, ...] | None = None


@dataclass(frozen=True, slots=True)
class Tagged:
    """A sentence with its predicted tags, or with the predictions of several heads.

    With several heads, `tags`, `confidence` and `spans` are those of the first head of tags, else of the first head of
    strings; they are empty if there is neither.

    Args:
        tokens: the tokens, as passed or as split from a text.
        tags: one per token.
        confidence: marginal probability of each tag at its step, from 0 to 1; empty if not requested.
        offsets: (start, end) of each token in the text, in characters; None if tokens were passed, not a text.
        spans: (start, end, type) in tokens, end exclusive; None if the tags have no scheme.
        sentence: the input sentence.
        probability: probability of the whole tag sequence, from 0 to 1; None if the best sequences were not requested.
        best: the best sequences, if requested, best first; the first one has the same tags as this.
        answers: the prediction of each head by its name; empty if the network predicts the tags of one column only.
    """

    tokens: tuple[str, ...]
    tags: tuple[str, ...]
    confidence: tuple[float, ...]
    offsets: tuple[tuple[int, int], ...] | None
    spans: tuple[Span, ...] | None
    sentence: Sentence
    probability: float | None = None
    best: tuple["Tagged", ...] = ()
    answers: Mapping[str, Answer] = field(default_factory=dict, hash=False)

    def __getitem__(self, head: str) -> tuple[str, ...] | str | None:
        """The values of a head, one per token, or its label; None is the label of a sentence without tokens.

        Raises:
            KeyError: there is no such head.
        """
        if head not in self.answers:
            raise KeyError(f"there is no head {head!r}; the tagger has {', '.join(self.answers) or 'tags only'}")
        answer = self.answers[head]
        return next(iter(answer.values), None) if answer.kind == "label" else answer.values

    @property
    def label(self) -> str | None:
        """The label of the sentence, of the first head of labels; None without one, or without tokens."""
        return next((value for answer in self._labels() for value in answer.values), None)

    @property
    def label_confidence(self) -> float | None:
        """Probability of `label`, from 0 to 1; None without a label, or if not requested."""
        return next((value for answer in self._labels() for value in answer.confidence), None)

    def _labels(self) -> list[Answer]:
        """The label of the first head that predicts one, in a list."""
        return [answer for answer in self.answers.values() if answer.kind == "label"][:1]


def distinct(ranked: Sequence[Tagged]) -> list[Tagged]:
    """Remove repeated tag sequences; different ones can become equal when converted to the files' scheme."""
    first: dict[tuple[str, ...], Tagged] = {}
    for tagged in ranked:
        first.setdefault(tagged.tags, tagged)
    return list(first.values())
