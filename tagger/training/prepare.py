"""Prepare the data of a run from its config: read, check, plan, and fit the inputs."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from tagger.checks import (
    Finding,
    Split,
    byte_findings,
    in_series_terms,
    missing_notes,
    number_findings,
    row_findings,
    sentence_findings,
    summary_lines,
    token_findings,
)
from tagger.config import Config, Features, HeadConfig, Model
from tagger.config.values import shown
from tagger.corpus.formats import may_lack_tags
from tagger.corpus.sentences import Sentences
from tagger.corpus.spelling import Notation
from tagger.corpus.tags import check_scored, warn_of_unknown_tags
from tagger.corpus.terms import in_terms
from tagger.errors import ConfigError
from tagger.files import sha256_of
from tagger.heads import Head
from tagger.heads.crf import CRF
from tagger.heads.softmax import Softmax
from tagger.inputs import Input, fit_inputs
from tagger.inputs.encoder import Encoder
from tagger.inputs.fitting import TrainingData
from tagger.tagging.architecture import Architecture
from tagger.tagging.bundle import Bundle
from tagger.training.data_files import head_keys, layout_of, word_files_of
from tagger.training.findings import head_findings
from tagger.training.head_data import HeadData, head_data, notation_of, read_views
from tagger.training.initial_tagger import InitialTagger, check_same_kinds, check_same_network, log_changed_heads
from tagger.training.plan import apply_plan, initial_tagger_choices, plan
from tagger.training.prepared_data import PreparedData
from tagger.training.read_splits import ReadSplits, read_splits, split_of
from tagger.training.time_cuts import shorten_context

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
    if initial:
        check_same_kinds(initial, {name: head.kind for name, head in config.all_heads().items()})
    max_steps, is_series = config.training.max_steps, config.features.reads_series  # the plan only lowers max_steps
    files = read_splits(config.data, layout_of(config), is_series=is_series, max_context=max_steps)
    config, data = _planned_heads(config, files, initial_bundle)
    splits = files.splits
    if config.is_plain:  # with renamed types
        splits = {split: view.sentences for split, view in data[0].views.items()}
    _log_findings(config, data, files, splits)
    for head in data:
        for view in head.views.values():
            check_scored(view.sentences, head.target.ignore)
    train = splits["train"]
    features = _local_features(config)
    others = [form for split, other in splits.items() if split != "train" for form in other.form_counts()]
    training_data = TrainingData(train, others, config.training.seed)
    fitted = fit_inputs(features, training_data, initial_bundle.architecture.inputs if initial_bundle else ())
    inputs = tuple(each.input for each in fitted)
    architecture = new_architecture(
        config.model, inputs, [network_head(head.settings, head.target.name, len(head.target.tags)) for head in data]
    )
    if initial:
        check_same_network(initial, architecture, {head.target.name: head.target.scheme_train for head in data})
        log_changed_heads(initial, [head.target.name for head in data])
    trained_on = [initial_bundle.trained_on] if initial_bundle and initial_bundle.trained_on is not None else []
    return PreparedData(
        config=config,
        splits=splits,
        layout=files.layout,
        heads=data,
        encoder=Encoder(inputs),
        fitted=fitted,
        architecture=architecture,
        hashes={name: file_notes.sha256 for name, file_notes in files.notes.items()}
        | {key: sha256_of(Path(path)) for key, path in word_files_of(config).items()},
        trained_on=np.unique(np.concatenate([train.hashes(), *trained_on])),
        in_context=_contexts(config, files),
    )


def _contexts(config: Config, files: ReadSplits) -> dict[str, Sentences]:
    """The series of splits that are cut in time, after contexts of at most `max_steps` steps.

    With labels there are none, because a label is that of all steps that are read.
    """
    if not files.in_context or any(head.kind == "label" for head in config.all_heads().values()):
        return {}
    max_steps = config.training.max_steps
    splits = " and ".join(files.in_context)
    log.info("%s: up to %s steps before each series are read and not scored", splits, f"{max_steps:,}")
    return {
        split: shorten_context(in_context, files.splits[split], max_steps)
        for split, in_context in files.in_context.items()
    }


def _planned_heads(
    config: Config, files: ReadSplits, initial_bundle: Bundle | None
) -> tuple[Config, tuple[HeadData, ...]]:
    """Fill the open keys of a config, and collect the answers of each head.

    Raises:
        ConfigError: a head has no answers to learn, or a key needs tags that the files do not have.
    """
    heads, keys, is_plain = config.all_heads(), head_keys(config), config.is_plain
    views = {name: read_views(files.splits, None if is_plain else i) for i, name in enumerate(heads)}
    for name, by_split in views.items():
        if not by_split["train"].sentences:
            raise ConfigError(f"{keys[name].table}: no file to train on has a column for this head")
    notations = {
        name: notation_of(keys[name], heads[name], by_split["train"].sentences) for name, by_split in views.items()
    }
    config = _planned(config, files.whole_train, notations, initial_bundle)
    known = {target.name: target for target in initial_bundle.targets} if initial_bundle else {}
    return config, tuple(
        head_data(
            config.all_heads()[name], keys[name], files, views[name], notation,
            reads_words=config.features.reads_words, initial=known.get(name),
        )
        for name, notation in notations.items()
    )  # fmt: skip


def new_architecture(model: Model, inputs: tuple[Input, ...], heads: Sequence[Head]) -> Architecture:
    """Describe the network of a config's [model] section with these inputs and heads."""
    return Architecture(
        inputs=inputs,
        cell=model.cell,
        units=tuple(model.units),
        bidirectional=model.bidirectional,
        merge=model.merge,
        reset_after=model.reset_after,
        heads=tuple(heads),
        residual=model.residual,
        layer_norm=model.layer_norm,
    )


