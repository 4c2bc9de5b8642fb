"""A trial: one setting with one seed, in a run folder that is named by what decides its outcome."""

import csv
import hashlib
import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tagger.config import Config, Training
from tagger.corpus.download import resolve
from tagger.errors import DataError
from tagger.evaluation.score import has_gold_spans, recorded_score, resolve_metric
from tagger.files import sha256_of
from tagger.sweeps.plan import Plan
from tagger.sweeps.space import Setting
from tagger.training.data_files import files_of, word_files_of
from tagger.training.run_folder import is_finished

NAME_LENGTH = 12  # hexadecimal digits: two of a million trials share a name once in 500 sweeps of that size


@dataclass(frozen=True, slots=True)
class Trial:
    """One setting, what it has that the base has not, with one seed, and their resolved config."""

    folder: Path
    setting: Setting
    seed: int
    config: Config

    @property
    def name(self) -> str:
        """A hash of its config and data."""
        return self.folder.name

    @property
    def is_finished(self) -> bool:
        """Whether its run has come to its end."""
        return is_finished(self.folder)

    def result(self, metric: str) -> "Result":
        """Its result by a metric, once it is finished; auto: span F1 where there are spans, else accuracy."""
        metrics = json.loads((self.folder / "metrics.json").read_text(encoding="utf-8"))
        dev, training = metrics["dev"], metrics["training"]
        metric = resolve_metric(metric, has_spans=has_gold_spans(dev))
        return Result(
            trial=self,
            metric=metric,
            score=recorded_score(dev, metric) or 0.0,
            parameters=int(training["parameters"]),
            seconds=float(training["seconds"]),
            dev_loss=math.inf if training.get("dev_loss") is None else float(training["dev_loss"]),
            n_bytes=sum(path.stat().st_size for path in (self.folder / "bundle").iterdir()),
        )

    def curve(self) -> dict[int, float]:
        """The score on dev after each epoch so far."""
        try:
            with (self.folder / "history.csv").open(encoding="utf-8", newline="") as file:
                return {int(row["number"]): float(row["score"]) for row in csv.DictReader(file)}
        except FileNotFoundError:
            return {}


MakeTrials = Callable[[Setting], list[Trial]]  # raises ConfigError, DataError where a setting is impossible


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a finished trial.

    Its score on dev is from 0 to 1, its loss on dev in nats, that of its best epoch, by which equal scores differ;
    infinite where it is not known. Seconds are of training, bytes of the bundle.
    """

    trial: Trial
    metric: str
    score: float
    parameters: int
    seconds: float
    n_bytes: int
    dev_loss: float = math.inf


class Hashes:
    """SHA-256 of the files that configs name, each file read once."""

    def __init__(self) -> None:
        self._known: dict[Path, str] = {}

    def of(self, config: Config) -> dict[str, str]:
        """By key of the config, the hash of each file of it.

        Raises:
            DataError: there is no such file, or a public one cannot be fetched.
        """
        return {key: self._of_named(name, key) for key, name in _files(config).items()}

    def check(self, configs: Iterable[Config]) -> None:
        """Reads the files of configs.

        Raises:
            DataError: some cannot be read, or public ones cannot be fetched: all of them.
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
        """The hash of a file that a key of the config names.

        Raises:
            DataError: it cannot be read.
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
    """By key, each file that a config names, or public set."""
    return {f"data.{split}": name for split, name in files_of(config.data).items()} | word_files_of(config)


def trials_of(plan: Plan, folder: Path, hashes: Hashes, setting: Setting) -> list[Trial]:
    """The trials of a setting, one for each seed.

    Raises:
        ConfigError: the setting is impossible.
        DataError: a file cannot be read.
    """
    configs = {seed: plan.config(setting, seed) for seed in plan.sweep.seeds}
    return [Trial(folder / trial_name(config, hashes), setting, seed, config) for seed, config in configs.items()]


def check_files(plan: Plan, hashes: Hashes) -> None:
    """Reads the files of the base, that of test among them, and of all settings that are known before anything runs.

    Raises:
        DataError: some cannot be read: all of them.
    """
    configs = (plan.config(setting, plan.sweep.seeds[0]) for setting in plan.known_settings())
    hashes.check([plan.base, *configs])


def trial_name(config: Config, hashes: Hashes) -> str:
    """A name that two trials share if and only if they train the same: where the data lies plays no part.

    Raises:
        DataError: a file cannot be read.
    """
    return digest([without_places(config), hashes.of(config)])[:NAME_LENGTH]


def digest(value: object) -> str:
    """SHA-256 of what JSON can hold."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def without_places(config: Config) -> dict[str, Any]:
    """A config as tables, without where its files lie."""
    tables = config.model_dump(mode="json")
    for split in files_of(config.data):
        tables["data"][split] = "a file"
    for key in word_files_of(config):
        tables["features"]["words"][key.rpartition(".")[2]] = "a file"
    for key in ("adversarial", "min_epochs"):  # earlier versions had no such keys
        if tables["training"][key] == Training.model_fields[key].default:
            del tables["training"][key]
    tables["training"]["strategy"] = "none"  # as in earlier versions, whose trials and studies keep their names so
    return tables
