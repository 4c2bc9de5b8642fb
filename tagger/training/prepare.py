"""Prepare the data of a run from its config: read, check, plan, and fit the inputs."""

import logging
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import numpy as np

from tagger.checks import Split, byte_findings, row_findings, sentence_findings, summary_lines
from tagger.config import Config, Features, Model
from tagger.config.values import shown
from tagger.corpus.detection import detect_scheme_from_counts
from tagger.corpus.formats import may_lack_tags
from tagger.corpus.schemes import Scheme
from tagger.corpus.sentences import Sentences
from tagger.corpus.spelling import Notation
from tagger.corpus.tags import check_scored, convert_all_tags, convert_tags, rename_types, warn_of_unknown_tags
from tagger.encoding.lexicon import Lexicon, count_lexicon
from tagger.errors import ConfigError
from tagger.files import sha256_of
from tagger.heads import KINDS as HEADS
from tagger.heads.chain import resolve_decode
from tagger.heads.target import TagTarget
from tagger.inputs import Input, fit_inputs
from tagger.inputs.encoder import Encoder
from tagger.inputs.fitting import TrainingData
from tagger.tagging.architecture import Architecture
from tagger.tagging.bundle import Bundle
from tagger.training.data_files import check_scheme, layout_of, tag_names, word_files_of
from tagger.training.initial_tagger import InitialTagger, check_same_network
from tagger.training.plan import apply_plan, initial_tagger_choices, plan
from tagger.training.prepared_data import PreparedData
from tagger.training.read_splits import ReadSplits, read_splits

LOGGED_LATER = ("long", "unseen-tags")  # findings that training logs with more detail

log = logging.getLogger("tagger")


def prepare(config: Config, initial: InitialTagger | None = None) -> PreparedData:
    """Read and check the data of a config, fill its open keys, and fit the network's inputs to train.

    Args:
        config: the run's config.
        initial: the initial tagger, whose vocabularies and tags are extended; None: all are new.

    Raises:
        DataError: a file cannot be read; names file and line.
        ConfigError: the config does not fit the data or the initial tagger.
    """
    initial_bundle = initial.bundle if initial else None
    files = read_splits(config.data, layout_of(config))
    notation, scheme_train = _notation(config, files.splits["train"])
    config = _planned(config, files.whole_train, notation, initial_bundle)
    splits, ignore = _named_tags(config, files, notation)
    _log_findings(files._replace(splits=splits), notation, ignore)
    train = splits["train"]
    learned = convert_all_tags(train, notation, Notation(scheme_train), ignore=ignore)
    tags = _sorted_tags(learned, ignore, initial_bundle.target.tags if initial_bundle else ())
    if not tags:
        raise ConfigError(f"data.ignore: {config.data.train} has no other tags to learn")
    for sentences in splits.values():
        check_scored(sentences, ignore)
    features = _local_features(config)
    others = [form for split, other in splits.items() if split != "train" for form in other.form_counts()]
    data = TrainingData(train, others, config.training.seed)
    fitted = fit_inputs(features, data, initial_bundle.architecture.inputs if initial_bundle else ())
    inputs = tuple(each.input for each in fitted)
    architecture = new_architecture(config.model, inputs, len(tags))
    if initial:
        check_same_network(initial, architecture, scheme_train)
    file_tags: tuple[str, ...] = ()
    if initial_bundle:
        known = initial_bundle.target
        file_tags = convert_tags(known.file_tags, known.notation, Notation(known.scheme, notation.spelling))
    counted = count_lexicon(train, reads_words=True, ignore=ignore)
    lexicon = counted if features.reads_words else Lexicon(counted.majority, None)
    trained_on = [initial_bundle.trained_on] if initial_bundle and initial_bundle.trained_on is not None else []
    return PreparedData(
        config=config,
        splits=splits,
        layout=files.layout,
        target=TagTarget(
            tags=tags,
            lexicon=lexicon.extended_with(initial_bundle.target.lexicon) if initial_bundle else lexicon,
            ignore=ignore,
            **notation._asdict(),
            scheme_train=scheme_train,
            file_tags=_sorted_tags(train, ignore, file_tags),
            decode=resolve_decode(config.model.decode, scheme_train),
        ),
        encoder=Encoder(inputs),
        fitted=fitted,
        ambiguous=counted.ambiguous or frozenset(),
        architecture=architecture,
        hashes={split: file_notes.sha256 for split, file_notes in files.notes.items()}
        | {key: sha256_of(Path(path)) for key, path in word_files_of(config).items()},
        trained_on=np.unique(np.concatenate([train.hashes(), *trained_on])),
    )


