"""A sweep's file → the configs that it stands for, all its problems at once."""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tagger.config import Config, load_config, parse_config, with_every_key
from tagger.config.paths import make_absolute
from tagger.config.settings import set_value
from tagger.errors import ConfigError
from tagger.sweeps.coverage import covering
from tagger.sweeps.space import Setting, Space, shown_setting
from tagger.sweeps.space_tables import parse_space
from tagger.sweeps.sweep_file import Sweep, merge, parse_sweep_file
from tagger.toml_file import read_tables

MOST_SETTINGS = 10_000  # of a grid: more than any machine would end

OTHERWISE = {  # keys of the config that do not vary, and what stands in their place
    "training.seed": "`seeds` of [sweep] says with which seeds each setting is trained",
    "training.metric": "scores of two metrics do not compare; `metric` of [sweep] says which one counts",
    "data.test": "the test split is scored for the winner alone, and [data] says which",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """The trials that a sweep's file describes: settings of a space, each of which changes the base.

    There are no settings where the search finds them as it goes.
    """

    path: Path
    sweep: Sweep
    base: Config
    space: Space
    settings: tuple[Setting, ...] = ()

    @property
    def name(self) -> str:
        """The name of the sweep's folder by default."""
        return self.path.stem

    @property
    def n_settings(self) -> int:
        """How many settings are tried in all."""
        return self.sweep.settings if self.sweep.sampler == "tpe" else len(self.settings)

    @property
    def n_trials(self) -> int:
        """How many trials there are to be."""
        return self.n_settings * len(self.sweep.seeds)

    @property
    def metric(self) -> str:
        """The metric to rank by; auto: span F1 where there are spans, else accuracy."""
        return self.base.training.metric if self.sweep.metric == "auto" else self.sweep.metric

    def known_settings(self) -> Iterable[Setting]:
        """The settings; where the search finds them as it goes, some in which each choice occurs."""
        return covering(self.space) if self.sweep.sampler == "tpe" else self.settings

    def config(self, setting: Mapping[str, Any], seed: int, *, with_test: bool = False) -> Config:
        """The config of a trial: the base with a setting and a seed.

        A test split that has a file of its own is named only `with_test`, as the winner's is that is scored on it. One
        that is cut off train stays, or the trial would be trained on it. Every key is set, so that no plan tells trials
        apart.

        Raises:
            ConfigError: the setting is impossible: all its problems.
        """
        tables = self.base.model_dump(exclude_unset=True)
        for key in sorted(setting, key=lambda key: key.count(".")):  # whole tables before what is in them
            set_value(tables, key, deepcopy(setting[key]))
        make_absolute(tables, self.path.parent)
        if not with_test and isinstance(tables["data"].get("test"), str):
            del tables["data"]["test"]
        set_value(tables, "training.seed", seed)
        set_value(tables, "training.metric", self.metric)
        return with_every_key(parse_config(tables, shown_setting(setting)))


def load_plan(path: Path) -> Plan:
    """The plan of a sweep's file, each of its configs checked.

    Raises:
        ConfigError: the file or its base cannot be read; or all that is wrong with the sweep.
    """
    tables = read_tables(path)
    file, problems = parse_sweep_file(tables)
    if file is None:
        raise _told(path, problems)
    space, space_problems = parse_space(file.sweep.space)
    problems += [f"sweep.space: {problem}" for problem in space_problems]
    base = load_config(path.parent / Path(file.base).expanduser()).model_dump(exclude_unset=True)
    merge(base, file.sections)
    try:
        make_absolute(base, path.parent)
        plan = Plan(path, file.sweep, parse_config(base, str(path)), space)
    except ConfigError as error:
        raise _told(path, [*problems, *_lines(error)]) from None
    problems += _base_problems(plan.base)
    forbidden = [dimension.key for dimension in space.dimensions if dimension.key in OTHERWISE]
    problems += [f"sweep.space: {key}: does not vary: {OTHERWISE[key]}" for key in forbidden]
    settings, search_problems = _settings(plan)
    problems += search_problems
    # The ends of a range are checked even if none is drawn: more settings may be asked for.
    corners = covering(space) if plan.sweep.sampler != "grid" and not space_problems else ()
    problems += _config_problems(plan, [*settings, *corners])
    if problems:
        raise _told(path, problems)
    return replace(plan, settings=settings)


def _settings(plan: Plan) -> tuple[tuple[Setting, ...], list[str]]:
    """The settings that are known before anything runs, and why the space cannot be searched as is wanted."""
    sweep, space = plan.sweep, plan.space
    if sweep.sampler == "tpe" or not space.dimensions:
        return (), []
    if sweep.sampler == "random":
        from tagger.sweeps.drawn import draw_settings  # Optuna, which a grid is listed without

        return tuple(draw_settings(space, sweep.settings)), []
    problems = [f"sweep.space: {problem}" for problem in space.grid_problems()]
    if "settings" in sweep.model_fields_set:
        problems.append('sweep.settings: goes with sampler = "random" and "tpe"; a grid tries all its settings')
    settings = tuple(itertools.islice(space.grid(), MOST_SETTINGS + 1))
    if len(settings) > MOST_SETTINGS:
        problems.append(
            f'sweep.space: a grid of more than {MOST_SETTINGS:,} settings; sampler = "random" or "tpe" tries some'
        )
    return settings[:MOST_SETTINGS], problems


def _base_problems(base: Config) -> Iterator[str]:
    if base.data.dev is None:
        yield "data.dev: is absent, and a sweep ranks by the score on dev"


def _config_problems(plan: Plan, settings: Iterable[Setting]) -> list[str]:
    """Problems of the configs, each once, with a setting that has it where not all have it."""
    by_problem: dict[str, list[Setting]] = {}
    n = 0
    for setting in settings:
        n += 1
        try:
            plan.config(setting, plan.sweep.seeds[0])
        except ConfigError as error:
            for line in _lines(error):
                by_problem.setdefault(line, []).append(setting)
    keys = tuple(f"{dimension.key}{end}" for dimension in plan.space.dimensions for end in (":", ".", "["))
    return [
        problem if len(having) == n or problem.startswith(keys) else f"{problem} (with {shown_setting(having[0])})"
        for problem, having in by_problem.items()
    ]


def _lines(error: ConfigError) -> list[str]:
    """The problems that an error of a config tells: a line each behind its first, or that line alone."""
    first, *lines = error.message.split("\n")
    return [line.strip() for line in lines] or [first]


def _told(path: Path, problems: list[str]) -> ConfigError:
    count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
    return ConfigError(
        "\n".join([f"{path}: {count}", *(f"  {problem}" for problem in problems)]),
        f"`tagger sweep {path} --dry-run` checks a sweep and lists its trials",
    )
