"""Saved taggers against the gold tags of a file."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

import numpy as np

from tagger.corpus.chunks import near
from tagger.corpus.detection import scheme_of_pairs
from tagger.corpus.layout import UNKNOWN, Layout, with_columns
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.corpus.tags import all_rewritten, check_scored, rewritten, types_of, warn_of_unknown_tags, with_types
from tagger.errors import DataError
from tagger.evaluation.comparison import Comparison, compare
from tagger.evaluation.metrics import Evaluation, evaluate
from tagger.reading.encoding import encoding_like, read_head
from tagger.reading.read import read_tagged
from tagger.tagging.tagged import Tagged
from tagger.tagging.tagger import Tagger

log = logging.getLogger("tagger")


def evaluate_file(tagger: Tagger, path: Path, known: Layout = UNKNOWN) -> Evaluation:
    """Score a tagged file; see `read_gold`."""
    return evaluate_tagger(tagger, read_gold(tagger, path, known))[0]


def evaluate_tagger(tagger: Tagger, sentences: Sequence[Sentence]) -> tuple[Evaluation, list[Tagged]]:
    """Tag sentences, and compare the tags with their gold ones."""
    tagged = list(tagger.stream(sentences))
    evaluation = evaluate(
        gold=[sentence.tags or () for sentence in sentences],
        predicted=[sentence.tags for sentence in tagged],
        tokens=[sentence.tokens for sentence in sentences],
        lexicon=tagger.bundle.lexicon,
        confidence=[sentence.confidence for sentence in tagged],
        known_tags=tagger.bundle.tags,
        ignore=tagger.bundle.encoder.ignore,
        scheme=tagger.bundle.scheme,
        spelling=tagger.bundle.spelling,
    )
    return evaluation, tagged


def read_gold(tagger: Tagger, path: Path, known: Layout = UNKNOWN, *, name: str = "") -> Sentences:
    """The sentences of a tagged file, read like the tagger's training data where it has the same format.

    Their tags are in the notation of the tagger's. Sentences that it was trained on are warned of.

    Args:
        tagger: the tagger that is to be scored.
        path: of the file.
        known: its format, columns and encoding as far as they are known; the rest is as in training, or recognised.
        name: of the tagger in warnings, where there are two.

    Raises:
        DataError: the file cannot be read, or has nothing to score; names file and line.
    """
    trained_on = tagger.bundle.layout
    if path.exists() and not path.is_file() and not path.is_dir():
        raise DataError(f"{path}: is no file, and has to be read more than once", "write it to a file first")
    encoding = known.encoding
    if encoding == "auto":
        encoding = encoding_like(read_head(path), trained_on.encoding, str(path))
        if encoding != trained_on.encoding:
            log.info("%s: its encoding is %s", near(path), encoding)
    bad_rows = "skip" if known.bad_rows == "skip" else trained_on.bad_rows
    kept = {key: getattr(trained_on, key) for key in ("numeric", "columns", "map", "decimal")}
    layout = replace(known, encoding=encoding, bad_rows=bad_rows, **kept)
    like = with_columns(replace(trained_on, encoding=encoding, bad_rows=bad_rows), known)
    if layout.format == trained_on.format:
        layout = like
    sentences = _as_of(tagger, read_tagged(path, layout, log_format=layout != like, like=like), path)
    known_tags = {*tagger.bundle.tags, *tagger.bundle.encoder.ignore}
    check_scored(sentences, tagger.bundle.encoder.ignore)
    warn_of_unknown_tags(sentences, known_tags, str(path))
    _warn_of_train(tagger, sentences, path, name)
    return sentences


def _warn_of_train(tagger: Tagger, sentences: Sentences, path: Path, name: str) -> None:
    if tagger.bundle.trained_on is None:
        return
    n, n_trained_on = len(sentences), int(np.isin(sentences.hashes(), tagger.bundle.trained_on).sum())
    if n_trained_on:
        log.warning(
            "%s: %s of %s sentences (%.1f %%) were in train%s: the scores are too good",
            near(path), f"{n_trained_on:,}", f"{n:,}", 100 * n_trained_on / n, f" of {name}" if name else "",
        )  # fmt: skip


def _as_of(tagger: Tagger, sentences: Sentences, path: Path) -> Sentences:
    """The sentences with their types renamed as the tagger's were, and in its notation where they have another."""
    bundle, names = tagger.bundle, dict(tagger.bundle.layout.map)
    if bundle.scheme == "none":
        return sentences
    notation = scheme_of_pairs(sentences.tag_pairs()).notation()
    if notation.scheme == "none" or sentences.tag_counts().keys() <= {*bundle.tags}:
        notation = bundle.notation
    if names.keys() & types_of(sentences.tag_counts(), notation):
        sentences = sentences.with_tags(lambda tags: with_types(tags, names, notation))
    if notation != bundle.notation:
        log.info("%s: its tags are read as %s and scored as %s", near(path), notation.name, bundle.notation.name)
    return all_rewritten(sentences, notation, bundle.notation)


def compare_on_file(first: Tagger, second: Tagger, path: Path, known: Layout = UNKNOWN) -> Comparison:
    """Compare the tags that two taggers give a tagged file, see `read_gold`.

    A word is unseen where neither was trained on it, a token is scored where neither ignores its tag, and where the
    taggers have different notations, the second one's tags are written in the first one's.

    Raises:
        DataError: the file cannot be read, or the two do not find the same tokens and gold tags in it.
    """
    ours, others = first.bundle.notation, second.bundle.notation
    ignore = tuple(dict.fromkeys([*first.bundle.encoder.ignore, *second.bundle.encoder.ignore]))
    gold, theirs = read_gold(first, path, known, name="A"), read_gold(second, path, known, name="B")
    _check_same(gold, all_rewritten(theirs, others, ours, ignore=ignore), path)
    check_scored(gold, ignore)
    return compare(
        gold=[sentence.tags or () for sentence in gold],
        first=[tagged.tags for tagged in first.stream(gold)],
        second=[rewritten(tagged.tags, others, ours) for tagged in second.stream(theirs)],
        tokens=[sentence.tokens for sentence in gold],
        lexicon=first.bundle.lexicon.extended_with(second.bundle.lexicon),
        ignore=ignore,
        **(others if ours.scheme == "none" else ours)._asdict(),
    )


def _check_same(first: Sequence[Sentence], second: Sequence[Sentence], path: Path) -> None:
    """Raise DataError where two taggers would be asked for different things."""
    hint = "taggers compare that learned the same tags from files of the same layout"
    if len(first) != len(second):
        raise DataError(f"{near(path)}: A reads {len(first):,} sentences in it, B {len(second):,}", hint)
    for ours, theirs in zip(first, second, strict=True):
        steps, others = (list(zip(each.tokens, each.tags or (), strict=True)) for each in (ours, theirs))
        for step, other in zip_longest(steps, others, fillvalue=("nothing", "none")):
            if step != other:
                readings = "A reads {!r} with the tag {!r}, B {!r} with {!r}".format(*step, *other)
                raise DataError(f"{ours.place}: in this sentence {readings}", hint)
