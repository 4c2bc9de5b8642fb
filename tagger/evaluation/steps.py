"""The scored tokens of some sentences as arrays, from which everything is counted."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from tagger.encoding.arrays import Doubles, Flags, Positions
from tagger.encoding.lexicon import Lexicon
from tagger.evaluation.baselines import single_word_taggers

KINDS = ("seen", "unseen", "ambiguous")  # of words, by what train has of them


@dataclass(frozen=True, slots=True, eq=False)
class ScoredSteps:
    """Tokens whose gold tag counts, in their order; all arrays are (tokens,).

    Args:
        tags: all tags that occur, gold or predicted, and those that the tagger knows.
        sentences: the tokens of each sentence that has a scored one, scored or not.
        gold: places in `tags`.
        predicted: places in `tags`.
        sentence: which of `sentences`, from 0.
        position: which token of its sentence, from 0.
        is_unseen: whether train lacks the form, as written; None where the tagger reads no words.
        is_ambiguous: whether the form has two or more tags in train; None where that is not known.
        confidence: of the predicted tag, from 0 to 1; None where none was given.
        baselines: by name, whether a tagger without a network is right.
    """

    tags: tuple[str, ...]
    sentences: tuple[tuple[str, ...], ...]
    gold: Positions
    predicted: Positions
    sentence: Positions
    position: Positions
    is_unseen: Flags | None
    is_ambiguous: Flags | None
    confidence: Doubles | None
    baselines: dict[str, Flags]

    @property
    def is_right(self) -> Flags:
        """Whether the predicted tag is the gold one."""
        return np.equal(self.gold, self.predicted)

    @property
    def kinds(self) -> dict[str, Flags | None]:
        """By kind of word, whether each token is of it; None where that is not known."""
        is_seen = None if self.is_unseen is None else ~self.is_unseen
        return dict(zip(KINDS, (is_seen, self.is_unseen, self.is_ambiguous), strict=True))


def scored_steps(
    gold: Iterable[Sequence[str]],
    predicted: Iterable[Sequence[str]],
    tokens: Iterable[Sequence[str]],
    lexicon: Lexicon,
    *,
    confidence: Iterable[Sequence[float]] | None = None,
    known_tags: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> ScoredSteps:
    """The tokens that count; arguments as for `evaluate`.

    Raises:
        ValueError: a sentence's gold tags, predicted tags, tokens or confidences differ in number.
    """
    gold = list(gold)
    is_sure = confidence is not None
    confidence = [[math.nan] * len(tags) for tags in gold] if confidence is None else confidence
    sentences: list[tuple[str, ...]] = []
    rows: list[tuple[str, str, str, float, int, int]] = []
    for gold_tags, tags, words, scores in zip(gold, predicted, tokens, confidence, strict=True):
        steps = enumerate(zip(gold_tags, tags, words, scores, strict=True))
        scored = [(*step, len(sentences), position) for position, step in steps if step[0] not in ignore]
        if scored:
            sentences.append(tuple(words))
            rows += scored
    golds, guesses, forms, sure, sentence, position = zip(*rows, strict=True) if rows else ((),) * 6
    names = tuple(dict.fromkeys([*known_tags, *sorted({*golds, *guesses})]))
    id_of = {tag: i for i, tag in enumerate(names)}
    known, ambiguous = lexicon.forms, lexicon.ambiguous
    return ScoredSteps(
        tags=names,
        sentences=tuple(sentences),
        gold=np.array([id_of[tag] for tag in golds], np.int64),
        predicted=np.array([id_of[tag] for tag in guesses], np.int64),
        sentence=np.array(sentence, np.int64),
        position=np.array(position, np.int64),
        is_unseen=None if known is None else np.array([form not in known for form in forms], bool),
        is_ambiguous=None if ambiguous is None else np.array([form in ambiguous for form in forms], bool),
        confidence=np.array(sure, np.float64) if is_sure else None,
        baselines={
            name: np.array([guess(form) == tag for form, tag in zip(forms, golds, strict=True)], bool)
            for name, guess in single_word_taggers(lexicon).items()
        },
    )