def new_architecture(model: Model, inputs: tuple[Input, ...], n_tags: int) -> Architecture:
    """Describe the network of a config's [model] section with these inputs."""
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


def _notation(config: Config, train: Sentences) -> tuple[Notation, Scheme]:
    """Detect scheme and spelling of the files' tags, and return them with the scheme that the network learns.

    Raises:
        ConfigError: a key needs BIO-style tags, and the tags have no scheme.
    """
    scheme, scheme_train = config.data.scheme, config.data.scheme_train
    detected = detect_scheme_from_counts(train.tag_pair_counts())
    notation = detected.notation(scheme)
    if scheme == "auto" and notation.scheme != "none":
        log.info("scheme %s", detected.evidence)
    check_scheme(config, notation.scheme)
    return notation, notation.scheme if scheme_train == "same" else scheme_train


def _planned(config: Config, whole_train: Sentences, notation: Notation, initial_bundle: Bundle | None) -> Config:
    """Fill the open keys of a config, and log each choice."""
    choices = plan(config, whole_train, has_spans=notation.scheme != "none")
    initial_choices = initial_tagger_choices(initial_bundle.architecture) if initial_bundle else []
    config, applied = apply_plan(config, [*initial_choices, *choices])
    for choice in applied:
        log.info("plan: %s = %s  %s", choice.key, shown(choice.value), choice.reason)
    return config


def _named_tags(config: Config, files: ReadSplits, notation: Notation) -> tuple[dict[str, Sentences], tuple[str, ...]]:
    """Rename span types by `data.map`; return the renamed splits, and the tuple of tags to ignore."""
    tags = {tag for sentences in files.splits.values() for tag in sentences.tag_counts()}
    mapped = {tag for file_notes in files.notes.values() for tag in file_notes.mapped}
    names = tag_names(config.data, notation, tags, mapped)
    for problem in names.unused.values():
        log.warning("%s", problem)
    if not names.types:
        return files.splits, names.ignore
    change = partial(rename_types, names=names.types, notation=notation)
    return {split: sentences.with_tags(change) for split, sentences in files.splits.items()}, names.ignore


def _log_findings(files: ReadSplits, notation: Notation, ignore: tuple[str, ...]) -> None:
    """Warn of what `tagger check` finds in the data, one line per finding."""
    splits = [Split.of(split, sentences) for split, sentences in files.splits.items()]
    findings = sentence_findings(splits, **notation._asdict(), ignore=ignore, may_lack_tags=may_lack_tags(files.layout))
    for split, notes in files.notes.items():
        findings += [*byte_findings(split, notes), *row_findings(split, notes, files.splits[split].tag_counts())]
    for line in summary_lines(finding for finding in findings if finding.key not in LOGGED_LATER):
        log.warning("%s", line)
    known = {*files.splits["train"].tag_counts(), *ignore}
    for split, sentences in files.splits.items():
        warn_of_unknown_tags(sentences, known, split)


def _sorted_tags(sentences: Sentences, ignore: Iterable[str], known: tuple[str, ...]) -> tuple[str, ...]:
    """The known tags, then the other tags of the sentences in alphabetical order."""
    return (*known, *sorted(sentences.tag_counts().keys() - set(ignore) - set(known)))


def _local_features(config: Config) -> Features:
    """The features of a config, with the local path of a public set of word vectors."""
    features = config.features
    if not (features.words and features.words.vectors):
        return features
    words = features.words.model_copy(update={"vectors": word_files_of(config)["features.words.vectors"]})
    return features.model_copy(update={"words": words})
