"""Arguments of `Tagger.tag`, turned into sentences and checked."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tagger.corpus.sentence import Sentence
from tagger.corpus.text import text_sentence
from tagger.errors import DataError

Taggable = str | Sequence[str] | npt.NDArray[np.floating] | Sentence


def as_sentence(given: Taggable) -> Sentence:
    """A text cut into tokens, tokens as they are, or rows of numbers.

    Raises:
        ValueError: it is none of them.
    """
    if isinstance(given, Sentence):
        return given
    if isinstance(given, str):
        return text_sentence(given)
    if not isinstance(given, np.ndarray) and all(isinstance(token, str) for token in given):
        return Sentence(tuple(given))
    if isinstance(given, np.ndarray) and given.ndim == 1 and given.dtype.kind == "U":
        return Sentence(tuple(given.tolist()))
    steps = np.asarray(given)
    if steps.ndim != 2 or steps.dtype.kind not in "iuf":
        raise ValueError(
            f"expected a text, a list of tokens, or an array (steps, columns) of numbers, got {given!r:.80}"
        )
    rows = steps.astype(np.float64).tolist()
    return Sentence(tuple("".join(map(str, row[:1])) for row in rows), numbers=tuple(map(tuple, rows)))


def check_numbers(sentence: Sentence, columns: tuple[str, ...]) -> None:
    """Raises DataError where a sentence lacks the numbers that a tagger reads, or has some and it reads none."""
    if not columns and sentence.numbers is not None:
        raise DataError("this tagger reads words, not numbers")
    if not columns:
        return
    if sentence.numbers is None:
        raise DataError(
            f"this tagger reads numbers (columns {', '.join(columns)}), not text: {' '.join(sentence.tokens)[:40]!r}",
            "tagger predict MODEL --input FILE.csv",
        )
    if len(sentence.numbers) != len(sentence) or any(len(row) != len(columns) for row in sentence.numbers):
        raise DataError(f"this tagger reads {len(columns)} numbers a step: {', '.join(columns)}")
    if not np.isfinite(sentence.numbers).all():
        raise DataError(f"this tagger reads finite numbers only (columns {', '.join(columns)})")


def check_columns(sentence: Sentence, columns: tuple[str, ...]) -> None:
    """Raises DataError where a sentence lacks columns that a tagger reads beside the token."""
    if not columns:
        return
    names = ", ".join(columns)
    if sentence.columns is None:
        raise DataError(
            f"this tagger reads more columns beside the token ({names}), and here are only tokens: "
            f"{' '.join(sentence.tokens)[:40]!r}",
            "tagger predict MODEL --input FILE, a file like those that it was trained on; its tags are not read",
        )
    if len(sentence.columns) != len(sentence) or any(len(row) != len(columns) for row in sentence.columns):
        raise DataError(f"this tagger reads {len(columns)} columns a step beside the token: {names}")
