"""The scores of a tagger on some sentences: an evaluation of each head, and their joint accuracy."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from tagger.corpus.schemes import Span
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.encoding.arrays import Positions
from tagger.evaluation.joint import JointAccuracy, joint_accuracy
from tagger.evaluation.metrics import Evaluation, evaluate
from tagger.heads.edit_scripts import edit_script
from tagger.heads.target import TagTarget
from tagger.tagging.tagged import Answer, Tagged
from tagger.tagging.tagger import Tagger


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of a tagger on some sentences.

    Args:
        heads: the evaluation of each head that the sentences have answers for, by name.
        joint: joint accuracy of several heads; None for one, or if no sentence has the answers of all.
        names_heads: whether the scores are listed by head: the tagger has several, and not only one was asked for.
    """

    heads: dict[str, Evaluation]
    joint: JointAccuracy | None = None
    names_heads: bool = False

    @property
    def first(self) -> Evaluation:
        """The evaluation of the first head."""
        return next(iter(self.heads.values()))

    def to_json(self) -> dict[str, Any]:
        """Convert to a JSON object, as in `metrics.json`: an evaluation, or all of them by head."""
        if not self.names_heads:
            return self.first.to_json()
        heads = {name: evaluation.to_json() for name, evaluation in self.heads.items()}
        return {"heads": heads, "joint": self.joint and self.joint.to_json()}


Golds = Mapping[str, tuple[Sentences, Positions]]  # by head: sentences whose tags are its answers, indices in the whole
BaselineTags = Mapping[str, Mapping[str, Iterable[Sequence[str]]]]  # by head and baseline: tags of each gold sentence


def gold_answers(sentences: Sentences, targets: Sequence[TagTarget]) -> Golds:
    """The gold answers of each head that has any.

    Args:
        sentences: sentences with tags, or with an answer per target.
        targets: the targets of a tagger.
    """
    if not sentences.answers:
        return {targets[0].name: (sentences, np.arange(len(sentences)))}
    names = (target.name for target in targets)
    golds = {name: (sentences.view(i), sentences.having(i)) for i, name in enumerate(names)}
    return {name: gold for name, gold in golds.items() if gold[0]}


def evaluate_tagger(
    tagger: Tagger,
    sentences: Sequence[Sentence],
    golds: Golds | None = None,
    *,
    in_context: Sequence[Sentence] | None = None,
    baselines: BaselineTags | None = None,
) -> tuple[Scores, list[Tagged]]:
    """Tag sentences, and evaluate each head against their gold answers.

    Args:
        tagger: the tagger.
        sentences: sentences with tags, or with an answer per head of the tagger.
        golds: the gold answers by head, if they are not to be read as they are in the sentences.
        in_context: the sentences as the tagger reads them, each after steps that are not evaluated; default: without.
        baselines: answers of further baselines.
    """
    whole, tagged = Sentences.collect(sentences), [*tagger.stream(sentences if in_context is None else in_context)]
    if in_context is not None:
        tagged = [*map(_without_context, tagged, whole)]
    targets = tagger.bundle.targets
    golds = gold_answers(whole, targets) if golds is None else golds
    evaluated, is_series = {}, tagger.bundle.architecture.reads_series
    for target in targets:
        if target.name in golds:
            predicted = predictions(tagged, target, golds)
            more = (baselines or {}).get(target.name, {})
            evaluated[target.name] = _evaluate_head(
                target, golds[target.name], whole.lengths, predicted, more, is_series=is_series
            )
    joint = None
    if len(evaluated) > 1:
        pairs = [(evaluation, golds[name][1]) for name, evaluation in evaluated.items()]
        joint = joint_accuracy(pairs, len(whole))
    return Scores(evaluated, joint, names_heads=len(targets) > 1), tagged


def _without_context(tagged: Tagged, sentence: Sentence) -> Tagged:
    """The result for a sentence, which is the end of what was tagged."""
    first = len(tagged.tokens) - len(sentence)

    def end(answer: Answer) -> Answer:
        spans = answer.spans and tuple(
            Span(max(0, a - first), b - first, kind) for a, b, kind in answer.spans if b > first
        )
        return answer._replace(values=answer.values[first:], confidence=answer.confidence[first:], spans=spans)

    shown = end(Answer("tag", tagged.tags, tagged.confidence, tagged.spans))
    return replace(
        tagged,
        tokens=sentence.tokens,
        tags=shown.values,
        confidence=shown.confidence,
        offsets=sentence.offsets,
        spans=shown.spans,
        sentence=sentence,
        answers={name: end(answer) for name, answer in tagged.answers.items()},
    )


def predictions(tagged: Sequence[Tagged], target: TagTarget, golds: Golds) -> list[Answer]:
    """The answer of a head for each sentence that has a gold answer of it."""
    chosen = (tagged[i] for i in golds[target.name][1].tolist())
    return [each.answers.get(target.name) or Answer("tag", each.tags, each.confidence, each.spans) for each in chosen]


def scored_terms(
    target: TagTarget, tokens: Iterable[Sequence[str]], values: Iterable[Sequence[str]]
) -> list[Sequence[str]]:
    """The values of sentences as they are scored: strings as edit scripts, which are equal if the strings are.

    A string to ignore stays as it is.

    Args:
        target: the target of the head.
        tokens: tokens of each sentence.
        values: values of each sentence.
    """
    if target.kind != "string":
        return [*values]

    @cache
    def script(form: str, string: str) -> str:
        return string if string in target.ignore else edit_script(form, string)

    return [[*map(script, forms, strings)] for forms, strings in zip(tokens, values, strict=True)]


def _evaluate_head(
    target: TagTarget,
    gold: tuple[Sentences, Positions],
    lengths: Positions,
    predicted: Sequence[Answer],
    baselines: Mapping[str, Iterable[Sequence[str]]],
    *,
    is_series: bool,
) -> Evaluation:
    """Evaluate a head.

    Args:
        target: its target.
        gold: sentences whose tags are its answers, and their indices in the whole.
        lengths: (sentences,) lengths of the whole.
        predicted: predictions for the sentences of `gold`.
        baselines: answers of further baselines.
        is_series: as for `evaluate`.
    """
    sentences, positions = gold
    tokens = [sentence.tokens for sentence in sentences]
    return evaluate(
        gold=scored_terms(target, tokens, (sentence.tags or () for sentence in sentences)),
        predicted=scored_terms(target, tokens, (each.values for each in predicted)),
        tokens=tokens,
        lexicon=target.lexicon,
        confidence=[each.confidence for each in predicted],
        known_tags=target.known_tags,
        ignore=target.ignore,
        scheme=target.scheme,
        spelling=target.spelling,
        kind=target.kind,
        lengths=lengths[positions],
        baselines=baselines,
        is_series=is_series,
    )
