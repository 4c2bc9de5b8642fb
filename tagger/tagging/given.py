"""Arguments of `Tagger.tag`, turned into sentences and checked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

import numpy as np
import numpy.typing as npt

from tagger.corpus.sentence import Sentence
from tagger.corpus.text import text_sentence
from tagger.errors import DataError

Taggable = str | Iterable[str] | npt.NDArray[np.floating] | Sentence


def each_sentence(sentences: Iterable[Taggable]) -> Iterator[Taggable]:
    """The sentences one by one.

    Raises:
        ValueError: it is a single sentence, a table, or something without an order.
    """
    if isinstance(sentences, str | Sentence):
        kind = "text" if isinstance(sentences, str) else "sentence"
        raise ValueError(f"expected sentences, got a single {kind}: put it in a list")
    if isinstance(sentences, Mapping | Set):
        raise ValueError(f"expected sentences in an order, got a {type(sentences).__name__}: give a list")
    if hasattr(sentences, "columns") and not isinstance(sentences, Sequence):  # whose items are names of columns
        raise ValueError('expected sentences, got a table: give one of its columns, for example df["text"]')
    try:
        return iter(sentences)
    except TypeError:
        raise ValueError(f"expected sentences, got {sentences!r:.80}") from None


def as_sentence(given: Taggable) -> Sentence:
    """A text cut into tokens, tokens as they are, or rows of numbers.

    Raises:
        ValueError: it is none of them.
    """
    if isinstance(given, Sentence):
        return given
    if isinstance(given, str):
        return text_sentence(given)
    steps = None
    if not isinstance(given, bytes | bytearray | Mapping | Set):
        try:
            # NumPy's arrays, and columns and tables of pandas, are of one kind; of all else, items tell.
            items = np.asarray(given) if hasattr(given, "__array__") else list(given)
            tokens = items.tolist() if isinstance(items, np.ndarray) and items.dtype.kind in "UOT" else items
            if isinstance(tokens, list) and all(isinstance(token, str) for token in tokens):
                return Sentence(tuple(tokens))
            steps = np.asarray(items)
        except (TypeError, ValueError):  # it has no items, or rows of different lengths
            pass
    if steps is None or steps.ndim != 2 or steps.dtype.kind not in "iuf":
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
