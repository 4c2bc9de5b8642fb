"""The answers of one head in the data of a run: detected scheme, target, and the answers of each split."""

import difflib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import numpy as np

from tagger.config import HeadConfig
from tagger.corpus.detection import detect_scheme_from_counts
from tagger.corpus.schemes import Scheme
from tagger.corpus.sentences import Sentences
from tagger.corpus.spelling import Notation
from tagger.corpus.tags import convert_tags, format_tags, rename_types
from tagger.encoding.arrays import Ids, Positions
from tagger.encoding.batches import NOT_SCORED
from tagger.encoding.lexicon import Lexicon, count_lexicon
from tagger.errors import ConfigError
from tagger.heads.chain import resolve_decode
from tagger.heads.durations import check_durations
from tagger.heads.target import TagTarget
from tagger.training.data_files import HeadKeys, check_scheme, tag_names
from tagger.training.read_splits import ReadSplits

MANY_TOKENS = 50_000  # from so many tokens in train on, edit scripts that occur once are not learned

log = logging.getLogger("tagger")


class View(NamedTuple):
    """The sentences of a split that have an answer of a head.

    Args:
        sentences: their tags are the answers; a label is the tag of a sentence of one step.
        positions: index of each in the split.
    """

    sentences: Sentences
    positions: Positions


@dataclass(frozen=True, slots=True)
class HeadData:
    """The answers of one head in the splits of a run.

    Args:
        settings: the head's section of the config.
        keys: names of its keys in messages.
        target: what the head predicts.
        views: the answers by split.
        ambiguous: forms with two or more tags in train, ignored tags left out.
    """

    settings: HeadConfig
    keys: HeadKeys
    target: TagTarget
    views: dict[str, View]
    ambiguous: frozenset[str]

    def learned(self, split: str) -> Sentences:
        """The answers of a split in the terms that the network learns."""
        return self.target.learned(self.views[split].sentences)

    def ids(self, split: str, sentences: Sentences) -> Ids:
        """Ids of the answers of a split: (steps,), or (sentences,) for labels; `NOT_SCORED` without an answer.

        Args:
            split: name of the split.
            sentences: all sentences of the split.
        """
        known = self.target.ids(self.learned(split)) if split in self.views else None
        ids = np.full(len(sentences) if self.target.kind == "label" else len(sentences.tokens), NOT_SCORED, np.int32)
        if known is not None and split == "train":  # rare scripts are not learned
            known = np.where(known < len(self.target.tags), known, NOT_SCORED)
        if known is not None:
            ids[self.steps(split, sentences)] = known
        return ids

    def steps(self, split: str, sentences: Sentences) -> Positions:
        """Indices of the view's answers among the steps, or for labels among the sentences, of a split."""
        positions = self.views[split].positions
        if self.target.kind == "label":
            return positions
        has_answer = np.zeros(len(sentences), bool)
        has_answer[positions] = True
        return np.flatnonzero(np.repeat(has_answer, sentences.lengths))


def read_views(splits: Mapping[str, Sentences], index: int | None) -> dict[str, View]:
    """The answers of a head by split; `index` is that of the head, None if sentences have tags instead of answers."""
    if index is None:
        return {split: View(sentences, np.arange(len(sentences))) for split, sentences in splits.items()}
    views = {split: View(sentences.view(index), sentences.having(index)) for split, sentences in splits.items()}
    return {split: view for split, view in views.items() if split == "train" or len(view.sentences)}


def notation_of(keys: HeadKeys, settings: HeadConfig, train: Sentences) -> Notation:
    """Detect scheme and spelling of the tags of a head in files.

    Raises:
        ConfigError: a key needs BIO-style tags, and the tags have no scheme.
    """
    if settings.kind != "tag":
        return Notation("none")
    detected = detect_scheme_from_counts(train.tag_pair_counts())
    notation = detected.notation(settings.scheme)
    if settings.scheme == "auto" and notation.scheme != "none":
        log.info("%sscheme %s", keys.prefix, detected.evidence)
    check_scheme(settings, keys, notation.scheme)
    return notation


