"""Conversion and checks of the sentences that are passed to `Tagger.tag`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

import numpy as np
import numpy.typing as npt

from tagger.corpus.counted import counted
from tagger.corpus.sentence import Sentence
from tagger.corpus.text import text_sentence
from tagger.errors import DataError

Taggable = str | Iterable[str] | npt.NDArray[np.floating] | Sentence


def iterate_sentences(sentences: Iterable[Taggable]) -> Iterator[Taggable]:
    """Iterate over sentences.

    Raises:
        ValueError: the argument is a single sentence, a table, unordered or not iterable.
    """
    if isinstance(sentences, str | Sentence):
        kind = "text" if isinstance(sentences, str) else "sentence"
        raise ValueError(f"expected a list of sentences, got a single {kind}: put it in a list")
    if isinstance(sentences, Mapping | Set):
        raise ValueError(f"expected a list of sentences, got a {type(sentences).__name__}: convert it to a list")
    if hasattr(sentences, "columns") and not isinstance(sentences, Sequence):  # iterating would give column names
        raise ValueError('expected a list of sentences, got a table: pass one of its columns, for example df["text"]')
    try:
        return iter(sentences)
    except TypeError:
        raise ValueError(f"expected a list of sentences, got {sentences!r:.80}") from None


def as_sentence(value: Taggable) -> Sentence:
    """Convert a text, tokens or a (steps, columns) array to a sentence; a text is split into tokens.

    Raises:
        ValueError: the value is none of these.
    """
    if isinstance(value, Sentence):
        return value
    if isinstance(value, str):
        return text_sentence(value)
    steps = None
    if not isinstance(value, bytes | bytearray | Mapping | Set):
        try:
            # NumPy and pandas containers are homogeneous; anything else is checked item by item.
            items = np.asarray(value) if hasattr(value, "__array__") else list(value)
            tokens = items.tolist() if isinstance(items, np.ndarray) and items.dtype.kind in "UOT" else items
            if isinstance(tokens, list) and all(isinstance(token, str) for token in tokens):
                return Sentence(tuple(tokens))
            steps = np.asarray(items)
        except (TypeError, ValueError):  # not iterable, or rows of different lengths
            pass
    if steps is None or steps.ndim != 2 or steps.dtype.kind not in "iuf":
        raise ValueError(
            f"expected a text, a list of tokens, or an array (steps, columns) of numbers, got {value!r:.80}"
        )
    rows = steps.astype(np.float64).tolist()
    return Sentence(tuple("".join(map(str, row[:1])) for row in rows), numbers=tuple(map(tuple, rows)))


def check_numbers(sentence: Sentence, columns: tuple[str, ...], *, may_miss: bool = False) -> None:
    """Check that a sentence has finite numbers for a tagger's numeric columns, and none if the tagger has none.

    Args:
        sentence: the sentence.
        columns: names of the numeric columns.
        may_miss: whether NaN is a missing number, which the tagger fills.

    Raises:
        DataError: numbers are missing, superfluous or not finite.
    """
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
        raise DataError(f"this tagger reads {counted(len(columns), 'number')} per step: {', '.join(columns)}")
    if may_miss and np.isinf(sentence.numbers).any():
        raise DataError(
            f"this tagger reads finite numbers, and NaN where one is missing (columns {', '.join(columns)})"
        )
    if not (may_miss or np.isfinite(sentence.numbers).all()):
        has_nan, hint = np.isnan(sentence.numbers).any(), 'train it with features.numeric_missing = "forward"'
        raise DataError(
            f"this tagger reads finite numbers only (columns {', '.join(columns)})", hint if has_nan else None
        )


def check_columns(sentence: Sentence, columns: tuple[str, ...]) -> None:
    """Check that a sentence has the columns that a tagger reads in addition to the token.

    Raises:
        DataError: columns are missing or superfluous.
    """
    if not columns:
        return
    names = ", ".join(columns)
    if sentence.columns is None:
        raise DataError(
            f"this tagger reads more columns than the token ({names}), but the input has only tokens: "
            f"{' '.join(sentence.tokens)[:40]!r}",
            "tagger predict MODEL --input FILE, with a file like those the tagger was trained on; its tags are ignored",
        )
    if len(sentence.columns) != len(sentence) or any(len(row) != len(columns) for row in sentence.columns):
        raise DataError(f"this tagger reads {counted(len(columns), 'column')} per step besides the token: {names}")
