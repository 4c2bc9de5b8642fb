"""All errors of a tagger on a split as rows of a table, each error in its sentence, within a number of bytes."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal, NamedTuple

from tagger.corpus.direction import direction
from tagger.reports.display_text import MAX_TOKEN, visible
from tagger.reports.error_analysis import CONTEXT, Outcome

MAX_TEXT = 400  # characters of a text with a label
ROW_BYTES = 190  # of the HTML around the texts of a row


class ErrorRow(NamedTuple):
    """A wrong answer in its sentence.

    Args:
        number: number of the sentence in its split, from 1.
        direction: writing direction of the sentence.
        before: the words before it.
        word: its token.
        after: the words after it.
        gold: the gold answer.
        predicted: the wrong answer.
        confidence: confidence of the wrong answer, 0 to 1.
        seen: `seen` or `unseen`; empty if unknown.
    """

    number: int
    direction: Literal["ltr", "rtl"]
    before: str
    word: str
    after: str
    gold: str
    predicted: str
    confidence: float
    seen: str


@dataclass(frozen=True, slots=True)
class ErrorTable:
    """The most confident errors that fit, and the number of all errors."""

    rows: Sequence[ErrorRow]
    n_errors: int

    @property
    def has_seen(self) -> bool:
        """Whether it is known which words are unseen."""
        return any(row.seen for row in self.rows)


def all_errors(outcomes: Sequence[Outcome], *, ignore: Collection[str] = (), max_bytes: int) -> ErrorTable:
    """The errors of a split, the most confident first, then in order; texts are as a page shows them.

    Args:
        outcomes: sentences with gold and predicted answers.
        ignore: gold answers that are never wrong.
        max_bytes: size of their HTML, about, at most.
    """
    places = [(s, i) for s, outcome in enumerate(outcomes) for i in outcome.errors(ignore)]
    places.sort(key=lambda error: -outcomes[error[0]].confidence[error[1]])
    return ErrorTable(list(_fitting((_row(s + 1, outcomes[s], i) for s, i in places), max_bytes)), len(places))


def _fitting(rows: Iterator[ErrorRow], max_bytes: int) -> Iterator[ErrorRow]:
    for row in rows:
        max_bytes -= ROW_BYTES + sum(
            len(escape(text).encode(errors="replace")) for text in row if isinstance(text, str)
        )
        if max_bytes < 0:
            return
        yield row


def _row(number: int, outcome: Outcome, i: int) -> ErrorRow:
    tokens = outcome.tokens
    first, last = max(i - CONTEXT, 0), i + CONTEXT + 1
    return ErrorRow(
        number=number,
        direction=direction(*(token[:MAX_TEXT] for token in tokens[first:last])),
        before=" ".join([*["…"] * (first > 0), *map(visible, tokens[first:i])]),
        word=visible(tokens[i], MAX_TEXT if len(tokens) == 1 else MAX_TOKEN),
        after=" ".join([*map(visible, tokens[i + 1 : last]), *["…"] * (last < len(tokens))]),
        gold=visible(outcome.gold[i]),
        predicted=visible(outcome.predicted[i]),
        confidence=outcome.confidence[i],
        seen=outcome.seen[i] if outcome.seen else "",
    )
