"""Scores of a tagger as text for the terminal, and a warning if a baseline does as well."""

import logging
from collections.abc import Mapping, Sequence

import numpy as np

from tagger.corpus.counted import counted
from tagger.corpus.terms import in_terms
from tagger.evaluation.joint import JointAccuracy
from tagger.evaluation.metrics import Evaluation
from tagger.evaluation.scores import Scores
from tagger.evaluation.spans import SpanCounts
from tagger.reports.error_text import error_rows
from tagger.reports.metric_names import (
    LABEL_WIDTH,
    METRIC_NAMES,
    NO_SPANS,
    NO_VARIATION,
    baseline_name,
    metric_names,
    most_frequent,
    noun_of,
)
from tagger.reports.segment_text import segment_rows
from tagger.terminal_text import one_line

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
    blocks = []
    for name, evaluation in scores.heads.items():
        noun = noun_of(evaluation.kind, is_series=evaluation.is_series)
        blocks.append(f"{name}: {noun}s\n\n{format_evaluation(evaluation, (metrics or {}).get(name))}")
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
    noun = noun_of(evaluation.kind, is_series=evaluation.is_series)
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
        rows += ["", *error_rows(evaluation)]
    return "\n".join(map(one_line, rows))


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
