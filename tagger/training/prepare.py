"""A config → sentences, and all that is known of them before a network is built."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tagger.checks import Split, brief, byte_findings, find, row_findings
from tagger.config import REFERENCE, Config, Features, Model
from tagger.config.values import shown
from tagger.corpus.chunks import near
from tagger.corpus.detection import scheme_of_pairs
from tagger.corpus.download import resolve
from tagger.corpus.file_notes import FileNotes
from tagger.corpus.formats import may_lack_tags
from tagger.corpus.layout import Layout
from tagger.corpus.schemes import Scheme
from tagger.corpus.sentences import Sentences
from tagger.corpus.spelling import Notation, Spelling
from tagger.corpus.tags import all_rewritten, check_scored, rewritten, warn_of_unknown_tags, with_types
from tagger.encoding.arrays import Hashes
from tagger.encoding.batches import Dataset
from tagger.encoding.lexicon import Lexicon, count_lexicon
from tagger.errors import ConfigError, DataError
from tagger.files import sha256_of
from tagger.heads import KINDS as HEADS
from tagger.heads.chain import Decode, resolve_decode
from tagger.inputs import Input, fit_inputs
from tagger.inputs.encoder import Encoder
from tagger.inputs.fitting import FittedInput, TrainingData
from tagger.reading.read import read_tagged
from tagger.tagging.architecture import Architecture
from tagger.tagging.bundle import Bundle
from tagger.training.data_files import check_scheme, files_of, layout_of, tag_names, word_files_of
from tagger.training.further import Start, check_start
from tagger.training.plan import plan, start_choices, with_plan
from tagger.training.splits import SPLITS, UNUSED_GROUP, cut_train, describe_cut, is_cut, layout_of_train

TOLD_ELSEWHERE = ("long", "unseen-tags")  # findings that training says more of

log = logging.getLogger("tagger")


@dataclass(frozen=True, slots=True)
class Prepared:
    """The data of a run, and all that is fitted to train before there is a network.

    Args:
        config: of the run, what it left open chosen by the plan.
        splits: the sentences of train, and of dev and test where the config has them.
        layout: of the files, its format decided.
        encoder: fitted to train.
        fitted: the inputs, with what only training needs.
        scheme: of the files' tags.
        spelling: of the same.
        scheme_train: of the tags that the network learns.
        decode: whether any sequence of tags may come out, or only what is valid in `scheme_train`.
        file_tags: of train as its file has them, ignored ones left out.
        lexicon: of train, and of the start; without forms where words are not read.
        ambiguous: forms that have two or more tags in train, ignored ones left out.
        architecture: of the network.
        hashes: SHA-256 of each file of data.
        trained_on: hashes of the sentences of train, and of what the start was trained on, each once.
    """

    config: Config
    splits: dict[str, Sentences]
    layout: Layout
    scheme: Scheme
    spelling: Spelling
    scheme_train: Scheme
    decode: Decode
    file_tags: tuple[str, ...]
    encoder: Encoder
    fitted: tuple[FittedInput, ...]
    lexicon: Lexicon
    ambiguous: frozenset[str]
    architecture: Architecture
    hashes: dict[str, str]
    trained_on: Hashes

    def encode(self, split: str) -> Dataset:
        """The arrays of a split, its tags in the scheme that the network learns."""
        return self.encoder.encode(self.learned(split))

    def learned(self, split: str, among: Sequence[int] | None = None) -> Sentences:
        """The sentences of a split, or some of them, their tags in the scheme that the network learns."""
        sentences = self.splits[split] if among is None else self.splits[split].take(among)
        notation = Notation(self.scheme, self.spelling)
        return all_rewritten(sentences, notation, Notation(self.scheme_train), ignore=self.encoder.ignore)

    def respelled(self, split: str) -> Sentences:
        """The sentences of a split in the scheme of its file, their tags spelled as the network's."""
        notation = Notation(self.scheme, self.spelling)
        return all_rewritten(self.splits[split], notation, Notation(self.scheme), ignore=self.encoder.ignore)

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags that the network learns, spelled as the files'."""
        return tuple(map(self.spelling.write, self.encoder.tags))

    def bundle(self, provenance: dict[str, Any]) -> Bundle:
        """All of a tagger but what its training gives it."""
        return Bundle(
            architecture=self.architecture,
            encoder=self.encoder,
            lexicon=self.lexicon,
            layout=self.layout,
            provenance=provenance,
            scheme=self.scheme,
            spelling=self.spelling,
            scheme_train=self.scheme_train,
            file_tags=self.file_tags,
            decode=self.decode,
            trained_on=self.trained_on,
        )


