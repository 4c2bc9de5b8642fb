"""A config for tagged files: splits, format, columns, scheme, and the network that the plan chooses."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np

from tagger.bounds import MAX_TOKENS
from tagger.checks import Split, log_row_findings, missing_notes
from tagger.config import Data, parse_config
from tagger.config.values import shown
from tagger.corpus.counted import counted
from tagger.corpus.detection import detect_scheme
from tagger.corpus.file_notes import FileNotes
from tagger.corpus.layout import Layout
from tagger.corpus.lines import read_lines
from tagger.corpus.sentences import Sentences
from tagger.corpus.tags import format_tags
from tagger.corpus.terms import in_terms
from tagger.errors import DataError
from tagger.evaluation.segments import segments_of
from tagger.head_names import PLAIN_HEAD
from tagger.intake.config_text import config_text, path_from
from tagger.intake.several_heads import several_heads
from tagger.intake.splits import guess_splits
from tagger.reading.encoding import guess_encoding
from tagger.reading.guess import guess_layout
from tagger.reading.proposal import propose
from tagger.reading.refusals import refuse_parallel
from tagger.reading.whole_files import read_tagged
from tagger.training.plan import apply_plan, plan

FILLED = "a sensor's last value is usually near the one that is missing; an input says where it was filled"
DEV = 0.1  # share of train, if there is no dev file
TEST_IN_TIME = 0.2  # share of train, if series are cut in time and there is no test file
FEW_SERIES, MANY_STEPS = 10, 1_000  # fewer series of so many steps are cut in time


def guess_config(
    paths: list[Path],
    output_dir: Path,
    *,
    encoding: str | None = None,
    bad_rows: Literal["error", "skip"] = "error",
    max_tokens: int = MAX_TOKENS,
    names: Mapping[Path, str] | None = None,
) -> str:
    """A complete config as TOML, with the evidence for each value as a comment.

    Args:
        paths: tagged files; train, dev and test are told apart by name, else by size.
        output_dir: folder of the config; paths in it are relative to this folder.
        encoding: encoding of all files; None: recognised.
        bad_rows: whether a row that cannot be read is an error, or is skipped here and in training.
        max_tokens: the most tokens of a sentence.
        names: names for some of the files, such as ewt:train, keyed by resolved path.

    Raises:
        DataError: a file cannot be read, or has no tagged sentences in the layout of train.
    """
    splits = guess_splits(paths)
    about_encoding = ""
    if encoding is None:
        encoding, about_encoding = guess_encoding([*splits.paths.values()])
    train = splits.paths["train"]
    try:
        lines = partial(read_lines, train, encoding=encoding, max_tokens=max_tokens)
        guess = propose(lines, str(train), Layout(bad_rows=bad_rows, max_tokens=max_tokens))
    except DataError:
        refuse_parallel(train, [path for path in paths if path != train], encoding)
        raise
    options = {field.name: getattr(guess.layout, field.name) for field in fields(Layout)} | {"encoding": encoding}
    layout = Layout(**options | {"numeric": guess.numeric, "missing_numbers": True})
    notes = {split: FileNotes() for split in splits.paths}
    for path in splits.paths.values():
        if path != train:
            _refuse_other_format(path, layout, train)
    sentences = {split: read_tagged(path, layout, notes=notes[split]) for split, path in splits.paths.items()}
    answers = {split: each.view(0) if layout.answers else each for split, each in sentences.items()}
    for split, file_notes in notes.items():
        log_row_findings(file_notes, answers[split].tag_counts())

    numeric = list(guess.numeric)
    detection = detect_scheme(sentence.tags or () for sentence in sentences["train"])
    scheme = "auto" if detection.scheme == "none" else detection.scheme  # data.map may still turn the tags into spans
    options |= {"scheme": scheme, "map": {}} | {answer.kind: answer.column for answer in layout.answers}
    data = {key: value for key, value in options.items() if value is not None and key in Data.model_fields}
    names = names or {}
    data |= {split: names.get(path) or path_from(path, output_dir) for split, path in splits.paths.items()}
    is_cut = bool(numeric) and "dev" not in splits.paths and _is_few_and_long(sentences["train"])
    if "dev" not in splits.paths and (len(sentences["train"]) > 1 or is_cut):
        data["dev"] = DEV
    if is_cut:
        data |= {"split": "time"} | ({} if "test" in splits.paths else {"test": TEST_IN_TIME})
    features = {"words": False, "casing": False, "numeric": numeric} if numeric else {}
    splits_read = [Split.of(split, each) for split, each in sentences.items()] if numeric else []
    if missing := missing_notes(splits_read, [*map(str, numeric)], None):
        features["numeric_missing"] = "forward"
    guessed = parse_config({"data": data, "features": features}, "the guess")
    span_tags = {} if detection.scheme == "none" else {PLAIN_HEAD: len(sentences["train"].tag_counts())}
    choices = plan(guessed, sentences["train"], span_tags=span_tags)
    config, _ = apply_plan(guessed, choices)
    label = next((column for kind, column in guess.others if kind == "label"), None)
    examples = {} if label is None else {"data.label": shown(label)}

    why = {"features.numeric": guess.why.get("numeric", "")} | {choice.key: choice.reason for choice in choices}
    why |= {f"data.{key}": text for key, text in guess.why.items() if key != "numeric"}
    if missing:
        why["features.numeric_missing"] = "\n".join([*missing, FILLED])
    if is_cut:
        why["data.split"] = (
            f"{len(sentences['train']):,} series of many steps: too few to keep them whole in each split"
        )
    why["data.sentence"] = in_terms(guess.why.get("sentence", ""), is_series=bool(numeric))
    why["data.encoding"] = about_encoding
    why["data.train"] = "\n".join([splits.why, *(f"{path} is not used" for path in splits.unused)])
    why["data.token"] = guess.why.get("token", _about_words(sentences["train"]))
    about = "\n".join([*_about_tags(answers["train"], "state" if numeric else "tag"), guess.why.get("tag", "")]).strip()
    if layout.answers:
        why["data.label"] = "\n".join([guess.why["label"], *_about_tags(answers["train"], "label")])
    else:
        why["data.tag"] = about
    if label is not None:
        how = "to learn them together with the tags, remove the # before `label`"
        why["data.label"] = f"{guess.why['label']}; {how}"
    why["data.scheme"] = detection.evidence
    if numeric and not layout.answers:
        why["model.min_duration"] = _about_durations(sentences["train"])
    if bad_rows == "skip":
        skipped = (f"{counted(file_notes.bad.n, 'row')} of {split}" for split, file_notes in notes.items())
        why["data.bad_rows"] = f"skipped: {', '.join(skipped)}"
    heads = several_heads(config, guess.others)
    return config_text(config, why, _head(sentences, answers, is_series=bool(numeric)), examples=examples, heads=heads)


def _is_few_and_long(series: Sentences) -> bool:
    """Whether there are too few series to keep them whole in train, dev and test, but many steps to cut."""
    return len(series) < FEW_SERIES and len(series.tokens) / len(series) >= MANY_STEPS


def _refuse_other_format(path: Path, layout: Layout, train: Path) -> None:
    """Refuse a file that is CoNLL-U or JSON lines if train is not, or the other way round.

    Raises:
        DataError: the formats differ; the hint is to use sources.
    """
    lines = read_lines(path, encoding=layout.encoding, max_tokens=layout.max_tokens).first()
    try:
        other = guess_layout(lines, str(path), Layout(bad_rows=layout.bad_rows), require_tag_like=False).layout.format
    except DataError:  # its reader reports it
        return
    if other != layout.format and not {"conllu", "jsonl"}.isdisjoint((other, layout.format)):
        raise DataError(
            f"{path}: is read as {other}, but {train} as {layout.format}",
            "to train on files of several formats, run `tagger init` on each alone, and list them in one config as "
            "[[data.sources]]: `tagger config data.sources`",
        )


def _head(sentences: dict[str, Sentences], answers: dict[str, Sentences], *, is_series: bool) -> Iterator[str]:
    yield "tagger train CONFIG, where CONFIG is the name of this file"
    yield ""
    yield "Written by `tagger init` from the content of the files. Comments give reasons and meanings;"
    yield "`tagger config` lists all keys."
    yield "Paths are relative to this file: keep it in the folder where `tagger init` was run."
    yield ""
    known = answers["train"].tag_counts().keys()
    noun = "labels" if sentences["train"].answers else "tags"
    for split, read in sentences.items():
        tags = answers[split].tag_counts().keys()
        new = f", {len(tags - known):,} of them not in train" if tags - known else ""
        counts = f"{len(read):>9,} sentences {len(read.tokens):>11,} tokens {len(tags):>6,} {noun}{new}"
        yield f"{split:<5} {in_terms(counts, is_series=is_series)}"


def _about_words(sentences: Sentences) -> str:
    words = Counter(sentences.form_counts())
    return f"{len(words):,} distinct words, the most frequent {' '.join(word for word, _ in words.most_common(6))}"


def _about_durations(series: Sentences) -> str:
    """The shortest run of each state, without those that the ends of a series cut off; empty if all last one step."""
    if series.tags is None:
        return ""
    lengths = series.lengths
    position = np.arange(len(series.tags)) - np.repeat(series.starts[:-1], lengths)
    runs = segments_of(series.tags.astype(np.int64), np.repeat(np.arange(len(lengths)), lengths), position)
    shortest: dict[str, int] = {}
    for state, length in zip(runs.state[runs.is_whole].tolist(), runs.length[runs.is_whole].tolist(), strict=True):
        name = series.tag_names[state]
        shortest[name] = min(length, shortest.get(name, length))
    if max(shortest.values(), default=1) == 1:
        return ""
    listed = format_tags(f"{name} {n:,}" for name, n in sorted(shortest.items(), key=lambda pair: -pair[1]))
    return f"the shortest in train: {listed}; up to these it removes false short ones, but rules out predict --stream"


def _about_tags(sentences: Sentences, noun: str) -> Iterator[str]:
    tags = Counter(sentences.tag_counts())
    usual = ", ".join(f"{tag} {n / tags.total():.1%}" for tag, n in tags.most_common(6))
    yield (
        f"{len(tags):,} {noun}s, the most frequent: {usual}"
        if len(tags) > 1
        else f"only one {noun}: {usual}; there is nothing to learn"
    )
    if 0 < tags["_"] < tags.total():
        yield f'`_` is learned as a tag; ignore = ["_"] excludes its {tags["_"]:,} tokens'
