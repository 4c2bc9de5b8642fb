"""Errors to read: which tags are taken for which, and the sentences that went most wrong, each error in its place."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from tagger.reports.legible import direction

AROUND = 6  # words that are shown on each side of an error
MAX_WORDS = 80  # of a sentence that are shown


@dataclass(frozen=True, slots=True)
class Outcome:
    """A sentence, tagged, beside its gold tags; the confidence of each predicted tag is from 0 to 1."""

    tokens: Sequence[str]
    gold: Sequence[str]
    predicted: Sequence[str]
    confidence: Sequence[float]

    def errors(self, ignore: Collection[str]) -> list[int]:
        """The positions, from 0, of wrong tags; where the gold tag is ignored, none is wrong."""
        pairs = enumerate(zip(self.gold, self.predicted, strict=True))
        return [i for i, (gold, tag) in pairs if gold != tag and gold not in ignore]


class Word(NamedTuple):
    """A word that is shown with its tags; `is_focus` is whether its error is why the sentence is shown."""

    token: str
    gold: str
    predicted: str
    is_focus: bool


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The parts of a sentence, which has a number from 1 in its split, that are around its errors.

    Parts are words, and in the place of words that are left out, how many they are; counts are of the whole sentence.
    """

    number: int
    direction: Literal["ltr", "rtl"]
    parts: Sequence[Word | int]
    n_errors: int
    n_words: int


@dataclass(frozen=True, slots=True)
class Confusion:
    """A gold tag that was taken for another: how often, its share of the gold tag's tokens, 0 to 1, and examples."""

    gold: str
    predicted: str
    count: int
    share: float
    examples: Sequence[Excerpt]


def frequent_confusions(
    outcomes: Sequence[Outcome], *, ignore: Collection[str] = (), n: int = 15, n_examples: int = 3
) -> list[Confusion]:
    """The most frequent pairs of gold and predicted tags, the most frequent first, then by alphabet.

    The examples are those that the tagger was surest of, each with another word.
    """
    positions: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    support: dict[str, int] = defaultdict(int)
    for s, outcome in enumerate(outcomes):
        for tag in outcome.gold:
            support[tag] += 1
        for i in outcome.errors(ignore):
            positions[outcome.gold[i], outcome.predicted[i]].append((s, i))
    frequent = sorted(positions.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:n]

    def surest(errors: list[tuple[int, int]]) -> list[Excerpt]:
        by_word: dict[str, tuple[int, int]] = {}
        for s, i in sorted(errors, key=lambda error: -outcomes[error[0]].confidence[error[1]]):
            by_word.setdefault(outcomes[s].tokens[i], (s, i))
        return [_excerpt(s + 1, outcomes[s], [i], ignore) for s, i in list(by_word.values())[:n_examples]]

    return [
        Confusion(gold, predicted, len(errors), len(errors) / support[gold], surest(errors))
        for (gold, predicted), errors in frequent
    ]


def worst_sentences(
    outcomes: Sequence[Outcome], *, ignore: Collection[str] = (), n: int = 20, max_words: int = MAX_WORDS
) -> list[Excerpt]:
    """The sentences that went most wrong: those whose wrong tags have the greatest sum of confidence.

    Up to `max_words` words of each are shown.
    """

    def wrongness(outcome: Outcome) -> float:
        return sum(outcome.confidence[i] for i in outcome.errors(ignore))

    worst = sorted(enumerate(outcomes, start=1), key=lambda numbered: -wrongness(numbered[1]))[:n]
    return [
        _excerpt(number, outcome, errors, ignore, max_words)
        for number, outcome in worst
        if (errors := outcome.errors(ignore))
    ]


def _excerpt(
    number: int, outcome: Outcome, focus: Sequence[int], ignore: Collection[str], max_words: int = MAX_WORDS
) -> Excerpt:
    """The words around some errors; a gap of one word is not worth its mark, and the word is shown."""
    n_words = len(outcome.tokens)
    near = {i for error in focus for i in range(max(error - AROUND, 0), min(error + AROUND + 1, n_words))}
    near |= {i for i in range(n_words) if {i - 1, i + 1} - {-1, n_words} <= near}
    parts: list[Word | int] = []
    before = -1
    for i in [*sorted(near)[:max_words], n_words]:
        if n_left_out := i - before - 1:
            parts.append(n_left_out)
        if i < n_words:
            parts.append(Word(outcome.tokens[i], outcome.gold[i], outcome.predicted[i], i in focus))
        before = i
    return Excerpt(number, direction(*outcome.tokens), parts, len(outcome.errors(ignore)), n_words)
