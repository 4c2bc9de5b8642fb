"""Sentences → arrays: what a tagger remembers of its training data in order to read new data the same way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tagger.corpus.sentence import Sentence
from tagger.encoding.batches import NOT_SCORED, Array, Dataset, Floats, Forms, Ids
from tagger.encoding.casing import casing_id
from tagger.encoding.characters import encode_forms
from tagger.encoding.symbols import Symbols
from tagger.encoding.vocabulary import Vocabulary
from tagger.errors import DataError


@dataclass(frozen=True, slots=True)
class Scaling:
    """How numeric columns enter: less their mean, divided by their deviation.

    Args:
        mean: per column, of train.
        deviation: per column, of train; 1 for a column that never changes.
    """

    mean: tuple[float, ...]
    deviation: tuple[float, ...]

    def apply(self, numbers: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Scales (steps, columns) numbers."""
        scaled: npt.NDArray[np.float64] = (numbers - np.asarray(self.mean)) / np.asarray(self.deviation)
        return scaled


@dataclass(frozen=True, slots=True)
class Encoder:
    """Turns sentences into the arrays that a network reads.

    Args:
        tags: in the order of their ids; there is no tag for padding.
        words: the words that have a vector; None where words do not enter.
        lowercase: whether words are looked up in lower case.
        casing: whether the class of casing enters.
        characters: the characters that have a vector; None where characters do not enter.
        columns: names of the columns that enter as symbols.
        symbols: affixes, shape and columns that enter as one of known symbols.
        numeric: names of the numeric columns that enter.
        scaling: of the numeric columns; None where they enter as they are.
        ignore: tags whose steps are neither trained on nor scored.
    """

    tags: tuple[str, ...]
    words: Vocabulary | None = None
    lowercase: bool = True
    casing: bool = False
    characters: Vocabulary | None = None
    columns: tuple[str, ...] = ()
    symbols: tuple[Symbols, ...] = ()
    numeric: tuple[str, ...] = ()
    scaling: Scaling | None = None
    ignore: tuple[str, ...] = ()
    tag_ids: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tag_ids", {tag: i for i, tag in enumerate(self.tags)})

    def encode(self, sentences: Sequence[Sentence]) -> Dataset:
        """The arrays of some sentences.

        A step with an ignored tag gets the tag id `NOT_SCORED`; one whose tag train lacks gets an id above those of
        the known tags, which no prediction equals.

        Raises:
            DataError: a number is too large for single precision.
        """
        offsets = np.cumsum([0, *map(len, sentences)])
        inputs: dict[str, Array] = {}
        if self.words is not None:
            ids, lower = self.words.id_of, self.lowercase
            inputs["words"] = _ints(
                (ids(token.lower() if lower else token) for sentence in sentences for token in sentence.tokens), offsets
            )
        if self.casing:
            inputs["casing"] = _ints((casing_id(token) for s in sentences for token in s.tokens), offsets)
        forms: Forms | None = None
        if self.characters is not None:
            tokens = (token for sentence in sentences for token in sentence.tokens)
            inputs["forms"], forms = encode_forms(tokens, int(offsets[-1]), self.characters)
        for symbols in self.symbols:
            inputs[symbols.name] = _ints(symbols.ids(sentences), offsets)
        if self.numeric:
            inputs["numbers"] = self._encode_numbers(sentences)
        tags = None
        if all(sentence.tags is not None for sentence in sentences):
            ids_of_tags = {**self.tag_ids, **dict.fromkeys(self.ignore, NOT_SCORED)}
            n_known = len(self.tags)  # what follows is unique: there is one more entry each time
            tags = _ints(
                (
                    ids_of_tags.setdefault(tag, n_known + len(ids_of_tags))
                    for sentence in sentences
                    for tag in sentence.tags or ()
                ),
                offsets,
            )
        return Dataset(inputs, tags, offsets, forms)

    def _encode_numbers(self, sentences: Sequence[Sentence]) -> Floats:
        """(steps, columns) numbers, scaled."""
        rows = [row for sentence in sentences for row in sentence.numbers or ()]
        numbers = np.asarray(rows, np.float64).reshape(-1, len(self.numeric))
        with np.errstate(over="ignore"):
            encoded = (self.scaling.apply(numbers) if self.scaling else numbers).astype(np.float32)
        if not np.isfinite(encoded).all():
            column = self.numeric[int(np.argmin(np.isfinite(encoded).all(axis=0)))]
            raise DataError(f"column {column}: a number is too large to compute with")
        return encoded


def fit_scaling(sentences: Iterable[Sentence]) -> Scaling:
    """Mean and standard deviation of each numeric column over all steps."""
    rows = np.array([row for sentence in sentences for row in sentence.numbers or ()], np.float64)
    # By its range, as the deviation of a column that never changes may be a little more than 0.
    changes = rows.max(axis=0) > rows.min(axis=0)
    return Scaling(
        mean=tuple(float(value) for value in rows.mean(axis=0)),
        deviation=tuple(float(value) for value in np.where(changes, rows.std(axis=0), 1.0)),
    )


def _ints(values: Iterable[int], offsets: npt.NDArray[np.int64]) -> Ids:
    return np.fromiter(values, np.int32, count=int(offsets[-1]))
