"""A run in a notebook: its folder, the main scores of each split, and a table of tags or spans."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tagger.evaluation.metrics import Evaluation
from tagger.evaluation.scores import Scores
from tagger.reports.metric_names import metric_names, most_frequent, noun_of
from tagger.reports.page import render

MAIN = ("span_f1", "segment_f1", "accuracy", "unseen_accuracy")


def run_html(folder: Path, scores: Mapping[str, Scores]) -> str:
    """Show a run as HTML without scripts.

    Args:
        folder: the run folder.
        scores: by split; the tags are those of the last one.
    """
    rows = [row for split, each in scores.items() for row in _main_scores(split, each)]
    last = list(scores)[-1] if scores else ""
    tables = [_tag_table(name, evaluation) for name, evaluation in scores[last].heads.items()] if last else []
    names_heads = any(each.names_heads for each in scores.values())
    return render(
        "training/run.html",
        folder=str(folder),
        report=str(folder / "report.html"),
        rows=rows,
        tables=tables,
        split=last,
        names_heads=names_heads,
    )


def _main_scores(split: str, scores: Scores) -> Iterator[dict[str, Any]]:
    """Main metrics of each head with their intervals, the best baseline beside accuracy; then joint accuracy."""
    for head, evaluation in scores.heads.items():
        names = metric_names(evaluation.kind, is_series=evaluation.is_series)
        for metric in MAIN:
            if metric in names and metric in evaluation.headlines:
                baselines = evaluation.baseline_accuracies.values() if metric == "accuracy" else ()
                yield {
                    "split": split,
                    "head": head,
                    "metric": names[metric].label,
                    "value": evaluation.headlines[metric],
                    "interval": evaluation.intervals.get(metric),
                    "baseline": max(baselines, default=None),
                }
    if scores.joint:
        accuracy, interval = scores.joint.accuracy, scores.joint.interval
        yield {
            "split": split, "head": "all", "metric": "joint accuracy", "value": accuracy, "interval": interval,
            "baseline": None,
        }  # fmt: skip


def _tag_table(head: str, evaluation: Evaluation) -> dict[str, Any]:
    """Precision, recall, F1 and support of each type of span, or of each tag if there are no spans."""
    noun = noun_of(evaluation.kind, is_series=evaluation.is_series)
    rows: Mapping[str, Mapping[str, Any]] = evaluation.by_tag
    if evaluation.spans is not None:
        noun, rows = "span", evaluation.spans.to_json()["types"]
    rows, n_more = most_frequent({tag: row for tag, row in rows.items() if row["support"]}, lambda row: row["support"])
    return {"head": head, "noun": noun, "rows": rows, "n_more": n_more}
