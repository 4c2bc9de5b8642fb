"""Write the report of a sweep."""

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tagger.config import dump_config
from tagger.files import write_file
from tagger.reports.sweep_report import Key, SettingResult, SweepRecord, TrialFailure, Winner, sweep_page
from tagger.sweeps.failures import read_failures
from tagger.sweeps.importance import key_importance
from tagger.sweeps.leaderboard import LeaderboardRow
from tagger.sweeps.plan import Plan
from tagger.sweeps.space import Dimension, Range, Setting, Space, format_setting, format_value
from tagger.sweeps.trials import MakeTrials, Trial
from tagger.terminal_text import command_line
from tagger.toml_file import read_toml
from tagger.training.report import REPORT
from tagger.training.run_files import read_bundle_description, read_metrics


def write_sweep_report(
    plan: Plan,
    folder: Path,
    tried: Sequence[tuple[Setting, str]],
    rows: Sequence[LeaderboardRow],
    make_trials: MakeTrials,
    *,
    metric: str,
    test: Mapping[str, Any] | None,
) -> Path:
    """Write `report.html` into the folder of a finished sweep.

    Args:
        plan: plan of the sweep.
        folder: folder of the sweep.
        tried: settings in the order in which they were tried, each with its state in the study.
        rows: ranked settings.
        make_trials: function that returns the trials of a setting.
        metric: metric of the ranking.
        test: the winner's evaluation on test, as in metrics.json; None if there is none.

    Returns:
        Path of the report.
    """
    row_of = {format_setting(row.setting): row for row in rows}
    described = {
        name: _finished_setting(plan.space, row_of[name])
        if name in row_of
        else _unfinished_setting(plan.space, setting, state, make_trials)
        for name, setting, state in ((format_setting(setting), setting, state) for setting, state in tried)
    }
    ranked = [row for row in rows if row.is_complete]
    record = SweepRecord(
        name=folder.resolve().name,
        file=read_toml(plan.path),
        command=command_line("tagger", "sweep", plan.path.name),
        sampler=plan.sweep.sampler,
        metric=metric,
        keys=[_key(dimension) for dimension in plan.space.dimensions],
        settings=[*described.values()],
        ranking=[described[format_setting(row.setting)] for row in ranked],
        importance=key_importance(plan.space, [(row.setting, row.mean) for row in ranked]),
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
    return Key(dimension.key, [value if isinstance(value, str) else format_value(value) for value in domain])


def _finished_setting(space: Space, row: LeaderboardRow) -> SettingResult:
    """A setting with at least one finished trial."""
    return SettingResult(
        name=format_setting(row.setting),
        values=space.to_params(row.setting) or {},
        state="ranked" if row.is_complete else "incomplete",
        scores=[result.score for result in row.results],
        curve=_mean_curve([result.trial.curve() for result in row.results]),
        parameters=row.parameters,
        seconds=row.seconds,
        n_bytes=row.n_bytes,
        heads=row.heads if len(row.heads) > 1 else {},
    )


def _unfinished_setting(space: Space, setting: Setting, state: str, make_trials: MakeTrials) -> SettingResult:
    """A pruned or failed setting, which has no finished trial."""
    is_pruned = state == "pruned"
    curve = _mean_curve([make_trials(setting)[0].curve()]) if is_pruned else []
    return SettingResult(
        name=format_setting(setting),
        values=space.to_params(setting) or {},
        state="pruned" if is_pruned else "failed",
        scores=[score for _, score in curve[-1:]],
        curve=curve,
    )


def _mean_curve(curves: Sequence[Mapping[int, float]]) -> list[tuple[int, float]]:
    """Mean of several curves over the epochs that all of them have."""
    return [
        (epoch, statistics.fmean(curve[epoch] for curve in curves))
        for epoch in sorted(curves[0])
        if all(epoch in curve for curve in curves)
    ]


def _failures(folder: Path, settings: set[str]) -> list[TrialFailure]:
    """Last failure of each trial of some settings that has not finished since."""
    last = {}
    for failure in read_failures(folder):
        name = format_setting(failure.setting)
        if name in settings and not (failure.trial and (folder / failure.trial / "metrics.json").is_file()):
            seed = [] if failure.seed is None else [f"seed {failure.seed}"]
            last[name, failure.seed] = TrialFailure(", ".join(filter(None, [name, *seed])), failure.reason)
    return [*last.values()]


def _winner(trial: Trial, test: Mapping[str, Any] | None) -> Winner:
    metrics, bundle = read_metrics(trial.folder), read_bundle_description(trial.folder)
    heads = bundle.get("heads") or [{"name": "", "kind": "tag"}]
    return Winner(
        folder=trial.name,
        setting=format_setting(trial.setting),
        seed=trial.seed,
        evaluated={**({"test": test} if test else {}), "dev": metrics["dev"]},
        config=dump_config(trial.config),
        provenance=bundle["provenance"],
        kinds={head["name"] if len(heads) > 1 else "": head["kind"] for head in heads},
        reads_series=trial.config.features.reads_series,
    )
