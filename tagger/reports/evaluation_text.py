"""An evaluation as text for the terminal, and a warning if a baseline does as well."""

import logging
from collections.abc import Mapping

from tagger.evaluation.metrics import Evaluation
from tagger.evaluation.spans import SpanCounts
from tagger.evaluation.steps import ScoredSteps
from tagger.reports.error_analysis import Excerpt, Outcome, Word, frequent_confusions, worst_sentences
from tagger.reports.metric_names import BASELINES, METRIC_NAMES, NO_SPANS, NO_VARIATION, most_frequent

N_CONFUSIONS, N_WORST = 5, 3  # confusions and sentences shown
MAX_WORDS = 25  # words shown of one of the worst sentences: a long series would fill the terminal

log = logging.getLogger("tagger")


def format_evaluation(evaluation: Evaluation) -> str:
    """Format the scores of each tag, the metrics, the baselines, the spans and some errors; ratios are from 0 to 1."""
    tags, n_left_out = most_frequent(evaluation.by_tag, _support)
    width = max(map(len, [*(names.label for names in METRIC_NAMES.values()), *tags]))
    rows = [f"{'tag':<{width}}  accuracy  precision  recall      f1  support"]
    rows += [
        f"{tag:<{width}}  {scores['accuracy']:8.4f}  {scores['precision']:9.4f}  {scores['recall']:6.4f}"
        f"  {scores['f1']:6.4f}  {scores['support']:7,.0f}"
        for tag, scores in tags.items()
    ]
    rows += [*_left_out(n_left_out, "tags"), "", *_metric_rows(evaluation, width)]
    if evaluation.spans and evaluation.strict_spans and evaluation.spans.f1 is not None:
        rows += ["", *_span_rows(evaluation.spans, evaluation.strict_spans, width)]
    if evaluation.accuracy < 1 and evaluation.n_tokens:
        rows += ["", *_error_rows(evaluation.steps)]
    return "\n".join(rows)


def _metric_rows(evaluation: Evaluation, width: int) -> list[str]:
    """The metrics with their intervals, then the accuracies of the baselines."""
    rows = [f"{'':<{width}}            95 % interval"]
    for name, value in (evaluation.headlines or {"accuracy": 0.0}).items():
        names = METRIC_NAMES[name]
        interval = _interval(evaluation.intervals.get(name))
        detail = names.detail(evaluation.counts.get(names.counted))
        rows.append(f"{names.label:<{width}}  {value:8.4f}  {interval:<16}  {detail}".rstrip())
    if evaluation.spans and evaluation.spans.f1 is None:
        rows.append(f"{METRIC_NAMES['span_f1'].label:<{width}}  {'–':>8}  {NO_SPANS}")
    rows += [
        f"{'baseline':<{width}}  {value:8.4f}  {'':<16}  {BASELINES[name]}"
        for name, value in evaluation.baseline_accuracies.items()
    ]
    return rows


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


def _support(row: Mapping[str, float]) -> float:
    return row["support"]


def _left_out(n: int, noun: str) -> list[str]:
    return [f"… and {n:,} less frequent {noun}, listed by --format json and in metrics.json"] if n else []


def _error_rows(steps: ScoredSteps) -> list[str]:
    """The most frequent confusions with an example each, and the worst sentences.

    Args:
        steps: scored tokens, at least one of them wrong.
    """
    outcomes = _outcomes(steps)
    confusions = frequent_confusions(outcomes, n=N_CONFUSIONS, n_examples=1)
    counts = [f"{confusion.count:,}" for confusion in confusions]
    pairs = [f"{confusion.gold} → {confusion.predicted}" for confusion in confusions]
    count_width, pair_width = max(map(len, counts)), max(map(len, pairs))
    return [
        "most frequent confusions, gold → predicted, with an example of each",
        *(
            f"  {count:>{count_width}}  {pair:<{pair_width}}  {_line(confusion.examples[0], with_tags=False)}"
            for count, pair, confusion in zip(counts, pairs, confusions, strict=True)
        ),
        "",
        "worst sentences, by the total confidence of their wrong tags",
        *(
            f"  {excerpt.n_errors} of {excerpt.n_words} wrong: {_line(excerpt, with_tags=True)}"
            for excerpt in worst_sentences(outcomes, n=N_WORST, max_words=MAX_WORDS)
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


def _line(excerpt: Excerpt, *, with_tags: bool) -> str:
    """An excerpt in one line, its errors in brackets, with their gold and predicted tags if `with_tags`."""

    def text(part: Word | int) -> str:
        if isinstance(part, int):
            return "…"
        if not part.is_focus:
            return part.token
        return f"[{part.token} {part.gold} → {part.predicted}]" if with_tags else f"[{part.token}]"

    return " ".join(map(text, excerpt.parts))


def warn_of_baselines(evaluation: Evaluation, name: str) -> None:
    """Log a warning if a baseline is as accurate as the tagger, which then has learned nothing from context.

    Args:
        evaluation: evaluation of a file or split.
        name: name of that file or split.
    """
    if evaluation.unbeaten_baselines:
        accuracies = evaluation.baseline_accuracies
        best = max(evaluation.unbeaten_baselines, key=accuracies.__getitem__)
        log.warning(
            "%s: the tagger does not beat a baseline: its accuracy is %.4f, the baseline's %.4f (%s)",
            name, evaluation.accuracy, accuracies[best], BASELINES[best],
        )  # fmt: skip
