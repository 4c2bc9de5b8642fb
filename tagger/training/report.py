"""The report of a run, made from its folder alone: the data may have moved."""

import csv
import json
import shlex
import tomllib
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any, TypeVar

from tagger.errors import BundleError, RunError
from tagger.evaluation.score import resolve_metric
from tagger.files import write_file
from tagger.reports.predictions import read_outcomes
from tagger.reports.run_report import RunRecord, report_page
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
    evaluated = [split for split in ("dev", "test") if metrics[split]]
    for split in evaluated:
        if "intervals" not in metrics[split]:
            raise RunError(
                f"{folder / 'metrics.json'}: written by an older version of tagger", "train the tagger again"
            )
    return RunRecord(
        name=name,
        config=config,
        command=rerun_command(name, data["start"]),
        metric=metrics["training"].get("metric")
        or resolve_metric(keys["metric"], has_spans=bundle["scheme"] != "none"),
        max_epochs=keys["epochs"],
        min_epochs=keys["min_epochs"],
        metrics=metrics,
        data=data["splits"],
        history=_read(folder, "history.csv", _epochs),
        bundle=bundle,
        outcomes={split: _read(folder, f"predictions/{split}.tsv", read_outcomes) for split in evaluated},
    )


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
    parse = _with_keys("network", "scheme", "spelling", "ignore", "provenance", read=read_description)
    return _read(bundle_dir, "bundle.json", parse)


def _training_keys(text: str) -> dict[str, Any]:
    """The keys of `config.toml` that the report explains; older configs have no `min_epochs`."""
    table = tomllib.loads(text)["training"]
    return {"metric": table["metric"], "epochs": table["epochs"], "min_epochs": table.get("min_epochs", 1)}


def _epochs(text: str) -> list[dict[str, Any]]:
    """The rows of `history.csv`; an empty cell, such as the score without dev, is None."""
    return [
        {key: json.loads(_JSON.get(cell, cell)) for key, cell in row.items()} for row in csv.DictReader(StringIO(text))
    ]


def _with_keys(*keys: str, read: Callable[[str], dict[str, Any]] = json.loads) -> Callable[[str], dict[str, Any]]:
    """A parser of a JSON object that keeps these keys only."""

    def parse(text: str) -> dict[str, Any]:
        table = read(text)
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
