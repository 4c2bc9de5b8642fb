"""The report of a run and its model card, made from its folder alone: the data may have moved."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, get_args

from tagger.border.schema import TEXT, one_of, record, whole
from tagger.config.values import Metric
from tagger.corpus.spelling import Notation, Spelling
from tagger.errors import RunError
from tagger.evaluation.score import resolve_metric
from tagger.files import write_file
from tagger.head_names import PLAIN_HEAD
from tagger.reports.error_analysis import Outcome
from tagger.reports.model_card import model_card
from tagger.reports.run_report import HeadRecord, RunRecord, report_page
from tagger.reports.run_report.record import is_plain
from tagger.reports.series.worst_and_best import KeptSeries, kept_series_name, parse_kept_series
from tagger.terminal_text import command_line
from tagger.training.run_files import (
    AGAIN,
    check_best_epoch,
    read_bundle_description,
    read_config_tables,
    read_data,
    read_history,
    read_metrics,
    read_predictions,
    read_run_file,
)

REPORT = "report.html"
CARD = Path("bundle", "README.md")  # path in a run folder
NO_RUN = "tagger train CONFIG makes a run folder, under runs/"
TRAINING_KEYS = record(
    {
        "training": record(
            {"metric": one_of(*get_args(Metric)), "epochs": whole(1)}, {"min_epochs": whole(1), "best_head": TEXT}
        )
    }
)


def write_report(folder: Path) -> Path:
    """Write `report.html` into a run folder, and return its path.

    Raises:
        RunError: the folder is not a finished run, or a file in it cannot be read.
    """
    path = folder / REPORT
    write_file(path, report_page(read_run(folder)))
    return path


def write_card(folder: Path) -> None:
    """Write the model card into the bundle of a run; it has no checksum, so that whoever publishes it can edit it.

    Raises:
        RunError: as for `write_report`.
    """
    write_file(folder / CARD, model_card(read_run(folder)))


def read_run(folder: Path) -> RunRecord:
    """Read the results of a finished run from its folder.

    Raises:
        RunError: a file is missing or cannot be read; names it.
    """
    if not folder.is_dir():
        raise RunError(f"{folder}: {'is not a folder' if folder.exists() else 'there is no such folder'}", NO_RUN)
    if (folder / "bundle.json").is_file():
        raise RunError(
            f"{folder}: is a bundle, only a part of a run",
            "tagger report RUN, with the folder that the bundle is in",
        )
    metrics = read_metrics(folder)
    config = read_run_file(folder, "config.toml", str)
    keys = _training_keys(folder)
    bundle = read_bundle_description(folder)
    name = folder.resolve().name
    heads = _heads(folder, metrics, bundle)
    training, history = metrics["training"], read_history(folder)
    check_best_epoch(folder, training, history)
    data = read_data(folder, is_plain=is_plain(heads))
    return RunRecord(
        name=name,
        config=config,
        command=rerun_command(name, data["start"]),
        metrics=_dev_metrics(training, keys, heads),
        max_epochs=keys["epochs"],
        min_epochs=keys["min_epochs"],
        training=training,
        data=data["splits"],
        history=history,
        network=bundle["network"],
        provenance=bundle["provenance"],
        heads=heads,
        joint={split: metrics[split]["joint"] for split in ("dev", "test") if (metrics[split] or {}).get("joint")},
    )


def _heads(folder: Path, metrics: Mapping[str, Any], bundle: Mapping[str, Any]) -> list[HeadRecord]:
    """Read the results of each head of a run.

    Args:
        folder: the run folder.
        metrics: content of `metrics.json`.
        bundle: content of `bundle.json`.

    Raises:
        RunError: the metrics are of an older version, or a file of predictions cannot be read.
    """
    targets = bundle.get("heads") or [{"name": PLAIN_HEAD, "kind": "tag", **bundle}]
    is_only = len(targets) == 1
    by_split = {split: metrics[split] for split in ("test", "dev") if metrics[split]}
    if is_only:
        by_split = {split: {"heads": {targets[0]["name"]: each}} for split, each in by_split.items()}
    if not all("heads" in evaluations for evaluations in by_split.values()):
        message = "not as tagger train writes it: the bundle has several heads, the scores are of one"
        raise RunError(f"{folder / 'metrics.json'}: {message}", AGAIN)
    heads = []
    for target in targets:
        name = target["name"]
        evaluated = {split: each["heads"][name] for split, each in by_split.items() if name in each["heads"]}
        if any("intervals" not in evaluation for evaluation in evaluated.values()):
            raise RunError(f"{folder / 'metrics.json'}: written by an older version of tagger", AGAIN)
        files = {split: f"predictions/{split}{'' if is_only else f'.{name}'}.tsv" for split in evaluated}
        confidence = metrics["training"].get("confidence") or {}  # missing in older runs
        temperatures = confidence.get("heads", {name: confidence or None})
        outcomes = {split: read_predictions(folder, file) for split, file in files.items()}
        heads.append(
            HeadRecord(
                name=name,
                kind=target["kind"],
                evaluated=evaluated,
                outcomes=outcomes,
                notation=Notation(target["scheme"], Spelling(**target["spelling"] or {})),
                ignore=target["ignore"],
                temperature=temperatures.get(name),
                kept_series=_kept_series(folder, files, outcomes),
            )
        )
    return heads


def _kept_series(
    folder: Path, files: Mapping[str, str], outcomes: Mapping[str, Sequence[Outcome]]
) -> dict[str, list[KeptSeries]]:
    """The channels of series that a run keeps beside its predictions, by split; older runs keep none.

    Raises:
        RunError: a file cannot be read.
    """
    kept = {}
    for split, file in files.items():
        name = kept_series_name(file)
        if (folder / name).exists():
            kept[split] = read_run_file(folder, name, partial(parse_kept_series, outcomes=outcomes[split]))
    return kept


def _dev_metrics(
    training: Mapping[str, Any], keys: Mapping[str, Any], heads: Sequence[HeadRecord]
) -> Mapping[str, str]:
    """The metric on dev by head, whose mean selected the saved epoch.

    Args:
        training: numbers of the training, from `metrics.json`.
        keys: keys of the config, see `_training_keys`.
        heads: the heads of the run.
    """
    if "metrics" in training:
        return dict(training["metrics"])
    metric = training.get("metric")  # missing in older runs
    metric = metric or resolve_metric(keys["metric"], has_spans=heads[0].notation.scheme != "none")
    return {keys["best_head"] or heads[0].name: metric}


def rerun_command(name: str, initial_tagger: str | None) -> str:
    """Return the command that repeats a run, to be typed in the parent of its folder.

    >>> rerun_command("my run", None)
    "tagger train 'my run/config.toml' --run 'my run-again'"
    """
    words = ["tagger", "train", f"{name}/config.toml", "--run", f"{name}-again"]
    return command_line(*words, *(["--from", initial_tagger] if initial_tagger else []))


def _training_keys(folder: Path) -> dict[str, Any]:
    """The keys of `config.toml` that the report explains; older configs lack `min_epochs` and `best_head`."""
    table = read_config_tables(folder, TRAINING_KEYS)["training"]
    return {"min_epochs": 1, "best_head": None, **table}
