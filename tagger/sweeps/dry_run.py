"""List the trials that a sweep would run, without TensorFlow."""

from pathlib import Path

from tagger.corpus.counted import counted
from tagger.sweeps.plan import Plan
from tagger.sweeps.space import Range, format_setting, format_value
from tagger.sweeps.trials import FileHashes, check_files, trials_of


def describe_sweep(plan: Plan, folder: Path) -> str:
    """List the trials of a sweep, one per line, and mark those that are finished in its folder.

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
    lines.append(f"{'trial':<12}  seed  setting")
    for setting in plan.settings:
        for trial in trials_of(plan, folder, hashes, setting):
            done = "  (finished)" if trial.is_finished else ""
            lines.append(f"{trial.name}  {trial.seed:>4}  {format_setting(setting)}{done}")
    return "\n".join(lines)


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
