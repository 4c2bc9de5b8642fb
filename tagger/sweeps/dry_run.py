"""List the trials that a sweep would run, without TensorFlow."""

from collections.abc import Sequence
from pathlib import Path

from tagger.corpus.counted import counted
from tagger.sweeps.plan import Plan
from tagger.sweeps.space import Range, format_setting, format_value
from tagger.sweeps.table import Column, format_table, setting_columns, varying_keys
from tagger.sweeps.trials import FileHashes, Trial, check_files, trials_of


def describe_sweep(plan: Plan, folder: Path, width: int | None = None) -> str:
    """List the trials of a sweep, one per line, and mark those that are finished in its folder.

    Args:
        plan: plan of the sweep.
        folder: folder of the sweep.
        width: number of columns of the terminal, for a table of the keys that vary; None: all keys, as TOML.

    Raises:
        DataError: files cannot be read; the message lists all of them.
    """
    hashes = FileHashes()
    check_files(plan, hashes)
    lines = [
        f"{counted(plan.n_trials, 'trial')} in {folder}: {counted(plan.n_settings, 'setting')} "
        f"({plan.sweep.sampler}) with {counted(len(plan.sweep.seeds), 'seed')} each",
        "",
    ]
    if plan.sweep.sampler == "tpe":
        return "\n".join([*lines, "tpe chooses its settings during the sweep, from", *_describe_space(plan)])
    trials = [trial for setting in plan.settings for trial in trials_of(plan, folder, hashes, setting)]
    if width is not None:
        return "\n".join([*lines, *format_table(_columns(trials), width)])
    lines.append(f"{'trial':<12}  seed  setting")
    for trial in trials:
        done = "  (finished)" if trial.is_finished else ""
        lines.append(f"{trial.name}  {trial.seed:>4}  {format_setting(trial.setting)}{done}")
    return "\n".join(lines)


def _columns(trials: Sequence[Trial]) -> list[Column]:
    settings = [trial.setting for trial in trials]
    states = ["finished" if trial.is_finished else "" for trial in trials]
    return [
        Column("trial", [trial.name for trial in trials]),
        Column("seed", [str(trial.seed) for trial in trials]),
        *setting_columns(settings, varying_keys(settings), 1),
        *([Column("state", states, 2)] if any(states) else []),
    ]


def _describe_space(plan: Plan) -> list[str]:
    lines = []
    for dimension in plan.space.dimensions:
        domain = dimension.domain
        if isinstance(domain, Range):
            kind = " whole numbers" if domain.is_whole else ""
            step = f" in steps of {domain.step}" if domain.step else ""
            values = f"{domain.low} to {domain.high}{kind}{step}{', log' if domain.log else ''}"
        else:
            values = format_value([*domain])
        when = " and ".join(f"{key} is {' or '.join(map(format_value, ok))}" for key, ok in dimension.when.items())
        lines.append(f"  {dimension.key}: {values}{f', when {when}' if when else ''}")
    return lines
