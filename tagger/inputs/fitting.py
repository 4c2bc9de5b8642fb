"""Types of fitting inputs: the train split that they are fitted to, and a fitted input."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tagger.corpus.sentences import Sentences
from tagger.encoding.vocabulary import Vocabulary
from tagger.inputs.vectors import WordVectors

if TYPE_CHECKING:
    from tagger.inputs import Input


@dataclass(frozen=True, slots=True)
class TrainingData:
    """The data that inputs are fitted to.

    Args:
        sentences: train.
        other_forms: tokens of dev and test: they are known too where a file of vectors has them.
        seed: of vectors for words that such a file lacks.
    """

    sentences: Sentences
    other_forms: Iterable[str] = ()
    seed: int = 1


@dataclass(frozen=True, slots=True)
class FittedInput:
    """An input, and what only training needs beside it.

    Args:
        input: fitted to train.
        counts: how often each known symbol occurs in train, in the order of ids; empty where there are no symbols.
        unknown_rate: p; in training a symbol becomes unknown with probability p / (p + its count).
        vectors: that the input's weights begin with; None: random ones.
    """

    input: "Input"
    counts: tuple[int, ...] = ()
    unknown_rate: float = 0.0
    vectors: WordVectors | None = None


def frequent(counts: dict[str, int], min_count: int, known: Vocabulary | None) -> dict[str, int]:
    """The counts of frequent symbols in the order of ids: known symbols keep theirs, however rare they are."""
    often = {symbol: count for symbol, count in counts.items() if count >= min_count}
    return {symbol: counts.get(symbol, 0) for symbol in (known.symbols if known else ())} | often
