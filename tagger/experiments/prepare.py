"""A config → sentences, and all that is known of them before a network is built."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tagger.config import Config, Data
from tagger.corpus.checks import brief, find
from tagger.corpus.chunks import near
from tagger.corpus.conllu import is_key
from tagger.corpus.download import resolve
from tagger.corpus.layout import Layout
from tagger.corpus.read import read_tagged, resolve_format
from tagger.corpus.schemes import Scheme, detect_scheme
from tagger.corpus.sentence import Sentence
from tagger.corpus.tags import check_scored, in_scheme, warn_of_unknown_tags
from tagger.encoding.batches import Dataset
from tagger.encoding.encoder import Encoder, fit_scaling
from tagger.encoding.lexicon import Lexicon, count_lexicon
from tagger.encoding.vocabulary import Vocabulary, count_symbols
from tagger.errors import ConfigError, DataError
from tagger.experiments.check import layout_of
from tagger.tagging.architecture import Architecture, Words

TOLD_ELSEWHERE = ("long", "unseen-tags")  # findings that training says more of

log = logging.getLogger("tagger")


@dataclass(frozen=True, slots=True)
class Prepared:
    """What training starts from.

    Args:
        splits: the sentences of train, and of dev and test where the config has them.
        layout: of the files, its format decided.
        encoder: fitted to train.
        word_counts: how often each known word occurs in train.
        scheme: of the files' tags.
        scheme_train: of the tags that the network learns.
        file_tags: of train as its file has them, ignored ones left out.
        lexicon: of train.
        architecture: of the network.
        hashes: SHA-256 of each file of data.
    """

    splits: dict[str, list[Sentence]]
    layout: Layout
    scheme: Scheme
    scheme_train: Scheme
    file_tags: tuple[str, ...]
    encoder: Encoder
    word_counts: tuple[int, ...]
    lexicon: Lexicon
    architecture: Architecture
    hashes: dict[str, str]

    def encode(self, split: str) -> Dataset:
        """The arrays of a split, its tags in the scheme that the network learns."""
        ignore = self.encoder.ignore
        return self.encoder.encode(
            [in_scheme(found, self.scheme, self.scheme_train, ignore=ignore) for found in self.splits[split]]
        )


def prepare(config: Config) -> Prepared:
    """Reads and checks the data, and fits to train what the network's inputs need.

    Raises:
        DataError: a file cannot be read; names file and line.
        ConfigError: the config does not go with the data.
    """
    config = _with_local_files(config)
    layout, splits = _read(config)
    train, features, ignore = splits["train"], config.features, config.data.ignore
    _tell_splits(splits)
    scheme, scheme_train = _schemes(config.data, train)
    if config.training.metric == "span_f1" and scheme == "none":
        raise ConfigError('training.metric: "span_f1" needs tags of spans, and these have no scheme')
    _tell_findings(splits, layout, scheme, ignore)
    learned = [in_scheme(sentence, scheme, scheme_train, ignore=ignore) for sentence in train]
    tags = tuple(sorted({tag for sentence in learned for tag in sentence.tags or ()} - set(ignore)))
    if not tags:
        raise ConfigError(f"data.ignore: leaves no tag of {config.data.train} to learn")
    for sentences in splits.values():
        check_scored(sentences, ignore)
    counts: dict[str, int] = {}
    if features.words:
        lower = features.words.lowercase
        words = (token.lower() if lower else token for sentence in train for token in sentence.tokens)
        counts = count_symbols(words, min_count=features.words.min_count)
        if not counts:
            raise ConfigError(f"features.words.min_count: no word occurs {features.words.min_count} times in train")
    encoder = Encoder(
        tags=tags,
        words=Vocabulary(tuple(counts)) if features.words else None,
        lowercase=bool(features.words and features.words.lowercase),
        casing=features.casing,
        numeric=tuple(str(column) for column in features.numeric),
        scaling=fit_scaling(train) if features.numeric and features.standardize else None,
        ignore=tuple(ignore),
    )
    architecture = Architecture(
        words=_words(config, len(counts) + 2),
        casing=features.casing,
        n_numbers=len(features.numeric),
        cell=config.model.cell,
        units=tuple(config.model.units),
        bidirectional=config.model.bidirectional,
        merge=config.model.merge,
        reset_after=config.model.reset_after,
        n_tags=len(tags),
    )
    return Prepared(
        splits=splits,
        layout=layout,
        scheme=scheme,
        scheme_train=scheme_train,
        file_tags=tuple(sorted({tag for sentence in train for tag in sentence.tags or ()} - set(ignore))),
        encoder=encoder,
        word_counts=tuple(counts.values()),
        lexicon=count_lexicon(train, reads_words=bool(features.words or features.casing), ignore=ignore),
        architecture=architecture,
        hashes={split: _sha256(Path(path)) for split, path in _files(config.data).items()},
    )


def _with_local_files(config: Config) -> Config:
    """The config with the names of public data sets' files replaced by paths; what is not here yet is fetched."""
    found = {key: str(local) for key, path in _files(config.data).items() if (local := resolve(path))}
    return config.model_copy(update={"data": config.data.model_copy(update=found)}) if found else config


