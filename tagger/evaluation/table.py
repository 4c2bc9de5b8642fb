"""An evaluation as text."""

from tagger.evaluation.baselines import NAMES
from tagger.evaluation.error_text import format_errors
from tagger.evaluation.metrics import Evaluation
from tagger.evaluation.sentence_counts import HEADLINES
from tagger.evaluation.spans import SpanCounts


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

    def row(name: str, value: float, note: str = "", key: str = "") -> str:
        ends = evaluation.intervals.get(key)
        return f"{name:<{width}}  {value:8.4f}  {_interval(ends):<16}  {note}".rstrip()

    rows = [
        f"{'':<{width}}            95 % interval",
        row("all", evaluation.accuracy, f"of {evaluation.n_tokens:,} tokens", "accuracy"),
    ]
    for name, value, n, key in (
        ("seen words", evaluation.seen_accuracy, evaluation.n_seen, ""),
        (HEADLINES["unseen_accuracy"], evaluation.unseen_accuracy, evaluation.n_unseen, "unseen_accuracy"),
        ("ambiguous words", evaluation.ambiguous_accuracy, evaluation.n_ambiguous, ""),
    ):
        if value is not None:
            rows.append(row(name, value, f"of {n:,} tokens", key))
    n_sentences = f"of {evaluation.n_sentences:,} all right"
    rows += [
        row(HEADLINES["sentence_accuracy"], evaluation.sentence_accuracy, n_sentences, "sentence_accuracy"),
        row(HEADLINES["macro_f1"], evaluation.macro_f1, "each tag counts alike", "macro_f1"),
        row("weighted F1", evaluation.weighted_f1, "each tag counts by its tokens"),
    ]
    if evaluation.spans is not None:
        rows.append(row(HEADLINES["span_f1"], evaluation.spans.f1, "", "span_f1"))
    return rows + [row("baseline", value, NAMES[name]) for name, value in evaluation.baseline_accuracies.items()]


def _interval(ends: tuple[float, float] | None) -> str:
    return "" if ends is None else f"{ends[0]:.4f} to {ends[1]:.4f}"


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
