"""Fitting inputs to the train split: the data they are fitted to, and the result."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tagger.corpus.sentences import Sentences
from tagger.encoding.vocabulary import Vocabulary
from tagger.inputs.vectors import WordVectors

if TYPE_CHECKING:
    from tagger.inputs import Input

OPTIONAL = "optional"  # metadata of a field that a bundle leaves out where it has its default


@dataclass(frozen=True, slots=True)
class TrainingData:
    """Data that inputs are fitted to.

    Args:
        sentences: the train split.
        other_forms: tokens of dev and test; those that have a pretrained vector join the vocabulary.
        seed: random seed of vectors for words without a pretrained one.
    """

    sentences: Sentences
    other_forms: Iterable[str] = ()
    seed: int = 1


@dataclass(frozen=True, slots=True)
class FittedInput:
    """An input fitted to train, and the settings that only training needs.

    Args:
        input: the input with its vocabulary.
        counts: occurrences of each known symbol in train, in the order of ids; empty without a vocabulary.
        unknown_rate: p; in training a symbol is replaced by unknown with probability p / (p + its count).
        vectors: initial weights; None: random ones.
    """

    input: "Input"
    counts: tuple[int, ...] = ()
    unknown_rate: float = 0.0
    vectors: WordVectors | None = None


def frequent_symbols(counts: dict[str, int], min_count: int, known: Vocabulary | None) -> dict[str, int]:
    """Counts of the symbols to know, in the order of their ids.

    They are the symbols of `known`, which keep their ids however rare they are, then those with at least `min_count`.
    """
    often = {symbol: count for symbol, count in counts.items() if count >= min_count}
    return {symbol: counts.get(symbol, 0) for symbol in (known.symbols if known else ())} | often
