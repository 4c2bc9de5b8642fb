"""Errors of a tagger as text for the terminal: confusions, and the worst sentences or segments."""

from collections.abc import Sequence
from dataclasses import replace

from tagger.corpus.terms import in_terms
from tagger.evaluation.metrics import Evaluation
from tagger.evaluation.steps import ScoredSteps
from tagger.heads.edit_scripts import edit_script
from tagger.reports.display_text import MAX_WORDS, beginning, string_of
from tagger.reports.error_analysis import Excerpt, Outcome, Word, frequent_confusions, worst_sentences
from tagger.reports.metric_names import noun_of
from tagger.reports.segment_errors import segment_errors

N_CONFUSIONS, N_WORST, N_SEGMENTS = 5, 3, 10  # confusions, sentences and segments shown


def error_rows(evaluation: Evaluation) -> list[str]:
    """The most frequent confusions, and the worst sentences, labels or segments.

    Args:
        evaluation: an evaluation with an error.
    """
    if evaluation.kind == "label":
        return _label_error_rows(evaluation.steps)
    return _segment_error_rows(evaluation.steps) if evaluation.segments else _tag_error_rows(evaluation)


def _tag_error_rows(evaluation: Evaluation) -> list[str]:
    """The most frequent confusions with an example each, and the worst sentences.

    Strings are confused as edit scripts, and shown as the user gets them.

    Args:
        evaluation: an evaluation of tags or strings with an error.
    """
    is_string = evaluation.kind == "string"
    outcomes = _outcomes(evaluation.steps)
    noun = noun_of(evaluation.kind, is_series=evaluation.is_series)
    if is_string:
        outcomes = [
            replace(each, gold=_strings(each, each.gold), predicted=_strings(each, each.predicted)) for each in outcomes
        ]
    counted_as = _script if is_string else _tag
    confusions = frequent_confusions(outcomes, n=N_CONFUSIONS, n_examples=1, counted_as=counted_as)
    counts = [f"{confusion.count:,}" for confusion in confusions]
    pairs = [f"{confusion.gold} → {confusion.predicted}" for confusion in confusions]
    count_width, pair_width = max(map(len, counts)), max(map(len, pairs))
    worst_ones = in_terms("worst sentences", is_series=evaluation.is_series)
    of_scripts = " of edit scripts" if is_string else ""
    brackets = "; errors as [token → predicted (gold)]" if is_string else ""
    examples = [_line(one.examples[0], with_tags=is_string, is_string=is_string) for one in confusions]
    worst = worst_sentences(outcomes, n=N_WORST, max_words=MAX_WORDS)
    return [
        f"most frequent confusions{of_scripts}, gold → predicted, with an example of each{brackets}",
        *(
            f"  {count:>{count_width}}  {pair:<{pair_width}}  {example}"
            for count, pair, example in zip(counts, pairs, examples, strict=True)
        ),
        "",
        f"{worst_ones}, by the total confidence of their wrong {'strings' if is_string else f'{noun}s'}",
        *(
            f"  {excerpt.n_errors} of {excerpt.n_words} wrong: {_line(excerpt, with_tags=True, is_string=is_string)}"
            for excerpt in worst
        ),
    ]


def _segment_error_rows(steps: ScoredSteps) -> list[str]:
    """The most frequent confusions of states, and the gold segments with the most wrong steps, one line each."""
    outcomes = _outcomes(steps)
    confusions = frequent_confusions(outcomes, n=N_CONFUSIONS, n_examples=0)
    count_width = max(len(f"{confusion.count:,}") for confusion in confusions)
    errors = segment_errors(outcomes, numbers=(steps.indices + 1).tolist())
    n_left_out = len(errors) - N_SEGMENTS
    return [
        "most frequent confusions, gold → predicted, in steps",
        *(f"  {one.count:>{count_width},}  {one.gold} → {one.predicted}" for one in confusions),
        "",
        "segments with the most wrong steps; steps and series count from 1",
        *(f"  {error}" for error in errors[:N_SEGMENTS]),
        *([f"  … and {n_left_out:,} more"] if n_left_out > 0 else []),
    ]


def _tag(token: str, tag: str) -> str:
    return tag


def _script(token: str, string: str) -> str:
    """The edit script of a string; empty for a token that is not scored."""
    return edit_script(token, string) if string else ""


def _strings(outcome: Outcome, scripts: Sequence[str]) -> list[str]:
    """The strings that scripts make of the tokens of a sentence; empty for a token that is not scored."""
    pairs = zip(outcome.tokens, scripts, strict=True)
    return [string_of(script, token) if script else "" for token, script in pairs]


def _label_error_rows(steps: ScoredSteps) -> list[str]:
    """The most frequent confusions of labels, and the sentences with the most confident wrong labels.

    Args:
        steps: scored labels, at least one of them wrong.
    """
    outcomes = _outcomes(steps)
    confusions = frequent_confusions(outcomes, n=N_CONFUSIONS, n_examples=1)
    count_width = max(len(f"{confusion.count:,}") for confusion in confusions)
    worst = worst_sentences(outcomes, n=N_WORST)
    return [
        "most frequent confusions, gold → predicted",
        *(f"  {one.count:>{count_width},}  {one.gold} → {one.predicted}" for one in confusions),
        "",
        "sentences with a wrong label, the most confident first",
        *(
            f"  {word.gold} → {word.predicted}: {beginning(word.token)}"
            for excerpt in worst
            for word in excerpt.parts
            if isinstance(word, Word)
        ),
    ]


def _outcomes(steps: ScoredSteps) -> list[Outcome]:
    """The sentences with their tags; a token that is not scored gets the same empty tag twice, so it is never wrong."""
    gold, predicted = ([[""] * len(tokens) for tokens in steps.sentences] for _ in range(2))
    confidence = [[1.0] * len(tokens) for tokens in steps.sentences]
    indices = list(zip(steps.sentence.tolist(), steps.position.tolist(), strict=True))
    for (i, j), gold_id, predicted_id in zip(indices, steps.gold.tolist(), steps.predicted.tolist(), strict=True):
        gold[i][j], predicted[i][j] = steps.tags[gold_id], steps.tags[predicted_id]
    if steps.confidence is not None:
        for (i, j), score in zip(indices, steps.confidence.tolist(), strict=True):
            confidence[i][j] = score
    return [Outcome(*row) for row in zip(steps.sentences, gold, predicted, confidence, strict=True)]


def _line(excerpt: Excerpt, *, with_tags: bool, is_string: bool = False) -> str:
    """An excerpt in one line, its errors in brackets, with their gold and predicted tags or strings if `with_tags`."""

    def text(part: Word | int) -> str:
        if isinstance(part, int):
            return "…"
        if not part.is_focus:
            return part.token
        if is_string and with_tags:
            return f"[{part.token} → {part.predicted} ({part.gold})]"
        return f"[{part.token} {part.gold} → {part.predicted}]" if with_tags else f"[{part.token}]"

    return " ".join(map(text, excerpt.parts))
