"""Scored tokens as arrays, from which all scores are counted."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, compress

import numpy as np

from tagger.encoding.arrays import Doubles, Flags, Positions
from tagger.encoding.lexicon import Lexicon
from tagger.evaluation.baselines import single_word_taggers

WORD_KINDS = ("seen", "unseen", "ambiguous")  # kinds of words, by their occurrence in train


@dataclass(frozen=True, slots=True, eq=False)
class ScoredSteps:
    """Tokens whose gold tag is not ignored, in order; all arrays are (tokens,).

    A label is scored as the tag of a sentence of one token, which is the whole text.

    Args:
        tags: all tags that the tagger knows or that occur, gold or predicted.
        sentences: all tokens of each sentence that has a scored token.
        indices: (sentences,) index of each of these among the sentences that were evaluated.
        lengths: (sentences,) number of tokens of each; for a label, those of the text.
        gold: index of the gold tag in `tags`.
        predicted: index of the predicted tag in `tags`.
        sentence: index in `sentences`, from 0.
        position: index of the token in its sentence, from 0.
        is_unseen: whether the token, as written, does not occur in train; None if the tagger reads no words.
        is_ambiguous: whether the form has two or more tags in train; None if unknown.
        confidence: probability of the predicted tag, from 0 to 1; None if unknown.
        baselines: whether each baseline is correct, by its name.
    """

    tags: tuple[str, ...]
    sentences: tuple[tuple[str, ...], ...]
    indices: Positions
    lengths: Positions
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
        """Whether the predicted tag is the gold tag."""
        return np.equal(self.gold, self.predicted)

    @property
    def kinds(self) -> dict[str, Flags | None]:
        """Whether each token is of a kind, by kind of word; None for an unknown kind."""
        is_seen = None if self.is_unseen is None else ~self.is_unseen
        return dict(zip(WORD_KINDS, (is_seen, self.is_unseen, self.is_ambiguous), strict=True))


def scored_steps(
    gold: Iterable[Sequence[str]],
    predicted: Iterable[Sequence[str]],
    tokens: Iterable[Sequence[str]],
    lexicon: Lexicon,
    *,
    confidence: Iterable[Sequence[float]] | None = None,
    known_tags: Sequence[str] = (),
    ignore: Sequence[str] = (),
    lengths: Sequence[int] | Positions | None = None,
    baselines: Mapping[str, Iterable[Sequence[str]]] = {},
) -> ScoredSteps:
    """Collect the scored tokens; arguments as for `evaluate`.

    Raises:
        ValueError: gold tags, predicted tags, tokens or confidences of a sentence differ in number.
    """
    gold, tokens = list(gold), list(tokens)
    is_scored = [[tag not in ignore for tag in tags] for tags in gold]
    indices = np.flatnonzero([any(flags) for flags in is_scored])
    has_confidence = confidence is not None
    confidence = [[math.nan] * len(tags) for tags in gold] if confidence is None else confidence
    n_tokens = np.array([*map(len, tokens)] if lengths is None else lengths, np.int64)
    sentences: list[tuple[str, ...]] = []
    rows: list[tuple[str, str, str, float, int, int]] = []
    for flags, gold_tags, tags, words, scores in zip(is_scored, gold, predicted, tokens, confidence, strict=True):
        steps = enumerate(zip(gold_tags, tags, words, scores, strict=True))
        scored = [(*step, len(sentences), position) for position, step in compress(steps, flags)]
        if scored:
            sentences.append(tuple(words))
            rows += scored
    golds, guesses, forms, probabilities, sentence, position = zip(*rows, strict=True) if rows else ((),) * 6
    names = tuple(dict.fromkeys([*known_tags, *sorted({*golds, *guesses})]))
    id_of = {tag: i for i, tag in enumerate(names)}
    known, ambiguous = lexicon.forms, lexicon.ambiguous
    return ScoredSteps(
        tags=names,
        sentences=tuple(sentences),
        indices=indices,
        lengths=n_tokens[indices],
        gold=np.array([id_of[tag] for tag in golds], np.int64),
        predicted=np.array([id_of[tag] for tag in guesses], np.int64),
        sentence=np.array(sentence, np.int64),
        position=np.array(position, np.int64),
        is_unseen=None if known is None else np.array([form not in known for form in forms], bool),
        is_ambiguous=None if ambiguous is None else np.array([form in ambiguous for form in forms], bool),
        confidence=np.array(probabilities, np.float64) if has_confidence else None,
        baselines={
            name: np.array([guess(form) == tag for form, tag in zip(forms, golds, strict=True)], bool)
            for name, guess in single_word_taggers(lexicon).items()
        }
        | {
            name: np.array([tag == answer for tag, answer in zip(golds, _scored(tags, is_scored), strict=True)], bool)
            for name, tags in baselines.items()
        },
    )


def _scored(tags: Iterable[Sequence[str]], is_scored: Sequence[Sequence[bool]]) -> Iterator[str]:
    """The tags of the scored tokens of all sentences."""
    return chain.from_iterable(map(compress, tags, is_scored))