def head_data(
    settings: HeadConfig,
    keys: HeadKeys,
    files: ReadSplits,
    views: dict[str, View],
    notation: Notation,
    *,
    reads_words: bool,
    initial: TagTarget | None,
) -> HeadData:
    """Collect the tags of a head, and convert its answers.

    Args:
        settings: the head's section of the config.
        keys: names of its keys in messages.
        files: the splits, and notes on their files.
        views: the answers by split.
        notation: scheme and spelling of the tags in files.
        reads_words: whether the network reads words.
        initial: what the head of the initial tagger predicts, whose tags are kept; None: all tags are new.

    Raises:
        ConfigError: all tags are ignored.
    """
    views, ignore = _named_tags(settings, keys, files, views, notation)
    train = views["train"].sentences
    scheme_train: Scheme = notation.scheme if settings.scheme_train == "same" else settings.scheme_train
    target = TagTarget(
        tags=(),
        lexicon=Lexicon("", None),
        ignore=ignore,
        **notation._asdict(),
        scheme_train=scheme_train,
        decode=resolve_decode(settings.decode, scheme_train),
        name=keys.name,
        kind=settings.kind,
        column=settings.column,
    )
    learned = target.learned(train)
    left_out = (*ignore, *(rare_scripts(learned) if settings.kind == "string" else ()))
    tags = sorted_tags(learned, left_out, initial.tags if initial else ())
    if not tags:
        raise ConfigError(f"{keys.ignore}: {keys.train} has no other tags to learn")
    file_tags: tuple[str, ...] = ()
    if initial:
        file_tags = convert_tags(initial.file_tags, initial.notation, Notation(initial.scheme, notation.spelling))
    counted = count_lexicon(target.in_file_terms(train), reads_words=settings.kind != "label", ignore=ignore)
    lexicon = counted if reads_words else Lexicon(counted.majority, None)
    target = replace(
        target,
        tags=tags,
        lexicon=lexicon.extended_with(initial.lexicon) if initial else lexicon,
        min_duration=_min_duration(settings, keys, tags),
        file_tags=() if target.kind == "string" else sorted_tags(target.in_file_terms(train), ignore, file_tags),
    )
    return HeadData(settings, keys, target, views, counted.ambiguous or frozenset())


def _min_duration(settings: HeadConfig, keys: HeadKeys, tags: tuple[str, ...]) -> tuple[int, ...]:
    """Fewest steps of a run of each tag; empty if all are 1.

    Raises:
        ConfigError: a duration is set for a tag that the network does not learn, or the search would be too large.
    """
    setting, key = settings.min_duration, keys.key("min_duration")
    for tag in setting if isinstance(setting, dict) else ():
        if tag not in tags:
            close = difflib.get_close_matches(tag, tags, n=1)
            hint = f"did you mean `{close[0]}`?" if close else f"its states are {format_tags(tags)}"
            raise ConfigError(f"{key}: the network learns no state `{tag}`; {hint}")
    steps = tuple(setting.get(tag, 1) if isinstance(setting, dict) else setting for tag in tags)
    if max(steps) == 1:
        return ()
    try:
        check_durations(len(tags), max(steps))
    except ValueError as error:
        raise ConfigError(f"{key}: {error}") from None
    return steps


def rare_scripts(learned: Sentences) -> list[str]:
    """Edit scripts that are not learned: with many tokens, those that occur once.

    Half of a treebank's scripts occur once, mostly by mistake or as irregular forms. Without them the head is half as
    large, and as accurate.

    Args:
        learned: sentences of train with scripts as tags.
    """
    if len(learned.tokens) < MANY_TOKENS:
        return []
    return [script for script, n in learned.tag_counts().items() if n == 1]


def _named_tags(
    settings: HeadConfig, keys: HeadKeys, files: ReadSplits, views: dict[str, View], notation: Notation
) -> tuple[dict[str, View], tuple[str, ...]]:
    """Rename span types by the head's `map`; return the renamed views, and the tuple of tags to ignore."""
    tags = {tag for view in views.values() for tag in view.sentences.tag_counts()}
    mapped = {
        tag
        for notes in files.notes.values()
        for tag in (notes.mapped_by_head.get(keys.name, ()) if notes.layout.answers else notes.mapped)
    }
    names = tag_names(settings, keys, notation, tags, mapped)
    for problem in names.unused.values():
        log.warning("%s", problem)
    if not names.types:
        return views, names.ignore
    change = partial(rename_types, names=names.types, notation=notation)
    return {
        split: view._replace(sentences=view.sentences.with_tags(change)) for split, view in views.items()
    }, names.ignore


def sorted_tags(sentences: Sentences, ignore: tuple[str, ...], known: tuple[str, ...]) -> tuple[str, ...]:
    """The known tags, then the other tags of the sentences in alphabetical order."""
    return (*known, *sorted(sentences.tag_counts().keys() - set(ignore) - set(known)))
