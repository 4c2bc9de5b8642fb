"""A sweep's folder → its report."""

import json
import shlex
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tagger.config import dump_config
from tagger.files import write_file
from tagger.reports.sweep_report import Key, SettingResult, SweepRecord, TrialFailure, Winner, sweep_page
from tagger.sweeps.failures import read_failures
from tagger.sweeps.importance import importance
from tagger.sweeps.leaderboard import Ranked, sizes
from tagger.sweeps.plan import Plan
from tagger.sweeps.space import Dimension, Range, Setting, Space, shown_setting, shown_value
from tagger.sweeps.trials import MakeTrials, Trial
from tagger.training.report import REPORT


def write_sweep_report(
    plan: Plan,
    folder: Path,
    tried: Sequence[tuple[Setting, str]],
    rows: Sequence[Ranked],
    make_trials: MakeTrials,
    *,
    metric: str,
    test: Mapping[str, Any] | None,
) -> Path:
    """Write `report.html` into the folder of a sweep that has come to its end; gives its path.

    `tried` are the settings in their order, and of each its state in the study; `test` is the winner's evaluation as
    metrics.json has one.
    """
    row_of = {shown_setting(row.setting): row for row in rows}
    described = {
        name: _ended(plan.space, row_of[name])
        if name in row_of
        else _broken_off(plan.space, setting, state, make_trials)
        for name, setting, state in ((shown_setting(setting), setting, state) for setting, state in tried)
    }
    ranked = [row for row in rows if row.is_whole]
    record = SweepRecord(
        name=folder.resolve().name,
        file=plan.path.read_text(encoding="utf-8-sig"),
        command=shlex.join(["tagger", "sweep", plan.path.name]),
        sampler=plan.sweep.sampler,
        metric=metric,
        keys=[_key(dimension) for dimension in plan.space.dimensions],
        settings=[*described.values()],
        ranking=[described[shown_setting(row.setting)] for row in ranked],
        importance=importance(plan.space, [(row.setting, row.mean) for row in ranked]),
        failures=_failures(folder, {name for name, one in described.items() if one.state in ("failed", "incomplete")}),
        winner=_winner(ranked[0].best_trial, test) if ranked else None,
    )
    path = folder / REPORT
    write_file(path, sweep_page(record))
    return path


def _key(dimension: Dimension) -> Key:
    domain = dimension.domain
    if isinstance(domain, Range):
        return Key(dimension.key, None, low=domain.low, high=domain.high, log=domain.log)
    return Key(dimension.key, [value if isinstance(value, str) else shown_value(value) for value in domain])


def _ended(space: Space, row: Ranked) -> SettingResult:
    """A setting that has finished trials."""
    parameters, seconds, n_bytes = sizes(row)
    return SettingResult(
        name=shown_setting(row.setting),
        values=space.params(row.setting) or {},
        state="ranked" if row.is_whole else "incomplete",
        scores=[result.score for result in row.results],
        curve=_mean_curve([result.trial.curve() for result in row.results]),
        parameters=parameters,
        seconds=seconds,
        n_bytes=n_bytes,
    )


def _broken_off(space: Space, setting: Setting, state: str, make_trials: MakeTrials) -> SettingResult:
    """A setting none of whose trials is finished: it was given up, or failed."""
    is_pruned = state == "pruned"
    curve = _mean_curve([make_trials(setting)[0].curve()]) if is_pruned else []
    return SettingResult(
        name=shown_setting(setting),
        values=space.params(setting) or {},
        state="pruned" if is_pruned else "failed",
        scores=[score for _, score in curve[-1:]],
        curve=curve,
    )


def _mean_curve(curves: Sequence[Mapping[int, float]]) -> list[tuple[int, float]]:
    """The mean of several curves, as far as the shortest goes."""
    return [
        (epoch, statistics.fmean(curve[epoch] for curve in curves))
        for epoch in sorted(curves[0])
        if all(epoch in curve for curve in curves)
    ]


def _failures(folder: Path, settings: set[str]) -> list[TrialFailure]:
    """The last failure of each trial of some settings, if it has not been finished since."""
    last = {}
    for failure in read_failures(folder):
        name = shown_setting(failure.setting)
        if name in settings and not (failure.trial and (folder / failure.trial / "metrics.json").is_file()):
            seed = [] if failure.seed is None else [f"seed {failure.seed}"]
            last[name, failure.seed] = TrialFailure(", ".join(filter(None, [name, *seed])), failure.reason)
    return [*last.values()]


def _winner(trial: Trial, test: Mapping[str, Any] | None) -> Winner:
    metrics = json.loads((trial.folder / "metrics.json").read_text(encoding="utf-8"))
    bundle = json.loads((trial.folder / "bundle" / "bundle.json").read_text(encoding="utf-8"))
    return Winner(
        folder=trial.name,
        setting=shown_setting(trial.setting),
        seed=trial.seed,
        evaluated={**({"test": test} if test else {}), "dev": metrics["dev"]},
        config=dump_config(trial.config),
        provenance=bundle["provenance"],
    )