def _schemes(data: Data, train: list[Sentence]) -> tuple[Scheme, Scheme]:
    """The scheme of the files, and the one that the network learns.

    Raises:
        ConfigError: tags without a scheme cannot be learned in one.
    """
    scheme = data.scheme
    if scheme == "auto":
        detected = detect_scheme(sentence.tags or () for sentence in train)
        scheme = detected.scheme
        if scheme != "none":
            log.info("scheme %s", detected.evidence)
    if data.scheme_train != "same" and scheme == "none":
        raise ConfigError(f'data.scheme_train: "{data.scheme_train}" needs tags of spans, and these have no scheme')
    return scheme, scheme if data.scheme_train == "same" else data.scheme_train


def _words(config: Config, n_ids: int) -> Words | None:
    words = config.features.words
    return Words(n_ids, None if words.kind == "onehot" else words.dim) if words else None


def _files(data: Data) -> dict[str, str]:
    files = {"train": data.train, "dev": data.dev, "test": data.test}
    return {split: path for split, path in files.items() if isinstance(path, str)}


def _read(config: Config) -> tuple[Layout, dict[str, list[Sentence]]]:
    data = config.data
    for split, path in _files(data).items():
        if not Path(path).is_file():
            raise DataError(
                f"{path}: there is no such file (data.{split})",
                f"tell where yours is: --set data.{split}=FILE"
                + (f"; or do without: --set data.{split}=" if split != "train" else ""),
            )
    layout = layout_of(config)
    layouts = {split: resolve_format(Path(path), layout, tell=split == "train") for split, path in _files(data).items()}
    splits = {split: read_tagged(Path(path), layouts[split]) for split, path in _files(data).items()}
    layout = layouts["train"]
    if isinstance(data.dev, float):
        splits["train"], splits["dev"] = _cut(splits["train"], data.dev, config.training.seed)
    return layout, splits


def _cut(sentences: Sequence[Sentence], share: float, seed: int) -> tuple[list[Sentence], list[Sentence]]:
    """Draws a share of the sentences, at least one, and leaves at least one; both keep their order."""
    if len(sentences) < 2:
        raise ConfigError(f"data.dev: a share of train cannot be cut off a single sentence: {sentences[0].place}")
    n_drawn = min(max(1, round(len(sentences) * share)), len(sentences) - 1)
    drawn = set(np.random.default_rng(seed).permutation(len(sentences))[:n_drawn].tolist())
    rest = [sentence for i, sentence in enumerate(sentences) if i not in drawn]
    return rest, [sentence for i, sentence in enumerate(sentences) if i in drawn]


def _tell_splits(splits: dict[str, list[Sentence]]) -> None:
    for split, sentences in splits.items():
        n_tokens = sum(map(len, sentences))
        log.info(
            "%-5s %7s sentences %9s tokens  %s", split, f"{len(sentences):,}", f"{n_tokens:,}", near(sentences[0].path)
        )


def _tell_findings(splits: dict[str, list[Sentence]], layout: Layout, scheme: Scheme, ignore: Sequence[str]) -> None:
    """What `tagger check` would say of the data, a line each."""
    may_lack_tags = layout.format == "conllu" and layout.tag is not None and is_key(layout.tag)
    findings = find(splits, scheme=scheme, ignore=ignore, may_lack_tags=may_lack_tags)
    for line in brief(finding for finding in findings if finding.key not in TOLD_ELSEWHERE):
        log.warning("%s", line)
    known = {*(tag for sentence in splits["train"] for tag in sentence.tags or ()), *ignore}
    for split, sentences in splits.items():
        warn_of_unknown_tags(sentences, known, split)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
