"""Sentences → arrays: what a tagger remembers of its training data in order to read new data the same way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.encoding.batches import NOT_SCORED, Array, Dataset, Floats, Forms, Ids
from tagger.encoding.casing import casing_id
from tagger.encoding.characters import encode_characters
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

        A step with an ignored tag gets the tag id `NOT_SCORED`; one whose tag train lacks gets one that no prediction
        equals: the number of the known tags.

        Raises:
            DataError: a number is too large for single precision.
        """
        found = Sentences.of(sentences)
        data = self.encode_steps(found)
        if self.words or self.casing or self.characters or any(symbols.kind != "column" for symbols in self.symbols):
            return replace(data, forms=self.encode_forms(found.forms), form=found.tokens)
        return data

    def encode_steps(self, sentences: Sequence[Sentence]) -> Dataset:
        """What `encode` gives without what is of the words alone."""
        found = Sentences.of(sentences)
        inputs: dict[str, Array] = {}
        for symbols in self.symbols:
            if symbols.kind == "column" and found.columns is not None:
                cells = found.columns.reshape(-1, len(self.columns))[:, symbols.number - 1]
                inputs[symbols.name] = symbols.ids(found.cells)[cells]
        if self.numeric:
            inputs["numbers"] = self._scaled(found)
        tags = None
        if found.tags is not None:
            unknown = len(self.tags)
            ids = {**self.tag_ids, **dict.fromkeys(self.ignore, NOT_SCORED)}
            tags = _ints((ids.get(tag, unknown) for tag in found.tag_names), len(found.tag_names))[found.tags]
        return Dataset(inputs, tags, found.starts)

    def encode_forms(self, forms: Sequence[str]) -> Forms:
        """What enters of words wherever they stand."""
        inputs: dict[str, Ids] = {}
        if self.words is not None:
            words = map(str.lower, forms) if self.lowercase else forms
            inputs["words"] = _ints(map(self.words.id_of, words), len(forms))
        if self.casing:
            inputs["casing"] = _ints(map(casing_id, forms), len(forms))
        inputs |= {symbols.name: symbols.ids(forms) for symbols in self.symbols if symbols.kind != "column"}
        return Forms(inputs, encode_characters(forms, self.characters) if self.characters else None)

    def _scaled(self, sentences: Sentences) -> Floats:
        """(steps, columns) numbers, scaled."""
        numbers = np.empty(0) if sentences.numbers is None else sentences.numbers
        numbers = numbers.reshape(-1, len(self.numeric))  # of no step, their width is not known before
        with np.errstate(over="ignore"):
            encoded = (self.scaling.apply(numbers) if self.scaling else numbers).astype(np.float32)
        if not np.isfinite(encoded).all():
            column = self.numeric[int(np.argmin(np.isfinite(encoded).all(axis=0)))]
            raise DataError(f"column {column}: a number is too large to compute with")
        return encoded


def fit_scaling(rows: npt.NDArray[np.float64]) -> Scaling:
    """Mean and standard deviation of each numeric column over all steps; (steps, columns)."""
    # By its range, as the deviation of a column that never changes may be a little more than 0.
    changes = rows.max(axis=0) > rows.min(axis=0)
    return Scaling(
        mean=tuple(float(value) for value in rows.mean(axis=0)),
        deviation=tuple(float(value) for value in np.where(changes, rows.std(axis=0), 1.0)),
    )


def _ints(values: Iterable[int], n: int) -> Ids:
    return np.fromiter(values, np.int32, n)