def prepare(config: Config, start: Start | None = None) -> Prepared:
    """Reads and checks the data, and fits to train what the network's inputs need.

    The vocabularies and tags of a start are extended.

    Raises:
        DataError: a file cannot be read; names file and line.
        ConfigError: the config does not go with the data, or with the start.
    """
    base = start.bundle if start else None
    layout, splits, notes, whole = _read(_with_local_files(config))
    _tell_splits(splits)
    notation, scheme_train = _notation(config, splits["train"])
    tags_of_files = {tag for sentences in splits.values() for tag in sentences.tag_counts()}
    config = _planned(config, whole, notation, base)
    names = tag_names(config.data, notation, tags_of_files, {tag for noted in notes.values() for tag in noted.mapped})
    for problem in names.unused.values():
        log.warning("%s", problem)
    if names.types:
        change = partial(with_types, names=names.types, notation=notation)
        splits = {split: sentences.with_tags(change) for split, sentences in splits.items()}
    train, ignore = splits["train"], names.ignore
    features = _local_features(config)
    _tell_findings(splits, notes, layout, notation, ignore)
    learned = all_rewritten(train, notation, Notation(scheme_train), ignore=ignore)
    tags = _sorted_tags(learned, ignore, base.encoder.tags if base else ())
    if not tags:
        raise ConfigError(f"data.ignore: leaves no tag of {config.data.train} to learn")
    for sentences in splits.values():
        check_scored(sentences, ignore)
    others = [form for split, other in splits.items() if split != "train" for form in other.form_counts()]
    data = TrainingData(train, others, config.training.seed)
    fitted = fit_inputs(features, data, base.architecture.inputs if base else ())
    inputs = tuple(each.input for each in fitted)
    architecture = new_architecture(config.model, inputs, len(tags))
    if start:
        check_start(start, architecture, scheme_train)
    file_tags = rewritten(base.file_tags, base.notation, Notation(base.scheme, notation.spelling)) if base else ()
    counted = count_lexicon(train, reads_words=True, ignore=ignore)
    lexicon = counted if features.reads_words else Lexicon(counted.majority, None)
    trained_on = [base.trained_on] if base and base.trained_on is not None else []
    return Prepared(
        config=config,
        splits=splits,
        layout=layout,
        **notation._asdict(),
        scheme_train=scheme_train,
        decode=resolve_decode(config.model.decode, scheme_train),
        file_tags=_sorted_tags(train, ignore, file_tags),
        encoder=Encoder(tags, inputs, ignore),
        fitted=fitted,
        lexicon=lexicon.extended_with(base.lexicon) if base else lexicon,
        ambiguous=counted.ambiguous or frozenset(),
        architecture=architecture,
        hashes={split: noted.sha256 for split, noted in notes.items()}
        | {key: sha256_of(Path(path)) for key, path in word_files_of(config).items()},
        trained_on=np.unique(np.concatenate([train.hashes(), *trained_on])),
    )


def new_architecture(model: Model, inputs: tuple[Input, ...], n_tags: int) -> Architecture:
    """The network of a config's [model] over some inputs."""
    return Architecture(
        inputs=inputs,
        cell=model.cell,
        units=tuple(model.units),
        bidirectional=model.bidirectional,
        merge=model.merge,
        reset_after=model.reset_after,
        heads=(HEADS[model.head](n_tags),),
        residual=model.residual,
        layer_norm=model.layer_norm,
    )


def _sorted_tags(sentences: Sentences, ignore: Iterable[str], known: tuple[str, ...]) -> tuple[str, ...]:
    """The known tags, then those of the sentences."""
    return (*known, *sorted(sentences.tag_counts().keys() - set(ignore) - set(known)))


def _with_local_files(config: Config) -> Config:
    """The config with the names of public data sets' files replaced by paths; those not here yet are fetched."""
    files = files_of(config.data)
    public = {split: path for split, path in files.items() if REFERENCE.fullmatch(path)}
    if public and "train" not in public:
        rest = " and ".join(f"data.{split} is {path}" for split, path in public.items())
        own = " ".join(f"--set data.{split}=FILE" for split in public)
        log.warning("data.train is a file of yours, but %s; to score on yours: %s", rest, own)
    try:
        local = {split: str(resolve(path)) for split, path in public.items()}
    except DataError as error:
        own = "or train on your own: " + " ".join(f"--set data.{split}=FILE" for split in files)
        raise DataError(error.message, "\n".join(filter(None, (error.hint, own)))) from error
    return config.model_copy(update={"data": config.data.model_copy(update=local)})


