"""An evaluation as text: a table, errors to read, and a warning where a baseline does as well."""

import logging
from collections.abc import Mapping

from tagger.evaluation.metrics import Evaluation
from tagger.evaluation.spans import SpanCounts
from tagger.evaluation.steps import ScoredSteps
from tagger.reports.measures import ALIKE, BASELINES, MEASURES, NO_SPANS, frequent
from tagger.reports.mistakes import Excerpt, Outcome, Word, frequent_confusions, worst_sentences

N_CONFUSIONS, N_WORST = 5, 3  # that are shown
MAX_WORDS = 25  # of a sentence that went wrong: a long series would fill the terminal

log = logging.getLogger("tagger")


def format_evaluation(evaluation: Evaluation) -> str:
    """A row for each tag, headlines with the baselines below them, spans, and errors to read; ratios from 0 to 1."""
    tags, n_left_out = frequent(evaluation.by_tag, _support)
    width = max(map(len, [*(measure.label for measure in MEASURES.values()), *tags]))
    rows = [f"{'tag':<{width}}  accuracy  precision  recall      f1  support"]
    rows += [
        f"{tag:<{width}}  {scores['accuracy']:8.4f}  {scores['precision']:9.4f}  {scores['recall']:6.4f}"
        f"  {scores['f1']:6.4f}  {scores['support']:7,.0f}"
        for tag, scores in tags.items()
    ]
    rows += [*_left_out(n_left_out, "tags"), "", *_headline_rows(evaluation, width)]
    if evaluation.spans and evaluation.strict_spans and evaluation.spans.f1 is not None:
        rows += ["", *_span_rows(evaluation.spans, evaluation.strict_spans, width)]
    if evaluation.accuracy < 1 and evaluation.n_tokens:
        rows += ["", *_error_rows(evaluation.steps)]
    return "\n".join(rows)


def _headline_rows(evaluation: Evaluation, width: int) -> list[str]:
    """The headlines with their intervals, then the accuracies of the baselines."""
    rows = [f"{'':<{width}}            95 % interval"]
    for name, value in (evaluation.headlines or {"accuracy": 0.0}).items():
        label, _, counted, note = MEASURES[name]
        interval = _interval(evaluation.intervals.get(name))
        note = note.format(evaluation.counts.get(counted))
        rows.append(f"{label:<{width}}  {value:8.4f}  {interval:<16}  {note}".rstrip())
    if evaluation.spans and evaluation.spans.f1 is None:
        rows.append(f"{MEASURES['span_f1'].label:<{width}}  {'–':>8}  {NO_SPANS}")
    rows += [
        f"{'baseline':<{width}}  {value:8.4f}  {'':<16}  {BASELINES[name]}"
        for name, value in evaluation.baseline_accuracies.items()
    ]
    return rows


def _interval(ends: tuple[float, float] | None) -> str:
    if ends is None:
        return ""
    return f"{ends[0]:.4f} to {ends[1]:.4f}" if ends[0] < ends[1] else ALIKE


def _span_rows(spans: SpanCounts, strict: SpanCounts, width: int) -> list[str]:
    """A row for each type of span, then one for all, and one for those that are written as the scheme has it."""

    def line(name: str, scores: Mapping[str, float | None], support: int) -> str:
        shown = ["–" if scores[key] is None else f"{scores[key]:.4f}" for key in ("precision", "recall", "f1")]
        return f"{name:<{width}}            {shown[0]:>9}  {shown[1]:>6}  {shown[2]:>6}  {support:7,}"

    types, n_left_out = frequent(spans.to_json()["types"], _support)
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
    return [f"… and {n:,} less frequent {noun}: --format json and metrics.json have all"] if n else []


def _error_rows(steps: ScoredSteps) -> list[str]:
    """The most frequent confusions with an example each, and the sentences that went most wrong.

    Args:
        steps: the scored tokens, of which at least one is wrong.
    """
    outcomes = _outcomes(steps)
    confusions = frequent_confusions(outcomes, n=N_CONFUSIONS, n_examples=1)
    counts = [f"{confusion.count:,}" for confusion in confusions]
    pairs = [f"{confusion.gold} → {confusion.predicted}" for confusion in confusions]
    wide = max(map(len, counts)), max(map(len, pairs))
    return [
        "most frequent errors, gold → predicted, each with an example",
        *(
            f"  {count:>{wide[0]}}  {pair:<{wide[1]}}  {_line(confusion.examples[0], with_tags=False)}"
            for count, pair, confusion in zip(counts, pairs, confusions, strict=True)
        ),
        "",
        "sentences that went most wrong",
        *(
            f"  {excerpt.n_errors} of {excerpt.n_words} tokens: {_line(excerpt, with_tags=True)}"
            for excerpt in worst_sentences(outcomes, n=N_WORST, max_words=MAX_WORDS)
        ),
    ]


def _outcomes(steps: ScoredSteps) -> list[Outcome]:
    """The sentences with their tags; a token that is not scored has none, and so is never wrong."""
    gold, predicted = ([[""] * len(tokens) for tokens in steps.sentences] for _ in range(2))
    confidence = [[1.0] * len(tokens) for tokens in steps.sentences]
    at = list(zip(steps.sentence.tolist(), steps.position.tolist(), strict=True))
    for (i, j), right, tag in zip(at, steps.gold.tolist(), steps.predicted.tolist(), strict=True):
        gold[i][j], predicted[i][j] = steps.tags[right], steps.tags[tag]
    if steps.confidence is not None:
        for (i, j), score in zip(at, steps.confidence.tolist(), strict=True):
            confidence[i][j] = score
    return [Outcome(*row) for row in zip(steps.sentences, gold, predicted, confidence, strict=True)]


def _line(excerpt: Excerpt, *, with_tags: bool) -> str:
    """An excerpt in one line, its errors in brackets, with gold and predicted tag where that is asked for."""

    def shown(part: Word | int) -> str:
        if isinstance(part, int):
            return "…"
        if not part.is_focus:
            return part.token
        return f"[{part.token} {part.gold} → {part.predicted}]" if with_tags else f"[{part.token}]"

    return " ".join(map(shown, excerpt.parts))


def warn_of_baselines(evaluation: Evaluation, name: str) -> None:
    """Log a warning if a baseline does as well as the network, which then has learned nothing from sentences.

    Args:
        evaluation: of some sentences.
        name: of their file or split.
    """
    if evaluation.unbeaten_baselines:
        accuracies = evaluation.baseline_accuracies
        best = max(evaluation.unbeaten_baselines, key=accuracies.__getitem__)
        log.warning(
            "%s: the tagger does not beat a baseline: its accuracy is %.4f, the baseline's %.4f (%s)",
            name, evaluation.accuracy, accuracies[best], BASELINES[best],
        )  # fmt: skip
