"""The main scores of a network with several heads at a glance."""

from collections.abc import Mapping, Sequence
from typing import Any

from tagger.corpus.counted import counted
from tagger.reports.figures import FigureTable
from tagger.reports.metric_names import NO_SPANS, UNITS, short_baseline_name
from tagger.reports.page import percent
from tagger.reports.run_report.record import HeadRecord
from tagger.reports.run_report.scores import INTERVAL, interval_text

Row = list[str]


def headline_table(heads: Sequence[HeadRecord], joint: Mapping[str, Any] | None, split: str) -> FigureTable:
    """Joint accuracy, and the accuracy and span F1 of each head with an evaluation on a split."""
    rows: list[Row] = []
    if joint:
        rows.append(
            ["all heads: joint accuracy", *_score(joint["accuracy"], joint["interval"], _count(joint, "sentence")), ""]
        )
    for head in heads:
        if evaluation := head.evaluated.get(split):
            rows += _head_rows(head, evaluation)
    header = ["metric", split, INTERVAL, "of", "best baseline"]
    return FigureTable(f"Main scores on {split}", header, rows, is_user_text=True)


def _head_rows(head: HeadRecord, evaluation: Mapping[str, Any]) -> list[Row]:
    spans, rows = evaluation["spans"], []
    if spans:
        interval = evaluation["intervals"]["span_f1"]
        score = _score(spans["f1"], interval, "") if interval else [percent(None), NO_SPANS, ""]
        rows.append([f"{head.name}: span F1", *score, ""])
    key, best = max(evaluation["baselines"].items(), key=lambda baseline: baseline[1])
    score = _score(evaluation["accuracy"], evaluation["intervals"]["accuracy"], _count(evaluation, UNITS[head.kind]))
    rows.append([f"{head.name}: accuracy", *score, f"{percent(best)} ({short_baseline_name(key, head.kind)})"])
    return rows


def _score(value: float | None, interval: Sequence[float] | None, count: str) -> Row:
    return [percent(value), interval_text(interval) if interval else "", count]


def _count(evaluation: Mapping[str, Any], unit: str) -> str:
    return counted(evaluation[f"{unit}s"], unit)