def network_head(settings: HeadConfig, name: str, n_tags: int) -> Head:
    """Describe the layers of a head by its section of the config."""
    return (
        CRF(n_tags, name)
        if settings.crf
        else Softmax(n_tags, name, settings.pool if settings.kind == "label" else None)
    )


def _planned(
    config: Config, whole_train: Sentences, notations: Mapping[str, Notation], initial_bundle: Bundle | None
) -> Config:
    """Fill the open keys of a config, and log each choice."""
    span_tags = {
        name: len((whole_train if config.is_plain else whole_train.view(i)).tag_counts())
        for i, (name, notation) in enumerate(notations.items())
        if notation.scheme != "none"
    }
    choices = plan(config, whole_train, span_tags=span_tags)
    initial_choices = initial_tagger_choices(config, initial_bundle.architecture) if initial_bundle else []
    config, applied = apply_plan(config, [*initial_choices, *choices])
    for choice in applied:
        log.info("plan: %s = %s  %s", choice.key, shown(choice.value), choice.reason)
    return config


def _log_findings(
    config: Config, heads: Sequence[HeadData], files: ReadSplits, splits: Mapping[str, Sentences]
) -> None:
    """Warn of what `tagger check` finds, one line per finding: about files and tokens once, about answers per head."""
    findings: list[Finding] = []
    worded = in_series_terms if config.features.reads_series else list[Finding]
    for name, notes in files.notes.items():
        split = split_of(name)
        having = (head.views[split].sentences for head in heads if split in head.views)
        answers = {answer for sentences in having for answer in sentences.tag_counts()}
        findings += [*byte_findings(split, notes), *row_findings(split, notes, answers)]
    if config.features.numeric:
        columns, missing = [*map(str, config.features.numeric)], config.features.numeric_missing
        measured = [Split.of(split, sentences) for split, sentences in splits.items()]
        findings += number_findings(measured, columns, missing)
        for note in missing_notes(measured, columns, missing):
            log.info("%s", note)
    if files.layout.answers:
        are_texts = files.layout.per_row == "sentence" or files.layout.format == "jsonl"
        all_splits = [Split.of(split, sentences) for split, sentences in splits.items()]
        findings = [*worded(token_findings(all_splits, are_texts=are_texts)), *findings]
        for head in heads:
            target, views = head.target, {split: view.sentences for split, view in head.views.items()}
            findings += worded(
                head_findings(head.settings, head.keys, views, target.notation, target.ignore, files.layout)
            )
    else:
        (head,) = heads
        tagged = [Split.of(split, view.sentences) for split, view in head.views.items()]
        notation, may_lack = head.target.notation._asdict(), may_lack_tags(files.layout)
        findings = [
            *worded(sentence_findings(tagged, **notation, ignore=head.target.ignore, may_lack_tags=may_lack)),
            *findings,
        ]
    if len(heads) == 1:
        findings = [replace(finding, head=None) for finding in findings]
    for line in summary_lines(finding for finding in findings if finding.key not in LOGGED_LATER):
        log.warning("%s", line)
    for head in heads:
        target = head.target
        train = target.in_file_terms(head.views["train"].sentences)
        known = {*train.tag_counts(), *target.ignore}
        for split, view in head.views.items() if target.kind != "string" else ():
            name = f"{target.name}: {split}" if len(heads) > 1 else split
            warn_of_unknown_tags(
                view.sentences, known, name, in_terms(target.kind, is_series=config.features.reads_series)
            )


def _local_features(config: Config) -> Features:
    """The features of a config, with the local path of a public set of word vectors."""
    features = config.features
    if not (features.words and features.words.vectors):
        return features
    words = features.words.model_copy(update={"vectors": word_files_of(config)["features.words.vectors"]})
    return features.model_copy(update={"words": words})
