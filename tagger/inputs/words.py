"""Words: a learned vector for each known word, or one-hot words."""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from tagger.corpus.lines import read_lines
from tagger.corpus.vectors import read_vectors
from tagger.encoding.arrays import Array, Doubles, Ids, Weights
from tagger.encoding.vocabulary import Vocabulary, count_symbols
from tagger.errors import ConfigError
from tagger.inputs.description import Layer, Size, sized
from tagger.inputs.embedding import add_onehot, add_vectors, describe_embedding, describe_onehot, onehot, vectors
from tagger.inputs.fitting import FittedInput, TrainingData, frequent_symbols
from tagger.inputs.vectors import WordVectors, fill_rows, find_vector

if TYPE_CHECKING:  # it loads pydantic, which tagging does not need
    from tagger import config
    from tagger.inputs import Input
    from tagger.inputs.nodes import Nodes

log = logging.getLogger("tagger")


@dataclass(frozen=True, slots=True)
class WordInput:
    """Word ids.

    Args:
        vocabulary: known words.
        lowercase: whether words are looked up in lower case.
        dim: width of the learned vectors; None: one-hot, with all zeros for unknown words and padding.
    """

    kind: ClassVar = "words"
    name: ClassVar = "words"
    vocabulary: Vocabulary
    lowercase: bool
    dim: int | None

    @property
    def width(self) -> int:
        """Number of features per step."""
        return len(self.vocabulary.symbols) if self.dim is None else self.dim

    def encode_forms(self, forms: Sequence[str]) -> Ids:
        words = map(str.lower, forms) if self.lowercase else forms
        return np.fromiter(map(self.vocabulary.id_of, words), np.int32, len(forms))

    def describe(self, unknown_sizes: Collection[str] = ()) -> list[Layer]:
        if self.dim is not None:
            ids = sized("ids", len(self.vocabulary), unknown_sizes)
            return [describe_embedding(self.name, ids, sized("dim", self.dim, unknown_sizes))]
        width: Size = "words" if "ids" in unknown_sizes else self.width
        return [
            describe_onehot(
                self.name, width, "one-hot: a 1 at the index of the word, 0 elsewhere; all 0 for an unknown word"
            )
        ]

    def add_nodes(self, graph: "Nodes", weights: Weights) -> str:
        ids = graph.input(self.name, "int32", "forms")
        if self.dim is None:
            return add_onehot(graph, ids, n_ids=len(self.vocabulary), first=2)
        return add_vectors(graph, self.name, ids, weights)

    def compute(self, inputs: Mapping[str, Array], weights: Weights) -> Doubles:
        if self.dim is None:
            return onehot(inputs[self.name], n_ids=len(self.vocabulary), first=2)
        return vectors(self.name, inputs[self.name], weights)

    def settings_to_match(self) -> dict[str, object]:
        return {"dim": "one-hot" if self.dim is None else self.dim, "lowercase": self.lowercase}


def fit(features: "config.Features", data: TrainingData, known: Mapping[str, "Input"]) -> list[FittedInput]:
    """Fit words to train; words that the initial tagger knows keep their ids.

    Raises:
        ConfigError: no word of train is frequent enough, or none has a pretrained vector.
        DataError: word vectors cannot be read.
    """
    settings, before = features.words, known.get("words")
    if not settings:
        return []
    lowercase = settings.lowercase
    in_train = count_symbols(
        (form.lower() if lowercase else form, n) for form, n in data.sentences.form_counts().items()
    )
    counts = frequent_symbols(in_train, settings.min_count, before.vocabulary if before else None)
    if not counts:
        raise ConfigError(f"features.words.min_count: no word occurs {settings.min_count} times in train")
    rows, dim = None, None if settings.kind == "onehot" else settings.dim
    if settings.vectors:
        counts, rows = _with_vectors(counts, settings, in_train, data)
        dim = rows.rows.shape[1]
    words = WordInput(Vocabulary(tuple(counts)), lowercase, dim)
    return [FittedInput(words, tuple(counts.values()), settings.unknown_rate, rows)]


def _with_vectors(
    counts: dict[str, int], settings: "config.Words", in_train: dict[str, int], data: TrainingData
) -> tuple[dict[str, int], WordVectors]:
    """Add words that have a pretrained vector: rare words of train, and words of dev, test and the word list.

    Returns:
        The count in train of each known word, those of `counts` first, and the initial vectors.
    """
    path = Path(settings.vectors or "")
    listed = map(str.strip, read_lines(Path(settings.word_list))) if settings.word_list else ()
    others: Iterable[str] = chain(data.other_forms, listed)
    candidates = {word.lower() if settings.lowercase else word: 0 for word in others if word} | in_train
    forms = {form for word in (*counts, *candidates) for form in (word, word.lower())}
    pretrained, dim = read_vectors(path, forms)
    more = {
        word: count
        for word, count in sorted(candidates.items())
        if word not in counts and find_vector(word, pretrained) is not None
    }
    covered = {word: count for word, count in in_train.items() if find_vector(word, pretrained) is not None}
    log.info(
        "vectors: dimension %s, for %s of %s words of train (%.0f %% of its tokens), and for %s other words; %s",
        dim, f"{len(covered):,}", f"{len(in_train):,}", 100 * sum(covered.values()) / sum(in_train.values()),
        f"{len(more.keys() - in_train.keys()):,}", path.name,
    )  # fmt: skip
    if not covered:
        raise ConfigError(f"features.words.vectors: {path} has no vector for any word of train")
    return counts | more, fill_rows((*counts, *more), pretrained, dim, n_first=len(counts), seed=data.seed)
