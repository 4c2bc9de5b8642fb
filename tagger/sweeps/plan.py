"""Load a sweep's file as a plan: the configs of its trials, with all problems reported at once."""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tagger.config import Config, load_config, parse_config, with_every_key
from tagger.config.paths import make_absolute
from tagger.config.reference import in_reference
from tagger.config.settings import set_value
from tagger.corpus.counted import counted
from tagger.errors import ConfigError
from tagger.sweeps.coverage import covering_settings
from tagger.sweeps.space import Setting, Space, format_setting
from tagger.sweeps.space_tables import parse_space
from tagger.sweeps.sweep_file import Sweep, merge, parse_sweep_file
from tagger.terminal_text import command_line
from tagger.toml_file import read_tables

MAX_SETTINGS = 10_000  # settings of a grid

FIXED_KEYS = {  # keys of the config that cannot vary, each with the reason or the key to use instead
    "training.seed": "use `seeds` in [sweep]",
    "training.metric": "scores of different metrics cannot be compared; use `metric` in [sweep]",
    "training.best_head": "scores of different heads cannot be compared",
    "heads.NAME.metric": "scores of different metrics cannot be compared",
    "data.sources.test": "only the winner is scored on test",
    "data.test": "only the winner is scored on test; use `test` in [data]",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """Planned trials of a sweep.

    Args:
        path: path of the sweep's file.
        sweep: search options.
        base: config that each setting overrides.
        space: keys that vary.
        settings: settings to try; empty for the sampler `tpe`, which chooses them during the sweep.
    """

    path: Path
    sweep: Sweep
    base: Config
    space: Space
    settings: tuple[Setting, ...] = ()

    @property
    def name(self) -> str:
        """Default name of the sweep's folder."""
        return self.path.stem

    @property
    def n_settings(self) -> int:
        """Number of settings to try."""
        return self.sweep.settings if self.sweep.sampler == "tpe" else len(self.settings)

    @property
    def n_trials(self) -> int:
        """Number of planned trials."""
        return self.n_settings * len(self.sweep.seeds)

    @property
    def metric(self) -> str:
        """Metric of the ranking; auto: span F1 if there are spans, else accuracy."""
        return self.base.training.metric if self.sweep.metric == "auto" else self.sweep.metric

    def known_settings(self) -> Iterable[Setting]:
        """The settings; for `tpe`, a sample that covers the space."""
        return covering_settings(self.space) if self.sweep.sampler == "tpe" else self.settings

    def config(self, setting: Mapping[str, Any], seed: int, *, with_test: bool = False) -> Config:
        """Config of a trial: the base, a setting and a seed, with every key set.

        Setting every key, defaults too, gives equal trials equal configs and so equal names.

        Args:
            setting: value of each varying key.
            seed: seed of the training.
            with_test: whether to keep `data.test` if it is a file; only the winner is scored on it. A test split
                that is split off train is always kept, or the trial would be trained on it.

        Raises:
            ConfigError: the setting is impossible; the message lists all its problems.
        """
        tables = self.base.model_dump(exclude_unset=True)
        for key in sorted(setting, key=lambda key: key.count(".")):  # tables before their keys
            set_value(tables, key, deepcopy(setting[key]))
        make_absolute(tables, self.path.parent)
        for files in () if with_test else (tables["data"], *tables["data"].get("sources", ())):
            if isinstance(files.get("test"), str):
                del files["test"]
        set_value(tables, "training.seed", seed)
        if not self.base.heads:
            set_value(tables, "training.metric", self.metric)
        return with_every_key(parse_config(tables, format_setting(setting)))


def _base_path(path: Path, base: str) -> Path:
    try:
        return path.parent / Path(base).expanduser()
    except RuntimeError as error:  # no such user
        raise ConfigError(f"{path}: base: {base[:80]!r}: not a path: {error}") from None


def load_plan(path: Path) -> Plan:
    """Load a sweep's file and check all its configs.

    Raises:
        ConfigError: the file or its base cannot be read, or has problems; the message lists all of them.
    """
    tables = read_tables(path)
    file, problems = parse_sweep_file(tables)
    if file is None:
        raise _config_error(path, problems)
    space, space_problems = parse_space(file.sweep.space)
    problems += [f"sweep.space: {problem}" for problem in space_problems]
    base = load_config(_base_path(path, file.base)).model_dump(exclude_unset=True)
    merge(base, file.sections)
    try:
        make_absolute(base, path.parent)
        plan = Plan(path, file.sweep, parse_config(base, str(path)), space)
    except ConfigError as error:
        raise _config_error(path, [*problems, *_problem_lines(error)]) from None
    problems += _base_problems(plan.base)
    if plan.base.heads and plan.sweep.metric != "auto":
        problems.append("sweep.metric: cannot be set beside [heads]; each head has its own `metric`")
    problems += [
        f"sweep.space: {dimension.key}: cannot vary: {FIXED_KEYS[in_reference(dimension.key)]}"
        for dimension in space.dimensions
        if in_reference(dimension.key) in FIXED_KEYS
    ]
    settings, search_problems = _planned_settings(plan)
    problems += search_problems
    # The ends of a range are checked even if they are not sampled, as `settings` may be raised later.
    corners = covering_settings(space) if plan.sweep.sampler != "grid" and not space_problems else ()
    problems += _config_problems(plan, [*settings, *corners])
    if problems:
        raise _config_error(path, problems)
    return replace(plan, settings=settings)


def _planned_settings(plan: Plan) -> tuple[tuple[Setting, ...], list[str]]:
    """Settings known before the sweep runs, and one line for each problem of the search."""
    sweep, space = plan.sweep, plan.space
    if sweep.sampler == "tpe" or not space.dimensions:
        return (), []
    if sweep.sampler == "random":
        from tagger.sweeps.sampling import sample_settings  # loads Optuna, which a grid does not need

        return tuple(sample_settings(space, sweep.settings)), []
    problems = [f"sweep.space: {problem}" for problem in space.grid_problems()]
    if "settings" in sweep.model_fields_set:
        problems.append('sweep.settings: is used with sampler = "random" or "tpe"; a grid tries all its settings')
    settings = tuple(itertools.islice(space.grid(), MAX_SETTINGS + 1))
    if len(settings) > MAX_SETTINGS:
        problems.append(
            f'sweep.space: a grid of more than {MAX_SETTINGS:,} settings; sampler = "random" or "tpe" tries a sample'
        )
    return settings[:MAX_SETTINGS], problems


def _base_problems(base: Config) -> Iterator[str]:
    if not base.data.has_dev:
        yield "data.dev: missing; a sweep ranks settings by their score on dev"


def _config_problems(plan: Plan, settings: Iterable[Setting]) -> list[str]:
    """Problems of the configs, each once, with an example setting if not all settings have the problem."""
    by_problem: dict[str, list[Setting]] = {}
    n = 0
    for setting in settings:
        n += 1
        try:
            plan.config(setting, plan.sweep.seeds[0])
        except ConfigError as error:
            for line in _problem_lines(error):
                by_problem.setdefault(line, []).append(setting)
    keys = tuple(f"{dimension.key}{end}" for dimension in plan.space.dimensions for end in (":", ".", "["))
    return [
        problem if len(affected) == n or problem.startswith(keys) else f"{problem} (with {format_setting(affected[0])})"
        for problem, affected in by_problem.items()
    ]


def _problem_lines(error: ConfigError) -> list[str]:
    """Problems in an error's message: the lines after the first, or the first if it is the only one."""
    first, *lines = error.message.split("\n")
    return [line.strip() for line in lines] or [first]


def _config_error(path: Path, problems: list[str]) -> ConfigError:
    count = counted(len(problems), "problem")
    return ConfigError(
        "\n".join([f"{path}: {count}", *(f"  {problem}" for problem in problems)]),
        f"`{command_line('tagger', 'sweep', path)} --dry-run` checks a sweep and lists its trials",
    )
