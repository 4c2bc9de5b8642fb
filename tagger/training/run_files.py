"""Files of a run folder that are read back, each checked: the folder may be somebody else's, or damaged."""

import csv
from collections.abc import Callable, Mapping
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any, TypeVar

from tagger.border.schema import NULL, TEXT, Schema, check, either, list_of, nullable, number, record
from tagger.border.sizes import PREDICTIONS, RECORD, SIZES
from tagger.border.strict_json import parse_json, read_lines, read_text
from tagger.errors import BundleError, RunError
from tagger.reports.error_analysis import Outcome
from tagger.reports.predictions import read_outcomes
from tagger.reports.record_schema import HISTORY, METRICS, check_epochs, data_schema
from tagger.tagging.bundle import find_bundle
from tagger.tagging.bundle_json import read_description
from tagger.toml_file import parse_toml

AGAIN = "train the tagger again"
START = record({"start": nullable(TEXT)})
TEST = either(TEXT, number(), NULL)
TEST_FILES = record({"data": record({}, {"test": TEST, "sources": list_of(record({}, {"test": TEST}))})})

_JSON = {"": "null", "True": "true", "False": "false"}  # cells of history.csv that are not JSON

T = TypeVar("T")


def read_metrics(folder: Path) -> dict[str, Any]:
    """Content of `metrics.json`.

    Raises:
        RunError: it is missing or not as tagger writes it; names the key. So do the other functions of this module.
    """
    return read_run_file(folder, "metrics.json", partial(_checked, schema=METRICS))


def read_data(folder: Path, *, is_plain: bool) -> dict[str, Any]:
    """Content of `data.json`; `is_plain` says whether the only head is one of tags without a name."""
    return read_run_file(folder, "data.json", partial(_checked, schema=data_schema(is_plain=is_plain)))


def read_start(folder: Path) -> str | None:
    """Path of the initial tagger of a run, from `data.json`; None if there was none."""
    start: str | None = read_run_file(folder, "data.json", partial(_checked, schema=START))["start"]
    if start and "\0" in start:
        raise RunError(f"{folder / 'data.json'}: start: a path cannot have the character NUL", AGAIN)
    return start


def read_history(folder: Path) -> list[dict[str, Any]]:
    """The rows of `history.csv`; an empty cell, such as the score without dev, is None."""
    return read_run_file(folder, "history.csv", _epochs)


def read_config_tables(folder: Path, schema: Schema) -> dict[str, Any]:
    """The tables of `config.toml`, checked against a schema."""
    return read_run_file(folder, "config.toml", partial(_tables, schema=schema))


def read_bundle_description(folder: Path) -> dict[str, Any]:
    """Content of the `bundle.json` of a run, in the current format."""
    try:
        bundle_dir = find_bundle(folder)
        return read_run_file(bundle_dir, "bundle.json", partial(read_description, folder=bundle_dir))
    except BundleError as error:
        raise RunError(error.message, error.hint) from None


def read_run_file(folder: Path, name: str, parse: Callable[[str], T]) -> T:
    """Parse a file of a run.

    Raises:
        RunError: it cannot be read, or `parse` raises ValueError.
    """
    limit = SIZES.get(name, RECORD)
    return _parsed(folder / name, lambda path: parse(read_text(path, RunError, limit=limit, within=folder)))


def read_predictions(folder: Path, name: str) -> list[Outcome]:
    """The sentences of a file of predictions, of any size; errors as for `read_run_file`."""
    return _parsed(
        folder / name, lambda path: read_outcomes(read_lines(path, RunError, limit=PREDICTIONS, within=folder))
    )


def _parsed(path: Path, parse: Callable[[Path], T]) -> T:
    try:
        return parse(path)
    except FileNotFoundError as error:
        hint = "to finish an unfinished run: tagger train CONFIG --run DIR --resume"
        raise RunError(f"{path}: cannot be read: {error.strerror}", hint) from None
    except ValueError as error:
        raise RunError(f"{path}: not as tagger train writes it: {error}", AGAIN) from None


def _checked(text: str, schema: Schema) -> dict[str, Any]:
    value: dict[str, Any] = parse_json(text)
    check(value, schema)
    return value


def _tables(text: str, schema: Schema) -> dict[str, Any]:
    tables = parse_toml(text)
    check(tables, schema)
    return tables


def _epochs(text: str) -> list[dict[str, Any]]:
    rows = csv.DictReader(StringIO(text), restkey="cells without a name", restval="")
    try:
        epochs = [{key: _value(cell) for key, cell in row.items()} for row in rows]
    except ValueError as error:
        raise ValueError(f"line {rows.line_num}: {error}") from None
    except csv.Error as error:
        raise ValueError(f"line {rows.line_num + 1}: {error}") from None
    check_epochs(epochs, HISTORY, "epochs")
    if not epochs:
        raise ValueError("expected a line for each epoch, got none")
    return epochs


def _value(cell: str | list[str]) -> Any:
    return parse_json(_JSON.get(cell, cell)) if isinstance(cell, str) else cell


def check_best_epoch(folder: Path, training: Mapping[str, Any], history: list[dict[str, Any]]) -> None:
    """Check that the best epoch of `metrics.json` is in `history.csv`.

    Raises:
        RunError: it is not.
    """
    if training["best_epoch"] > len(history):
        raise RunError(
            f"{folder / 'metrics.json'}: training.best_epoch: expected a whole number from 1 to {len(history):,}, the "
            f"epochs in history.csv, got {training['best_epoch']:,}",
            AGAIN,
        )
