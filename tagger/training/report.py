"""The report of a run, made from its folder alone: the data may have moved."""

import csv
import json
import shlex
import tomllib
from collections.abc import Callable, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, TypeVar

from tagger.corpus.spelling import Notation, Spelling
from tagger.errors import BundleError, RunError
from tagger.evaluation.score import resolve_metric
from tagger.files import write_file
from tagger.head_names import PLAIN_HEAD
from tagger.reports.predictions import read_outcomes
from tagger.reports.run_report import HeadRecord, RunRecord, report_page
from tagger.tagging.bundle import find_bundle
from tagger.tagging.bundle_json import read_description

REPORT = "report.html"
NO_RUN = "tagger train CONFIG makes a run folder, under runs/"

_JSON = {"": "null", "True": "true", "False": "false"}  # cells of history.csv that are not JSON

T = TypeVar("T")


def write_report(folder: Path) -> Path:
    """Write `report.html` into a run folder, and return its path.

    Raises:
        RunError: the folder is not a finished run, or a file in it cannot be read.
    """
    path = folder / REPORT
    write_file(path, report_page(read_run(folder)))
    return path


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
    metrics = _read(folder, "metrics.json", _with_keys("dev", "test", "training"))
    data = _read(folder, "data.json", _with_keys("splits", "start"))
    config = _read(folder, "config.toml", str)
    bundle = _bundle(folder)
    keys = _read(folder, "config.toml", _training_keys)
    name = folder.resolve().name
    heads = _heads(folder, metrics, bundle)
    training = metrics["training"]
    return RunRecord(
        name=name,
        config=config,
        command=rerun_command(name, data["start"]),
        metrics=_dev_metrics(training, keys, heads),
        max_epochs=keys["epochs"],
        min_epochs=keys["min_epochs"],
        training=training,
        data=data["splits"],
        history=_read(folder, "history.csv", _epochs),
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
        raise RunError(f"{folder / 'metrics.json'}: {message}", "train the tagger again")
    heads = []
    for target in targets:
        name = target["name"]
        evaluated = {split: each["heads"][name] for split, each in by_split.items() if name in each["heads"]}
        if any("intervals" not in evaluation for evaluation in evaluated.values()):
            raise RunError(
                f"{folder / 'metrics.json'}: written by an older version of tagger", "train the tagger again"
            )
        files = {split: f"predictions/{split}{'' if is_only else f'.{name}'}.tsv" for split in evaluated}
        temperature = metrics["training"].get("confidence")
        heads.append(
            HeadRecord(
                name=name,
                kind=target["kind"],
                evaluated=evaluated,
                outcomes={split: _read(folder, file, read_outcomes) for split, file in files.items()},
                notation=Notation(target["scheme"], Spelling(**target["spelling"] or {})),
                ignore=target["ignore"],
                temperature=temperature if is_only else (temperature or {}).get("heads", {}).get(name),
            )
        )
    return heads


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
    return shlex.join([*words, *(["--from", initial_tagger] if initial_tagger else [])])


def _bundle(folder: Path) -> dict[str, Any]:
    try:
        bundle_dir = find_bundle(folder)
    except BundleError as error:
        raise RunError(error.message, NO_RUN) from None
    return _read(bundle_dir, "bundle.json", _description)


def _description(text: str) -> dict[str, Any]:
    """The keys of `bundle.json` that the report shows; those of the only head of tags are at the top."""
    bundle = read_description(text)
    parts = ("heads",) if "heads" in bundle else ("scheme", "spelling", "ignore")
    return {key: bundle[key] for key in ("network", "provenance", *parts)}


def _training_keys(text: str) -> dict[str, Any]:
    """The keys of `config.toml` that the report explains; older configs lack `min_epochs` and `best_head`."""
    table = tomllib.loads(text)["training"]
    return {
        "metric": table["metric"],
        "epochs": table["epochs"],
        "min_epochs": table.get("min_epochs", 1),
        "best_head": table.get("best_head"),
    }


def _epochs(text: str) -> list[dict[str, Any]]:
    """The rows of `history.csv`; an empty cell, such as the score without dev, is None."""
    return [
        {key: json.loads(_JSON.get(cell, cell)) for key, cell in row.items()} for row in csv.DictReader(StringIO(text))
    ]


def _with_keys(*keys: str) -> Callable[[str], dict[str, Any]]:
    """A parser of a JSON object that keeps these keys only."""

    def parse(text: str) -> dict[str, Any]:
        table = json.loads(text)
        return {key: table[key] for key in keys}

    return parse


def _read(folder: Path, name: str, parse: Callable[[str], T]) -> T:
    """Read and parse a file of a run.

    Raises:
        RunError: it cannot be read or parsed.
    """
    path = folder / name
    try:
        return parse(path.read_bytes().decode("utf-8", "surrogateescape"))
    except OSError as error:
        hint = "to finish an unfinished run: tagger train CONFIG --run DIR --resume"
        raise RunError(f"{path}: cannot be read: {error.strerror}", hint) from None
    except (LookupError, TypeError, ValueError) as error:
        raise RunError(f"{path}: not as tagger train writes it: {error}", "train the tagger again") from None
