"""Scores of a tagger as text for the terminal, and a warning if a baseline does as well."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from tagger.corpus.counted import counted
from tagger.corpus.terms import in_terms
from tagger.evaluation.joint import JointAccuracy
from tagger.evaluation.metrics import NOUNS, Evaluation
from tagger.evaluation.scores import Scores
from tagger.evaluation.spans import SpanCounts
from tagger.evaluation.steps import ScoredSteps
from tagger.heads.edit_scripts import edit_script
from tagger.reports.display_text import MAX_WORDS, beginning, string_of
from tagger.reports.error_analysis import Excerpt, Outcome, Word, frequent_confusions, worst_sentences
from tagger.reports.metric_names import (
    LABEL_WIDTH,
    METRIC_NAMES,
    NO_SPANS,
    NO_VARIATION,
    baseline_name,
    metric_names,
    most_frequent,
)
from tagger.reports.segment_errors import segment_errors
from tagger.reports.segment_text import segment_rows
from tagger.terminal_text import one_line

N_CONFUSIONS, N_WORST, N_SEGMENTS = 5, 3, 10  # confusions, sentences and segments shown
JOINT = "all heads"  # label of the row of joint accuracy

log = logging.getLogger("tagger")


def format_scores(scores: Scores, metrics: Mapping[str, str] | None = None) -> str:
    """Format the evaluation of each head, below its name if there are several, then their joint accuracy.

    Args:
        scores: the scores.
        metrics: metric of each head that comes first, as it chose the epoch.
    """
    if not scores.names_heads:
        return format_evaluation(scores.first, next(iter((metrics or {}).values()), None))
    blocks = [
        f"{name}: {_noun(evaluation)}s\n\n{format_evaluation(evaluation, (metrics or {}).get(name))}"
        for name, evaluation in scores.heads.items()
    ]
    if scores.joint:
        blocks.append(_joint_row(scores.joint, [*scores.heads]))
    return "\n\n\n".join(blocks)


def _joint_row(joint: JointAccuracy, heads: Sequence[str]) -> str:
    names = " and ".join([", ".join(heads[:-1]), heads[-1]])
    detail = f"of {counted(joint.n_sentences, 'sentence')}, {names} without an error"
    return f"{JOINT:<{LABEL_WIDTH}}  {joint.accuracy:8.4f}  {_interval(joint.interval):<16}  {detail}"


def format_evaluation(evaluation: Evaluation, metric: str | None = None) -> str:
    """Format the scores of each tag, the metrics, the baselines, the spans or segments and some errors.

    Ratios are from 0 to 1. The metric, if there is one, comes before the others.
    """
    occurring = _occurring(evaluation)
    tags, n_left_out = most_frequent(occurring, _support)
    noun = _noun(evaluation)
    width = max([LABEL_WIDTH, *map(len, tags)])
    rows = [f"{noun:<{width}}  accuracy  precision  recall      f1  support"]
    rows += [
        f"{tag:<{width}}  {scores['accuracy']:8.4f}  {scores['precision']:9.4f}  {scores['recall']:6.4f}"
        f"  {scores['f1']:6.4f}  {scores['support']:7,.0f}"
        for tag, scores in tags.items()
    ]
    rows += _left_out(n_left_out, f"{noun}s")
    rows += _absent(len(evaluation.by_tag) - len(occurring), noun)
    rows += ["", *_metric_rows(evaluation, width, metric)]
    if evaluation.spans and evaluation.strict_spans and evaluation.spans.f1 is not None:
        rows += ["", *_span_rows(evaluation.spans, evaluation.strict_spans, width)]
    if evaluation.segments is not None:
        rows += ["", *segment_rows(evaluation.segments.to_json(), width)]
    if evaluation.accuracy < 1 and evaluation.n_tokens:
        rows.append("")
        if evaluation.kind == "label":
            rows += _label_error_rows(evaluation.steps)
        else:
            rows += _segment_error_rows(evaluation.steps) if evaluation.segments else _error_rows(evaluation)
    return "\n".join(map(one_line, rows))


def _noun(evaluation: Evaluation) -> str:
    return in_terms(NOUNS[evaluation.kind], is_series=evaluation.is_series)


def _metric_rows(evaluation: Evaluation, width: int, metric: str | None) -> list[str]:
    """The metrics with their intervals, then the accuracies of the baselines."""
    rows = [f"{'':<{width}}            95 % interval"]
    headlines = evaluation.headlines or {"accuracy": 0.0}
    all_names = metric_names(evaluation.kind, is_series=evaluation.is_series)
    for name, names in sorted(all_names.items(), key=lambda item: item[0] != metric):
        if name not in headlines:
            continue
        value = headlines[name]
        interval = _interval(evaluation.intervals.get(name))
        detail = in_terms(names.detail(evaluation.counts.get(names.counted)), is_series=evaluation.is_series)
        rows.append(f"{names.label:<{width}}  {value:8.4f}  {interval:<16}  {detail}".rstrip())
    if evaluation.spans and evaluation.spans.f1 is None:
        rows.append(f"{METRIC_NAMES['span_f1'].label:<{width}}  {'–':>8}  {NO_SPANS}")
    rows += [
        f"{'baseline':<{width}}  {value:8.4f}  {'':<16}  {_baseline(name, evaluation)}"
        for name, value in evaluation.baseline_accuracies.items()
    ]
    return rows


def _baseline(name: str, evaluation: Evaluation) -> str:
    return baseline_name(name, evaluation.kind, is_series=evaluation.is_series)


def _interval(ends: tuple[float, float] | None) -> str:
    if ends is None:
        return ""
    return f"{ends[0]:.4f} to {ends[1]:.4f}" if ends[0] < ends[1] else NO_VARIATION


def _span_rows(spans: SpanCounts, strict: SpanCounts, width: int) -> list[str]:
    """A row for each span type, one for all spans, and one for strictly valid spans only."""

    def line(name: str, scores: Mapping[str, float | None], support: int) -> str:
        cells = ["–" if scores[key] is None else f"{scores[key]:.4f}" for key in ("precision", "recall", "f1")]
        return f"{name:<{width}}            {cells[0]:>9}  {cells[1]:>6}  {cells[2]:>6}  {support:7,}"

    types, n_left_out = most_frequent(spans.to_json()["types"], _support)
    return [
        f"{'span':<{width}}            precision  recall      f1  support",
        *(line(name, row, row["support"]) for name, row in types.items()),
        *_left_out(n_left_out, "types"),
        line("all", spans.ratios, spans.gold.total()),
        line("strict", strict.ratios, strict.gold.total()),
    ]


def _occurring(evaluation: Evaluation) -> dict[str, dict[str, float]]:
    """The scores of the tags that occur, gold or predicted."""
    n_predicted = np.bincount(evaluation.steps.predicted, minlength=len(evaluation.tags)).tolist()
    rows = zip(evaluation.by_tag.items(), n_predicted, strict=True)
    return {tag: row for (tag, row), n in rows if row["support"] or n}


def _absent(n: int, noun: str) -> list[str]:
    """A line on the tags that are left out of a table because they occur neither as gold nor as predicted ones."""
    return [f"… and {counted(n, noun)}, neither gold nor predicted"] if n else []


def _support(row: Mapping[str, float]) -> float:
    return row["support"]


def _left_out(n: int, noun: str) -> list[str]:
    return [f"… and {n:,} less frequent {noun}, listed by --format json and in metrics.json"] if n else []


def _error_rows(evaluation: Evaluation) -> list[str]:
    """The most frequent confusions with an example each, and the worst sentences.

    Strings are confused as edit scripts, and shown as the user gets them.

    Args:
        evaluation: an evaluation of tags or strings with an error.
    """
    is_string = evaluation.kind == "string"
    outcomes = _outcomes(evaluation.steps)
    noun = _noun(evaluation)
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


def warn_of_baselines(scores: Scores, name: str) -> None:
    """Log a warning for each head if a baseline is as accurate as it, so that it has learned nothing from context.

    Args:
        scores: scores on a file or split.
        name: name of that file or split.
    """
    for head, evaluation in scores.heads.items():
        if evaluation.unbeaten_baselines:
            accuracies = evaluation.baseline_accuracies
            best = max(evaluation.unbeaten_baselines, key=accuracies.__getitem__)
            log.warning(
                "%s: %s does not beat a baseline: its accuracy is %.4f, the baseline's %.4f (%s)",
                name, f"the head {head}" if scores.names_heads else "the tagger", evaluation.accuracy,
                accuracies[best], _baseline(best, evaluation),
            )  # fmt: skip
