"""Evaluation and comparison of saved taggers on tagged files."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

import numpy as np

from tagger.checks import log_row_findings
from tagger.corpus.chunks import display_path
from tagger.corpus.counted import counted
from tagger.corpus.detection import detect_scheme_from_counts
from tagger.corpus.file_notes import FileNotes
from tagger.corpus.layout import UNKNOWN, Layout, with_columns
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.corpus.tags import (
    check_scored,
    convert_all_tags,
    convert_tags,
    rename_types,
    span_types,
    warn_of_unknown_tags,
)
from tagger.errors import DataError
from tagger.evaluation.comparison import Comparison, compare
from tagger.evaluation.metrics import Evaluation, evaluate
from tagger.evaluation.tag_column import check_known_tags
from tagger.reading.encoding import encoding_or_default, read_head
from tagger.reading.read import read_tagged
from tagger.tagging.tagged import Tagged
from tagger.tagging.tagger import Tagger

log = logging.getLogger("tagger")


def evaluate_file(tagger: Tagger, path: Path, known: Layout = UNKNOWN) -> Evaluation:
    """Evaluate a tagger on a tagged file; arguments and errors as for `read_gold`.

    Raises:
        DataError: also if none of the file's tags is a tag of the tagger.
    """
    sentences, notes = _read_gold(tagger, path, known)
    check_known_tags(sentences, tagger.bundle.target.known_tags, notes)
    _warn_of_gold(tagger, sentences, path)
    return evaluate_tagger(tagger, sentences)[0]


def evaluate_tagger(tagger: Tagger, sentences: Sequence[Sentence]) -> tuple[Evaluation, list[Tagged]]:
    """Tag sentences and evaluate the result against their gold tags."""
    tagged = list(tagger.stream(sentences))
    evaluation = evaluate(
        gold=[sentence.tags or () for sentence in sentences],
        predicted=[sentence.tags for sentence in tagged],
        tokens=[sentence.tokens for sentence in sentences],
        lexicon=tagger.bundle.target.lexicon,
        confidence=[sentence.confidence for sentence in tagged],
        known_tags=tagger.bundle.target.known_tags,
        ignore=tagger.bundle.target.ignore,
        scheme=tagger.bundle.target.scheme,
        spelling=tagger.bundle.target.spelling,
    )
    return evaluation, tagged


def read_gold(tagger: Tagger, path: Path, known: Layout = UNKNOWN, *, name: str = "") -> Sentences:
    """Read the gold sentences of a tagged file, and convert their tags to the tagger's notation.

    A file of the same format as the training data is read like it. Sentences from the training data cause a warning.

    Args:
        tagger: the tagger to evaluate.
        path: path of the file.
        known: format, columns and encoding, as far as they are known; the rest is as in training, or recognised.
        name: name of the tagger in warnings, if there are two.

    Raises:
        DataError: the file cannot be read, or has no scored token; names file and line.
    """
    sentences, _ = _read_gold(tagger, path, known)
    _warn_of_gold(tagger, sentences, path, name)
    return sentences


def _read_gold(tagger: Tagger, path: Path, known: Layout) -> tuple[Sentences, FileNotes]:
    """Read the gold sentences of a tagged file as `read_gold` does, with notes on the file."""
    trained_on = tagger.bundle.layout
    if path.exists() and not path.is_file() and not path.is_dir():
        raise DataError(
            f"{path}: not a regular file, and it is read more than once", "save its content to a file first"
        )
    encoding = known.encoding
    if encoding == "auto":
        encoding = encoding_or_default(read_head(path), trained_on.encoding, str(path))
        if encoding != trained_on.encoding:
            log.info("%s: encoding is %s", display_path(path), encoding)
    bad_rows = "skip" if known.bad_rows == "skip" else trained_on.bad_rows
    kept = {key: getattr(trained_on, key) for key in ("numeric", "columns", "map", "decimal")}
    layout = replace(known, encoding=encoding, bad_rows=bad_rows, **kept)
    reference_layout = with_columns(replace(trained_on, encoding=encoding, bad_rows=bad_rows), known)
    if layout.format == trained_on.format:
        layout = reference_layout
    notes, has_own_layout = FileNotes(), layout != reference_layout
    read = read_tagged(path, layout, notes=notes, log_format=has_own_layout, reference_layout=reference_layout)
    log_row_findings(notes, read.tag_counts())
    sentences = _convert_tags(tagger, read, path)
    check_scored(sentences, tagger.bundle.target.ignore)
    return sentences, notes


def _warn_of_gold(tagger: Tagger, sentences: Sentences, path: Path, name: str = "") -> None:
    """Warn of tags that the tagger cannot predict, and of sentences that it was trained on."""
    warn_of_unknown_tags(sentences, {*tagger.bundle.target.known_tags, *tagger.bundle.target.ignore}, str(path))
    if tagger.bundle.trained_on is None:
        return
    n, n_trained_on = len(sentences), int(np.isin(sentences.hashes(), tagger.bundle.trained_on).sum())
    if n_trained_on:
        log.warning(
            "%s: %s of %s (%.1f %%) %s in the training data%s: the scores are too optimistic",
            display_path(path), f"{n_trained_on:,}", counted(n, "sentence"), 100 * n_trained_on / n,
            "is" if n_trained_on == 1 else "are", f" of {name}" if name else "",
        )  # fmt: skip


def _convert_tags(tagger: Tagger, sentences: Sentences, path: Path) -> Sentences:
    """Rename span types as in training, and convert tags to the tagger's notation."""
    target, names = tagger.bundle.target, dict(tagger.bundle.layout.map)
    if target.scheme == "none":
        return sentences
    notation = detect_scheme_from_counts(sentences.tag_pair_counts()).notation()
    if notation.scheme == "none" or sentences.tag_counts().keys() <= {*target.known_tags}:
        notation = target.notation
    if names.keys() & span_types(sentences.tag_counts(), notation):
        sentences = sentences.with_tags(lambda tags: rename_types(tags, names, notation))
    if notation != target.notation:
        log.info("%s: tags are read as %s and scored as %s", display_path(path), notation.name, target.notation.name)
    return convert_all_tags(sentences, notation, target.notation)


