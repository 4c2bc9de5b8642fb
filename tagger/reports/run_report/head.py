"""Tables and figures of one head."""

from collections.abc import Mapping
from typing import Any

from tagger.evaluation.metrics import NOUNS
from tagger.reports.error_analysis import frequent_confusions, worst_sentences
from tagger.reports.figures import Figure
from tagger.reports.metric_names import UNITS
from tagger.reports.run_report.curves import calibration_figures
from tagger.reports.run_report.edit_scripts import script_of
from tagger.reports.run_report.matrix import confusion_matrix
from tagger.reports.run_report.record import HeadRecord
from tagger.reports.run_report.scores import (
    baseline_figure,
    breakdown_figures,
    score_table,
    span_figure,
    tag_figure,
    unbeaten_baselines,
)


def head_parts(head: HeadRecord, *, is_only: bool) -> dict[str, Any]:
    """Tables, figures and words of a head, by their names in the template.

    Args:
        head: results of the head.
        is_only: whether the network has no other head; else ids in the page begin with the head's name, after `heads.`
            as in a config.
    """
    prefix = "" if is_only else f"heads.{head.name}."
    return {
        "name": head.name,
        "kind": head.kind,
        "noun": NOUNS[head.kind],
        "unit": UNITS[head.kind],
        "split": head.split,
        "id": prefix.rstrip("."),
        "prefix": prefix,
        "file": f"predictions/{head.split}.tsv" if is_only else f"predictions/{head.split}.{head.name}.tsv",
        "temperature": head.temperature,
        "scores": score_table(head.evaluated, head.kind) if head.evaluated else None,
        "unbeaten_baselines": unbeaten_baselines(head.evaluated, head.kind),
        "detail": _detail(head, head.split, prefix) if head.split else None,
    }


def _detail(head: HeadRecord, split: str, prefix: str) -> dict[str, Any]:
    """Tables and figures of one split."""
    evaluation, outcomes, kind = head.evaluated[split], head.outcomes[split], head.kind
    notation, ignore = head.notation, head.ignore
    counted_as: Mapping[str, Any] = {"counted_as": script_of(ignore)} if kind == "string" else {}
    spans = (evaluation["spans"] or {}).get("types")

    def named(figure: Figure) -> Figure:
        return figure._replace(key=f"{prefix}{figure.key}")

    calibration = evaluation["calibration"]
    return {
        "evaluation": evaluation,
        "baselines": named(baseline_figure(evaluation, split, kind)),
        "tags": named(tag_figure(evaluation["tags"], split, kind)),
        "spans": named(span_figure(spans, split)) if spans else None,
        "matrix": confusion_matrix(evaluation["confusion"], notation),
        "calibration": [*map(named, calibration_figures(calibration, split, kind))] if calibration else [],
        "breakdowns": [*map(named, breakdown_figures(evaluation, split, kind))],
        "confusions": frequent_confusions(outcomes, ignore=ignore, **counted_as),
        "worst": worst_sentences(outcomes, ignore=ignore),
        "outside": notation.spelling.outside if notation.scheme != "none" else None,
    }
