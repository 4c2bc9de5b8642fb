"""An evaluation as text."""

from tagger.evaluation.baselines import NAMES
from tagger.evaluation.bootstrap import ALIKE
from tagger.evaluation.metrics import Evaluation
from tagger.evaluation.sentence_counts import HEADLINES
from tagger.evaluation.spans import SpanCounts
from tagger.reports.error_text import format_errors


def format_evaluation(evaluation: Evaluation) -> str:
    """A row for each tag, headlines with the baselines below them, spans, and errors to read; ratios from 0 to 1."""
    width = max(map(len, ["ambiguous words", *evaluation.tags]))
    rows = [f"{'tag':<{width}}  accuracy  precision  recall      f1  support"]
    rows += [
        f"{tag:<{width}}  {scores['accuracy']:8.4f}  {scores['precision']:9.4f}  {scores['recall']:6.4f}"
        f"  {scores['f1']:6.4f}  {scores['support']:7,.0f}"
        for tag, scores in evaluation.by_tag.items()
    ]
    rows += ["", *_headline_rows(evaluation, width)]
    if evaluation.spans is not None and evaluation.strict_spans is not None:
        rows += ["", *_span_rows(evaluation.spans, evaluation.strict_spans, width)]
    if evaluation.accuracy < 1 and evaluation.n_tokens:
        rows += ["", format_errors(evaluation.steps)]
    return "\n".join(rows)


def _headline_rows(evaluation: Evaluation, width: int) -> list[str]:
    """The figures of all tokens with their intervals, then what simple taggers reach."""
    of = {
        "accuracy": evaluation.n_tokens,
        "seen_accuracy": evaluation.n_seen,
        "unseen_accuracy": evaluation.n_unseen,
        "ambiguous_accuracy": evaluation.n_ambiguous,
    }
    notes = {name: f"of {n:,} tokens" for name, n in of.items() if n is not None} | {
        "sentence_accuracy": f"of {evaluation.n_sentences:,} all right",
        "macro_f1": "each tag counts alike",
        "weighted_f1": "each tag counts by its tokens",
    }
    rows = [f"{'':<{width}}            95 % interval"]
    rows += [
        f"{HEADLINES[name]:<{width}}  {value:8.4f}  {_interval(evaluation.intervals.get(name)):<16}"
        f"  {notes.get(name, '')}".rstrip()
        for name, value in (evaluation.headlines or {"accuracy": 0.0}).items()
    ]
    rows += [
        f"{'baseline':<{width}}  {value:8.4f}  {'':<16}  {NAMES[name]}"
        for name, value in evaluation.baseline_accuracies.items()
    ]
    return rows


def _interval(ends: tuple[float, float] | None) -> str:
    if ends is None:
        return ""
    return f"{ends[0]:.4f} to {ends[1]:.4f}" if ends[0] < ends[1] else ALIKE


def _span_rows(spans: SpanCounts, strict: SpanCounts, width: int) -> list[str]:
    """A row for each type of span, then one for all, and one for those that are written as the scheme has it."""
    rows = {
        **spans.to_json()["types"],
        "all": {**spans.ratios, "support": spans.gold.total()},
        "strict": {**strict.ratios, "support": strict.gold.total()},
    }
    return [
        f"{'span':<{width}}            precision  recall      f1  support",
        *(
            f"{name:<{width}}            {row['precision']:9.4f}  {row['recall']:6.4f}  {row['f1']:6.4f}"
            f"  {row['support']:7,}"
            for name, row in rows.items()
        ),
    ]
