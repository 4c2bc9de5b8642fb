"""The report of a run, as a page for a careful reviewer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tagger.corpus.spelling import Notation, Spelling
from tagger.inputs.cells import CELLS
from tagger.reports.measures import NO_SPANS, metric_name
from tagger.reports.mistakes import Outcome, frequent_confusions, worst_sentences
from tagger.reports.page import render
from tagger.reports.report.curves import calibration_figures, learning_curves
from tagger.reports.report.data import hash_table, split_table, tag_counts, version_table
from tagger.reports.report.matrix import confusion_table
from tagger.reports.report.scores import (
    baseline_figure,
    between,
    breakdown_figures,
    headlines,
    span_figure,
    tag_figure,
    weak_splits,
)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """The files of a run, read: `metrics`, `data`, `history` and `bundle` are as theirs have them.

    `command` makes the run again; `metric` is the one of dev by which the weights were chosen. The history has an epoch
    each: number, loss, score (None without dev), is_best, learning_rate, seconds.
    """

    name: str
    config: str
    command: str
    metric: str
    metrics: Mapping[str, Any]
    data: Mapping[str, Any]
    history: Sequence[Mapping[str, Any]]
    bundle: Mapping[str, Any]
    outcomes: Mapping[str, Sequence[Outcome]]


def report_page(run: RunRecord) -> str:
    """The report as HTML: one file that makes no request.

    Details are those of test, or of dev where there is no test.
    """
    evaluated = {split: run.metrics[split] for split in ("test", "dev") if run.metrics[split]}
    split = next(iter(evaluated), None)
    ignore, notation = run.bundle["ignore"], Notation(run.bundle["scheme"], Spelling(**run.bundle["spelling"] or {}))
    return render(
        "reports/report/report.html",
        run=run,
        split=split,
        evaluated=evaluated,
        network=describe_network(run.bundle["network"]),
        headlines=headlines(evaluated) if evaluated else None,
        between=between,
        no_spans=NO_SPANS,
        weak_splits=weak_splits(evaluated),
        curves=learning_curves(run.history, run.metrics["training"]["best_epoch"], metric_name(run.metric)),
        detail=_detail(evaluated[split], run.outcomes[split], split, ignore, notation) if split else None,
        data_table=split_table(run.data),
        tag_counts=tag_counts(run.data, ignore),
        hashes=hash_table(run.bundle["provenance"]["data"]),
        versions=version_table(run.bundle["provenance"]["versions"]),
    )


def _detail(
    evaluation: Mapping[str, Any], outcomes: Sequence[Outcome], split: str, ignore: Sequence[str], notation: Notation
) -> dict[str, Any]:
    """Tables and figures of one split, by the names that the template has for them."""
    return {
        "evaluation": evaluation,
        "baselines": baseline_figure(evaluation, split),
        "tags": tag_figure(evaluation["tags"], split),
        "spans": span_figure(evaluation["spans"]["types"], split) if (evaluation["spans"] or {}).get("types") else None,
        "matrix": confusion_table(evaluation["confusion"], notation),
        "calibration": calibration_figures(evaluation["calibration"], split) if evaluation["calibration"] else [],
        "breakdowns": breakdown_figures(evaluation, split),
        "confusions": frequent_confusions(outcomes, ignore=ignore),
        "worst": worst_sentences(outcomes, ignore=ignore),
        "outside": notation.spelling.outside if notation.scheme != "none" else None,
    }


def describe_network(network: Mapping[str, Any]) -> str:
    """The recurrent layers and the head in words.

    >>> network = {"cell": "lstm", "units": [100, 50], "bidirectional": True, "merge": "concat"}
    >>> describe_network(network | {"heads": [{"kind": "crf"}]})
    'LSTM, 100 and 50 units, both directions (concat), CRF'
    """
    units = " and ".join(map(str, network["units"]))
    directions = f"both directions ({network['merge']})" if network["bidirectional"] else "one direction"
    heads = " and ".join({"crf": "CRF"}.get(head["kind"], head["kind"]) for head in network["heads"])
    return f"{CELLS[network['cell']].keras_name}, {units} units, {directions}, {heads}"
