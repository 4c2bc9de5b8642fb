"""What an encoder takes from train: vocabularies with their counts, word vectors, and the scaling of numbers."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from tagger.config import Features, Words
from tagger.corpus.download import resolve
from tagger.corpus.lines import read_lines
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.corpus.vectors import read_vectors
from tagger.encoding.encoder import Encoder, fit_scaling
from tagger.encoding.symbols import Kind, Symbols, values
from tagger.encoding.vectors import WordVectors, fill_rows, find_vector
from tagger.encoding.vocabulary import Vocabulary, count_symbols
from tagger.errors import ConfigError

log = logging.getLogger("tagger")


@dataclass(frozen=True, slots=True)
class Fitted:
    """An encoder, and what only training needs beside it.

    Args:
        encoder: fitted to train.
        counts: by name of the input, how often each known word or symbol occurs in train, in the order of their ids.
        vectors: of words, where the config names a file of them.
    """

    encoder: Encoder
    counts: dict[str, tuple[int, ...]]
    vectors: WordVectors | None


def fit_encoder(
    features: Features,
    train: Iterable[Sentence],
    tags: Sequence[str],
    ignore: Sequence[str],
    *,
    others: Iterable[str] = (),
    seed: int = 1,
    known: Encoder | None = None,
) -> Fitted:
    """The encoder of a config's features.

    Args:
        features: the config's section.
        train: the sentences to learn vocabularies from.
        tags: that the network learns.
        ignore: tags whose steps do not count.
        others: tokens of dev and test: they are known too where there is a vector of theirs.
        seed: of vectors for words that the file lacks.
        known: an earlier encoder of the same features: what it knows keeps its ids, and its scaling stays.

    Raises:
        ConfigError: no word is frequent enough to be known; a column says the same of all words.
        DataError: word vectors cannot be read.
    """
    counts: dict[str, tuple[int, ...]] = {}
    train = Sentences.of(train)
    forms = train.form_counts()
    words: Vocabulary | None = None
    vectors: WordVectors | None = None
    if features.words:
        lowercase = features.words.lowercase
        of_train = count_symbols((form.lower() if lowercase else form, n) for form, n in forms.items())
        found = _frequent(of_train, features.words.min_count, known.words if known else None)
        if not found:
            raise ConfigError(f"features.words.min_count: no word occurs {features.words.min_count} times in train")
        if features.words.vectors:
            found, vectors = _with_vectors(found, features.words, of_train, others, seed)
        words, counts["words"] = Vocabulary(tuple(found)), tuple(found.values())
    characters: Vocabulary | None = None
    if features.chars:
        in_forms = count_symbols((character, n) for form, n in forms.items() for character in form)
        found = _frequent(in_forms, 1, known.characters if known else None)
        characters, counts["characters"] = Vocabulary(tuple(found)), tuple(found.values())
    symbols = []
    known_symbols = {(feature.kind, feature.number): feature.vocabulary for feature in (known.symbols if known else ())}
    for kind, number, min_count in _symbol_features(features):
        given = train.cell_counts(number - 1) if kind == "column" else forms
        found = count_symbols(zip(values(kind, number, given), given.values(), strict=True))
        found = _frequent(found, min_count, known_symbols.get((kind, number)))
        if kind == "column" and found.keys() == {"_"} and features.columns:
            name = features.columns.names[number - 1]
            raise ConfigError(f"features.columns: `{name}` is `_` at every word of train: there is nothing to see")
        symbols.append(Symbols(kind, number, Vocabulary(tuple(found))))
        counts[symbols[-1].name] = tuple(found.values())
    scaling = None
    if train.numbers is not None and features.standardize:
        scaling = (known.scaling if known else None) or fit_scaling(train.numbers)
    encoder = Encoder(
        tags=tuple(tags),
        words=words,
        lowercase=bool(features.words and features.words.lowercase),
        casing=features.casing,
        characters=characters,
        columns=tuple(str(name) for name in features.columns.names) if features.columns else (),
        symbols=tuple(symbols),
        numeric=tuple(str(column) for column in features.numeric),
        scaling=scaling,
        ignore=tuple(ignore),
    )
    return Fitted(encoder, counts, vectors)


def _frequent(counts: dict[str, int], min_count: int, known: Vocabulary | None) -> dict[str, int]:
    """The counts of frequent symbols in the order of ids: what is known already keeps its own, however rare it is."""
    frequent = {symbol: count for symbol, count in counts.items() if count >= min_count}
    return {symbol: counts.get(symbol, 0) for symbol in (known.symbols if known else ())} | frequent


def _with_vectors(
    counts: dict[str, int], words: Words, of_train: dict[str, int], others: Iterable[str], seed: int
) -> tuple[dict[str, int], WordVectors]:
    """The known words, then rare ones and those of dev, test and the word list that have a vector; and all vectors."""
    name = words.vectors or ""
    path = resolve(name) or Path(name)
    listed = map(str.strip, read_lines(Path(words.word_list))) if words.word_list else ()
    candidates = {word.lower() if words.lowercase else word: 0 for word in chain(others, listed) if word} | of_train
    wanted = {form for word in (*counts, *candidates) for form in (word, word.lower())}
    vectors, dim = read_vectors(path, wanted)
    more = {
        word: count
        for word, count in sorted(candidates.items())
        if word not in counts and find_vector(word, vectors) is not None
    }
    covered = {word: count for word, count in of_train.items() if find_vector(word, vectors) is not None}
    log.info(
        "vectors: %s numbers each, for %s of %s words of train (%.0f %% of its tokens), and %s words more; %s",
        dim, f"{len(covered):,}", f"{len(of_train):,}", 100 * sum(covered.values()) / sum(of_train.values()),
        f"{len(more.keys() - of_train.keys()):,}", path.name,
    )  # fmt: skip
    if not covered:
        raise ConfigError(f"features.words.vectors: {name} has no vector for any word of train")
    return counts | more, fill_rows((*counts, *more), vectors, dim, n_first=len(counts), seed=seed)


def _symbol_features(features: Features) -> Iterator[tuple[Kind, int, int]]:
    """Kind, number and least count of each."""
    if affixes := features.affixes:
        for length in affixes.lengths:
            yield "prefix", length, affixes.min_count
            yield "suffix", length, affixes.min_count
        if affixes.shape:
            yield "shape", 0, affixes.min_count
    if features.columns:
        for number in range(1, len(features.columns.names) + 1):
            yield "column", number, 1
