"""Error analysis: the most frequent confusions of tags, and the worst sentences, each error in its context."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from tagger.corpus.direction import direction

CONTEXT = 6  # words shown on each side of an error
MAX_WORDS = 80  # words shown of a sentence


@dataclass(frozen=True, slots=True)
class Outcome:
    """A sentence with its gold tags, its predicted tags, and their confidence from 0 to 1.

    `seen` has `seen` or `unseen` for each word; it is empty if that is unknown.
    """

    tokens: Sequence[str]
    gold: Sequence[str]
    predicted: Sequence[str]
    confidence: Sequence[float]
    seen: Sequence[str] = ()

    def errors(self, ignore: Collection[str]) -> list[int]:
        """Positions, from 0, of wrong tags; a token whose gold tag is in `ignore` is never wrong."""
        pairs = enumerate(zip(self.gold, self.predicted, strict=True))
        return [i for i, (gold, tag) in pairs if gold != tag and gold not in ignore]


class Word(NamedTuple):
    """A word of an excerpt with its tags; `is_focus` marks an error that the excerpt was selected for."""

    token: str
    gold: str
    predicted: str
    is_focus: bool


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The parts of a sentence around its errors.

    Args:
        number: number of the sentence in its split, from 1.
        direction: writing direction.
        parts: words, and for each gap the number of words left out.
        n_errors: wrong tags of the whole sentence.
        n_words: words of the whole sentence.
    """

    number: int
    direction: Literal["ltr", "rtl"]
    parts: Sequence[Word | int]
    n_errors: int
    n_words: int


@dataclass(frozen=True, slots=True)
class Confusion:
    """A gold tag with a wrong predicted tag: count, proportion of the gold tag's tokens (0 to 1), and examples."""

    gold: str
    predicted: str
    count: int
    proportion: float
    examples: Sequence[Excerpt]


def frequent_confusions(
    outcomes: Sequence[Outcome],
    *,
    ignore: Collection[str] = (),
    n: int = 15,
    n_examples: int = 3,
    counted_as: Callable[[str, str], str] = lambda token, tag: tag,
) -> list[Confusion]:
    """The most frequent pairs of gold tag and wrong predicted tag, by count, then in alphabetical order.

    The examples are the most confident errors, each with a different word.

    Args:
        outcomes: sentences with gold and predicted tags.
        ignore: gold tags of tokens that are never wrong.
        n: number of pairs.
        n_examples: number of examples of each.
        counted_as: function from a token and its tag to the tag that it is counted as.
    """
    positions: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    support: dict[str, int] = defaultdict(int)
    for s, outcome in enumerate(outcomes):
        for token, tag in zip(outcome.tokens, outcome.gold, strict=True):
            support[counted_as(token, tag)] += 1
        for i in outcome.errors(ignore):
            token, pair = outcome.tokens[i], (outcome.gold[i], outcome.predicted[i])
            positions[counted_as(token, pair[0]), counted_as(token, pair[1])].append((s, i))
    frequent = sorted(positions.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:n]

    def most_confident(errors: list[tuple[int, int]]) -> list[Excerpt]:
        by_word: dict[str, tuple[int, int]] = {}
        for s, i in sorted(errors, key=lambda error: -outcomes[error[0]].confidence[error[1]]):
            by_word.setdefault(outcomes[s].tokens[i], (s, i))
        return [_excerpt(s + 1, outcomes[s], [i], ignore) for s, i in list(by_word.values())[:n_examples]]

    return [
        Confusion(gold, predicted, len(errors), len(errors) / support[gold], most_confident(errors))
        for (gold, predicted), errors in frequent
    ]


def worst_sentences(
    outcomes: Sequence[Outcome], *, ignore: Collection[str] = (), n: int = 20, max_words: int = MAX_WORDS
) -> list[Excerpt]:
    """The sentences whose wrong tags have the highest total confidence, worst first.

    At most `max_words` words of each are shown.
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
    """The words around some errors. A gap of a single word is filled, since its mark would take as much room."""
    n_words = len(outcome.tokens)
    near = {i for error in focus for i in range(max(error - CONTEXT, 0), min(error + CONTEXT + 1, n_words))}
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