def _local_features(config: Config) -> Features:
    """The features of a config, a public set of word vectors replaced by its path."""
    features = config.features
    if not (features.words and features.words.vectors):
        return features
    words = features.words.model_copy(update={"vectors": word_files_of(config)["features.words.vectors"]})
    return features.model_copy(update={"words": words})


def _planned(config: Config, train: Sentences, notation: Notation, base: Bundle | None) -> Config:
    """The config with what fits train where it leaves something open.

    Args:
        config: of the run.
        train: the sentences of train's file.
        notation: of their tags.
        base: the tagger that training begins with.
    """
    choices = plan(config, train, has_spans=notation.scheme != "none")
    config, taken = with_plan(config, [*(start_choices(base.architecture) if base else ()), *choices])
    for choice in taken:
        log.info("plan: %s = %s  %s", choice.key, shown(choice.value), choice.reason)
    return config


def _notation(config: Config, train: Sentences) -> tuple[Notation, Scheme]:
    """The scheme of the files with its spelling, and the scheme that the network learns.

    Raises:
        ConfigError: the config asks for what tags without a scheme do not have.
    """
    wanted, scheme_train = config.data.scheme, config.data.scheme_train
    detected = scheme_of_pairs(train.tag_pairs())
    notation = detected.notation(wanted)
    if wanted == "auto" and notation.scheme != "none":
        log.info("scheme %s", detected.evidence)
    check_scheme(config, notation.scheme)
    return notation, notation.scheme if scheme_train == "same" else scheme_train


def _read(config: Config) -> tuple[Layout, dict[str, Sentences], dict[str, FileNotes], Sentences]:
    """The layout of the files, the sentences of each split, notes on each file, and the sentences of train's file."""
    data, layout = config.data, layout_of(config)
    for split, path in files_of(data).items():
        if Path(path).is_dir():
            raise DataError(f"{path}: is a folder (data.{split})", f"name a file in it: --set data.{split}=FILE")
        if not Path(path).is_file():
            raise DataError(
                f"{path}: there is no such file (data.{split})",
                f"tell where yours is: --set data.{split}=FILE"
                + (f"; or do without: --set data.{split}=" if split != "train" else ""),
            )
    notes = {split: FileNotes() for split in files_of(data)}
    splits = {
        "train": read_tagged(Path(data.train), layout_of_train(layout, data), notes=notes["train"], log_format=True)
    }
    like = replace(notes["train"].layout, group=None)
    for split, path in files_of(data).items():
        if split != "train":
            splits[split] = read_tagged(Path(path), layout, notes=notes[split], like=like)
    whole = splits["train"]
    if is_cut(data):
        cut = {split: splits["train"].take(places) for split, places in cut_train(splits["train"], data).items()}
        log.info("%s", describe_cut(cut, data))
        splits |= cut
    elif data.group is not None:
        log.warning("%s", UNUSED_GROUP)
    return like, {split: splits[split] for split in SPLITS if split in splits}, notes, whole


def _tell_splits(splits: dict[str, Sentences]) -> None:
    for split, sentences in splits.items():
        n_sentences, n_tokens = f"{len(sentences):,}", f"{len(sentences.tokens):,}"
        log.info("%-5s %7s sentences %9s tokens  %s", split, n_sentences, n_tokens, near(sentences[0].path))


def _tell_findings(
    splits: dict[str, Sentences],
    notes: dict[str, FileNotes],
    layout: Layout,
    notation: Notation,
    ignore: tuple[str, ...],
) -> None:
    """What `tagger check` would say of the data, a line each."""
    held = [Split.of(split, sentences) for split, sentences in splits.items()]
    found = find(held, **notation._asdict(), ignore=ignore, may_lack_tags=may_lack_tags(layout))
    for split, noted in notes.items():
        found += [*byte_findings(split, noted), *row_findings(split, noted, splits[split].tag_counts())]
    for line in brief(finding for finding in found if finding.key not in TOLD_ELSEWHERE):
        log.warning("%s", line)
    known = {*splits["train"].tag_counts(), *ignore}
    for split, sentences in splits.items():
        warn_of_unknown_tags(sentences, known, split)
