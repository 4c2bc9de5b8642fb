"""Files of word vectors, as GloVe and word2vec write them."""

from collections.abc import Container
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tagger.corpus.lines import read_lines
from tagger.errors import DataError

Vector = npt.NDArray[np.float32]


def read_vectors(path: Path, wanted: Container[str]) -> tuple[dict[str, Vector], int]:
    """The vectors of some words, and how many numbers each has.

    A line is a word and its numbers, parted by spaces; the first one may tell counts, as word2vec's text format does.
    Of a word that comes twice the first vector counts.

    Args:
        path: a text file in UTF-8, `.gz` too.
        wanted: the words to keep.

    Raises:
        DataError: the file cannot be read, or a line has no vector like the others; names the line.
    """
    found: dict[str, Vector] = {}
    dim = 0
    for number, line in enumerate(read_lines(path), 1):
        if number == 1 and len(counts := line.split()) == 2 and all(count.isdecimal() for count in counts):
            dim = int(counts[1])
            continue
        word, space, rest = line.rstrip(" ").partition(" ")
        if not space:
            raise DataError(f"{path}:{number}: expected a word and its numbers, parted by spaces, got {line[:60]!r}")
        dim = dim or len(rest.split(" "))
        if word in found or word not in wanted:
            continue
        texts = rest.split(" ")
        if len(texts) > dim:  # the word itself holds spaces, and so is none of ours
            continue
        try:
            vector = np.array(texts, np.float32)
        except ValueError:
            raise DataError(f"{path}:{number}: expected a word and {dim} numbers, got {line[:60]!r}") from None
        if len(vector) != dim or not np.isfinite(vector).all():
            raise DataError(f"{path}:{number}: expected a word and {dim} finite numbers, got {line[:60]!r}")
        found[word] = vector
    if not dim:
        raise DataError(f"{path}: holds no word vectors")
    return found, dim
