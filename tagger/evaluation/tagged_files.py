"""Evaluation and comparison of saved taggers on tagged files."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

from tagger.corpus.chunks import display_path
from tagger.corpus.counted import counted
from tagger.corpus.layout import UNKNOWN, Layout
from tagger.corpus.tags import check_scored, convert_all_tags, convert_tags
from tagger.encoding.arrays import Positions
from tagger.errors import DataError, TaggerError
from tagger.evaluation.comparison import Comparison, Comparisons, compare_evaluations, paired_evaluations
from tagger.evaluation.gold_files import Gold, read_answers, read_gold, warn_of_gold
from tagger.evaluation.joint import joint_accuracy
from tagger.evaluation.metrics import Evaluation
from tagger.evaluation.scores import Scores, evaluate_tagger, predictions, scored_terms
from tagger.evaluation.significance import joint_difference
from tagger.evaluation.tag_column import check_known_tags
from tagger.head_names import PLAIN_HEAD
from tagger.heads.target import TagTarget
from tagger.tagging.tagged import Tagged
from tagger.tagging.tagger import Tagger
from tagger.terminal_text import command_line

HEAD_HINT = "--head NAME chooses a head; `tagger inspect MODEL` lists them"

log = logging.getLogger("tagger")


def evaluate_file(tagger: Tagger, path: Path, known: Layout = UNKNOWN, *, head: str | None = None) -> Scores:
    """Evaluate a tagger on a tagged file; arguments and errors as for `read_gold`.

    Raises:
        DataError: also if none of the answers of a head in the file is one that the tagger knows.
    """
    gold = read_answers(tagger, path, known, head=head)
    targets = tagger.bundle.targets
    for target in targets:
        if target.name in gold.answers:
            option = f"{command_line('--head', target.name)} " if len(targets) > 1 else ""
            check_known_tags(gold.answers[target.name][0], target, gold.notes, option=option)
    warn_of_gold(tagger, gold)
    scores, _ = evaluate_tagger(tagger, gold.sentences, gold.answers)
    return scores if head is None else replace(scores, names_heads=False)


def compare_on_file(
    first: Tagger, second: Tagger, path: Path, known: Layout = UNKNOWN, *, head: str | None = None
) -> Comparisons:
    """Compare two taggers on a tagged file, see `read_gold`, in each head that both have.

    A word is unseen if neither tagger was trained on it. A token is scored if neither tagger ignores its gold tag. Tags
    are compared in the notation of the first tagger.

    Args:
        first: tagger A.
        second: tagger B.
        path: path of the file.
        known: format, columns and encoding, as far as they are known.
        head: the only head to compare; a tagger without named heads is compared in its tags.

    Raises:
        DataError: the file cannot be read, or the two read different tokens or gold answers from it.
        TaggerError: the two have no head in common.
    """
    pairs = common_heads(first, second, head)
    heads = [name if len(pairs) == 1 else None for name in pairs[0]]
    with _repeated_messages_dropped():
        gold = read_gold(first, path, known, head=heads[0], name="A")
        other_gold = read_gold(second, path, known, head=heads[1], name="B")
    is_series = all(each.bundle.architecture.reads_series for each in (first, second))
    tagged = [*first.stream(gold.sentences, confidence=False)]
    other_tagged = [*second.stream(other_gold.sentences, confidence=False)]
    compared: dict[str, Comparison] = {}
    evaluated: list[tuple[Evaluation, Evaluation, Positions]] = []
    for name, other_name in pairs:
        if name in gold.answers and other_name in other_gold.answers:
            target, other_target = _target(first, name), _target(second, other_name)
            _check_same(gold, other_gold, target, other_target, path)
            evaluations = evaluate_both(
                gold, other_gold, target, other_target, tagged, other_tagged, is_series=is_series
            )
            compared[name] = compare_evaluations(*evaluations)
            evaluated.append((*evaluations, gold.answers[name][1]))
    if not compared:
        raise DataError(f"{display_path(path)}: has no column of a head that both taggers have", HEAD_HINT)
    names_heads = len(pairs) > 1
    if len(compared) > 1:
        n = len(gold.sentences)
        joint = joint_accuracy([(before, positions) for before, _, positions in evaluated], n)
        other_joint = joint_accuracy([(after, positions) for _, after, positions in evaluated], n)
        if joint and other_joint:
            difference = joint_difference(joint.is_right, other_joint.is_right)
            return Comparisons(compared, difference, joint.n_sentences, names_heads)
    return Comparisons(compared, names_heads=names_heads)


def common_heads(first: Tagger, second: Tagger, head: str | None) -> list[tuple[str, str]]:
    """The names of the heads of two taggers that are compared.

    Heads of the same name and kind are compared. A tagger without named heads is compared in the head `head` of the
    other, or in its only head of tags.

    Raises:
        TaggerError: there are none.
    """
    kinds, other_kinds = ({target.name: target.kind for target in each.bundle.targets} for each in (first, second))
    is_plain, other_is_plain = (each.bundle.architecture.is_plain for each in (first, second))
    if is_plain != other_is_plain:
        named = other_kinds if is_plain else kinds
        names = [name for name, kind in named.items() if kind == "tag" and head in (None, PLAIN_HEAD, name)]
        if len(names) == 1:
            return [(PLAIN_HEAD, names[0]) if is_plain else (names[0], PLAIN_HEAD)]
    pairs = [(name, name) for name, kind in kinds.items() if other_kinds.get(name) == kind and head in (None, name)]
    if not pairs:
        described = (", ".join(f"{name} ({kind})" for name, kind in each.items()) for each in (kinds, other_kinds))
        message = "A and B have no head of the same name and kind{}: A has {}, B has {}"
        raise TaggerError(message.format("" if head is None else f" {head}", *described), HEAD_HINT)
    return pairs


def _target(tagger: Tagger, name: str) -> TagTarget:
    return next(target for target in tagger.bundle.targets if target.name == name)


def evaluate_both(
    gold: Gold,
    other_gold: Gold,
    target: TagTarget,
    other_target: TagTarget,
    tagged: Sequence[Tagged],
    other_tagged: Sequence[Tagged],
    *,
    is_series: bool,
) -> tuple[Evaluation, Evaluation]:
    """Evaluate a head of both taggers, in the notation of the first."""
    notation, other_notation = target.notation, other_target.notation
    sentences, _ = gold.answers[target.name]
    tokens = [sentence.tokens for sentence in sentences]
    values = [answer.values for answer in predictions(tagged, target, gold.answers)]
    other_values = [
        convert_tags(answer.values, other_notation, notation)
        for answer in predictions(other_tagged, other_target, other_gold.answers)
    ]
    ignore = _ignored(target, other_target)
    gold_values = (sentence.tags or () for sentence in sentences)
    both_ignore = replace(target, ignore=ignore)
    check_scored(sentences, ignore)
    terms, first_terms, second_terms = (
        scored_terms(both_ignore, tokens, each) for each in (gold_values, values, other_values)
    )
    return paired_evaluations(
        terms,
        first_terms,
        second_terms,
        tokens,
        target.lexicon.extended_with(other_target.lexicon),
        ignore=ignore,
        kind=target.kind,
        is_series=is_series,
        **(other_notation if notation.scheme == "none" else notation)._asdict(),
    )


def _ignored(target: TagTarget, other_target: TagTarget) -> tuple[str, ...]:
    """The answers that either tagger ignores."""
    return tuple(dict.fromkeys([*target.ignore, *other_target.ignore]))


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


def _check_same(gold: Gold, other_gold: Gold, target: TagTarget, other_target: TagTarget, path: Path) -> None:
    """Raise DataError if two taggers read different tokens or gold answers of a head from a file."""
    hint = "taggers can be compared if they learned the same tags from files of the same layout"
    ignore = _ignored(target, other_target)
    first, _ = gold.answers[target.name]
    second, _ = other_gold.answers[other_target.name]
    second = convert_all_tags(second, other_target.notation, target.notation, ignore=ignore)
    if len(first) != len(second):
        raise DataError(f"{display_path(path)}: A reads {counted(len(first), 'sentence')}, B {len(second):,}", hint)
    for sentence, other_sentence in zip(first, second, strict=True):
        steps, other_steps = (
            list(zip(each.tokens, each.tags or (), strict=True)) for each in (sentence, other_sentence)
        )
        for step, other_step in zip_longest(steps, other_steps, fillvalue=("nothing", "none")):
            if step != other_step:
                readings = f"A reads {{!r}} with {target.kind} {{!r}}, B reads {{!r}} with {target.kind} {{!r}}"
                readings = readings.format(*step, *other_step)
                raise DataError(f"{sentence.location}: in this sentence {readings}", hint)
