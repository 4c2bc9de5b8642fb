"""Checks of configs and of data files."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tagger.checks import (
    Finding,
    Location,
    Split,
    errors_first,
    in_series_terms,
    missing_notes,
    number_findings,
    sentence_findings,
    time_findings,
)
from tagger.corpus.conllu_columns import ask_for_field
from tagger.corpus.detection import detect_scheme
from tagger.corpus.formats import may_lack_tags
from tagger.corpus.layout import UNKNOWN, Layout
from tagger.corpus.schemes import Scheme
from tagger.corpus.spelling import Notation
from tagger.corpus.summary import summarize
from tagger.corpus.tags import rename_types
from tagger.errors import ConfigError, TaggerError
from tagger.intake.check.config_lines import config_finding, line_of
from tagger.intake.check.reading import ReadingResult, read_files, split_train_of, unreadable, with_missing
from tagger.intake.check.result import CheckResult
from tagger.intake.check.several import check_answers, check_several
from tagger.intake.split_names import name_files
from tagger.toml_file import is_config

if TYPE_CHECKING:
    from tagger.config import Features
    from tagger.reading.tables import Guess


def check(paths: Sequence[Path], known: Layout = UNKNOWN, *, named: Callable[[str], str] = str) -> CheckResult:
    """Check configs with their data, or data files.

    Args:
        paths: configs are checked one by one; all other files are splits of one data set, recognised by their names
            (train, dev or valid, test), otherwise the largest is train.
        known: format, columns and encoding of data files as far as known; the rest is recognised.
        named: replaces keys of a config by options of a command, in findings about files without a config.
    """
    configs = [path for path in paths if is_config(path)]
    results = [_check_config(path) for path in configs]
    if files := [path for path in paths if path not in configs]:
        results.append(_check_files(files, known, named))
    return CheckResult(
        splits=tuple(chain.from_iterable(result.splits for result in results)),
        notes=tuple(chain.from_iterable(result.notes for result in results)),
        findings=tuple(errors_first(chain.from_iterable(result.findings for result in results))),
        is_series=all(result.is_series for result in results),
    )


def _check_files(paths: Sequence[Path], known: Layout, named: Callable[[str], str]) -> CheckResult:
    files = {split: str(path) for split, path in name_files(paths).items()}
    guess = _proposal(files, known)
    if guess is not None and guess.layout.answers:
        return _check_labels(files, known, guess, named)
    if guess is not None and guess.numeric:
        known = replace(known, numeric=guess.numeric, missing_numbers=True)
    reading = read_files(files, dict.fromkeys(files, known))
    notation, notes = _notation(reading, "auto")
    encodings = {layout.encoding: None for layout in reading.layouts.values() if layout.encoding != "utf-8"}
    if guess is not None and (label := next((column for kind, column in guess.others if kind == "label"), None)):
        notes.append(f"labels of sentences in {guess.why['label']}; to learn them, too, set data.label = {label!r}")
    notes += [f"encoding: {name}, recognised by the bytes; set it in a config: data.encoding" for name in encodings]
    result = _check_sentences(reading, notation, notes)
    findings = (replace(each, message=named(each.message), advice=named(each.advice)) for each in result.findings)
    return replace(result, findings=tuple(findings))


def _proposal(files: dict[str, str], known: Layout) -> "Guess | None":
    """The tags or labels that can be learned from the first file, if nothing is known of its columns."""
    from tagger.corpus.lines import read_lines
    from tagger.reading.proposal import propose
    from tagger.reading.read import resolve_encoding

    path = Path(next(iter(files.values())))
    if (
        known.format != "auto" or known.tag is not None or not os.path.isfile(path)
    ):  # unlike Path.is_file, raises nothing
        return None
    try:
        layout = resolve_encoding(known, path)
        lines = partial(read_lines, path, encoding=layout.encoding, max_tokens=layout.max_tokens)
        return propose(lines, str(path), replace(layout, encoding="utf-8"))
    except TaggerError:  # reading reports it
        return None


def _check_labels(files: dict[str, str], known: Layout, guess: "Guess", named: Callable[[str], str]) -> CheckResult:
    """Check files whose only answer is a label of each sentence."""
    from tagger.config import parse_config

    (answer,) = guess.layout.answers
    config = parse_config({"data": {"train": next(iter(files.values())), "label": answer.column}})
    layout = replace(known, answers=(answer,))
    reading = read_files(files, dict.fromkeys(files, layout))
    notes = [f"labels of sentences in {guess.why['label']}"]
    if not reading.splits:
        return CheckResult((), (), tuple(errors_first(reading.findings)))
    result = check_answers(reading, config, None, notes, layout, is_whole=False)
    findings = (
        replace(each, message=named(each.message), advice=named(each.advice))
        for each in result.findings
        if not (guess.numeric and each.key == "numbers")  # init proposes these numbers as the input
    )
    return replace(result, findings=tuple(findings))


def _check_config(path: Path) -> CheckResult:
    # Imported here because it takes longer than checking a small file.
    from tagger.config import load_config
    from tagger.training.data_files import check_scheme, files_of, head_keys, layout_of, tag_names
    from tagger.training.splits import layout_of_train

    try:
        config = load_config(path)
    except ConfigError as error:
        return CheckResult((), (), (config_finding(path, error),))
    is_series = config.features.reads_series
    if not config.is_plain:
        return replace(check_several(path, config), is_series=is_series)
    data, layout = config.data, with_missing(layout_of(config))
    files = files_of(data)
    layouts = {**dict.fromkeys(files, layout), "train": layout_of_train(layout, data)}
    reading = read_files(files, layouts, config_path=path)
    notes = split_train_of(reading, data, path)
    (name, settings), *_ = config.all_heads().items()
    keys = head_keys(config)[name]
    notation, evidence = _notation(reading, data.scheme)
    if is_series and notation.scheme == "none":
        evidence = []  # states mark no spans
    if "train" in reading.splits:
        try:
            check_scheme(settings, keys, notation.scheme)
        except ConfigError as error:
            reading.findings.append(unreadable("train", Path(data.train), error, path))
    tags = {tag for sentences in reading.splits.values() for sentence in sentences for tag in sentence.tags or ()}
    names = tag_names(settings, keys, notation, tags, reading.mapped)
    for split, sentences in reading.splits.items() if names.types else ():
        change = partial(rename_types, names=names.types, notation=notation)
        reading.splits[split] = [replace(each, tags=change(each.tags or ())) for each in sentences]
    if files.keys() <= reading.splits.keys():  # otherwise an unreadable file may have the tags
        reading.findings += [_unused(path, *name, problem) for name, problem in names.unused.items()]
    result = _check_sentences(
        reading, notation, [*notes, *evidence], names.ignore, config.training.max_steps, config.features
    )
    return replace(result, is_series=is_series)


def _unused(path: Path, key: str, name: str, problem: str) -> Finding:
    advice = "A name stands for a tag, or for all tags of a type of spans, as spelled in the files."
    location = Location(str(path), line_of(path, key), name)
    return Finding("unused-names", "warning", None, 1, problem, advice, (location,))


def _notation(reading: ReadingResult, scheme: Scheme | Literal["auto"]) -> tuple[Notation, list[str]]:
    """The notation of the tags of train, or else of the first split, and notes with the evidence for it."""
    sentences = next(iter(reading.splits.values()), [])
    detected = detect_scheme(sentence.tags or () for sentence in sentences)
    notation = detected.notation(scheme)
    if notation.scheme == detected.scheme or not sentences:
        return notation, [f"scheme of the tags: {detected.evidence}"] if sentences else []
    return notation, [f"scheme of the tags: {scheme}, set by data.scheme; they look like {detected.evidence}"]


def _check_sentences(
    reading: ReadingResult,
    notation: Notation,
    notes: Sequence[str],
    ignore: Sequence[str] = (),
    max_steps: int = 5000,
    features: "Features | None" = None,
) -> CheckResult:
    """Check the sentences of readable splits, and add the findings about files."""
    layouts, splits = reading.layouts, [Split.of(split, sentences) for split, sentences in reading.splits.items()]
    findings = sentence_findings(
        splits,
        **notation._asdict(),
        ignore=ignore,
        max_steps=max_steps,
        may_lack_tags=any(map(may_lack_tags, layouts.values())),
        meant=next(filter(None, map(ask_for_field, layouts.values())), "").capitalize(),
    )
    if features and features.reads_series:
        findings = in_series_terms(findings)
    numeric = [*map(str, next(iter(layouts.values())).numeric)] if layouts else []
    missing = features.numeric_missing if features else None
    findings += number_findings(splits, numeric, missing)
    for split in splits:
        findings += time_findings(split, numeric, layouts[split.name].token)
    notes = [*notes, *missing_notes(splits, numeric, missing)]
    train = next((split.flat for split in splits if split.name == "train"), None)
    summaries = tuple(
        summarize(split.name, split.flat, layouts[split.name].format, train if split.name != "train" else None)
        for split in splits
    )
    return CheckResult(summaries, tuple(notes), tuple(errors_first([*reading.findings, *findings])))