def compare_on_file(first: Tagger, second: Tagger, path: Path, known: Layout = UNKNOWN) -> Comparison:
    """Compare two taggers on a tagged file, see `read_gold`.

    A word is unseen if neither tagger was trained on it. A token is scored if neither tagger ignores its gold tag. Tags
    are compared in the notation of the first tagger.

    Raises:
        DataError: the file cannot be read, or the two read different tokens or gold tags from it.
    """
    notation, other_notation = first.bundle.target.notation, second.bundle.target.notation
    ignore = tuple(dict.fromkeys([*first.bundle.target.ignore, *second.bundle.target.ignore]))
    with _repeated_messages_dropped():
        gold, other_gold = read_gold(first, path, known, name="A"), read_gold(second, path, known, name="B")
    _check_same(gold, convert_all_tags(other_gold, other_notation, notation, ignore=ignore), path)
    check_scored(gold, ignore)
    return compare(
        gold=[sentence.tags or () for sentence in gold],
        first=[tagged.tags for tagged in first.stream(gold)],
        second=[convert_tags(tagged.tags, other_notation, notation) for tagged in second.stream(other_gold)],
        tokens=[sentence.tokens for sentence in gold],
        lexicon=first.bundle.target.lexicon.extended_with(second.bundle.target.lexicon),
        ignore=ignore,
        **(other_notation if notation.scheme == "none" else notation)._asdict(),
    )


@contextmanager
def _repeated_messages_dropped() -> Iterator[None]:
    """Log each message only once: two taggers read the same file, often in the same way."""
    messages: set[str] = set()

    def is_new(record: logging.LogRecord) -> bool:
        n_before = len(messages)
        messages.add(record.getMessage())
        return len(messages) > n_before

    log.addFilter(is_new)
    try:
        yield
    finally:
        log.removeFilter(is_new)


def _check_same(first: Sequence[Sentence], second: Sequence[Sentence], path: Path) -> None:
    """Raise DataError if two taggers read different tokens or gold tags from a file."""
    hint = "taggers can be compared if they learned the same tags from files of the same layout"
    if len(first) != len(second):
        raise DataError(f"{display_path(path)}: A reads {counted(len(first), 'sentence')}, B {len(second):,}", hint)
    for sentence, other_sentence in zip(first, second, strict=True):
        steps, other_steps = (
            list(zip(each.tokens, each.tags or (), strict=True)) for each in (sentence, other_sentence)
        )
        for step, other_step in zip_longest(steps, other_steps, fillvalue=("nothing", "none")):
            if step != other_step:
                readings = "A reads {!r} with tag {!r}, B reads {!r} with tag {!r}".format(*step, *other_step)
                raise DataError(f"{sentence.location}: in this sentence {readings}", hint)
