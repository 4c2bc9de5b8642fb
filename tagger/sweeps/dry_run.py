"""The trials that a sweep would run, without TensorFlow."""

from pathlib import Path

from tagger.sweeps.plan import Plan
from tagger.sweeps.space import Range, shown_setting, shown_value
from tagger.sweeps.trials import Hashes, check_files, trials_of


def describe_sweep(plan: Plan, folder: Path) -> str:
    """The trials of a sweep, one a line, and which of them are finished in its folder.

    Raises:
        DataError: files cannot be read: all of them.
    """
    hashes = Hashes()
    check_files(plan, hashes)
    n_seeds = len(plan.sweep.seeds)
    lines = [
        f"{plan.n_trials} trials in {folder}: {plan.n_settings} setting{'s' if plan.n_settings != 1 else ''} "
        f"({plan.sweep.sampler}) with {n_seeds} seed{'s' if n_seeds > 1 else ''} each",
        "",
    ]
    if plan.sweep.sampler == "tpe":
        return "\n".join([*lines, "tpe finds its settings as it goes, among", *_described_space(plan)])
    lines.append(f"{'trial':<12}  seed  setting")
    for setting in plan.settings:
        for trial in trials_of(plan, folder, hashes, setting):
            done = "  (finished)" if trial.is_finished else ""
            lines.append(f"{trial.name}  {trial.seed:>4}  {shown_setting(setting)}{done}")
    return "\n".join(lines)


def _described_space(plan: Plan) -> list[str]:
    lines = []
    for dimension in plan.space.dimensions:
        domain = dimension.domain
        if isinstance(domain, Range):
            kind = " whole numbers" if domain.is_whole else ""
            step = f" in steps of {domain.step}" if domain.step else ""
            values = f"{domain.low} to {domain.high}{kind}{step}{', log' if domain.log else ''}"
        else:
            values = shown_value([*domain])
        when = " and ".join(f"{key} is {' or '.join(map(shown_value, ok))}" for key, ok in dimension.when.items())
        lines.append(f"  {dimension.key}: {values}{f', when {when}' if when else ''}")
    return lines
