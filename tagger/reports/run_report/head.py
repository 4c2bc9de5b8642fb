"""Tables and figures of one head."""

from collections.abc import Mapping, Sequence
from typing import Any

from tagger.corpus.terms import in_terms
from tagger.reports.all_errors import all_errors
from tagger.reports.error_analysis import frequent_confusions, worst_sentences
from tagger.reports.figures import Figure, figure_in_terms
from tagger.reports.metric_names import UNITS, metric_names, noun_of
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
from tagger.reports.run_report.segments import segment_error_table, segment_tables
from tagger.reports.run_report.series import series_drawings
from tagger.reports.segment_errors import segment_errors

MAX_SEGMENTS = 2_000  # segments with errors that a page lists
MAX_ERROR_BYTES = 900_000  # of the errors of all heads: a page is smaller than 2 MB


def head_parts(head: HeadRecord, *, n_heads: int, is_series: bool = False, metric: str | None = None) -> dict[str, Any]:
    """Tables, figures and words of a head, by their names in the template.

    Args:
        head: results of the head.
        n_heads: number of heads of the network; of several, ids in the page begin with the head's name, after `heads.`
            as in a config.
        is_series: whether the sentences are series of numbers.
        metric: metric on dev that chose the epoch, if the head has part in it.
    """
    is_only = n_heads == 1
    prefix = "" if is_only else f"heads.{head.name}."
    return {
        "name": head.name,
        "kind": head.kind,
        "noun": noun_of(head.kind, is_series=is_series),
        "answer": in_terms(head.kind, is_series=is_series),
        "unit": in_terms(UNITS[head.kind], is_series=is_series),
        "unit_key": f"{UNITS[head.kind]}s",
        "main_score": _main_score(head, metric, is_series=is_series),
        "split": head.split,
        "id": prefix.rstrip("."),
        "prefix": prefix,
        "file": f"predictions/{head.split}.tsv" if is_only else f"predictions/{head.split}.{head.name}.tsv",
        "temperature": head.temperature,
        "scores": score_table(head.evaluated, head.kind, is_series=is_series) if head.evaluated else None,
        "unbeaten_baselines": unbeaten_baselines(head.evaluated, head.kind, is_series=is_series),
        "detail": _detail(head, head.split, prefix, n_heads=n_heads, is_series=is_series) if head.split else None,
    }


def _main_score(head: HeadRecord, metric: str | None, *, is_series: bool) -> tuple[str, float, Sequence[float]] | None:
    """Title, value, interval of the metric that chose the epoch; None if undefined, or if the page names it anyway."""
    if metric in (None, "accuracy", "span_f1") or head.split is None:
        return None
    evaluation = head.evaluated[head.split]
    interval = evaluation["intervals"].get(metric)
    return interval and (metric_names(head.kind, is_series=is_series)[metric].title, evaluation[metric], interval)


def _detail(head: HeadRecord, split: str, prefix: str, *, n_heads: int, is_series: bool) -> dict[str, Any]:
    """Tables and figures of one split."""
    evaluation, outcomes, kind = head.evaluated[split], head.outcomes[split], head.kind
    notation, ignore = head.notation, head.ignore
    counted_as: Mapping[str, Any] = {"counted_as": script_of(ignore)} if kind == "string" else {}
    spans, segments = (evaluation["spans"] or {}).get("types"), evaluation.get("segments")

    def named(figure: Figure) -> Figure:
        return figure_in_terms(figure._replace(key=f"{prefix}{figure.key}"), is_series=is_series)

    calibration = evaluation["calibration"]
    wrong = segment_errors(outcomes, ignore=ignore) if segments else []
    return {
        "evaluation": evaluation,
        "baselines": named(baseline_figure(evaluation, split, kind, is_series=is_series)),
        "tags": named(tag_figure(evaluation["tags"], split, kind)),
        "segments": segment_tables(segments, split) if segments else [],
        "spans": named(span_figure(spans, split)) if spans else None,
        "matrix": confusion_matrix(evaluation["confusion"], notation),
        "calibration": [*map(named, calibration_figures(calibration, split, kind))] if calibration else [],
        "breakdowns": [*map(named, breakdown_figures(evaluation, split, kind))],
        "confusions": frequent_confusions(outcomes, ignore=ignore, **counted_as),
        "has_series": is_series and kind == "tag",
        "drawings": series_drawings(head, split, prefix) if is_series else [],
        "segment_errors": segment_error_table(wrong[: MAX_SEGMENTS // n_heads], split) if wrong else None,
        "n_segment_errors": len(wrong),
        "errors": None if segments else all_errors(outcomes, ignore=ignore, max_bytes=MAX_ERROR_BYTES // n_heads),
        "worst": worst_sentences(outcomes, ignore=ignore),
        "outside": notation.spelling.outside if notation.scheme != "none" else None,
    }
