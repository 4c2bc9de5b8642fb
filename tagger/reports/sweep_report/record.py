"""The results of a sweep, from which its report is made."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the config that varies over choices, as they are written, or over a range.

    `log` is whether each order of magnitude of the range is as likely as the next.
    """

    name: str
    choices: Sequence[str] | None
    low: float = 0.0
    high: float = 1.0
    log: bool = False

    def text(self, value: float) -> str:
        """A value as it is written: of choices, the one with that index."""
        return str(value) if self.choices is None else self.choices[int(value)]


@dataclass(frozen=True, slots=True)
class Tried:
    """A setting that was tried.

    Args:
        name: the setting in one line.
        values: by name of each key that counts in it, the number, or the index of the choice.
        state: `ranked` where all seeds are finished.
        scores: on dev, from 0 to 1, of its finished trials; of a setting that was given up, the last that is known.
        curve: epoch and score on dev, the mean over its seeds.
        parameters: of the network; None, as are the next two, where no trial is finished.
        seconds: of training, the mean over seeds.
        n_bytes: of the bundle.
    """

    name: str
    values: Mapping[str, float]
    state: Literal["ranked", "incomplete", "pruned", "failed"]
    scores: Sequence[float]
    curve: Sequence[tuple[int, float]]
    parameters: int | None = None
    seconds: float | None = None
    n_bytes: int | None = None

    @property
    def mean(self) -> float:
        """Mean of the scores."""
        return statistics.fmean(self.scores)

    @property
    def sd(self) -> float | None:
        """The standard deviation of the scores over seeds, by n - 1; None of one seed."""
        return statistics.stdev(self.scores) if len(self.scores) > 1 else None


@dataclass(frozen=True, slots=True)
class Failed:
    """A trial that failed: its setting and seed in one line, and why, in one line or more."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Winner:
    """The best trial of the best setting.

    `evaluated` are its evaluations on test, where there is one, and on dev, as `metrics.json` has them.
    """

    folder: str
    setting: str
    seed: int
    evaluated: Mapping[str, Mapping[str, Any]]
    config: str
    provenance: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SweepRecord:
    """A sweep that has come to its end: its settings as they were tried, and those that are ranked from the best on.

    `metric`, of dev, is auto where no trial has shown yet what that comes to. `importance` has by name of the key its
    shares of the differences in score, by fANOVA and by mean decrease in impurity, where enough is known. `failures`
    are of trials that have not been finished since; there is no winner where no setting has come to its end.
    """

    name: str
    file: str
    command: str
    sampler: str
    metric: str
    keys: Sequence[Key]
    tried: Sequence[Tried]
    ranking: Sequence[Tried]
    importance: Mapping[str, tuple[float, float]]
    failures: Sequence[Failed]
    winner: Winner | None
