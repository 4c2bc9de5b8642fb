"""A trial: one setting with one seed, in a run folder named by a hash of its config and data."""

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tagger.config import Config, Data, Features, HeadConfig, Model, Section, Training
from tagger.config.older import with_earlier_keys
from tagger.config.settings import set_value
from tagger.corpus.download import resolve
from tagger.errors import DataError, RunError
from tagger.evaluation.score import SplitScore, split_score
from tagger.files import sha256_of
from tagger.sweeps.plan import Plan
from tagger.sweeps.space import Setting
from tagger.training.data_files import data_files_of, word_files_of
from tagger.training.run_files import read_history, read_metrics
from tagger.training.run_folder import is_finished

NAME_LENGTH = 12  # hexadecimal digits: among a million trials, two share a name with a probability of 0.2 %


@dataclass(frozen=True, slots=True)
class Trial:
    """One setting with one seed, and their resolved config."""

    folder: Path
    setting: Setting
    seed: int
    config: Config

    @property
    def name(self) -> str:
        """Hash of its config and data."""
        return self.folder.name

    @property
    def is_finished(self) -> bool:
        """Whether its run is finished."""
        return is_finished(self.folder)

    def result(self, metric: str) -> "Result":
        """Result of the finished trial by a metric, see `split_score`."""
        metrics = self._metrics()
        dev, training = self.score(metrics["dev"], metric), metrics["training"]
        return Result(
            trial=self,
            metric=dev.metric,
            score=dev.value or 0.0,
            heads=dev.heads,
            parameters=int(training["parameters"]),
            seconds=float(training["seconds"]),
            dev_loss=math.inf if training.get("dev_loss") is None else float(training["dev_loss"]),
            n_bytes=sum(path.stat().st_size for path in (self.folder / "bundle").iterdir()),
        )

    def score(self, evaluation: Mapping[str, Any], metric: str) -> SplitScore:
        """Score of an evaluation of the finished trial, as in metrics.json, see `split_score`."""
        best_head = self.config.training.best_head
        return split_score(evaluation, self._metrics()["training"], metric, best_head=best_head)

    def _metrics(self) -> dict[str, Any]:
        metrics = read_metrics(self.folder)
        if metrics["dev"] is None:
            raise RunError(f"{self.folder / 'metrics.json'}: dev: expected the scores that rank settings, got null")
        return metrics

    def curve(self) -> dict[int, float]:
        """Score on dev of each epoch so far, by number of the epoch."""
        if not (self.folder / "history.csv").exists():
            return {}
        return {row["number"]: row["score"] for row in read_history(self.folder) if row["score"] is not None}


MakeTrials = Callable[[Setting], list[Trial]]  # raises ConfigError or DataError if a setting is impossible


@dataclass(frozen=True, slots=True)
class Result:
    """Result of a finished trial.

    Args:
        trial: the trial.
        metric: metric of the score.
        score: score on dev, from 0 to 1.
        parameters: number of the network's parameters.
        seconds: training time.
        n_bytes: size of the bundle.
        dev_loss: loss on dev of the best epoch, in nats, which breaks ties; infinite if unknown.
        heads: score on dev by head and metric; empty if the network has one head.
    """

    trial: Trial
    metric: str
    score: float
    parameters: int
    seconds: float
    n_bytes: int
    dev_loss: float = math.inf
    heads: Mapping[str, float] = field(default_factory=dict)


class FileHashes:
    """SHA-256 of the files that configs name; each file is read once."""

    def __init__(self) -> None:
        self._known: dict[Path, str] = {}

    def of_config(self, config: Config) -> dict[str, str]:
        """Hash of each file of a config, by key.

        Raises:
            DataError: a file cannot be read, or a public data set cannot be downloaded.
        """
        return {key: self._of_named(name, key) for key, name in _files(config).items()}

    def check(self, configs: Iterable[Config]) -> None:
        """Read the files of configs.

        Raises:
            DataError: files cannot be read or downloaded; the message lists all of them.
        """
        errors: dict[str, DataError] = {}
        for key, name in dict.fromkeys(file for config in configs for file in _files(config).items()):
            try:
                self._of_named(name, key)
            except DataError as error:
                errors.setdefault(error.message, error)
        if len(errors) > 1:
            hint = next((error.hint for error in errors.values() if error.hint), None)
            raise DataError("\n  ".join([f"{len(errors)} files cannot be read", *errors]), hint)
        if errors:
            raise errors.popitem()[1]

    def of_file(self, path: Path, key: str) -> str:
        """Hash of a file.

        Args:
            path: path of the file.
            key: key of the config that names it, for the message.

        Raises:
            DataError: the file cannot be read.
        """
        if path not in self._known:
            try:
                self._known[path] = sha256_of(path)
            except OSError as error:
                raise DataError(f"{path}: cannot be read ({key}): {error.strerror}") from None
        return self._known[path]

    def _of_named(self, name: str, key: str) -> str:
        return self.of_file(resolve(name) or Path(name), key)


def _files(config: Config) -> dict[str, str]:
    """Files and public data sets that a config names, by key."""
    return data_files_of(config.data) | word_files_of(config)


def trials_of(plan: Plan, folder: Path, hashes: FileHashes, setting: Setting) -> list[Trial]:
    """Trials of a setting, one for each seed.

    Raises:
        ConfigError: the setting is impossible.
        DataError: a file cannot be read.
    """
    configs = {seed: plan.config(setting, seed) for seed in plan.sweep.seeds}
    return [Trial(folder / trial_name(config, hashes), setting, seed, config) for seed, config in configs.items()]


def check_files(plan: Plan, hashes: FileHashes) -> None:
    """Read the files of the base, test included, and of all settings that are known before the sweep runs.

    Raises:
        DataError: files cannot be read; the message lists all of them.
    """
    configs = (plan.config(setting, plan.sweep.seeds[0]) for setting in plan.known_settings())
    hashes.check([plan.base, *configs])


def trial_name(config: Config, hashes: FileHashes) -> str:
    """Name that trials share if their configs and data are equal; the paths of the data do not matter.

    Raises:
        DataError: a file cannot be read.
    """
    return digest([without_paths(config), hashes.of_config(config)])[:NAME_LENGTH]


def digest(value: object) -> str:
    """SHA-256 of a JSON value."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def without_paths(config: Config) -> dict[str, Any]:
    """Tables of a config, with the paths of its files replaced by a constant."""
    tables = config.model_dump(mode="json")
    for key in _files(config):
        set_value(tables, key, "a file")
    # Trials and studies of earlier versions, which had no such keys, keep their names.
    keys_by_table: list[tuple[type[Section], dict[str, Any], tuple[str, ...]]] = [
        (Training, tables["training"], ("adversarial", "min_epochs", "best_head")),
        (Data, tables["data"], ("label", "sources", "max_tokens", "split", "gap")),
        (Features, tables["features"], ("numeric_missing",)),
        (Model, tables["model"], ("min_duration",)),
        (Config, tables, ("heads",)),
        *((HeadConfig, head, ("min_duration",)) for head in tables["heads"].values()),
    ]
    for section, table, keys in keys_by_table:
        for key in keys:
            if table[key] == section.model_fields[key].default:
                del table[key]
    return with_earlier_keys(tables)
