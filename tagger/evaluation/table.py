"""An evaluation as text."""

from tagger.evaluation.metrics import Evaluation
from tagger.evaluation.spans import SpanCounts

BASELINES = {"majority_tag": "the most frequent tag", "most_frequent_tag": "each word's most frequent tag"}


def format_evaluation(evaluation: Evaluation) -> str:
    """A row for each tag, then the figures of all tokens with the baselines below them; ratios from 0 to 1."""
    width = max(map(len, ["unseen words", *evaluation.tags]))
    rows = [f"{'tag':<{width}}  accuracy  precision  recall      f1  support"]
    rows += [
        f"{tag:<{width}}  {scores['accuracy']:8.4f}  {scores['precision']:9.4f}  {scores['recall']:6.4f}"
        f"  {scores['f1']:6.4f}  {scores['support']:7,.0f}"
        for tag, scores in evaluation.by_tag.items()
    ]
    rows += ["", f"{'all':<{width}}  {evaluation.accuracy:8.4f}  of {evaluation.n_tokens:,} tokens"]
    if evaluation.unseen_accuracy is not None:
        rows.append(f"{'unseen words':<{width}}  {evaluation.unseen_accuracy:8.4f}  of {evaluation.n_unseen:,} tokens")
    rows.append(f"{'sentences':<{width}}  {evaluation.sentence_accuracy:8.4f}  of {evaluation.n_sentences:,} all right")
    rows.append(f"{'macro F1':<{width}}  {evaluation.macro_f1:8.4f}")
    rows += [
        f"{'baseline':<{width}}  {accuracy:8.4f}  {BASELINES[name]}"
        for name, accuracy in evaluation.baseline_accuracies.items()
    ]
    if evaluation.spans is not None:
        rows += ["", *_span_rows(evaluation.spans, width)]
    return "\n".join(rows)


def _span_rows(spans: SpanCounts, width: int) -> list[str]:
    """A row for each type of span, then one for all."""
    counted = spans.to_json()
    return [
        f"{'span':<{width}}            precision  recall      f1  support",
        *(
            f"{name:<{width}}            {row['precision']:9.4f}  {row['recall']:6.4f}  {row['f1']:6.4f}"
            f"  {row['support']:7,}"
            for name, row in {**counted["types"], "all": {**counted, "support": spans.gold.total()}}.items()
        ),
    ]
