"""The report of a run as an HTML page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tagger.corpus.spelling import Notation, Spelling
from tagger.inputs.cells import CELLS
from tagger.reports.error_analysis import Outcome, frequent_confusions, worst_sentences
from tagger.reports.metric_names import NO_SPANS, metric_name
from tagger.reports.page import render
from tagger.reports.run_report.curves import calibration_figures, training_curves
from tagger.reports.run_report.data import hash_table, split_table, tag_counts, version_table
from tagger.reports.run_report.matrix import confusion_matrix
from tagger.reports.run_report.scores import (
    baseline_figure,
    breakdown_figures,
    interval_text,
    score_table,
    span_figure,
    tag_figure,
    unbeaten_baselines,
)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """Content of a run folder.

    Args:
        name: name of the folder.
        config: text of `config.toml`.
        command: command that reproduces the run.
        metric: metric on dev that selected the saved epoch.
        max_epochs: highest number of epochs, by the config.
        min_epochs: first epoch that may be the best.
        metrics: content of `metrics.json`.
        data: statistics of each split, from `data.json`.
        history: rows of `history.csv`, one per epoch: number, loss, score (None without dev), is_best, learning_rate,
            seconds.
        bundle: content of `bundle.json`.
        outcomes: sentences with their predicted tags, by split.
    """

    name: str
    config: str
    command: str
    metric: str
    max_epochs: int
    min_epochs: int
    metrics: Mapping[str, Any]
    data: Mapping[str, Any]
    history: Sequence[Mapping[str, Any]]
    bundle: Mapping[str, Any]
    outcomes: Mapping[str, Sequence[Outcome]]


def report_page(run: RunRecord) -> str:
    """Render the report as HTML, in one file that makes no requests and runs no scripts.

    Details are shown for test, or for dev if there is no test.
    """
    evaluated = {split: run.metrics[split] for split in ("test", "dev") if run.metrics[split]}
    split = next(iter(evaluated), None)
    ignore, notation = run.bundle["ignore"], Notation(run.bundle["scheme"], Spelling(**run.bundle["spelling"] or {}))
    return render(
        "reports/run_report/run_report.html",
        run=run,
        split=split,
        evaluated=evaluated,
        network=describe_network(run.bundle["network"]),
        scores=score_table(evaluated) if evaluated else None,
        interval_text=interval_text,
        no_spans=NO_SPANS,
        unbeaten_baselines=unbeaten_baselines(evaluated),
        curves=training_curves(
            run.history, run.metrics["training"]["best_epoch"], metric_name(run.metric), run.min_epochs
        ),
        detail=_detail(evaluated[split], run.outcomes[split], split, ignore, notation) if split else None,
        data_table=split_table(run.data),
        tag_counts=tag_counts(run.data, ignore),
        hashes=hash_table(run.bundle["provenance"]["data"]),
        versions=version_table(run.bundle["provenance"]["versions"]),
    )


def _detail(
    evaluation: Mapping[str, Any], outcomes: Sequence[Outcome], split: str, ignore: Sequence[str], notation: Notation
) -> dict[str, Any]:
    """Tables and figures of one split, by their names in the template."""
    return {
        "evaluation": evaluation,
        "baselines": baseline_figure(evaluation, split),
        "tags": tag_figure(evaluation["tags"], split),
        "spans": span_figure(evaluation["spans"]["types"], split) if (evaluation["spans"] or {}).get("types") else None,
        "matrix": confusion_matrix(evaluation["confusion"], notation),
        "calibration": calibration_figures(evaluation["calibration"], split) if evaluation["calibration"] else [],
        "breakdowns": breakdown_figures(evaluation, split),
        "confusions": frequent_confusions(outcomes, ignore=ignore),
        "worst": worst_sentences(outcomes, ignore=ignore),
        "outside": notation.spelling.outside if notation.scheme != "none" else None,
    }


def describe_network(network: Mapping[str, Any]) -> str:
    """Describe the recurrent layers and the heads in words.

    >>> network = {"cell": "lstm", "units": [100, 50], "bidirectional": True, "merge": "concat"}
    >>> describe_network(network | {"heads": [{"kind": "crf"}]})
    'Bidirectional LSTM (concat) with 100 and 50 units, CRF'
    """
    units = " and ".join(map(str, network["units"]))
    cell = CELLS[network["cell"]].keras_name
    layers = f"Bidirectional {cell} ({network['merge']})" if network["bidirectional"] else cell
    heads = " and ".join({"crf": "CRF"}.get(head["kind"], head["kind"]) for head in network["heads"])
    return f"{layers} with {units} units, {heads}"
