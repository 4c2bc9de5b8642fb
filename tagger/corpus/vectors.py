"""Files of word vectors in the text formats of GloVe and word2vec."""

from collections.abc import Container
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tagger.bounds import MOST_UNITS
from tagger.corpus.lines import read_lines
from tagger.errors import DataError

Vector = npt.NDArray[np.float32]


def read_vectors(path: Path, words: Container[str]) -> tuple[dict[str, Vector], int]:
    """Read the vectors of some words, and their dimension.

    A line is a word and its numbers, delimited by spaces; the first line may hold two counts, as in word2vec's text
    format. If a word occurs twice, its first vector is used.

    Args:
        path: text file in UTF-8, or `.gz`.
        words: words to keep.

    Raises:
        DataError: the file cannot be read, or the numbers of a line are invalid or too few; names the line.
    """
    vectors: dict[str, Vector] = {}
    dim = 0
    for number, line in enumerate(read_lines(path), 1):
        if number == 1 and len(counts := line.split()) == 2 and all(count.isdecimal() for count in counts):
            dim = int(counts[1]) if len(counts[1]) < 10 else MOST_UNITS + 1
            _check_dim(dim, path)
            continue
        word, space, rest = line.rstrip(" ").partition(" ")
        if not space:
            expected = "expected a word and its numbers, delimited by spaces"
            raise DataError(f"{path}:{number}: {expected}, got {line[:60]!r}")
        if not dim:
            _check_dim(dim := len(rest.split(" ")), path)
        if word in vectors or word not in words:
            continue
        texts = rest.split(" ")
        if len(texts) > dim:  # the word itself holds spaces, so it is another one
            continue
        try:
            vector = np.array(texts, np.float32)
        except ValueError:
            raise DataError(f"{path}:{number}: expected a word and {dim} numbers, got {line[:60]!r}") from None
        if len(vector) != dim or not np.isfinite(vector).all():
            raise DataError(f"{path}:{number}: expected a word and {dim} finite numbers, got {line[:60]!r}")
        vectors[word] = vector
    if not dim:
        raise DataError(f"{path}: there are no word vectors")
    return vectors, dim


def _check_dim(dim: int, path: Path) -> None:
    if dim > MOST_UNITS:
        raise DataError(f"{path}:1: word vectors of more than {MOST_UNITS:,} numbers")
