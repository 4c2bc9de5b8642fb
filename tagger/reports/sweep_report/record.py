"""Results of a sweep, the input of its report."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tagger.corpus.layout import AnswerKind


@dataclass(frozen=True, slots=True)
class Key:
    """A config key that the sweep varies, over choices (as text) or over a range.

    `log` says whether the range is sampled on a logarithmic scale.
    """

    name: str
    choices: Sequence[str] | None
    low: float = 0.0
    high: float = 1.0
    log: bool = False

    def text(self, value: float) -> str:
        """A value as text; for choices, `value` is an index."""
        return str(value) if self.choices is None else self.choices[int(value)]


@dataclass(frozen=True, slots=True)
class SettingResult:
    """Results of one setting.

    Args:
        name: the setting in one line; empty if it is the base config.
        values: number, or index of the choice, by name of each key that applies to the setting.
        state: `ranked` if all seeds are finished.
        scores: scores on dev, from 0 to 1, of the finished trials; for a pruned setting, its last score.
        curve: pairs of epoch and score on dev, averaged over seeds.
        parameters: parameters of the network; like the next two, None if no trial is finished.
        seconds: training time, averaged over seeds.
        n_bytes: size of the bundle.
        heads: mean score on dev of each of several heads, by head and metric.
    """

    name: str
    values: Mapping[str, float]
    state: Literal["ranked", "incomplete", "pruned", "failed"]
    scores: Sequence[float]
    curve: Sequence[tuple[int, float]]
    parameters: int | None = None
    seconds: float | None = None
    n_bytes: int | None = None
    heads: Mapping[str, float] = field(default_factory=dict)

    @property
    def mean(self) -> float:
        """Mean of the scores over seeds."""
        return statistics.fmean(self.scores)

    @property
    def sd(self) -> float | None:
        """Sample standard deviation of the scores over seeds; None for a single seed."""
        return statistics.stdev(self.scores) if len(self.scores) > 1 else None


@dataclass(frozen=True, slots=True)
class TrialFailure:
    """A failed trial: its setting and seed in one line, and the reason in one or more lines."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Winner:
    """The best trial of the best setting.

    Args:
        folder: name of its folder.
        setting: the setting in one line.
        seed: its seed.
        evaluated: its evaluations on dev and, if there is one, on test, as in `metrics.json`.
        config: its resolved config.
        provenance: hashes, seed and versions, from `bundle.json`.
        kinds: kind of the answers of each head; one head has an empty name.
        reads_series: whether its only inputs are numbers.
    """

    folder: str
    setting: str
    seed: int
    evaluated: Mapping[str, Mapping[str, Any]]
    config: str
    provenance: Mapping[str, Any]
    kinds: Mapping[str, AnswerKind] = field(default_factory=lambda: {"": "tag"})
    reads_series: bool = False

    @property
    def by_head(self) -> dict[str, dict[str, Mapping[str, Any]]]:
        """The evaluations by head and split; one head has an empty name."""
        heads: dict[str, dict[str, Mapping[str, Any]]] = {}
        for split, evaluation in self.evaluated.items():
            for head, each in evaluation.get("heads", {"": evaluation}).items():
                heads.setdefault(head, {})[split] = each
        return heads


@dataclass(frozen=True, slots=True)
class SweepRecord:
    """A finished sweep.

    Args:
        name: name of the sweep's folder.
        file: text of the sweep's file.
        command: command that reproduces the sweep.
        sampler: name of the sampler.
        metric: metric on dev that ranks the settings; `auto` if no trial has resolved it yet.
        keys: keys that vary.
        settings: settings in the order in which they were tried.
        ranking: ranked settings, best first.
        importance: proportion of the variance of the score that each key explains, by fANOVA and by mean decrease in
            impurity; empty if there are too few settings.
        failures: failed trials that no later attempt has finished.
        winner: the best trial, or None if no setting is ranked.
    """

    name: str
    file: str
    command: str
    sampler: str
    metric: str
    keys: Sequence[Key]
    settings: Sequence[SettingResult]
    ranking: Sequence[SettingResult]
    importance: Mapping[str, tuple[float, float]]
    failures: Sequence[TrialFailure]
    winner: Winner | None
