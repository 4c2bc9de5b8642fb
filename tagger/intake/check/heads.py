"""Checks of sentences with several answers, or with labels, as a config names them."""

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tagger.checks import Finding, Location, Split, in_series_terms, token_findings
from tagger.corpus.answer_columns import is_per_token
from tagger.corpus.detection import detect_scheme_from_counts
from tagger.corpus.layout import Layout
from tagger.corpus.schemes import Scheme
from tagger.corpus.sentences import Sentences
from tagger.corpus.spelling import Notation
from tagger.corpus.tags import rename_types
from tagger.errors import ConfigError
from tagger.intake.check.config_lines import line_of
from tagger.intake.check.reading import ReadingResult, unreadable

if TYPE_CHECKING:
    from tagger.config import Config, HeadConfig
    from tagger.training.data_files import HeadKeys, TagNames


def flat_splits(reading: ReadingResult, layout: Layout) -> dict[str, Sentences]:
    """The splits of a reading as flat arrays, with their answers."""
    per_sentence = [not is_per_token(answer) for answer in layout.answers]
    return {split: Sentences.collect(each, per_sentence=per_sentence) for split, each in reading.splits.items()}


def check_heads(
    config: "Config", reading: ReadingResult, splits: dict[str, Sentences], path: Path | None, *, is_whole: bool
) -> tuple[list[Finding], list[str]]:
    """Findings and notes on sentences with answers.

    Args:
        config: a config that is not plain.
        reading: what was read.
        splits: its splits as flat arrays.
        path: path of the config; None if it was made for files.
        is_whole: whether all files could be read; otherwise an unreadable file may have what seems to be missing.
    """
    from tagger.training.data_files import head_keys
    from tagger.training.findings import head_findings, head_notes

    layout = next(iter(reading.layouts.values()))
    are_texts = layout.per_row == "sentence" or layout.format == "jsonl"
    whole = [Split.of(split, each) for split, each in splits.items()]
    findings = token_findings(whole, max_steps=config.training.max_steps, are_texts=are_texts)
    notes: list[str] = []
    heads, all_keys = config.all_heads(), head_keys(config)
    for i, (name, settings) in enumerate(heads.items()):
        keys = all_keys[name]
        views = {split: each.view(i) for split, each in splits.items()}
        views = {split: view for split, view in views.items() if len(view)}
        if "train" in splits and "train" not in views:
            findings += [_without_answers(keys, path)] if is_whole else []
            continue
        about = f"{name}: " if len(heads) > 1 else ""
        notation, evidence = _notation(settings, next(iter(views.values())))
        notes += [f"{about}{line}" for line in evidence]
        names, problems = _names(settings, keys, notation, views, reading, path)
        findings += problems if is_whole else ()
        if names.types:
            change = partial(rename_types, names=names.types, notation=notation)
            views = {split: view.with_tags(change) for split, view in views.items()}
        findings += _scheme_problems(settings, keys, notation.scheme, config, path)
        findings += head_findings(settings, keys, views, notation, names.ignore, layout)
        if "train" in views:
            notes += [*_size(name, settings, views["train"], splits["train"])]
            notes += head_notes(settings, keys, views["train"], names.ignore)
    return in_series_terms(findings) if config.features.reads_series else findings, notes


def _size(name: str, settings: "HeadConfig", view: Sentences, train: Sentences) -> Iterable[str]:
    """A line on the answers of a head in train."""
    if settings.kind != "string":
        noun = "tags" if settings.kind == "tag" else "labels"
        few = f", in {len(view):,} of {len(train):,} sentences" if len(view) < len(train) else ""
        yield f"{name}: {len(view.tag_counts()):,} {noun} in train{few}"


def _without_answers(keys: "HeadKeys", path: Path | None) -> Finding:
    location = Location(str(path), line_of(path, keys.table)) if path else Location("")
    message = f"{keys.table or keys.name}: no file to train on has a column for this head"
    advice = "Name its column in `heads` of a source in [[data.sources]], or remove the head."
    return Finding("no-answers", "error", None, 1, message, advice, (location,), keys.name)


def _notation(settings: "HeadConfig", view: Sentences) -> tuple[Notation, list[str]]:
    """The notation of the tags of a head, and a line with the evidence if they have a scheme."""
    if settings.kind != "tag":
        return Notation("none"), []
    detected = detect_scheme_from_counts(view.tag_pair_counts())
    notation = detected.notation(settings.scheme)
    if notation.scheme == detected.scheme:
        return notation, [f"scheme of the tags: {detected.evidence}"] if notation.scheme != "none" else []
    return notation, [f"scheme of the tags: {settings.scheme}, set by the config; they look like {detected.evidence}"]


def _scheme_problems(
    settings: "HeadConfig", keys: "HeadKeys", scheme: Scheme, config: "Config", path: Path | None
) -> Iterator[Finding]:
    from tagger.training.data_files import check_scheme

    try:
        check_scheme(settings, keys, scheme)
    except ConfigError as error:
        yield unreadable("train", Path(config.data.train), error, path)


def _names(
    settings: "HeadConfig",
    keys: "HeadKeys",
    notation: Notation,
    views: dict[str, Sentences],
    reading: ReadingResult,
    path: Path | None,
) -> tuple["TagNames", list[Finding]]:
    """Resolve the names in `map` and `ignore`; return them with findings on names that no file has."""
    from tagger.training.data_files import tag_names

    tags = {tag for view in views.values() for tag in view.tag_counts()}
    names = tag_names(settings, keys, notation, tags, reading.mapped_by_head.get(keys.name, ()))
    advice = "A name stands for a tag or label, or for all tags of a type of spans, as spelled in the files."
    problems = [
        Finding(
            "unused-names", "warning", None, 1, problem, advice,
            (Location(str(path), line_of(path, key) if path else None, name),), keys.name,
        )
        for (key, name), problem in names.unused.items()
    ]  # fmt: skip
    return names, problems
