"""A tagged sentence, the result of `Tagger.tag`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, SupportsIndex, overload

from tagger.corpus.counted import counted
from tagger.corpus.layout import AnswerKind
from tagger.corpus.schemes import Span
from tagger.corpus.sentence import Sentence
from tagger.tagging.runs import tag_runs
from tagger.terminal_text import one_line

if TYPE_CHECKING:
    import pandas as pd

TOKENS_SHOWN, RUNS_SHOWN = 30, 10  # of a sentence or series as text
DOUBTFUL = 0.5  # an answer with less confidence is more likely wrong than right, and is marked


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
        is_series: whether it is a series of measurements, whose tags are states.
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
    is_series: bool = False

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

    def __repr__(self) -> str:
        """The label, then tokens with their tags, or runs of states; the first ones of many."""
        label = "" if self.label is None else f"{self.label}: "
        if self.is_series:
            runs = tag_runs(self.tags)
            states = ", ".join(f"{run.tag} ×{run.end - run.start}" for run in runs[:RUNS_SHOWN])
            more = f", … {counted(len(runs) - RUNS_SHOWN, 'more run')}" if len(runs) > RUNS_SHOWN else ""
            text = counted(len(self.tokens), "step") + (f": {states}{more}" if runs else "")
        else:
            columns = [answer.values for answer in self.answers.values() if answer.kind != "label"]
            rows = zip(self.tokens[:TOKENS_SHOWN], *(columns or [self.tags] * bool(self.tags)), strict=False)
            more = f" … {len(self.tokens) - TOKENS_SHOWN:,} more" if len(self.tokens) > TOKENS_SHOWN else ""
            text = " ".join(map("/".join, rows)) + more
        return f"Tagged({one_line(label + text)})"

    def _repr_html_(self) -> str:
        return TaggedSentences([self])._repr_html_()


class TaggedSentences(list[Tagged]):
    """A list of tagged sentences that a notebook shows with coloured tags, and so are its slices."""

    @overload
    def __getitem__(self, i: SupportsIndex) -> Tagged: ...
    @overload
    def __getitem__(self, i: slice) -> "TaggedSentences": ...
    def __getitem__(self, i: SupportsIndex | slice) -> "Tagged | TaggedSentences":
        return TaggedSentences(super().__getitem__(i)) if isinstance(i, slice) else super().__getitem__(i)

    def to_frame(self) -> "pd.DataFrame":
        """A DataFrame with a row for each token: sentence, from 1, token, answers and confidences."""
        from tagger.tagging.frames import tagged_frame  # pandas is the user's own

        return tagged_frame(self)

    def _repr_html_(self) -> str:
        from tagger.tagging.tagged_html import tagged_html  # tagging without a notebook starts faster

        return tagged_html(self)


def distinct(ranked: Sequence[Tagged]) -> list[Tagged]:
    """Remove repeated tag sequences; different ones can become equal when converted to the files' scheme."""
    first: dict[tuple[str, ...], Tagged] = {}
    for tagged in ranked:
        first.setdefault(tagged.tags, tagged)
    return list(first.values())
