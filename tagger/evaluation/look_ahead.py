"""The cost of tagging step by step: a tagger that sees some later steps, beside itself with all of them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tagger.corpus.layout import UNKNOWN, Layout
from tagger.corpus.sentence import Sentence
from tagger.errors import DataError
from tagger.evaluation.comparison import Comparisons, compare_evaluations
from tagger.evaluation.gold_files import read_gold
from tagger.evaluation.tagged_files import evaluate_both
from tagger.tagging.tagged import Answer
from tagger.tagging.tagger import Tagger


def compare_look_ahead(tagger: Tagger, path: Path, known: Layout = UNKNOWN, *, look_ahead: int) -> Comparisons:
    """Compare the answers of whole sentences (A) with those of a stepper (B) on a tagged file.

    Args:
        tagger: the tagger; labels, which are no answers for steps, are not compared.
        path: path of the file.
        known: format, columns and encoding, as far as they are known.
        look_ahead: number of later steps that the stepper knows.

    Raises:
        BundleError: the tagger cannot tag step by step.
        DataError: the file cannot be read, or lacks the answers of all heads.
    """
    stepper = tagger.steps(look_ahead=look_ahead)
    gold = read_gold(tagger, path, known)
    targets = [target for target in stepper.targets if target.name in gold.answers]
    if not targets:
        names = ", ".join(target.name for target in stepper.targets)
        raise DataError(f"{path}: has no column of {names}, which is tagged step by step")
    whole = [*tagger.stream(gold.sentences, confidence=False)]
    by_step = []
    for tagged in whole:
        steps = stepper.add_all([*single_steps(tagged.sentence)]) + stepper.finish()
        answers = {
            target.name: Answer(target.kind, tuple(step.answers[target.name].tag for step in steps))
            for target in (targets if tagged.answers else ())
        }
        by_step.append(replace(tagged, tags=tuple(step.tag for step in steps), answers={**tagged.answers, **answers}))
    is_series = tagger.bundle.architecture.reads_series
    comparisons = {
        target.name: compare_evaluations(
            *evaluate_both(gold, gold, target, target, whole, by_step, is_series=is_series)
        )
        for target in targets
    }
    return Comparisons(comparisons, names_heads=len(targets) > 1)


def single_steps(sentence: Sentence) -> Iterator[Sentence]:
    """Each step of a sentence as a sentence of its own."""
    for i, token in enumerate(sentence.tokens):
        numbers = None if sentence.numbers is None else (sentence.numbers[i],)
        columns = None if sentence.columns is None else (sentence.columns[i],)
        yield Sentence((token,), numbers=numbers, columns=columns)
