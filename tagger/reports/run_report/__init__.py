"""The report of a run as an HTML page."""

from collections.abc import Mapping
from typing import Any

from tagger.inputs.cells import CELLS
from tagger.reports.config_table import config_table
from tagger.reports.figures import figure_in_terms, table_in_terms
from tagger.reports.metric_names import MEAN_SCORE, NO_SPANS, metric_name, metrics_text
from tagger.reports.page import render
from tagger.reports.run_report.curves import LOSS, training_curves
from tagger.reports.run_report.data import answer_counts, hash_table, split_table, tag_counts, version_table
from tagger.reports.run_report.edit_scripts import meaning
from tagger.reports.run_report.head import head_parts
from tagger.reports.run_report.headline import headline_table
from tagger.reports.run_report.record import HeadRecord, RunRecord
from tagger.reports.run_report.scores import interval_text
from tagger.tagging.line import MAX_COLUMNS
from tagger.terminal_text import command_line

__all__ = ["HeadRecord", "RunRecord", "describe_network", "report_page"]

MAX_TEXT = 400  # characters of a text with a label that a page shows
POOLS = {
    "last": "on the last output",
    "mean": "on the mean output",
    "max": "on the maximum",
}  # what a label is read from


def report_page(run: RunRecord) -> str:
    """Render the report as HTML, in one file that makes no requests and is whole without scripts.

    Details are shown for test, or for dev if there is no test.
    """
    is_only, is_series = len(run.heads) == 1, run.reads_series
    reads_words = not is_series if run.is_plain else any(each["kind"] != "numbers" for each in run.network["inputs"])
    split = next((split for split in ("test", "dev") if any(split in head.evaluated for head in run.heads)), None)
    curves = training_curves(
        run.history, run.training["best_epoch"], min_epochs=run.min_epochs, **_described_curves(run)
    )
    return render(
        "reports/run_report/run_report.html",
        is_series=is_series,
        run=run,
        config=config_table(run.config),
        split=split,
        heads=[
            head_parts(head, n_heads=len(run.heads), is_series=is_series, metric=run.metrics.get(head.name))
            for head in run.heads
        ],
        names_heads=not is_only,
        headline=headline_table(run.heads, run.joint.get(split), split) if split and not is_only else None,
        network=describe_network(run.network),
        interval_text=interval_text,
        no_spans=NO_SPANS,
        meaning=meaning,
        max_text=MAX_TEXT,
        columns=MAX_COLUMNS,
        drawing_command=command_line("tagger", "predict", run.name, "--input", "FILE", "--html", "PAGE"),
        curves=[figure_in_terms(curve, is_series=is_series) for curve in curves],
        data_table=table_in_terms(split_table(run.data, run.heads, reads_words=reads_words), is_series=is_series),
        answer_counts=[table_in_terms(tag_counts(run.data, run.heads[0].ignore), is_series=is_series)]
        if run.is_plain
        else [answer_counts(run.data, head, names_heads=not is_only) for head in run.heads],
        has_sources=any(name.startswith("sources[") for name in run.provenance["data"]),
        hashes=hash_table(run.provenance["data"]),
        versions=version_table(run.provenance["versions"]),
    )


def _described_curves(run: RunRecord) -> dict[str, str]:
    """Name of the score that selected the epoch, and sentences on it and on the loss."""
    if len(run.heads) == 1:
        loss = LOSS.replace("token", "sentence") if run.heads[0].kind == "label" else LOSS
        return {"metric": metric_name(*run.metrics.values()), "loss": loss}
    score = f"The score is {metrics_text(run.metrics)}. " if len(run.metrics) > 1 else ""
    return {
        "metric": MEAN_SCORE if score else metrics_text(run.metrics),
        "score": score,
        "loss": "Sum over the heads of the mean loss per answer times heads.NAME.loss_weight, in nats, with dropout.",
    }


def describe_network(network: Mapping[str, Any]) -> str:
    """Describe the recurrent layers and the heads in words.

    >>> network = {"cell": "lstm", "units": [100, 50], "bidirectional": True, "merge": "concat"}
    >>> describe_network(network | {"heads": [{"kind": "crf"}]})
    'Bidirectional LSTM (concat) with 100 and 50 units, CRF'
    >>> heads = [{"kind": "crf", "name": "slots"}, {"kind": "softmax", "name": "intent", "pool": "last"}]
    >>> describe_network(network | {"heads": heads})
    'Bidirectional LSTM (concat) with 100 and 50 units, CRF (slots) and softmax on the last output (intent)'
    """
    units = " and ".join(map(str, network["units"]))
    cell = CELLS[network["cell"]].keras_name
    layers = f"Bidirectional {cell} ({network['merge']})" if network["bidirectional"] else cell
    heads = [_describe_head(head) for head in network["heads"]]
    if len(heads) > 1:
        heads = [f"{text} ({head['name']})" for text, head in zip(heads, network["heads"], strict=True)]
    noun = "unit" if network["units"] == [1] else "units"
    return f"{layers} with {units} {noun}, {' and '.join([', '.join(heads[:-1]), heads[-1]] if heads[1:] else heads)}"


def _describe_head(head: Mapping[str, Any]) -> str:
    kind = {"crf": "CRF"}.get(head["kind"], head["kind"])
    return f"{kind} {POOLS[head['pool']]}" if head.get("pool") else kind
