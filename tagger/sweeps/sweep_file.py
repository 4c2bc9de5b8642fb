"""A sweep's file: base config, search options and space."""

import difflib
from typing import Annotated, Any, Literal

import pydantic
from pydantic import Field, field_validator

from tagger.config import Section
from tagger.config.problems import describe_problem
from tagger.config.values import Count, Metric, Seed, Values, absent

Tables = dict[str, Any]


class Sweep(Section):
    """How a sweep searches.

    Sections of a config in the sweep file change the base for all trials.
    """

    sampler: Literal["grid", "random", "tpe"] = "grid"
    """grid: all settings; random: drawn; tpe: chosen from the results so far (Bergstra et al., 2011)."""
    settings: Count = 20
    """Number of settings to try, for random and tpe; each is trained once per seed."""
    seeds: list[Seed] = Field(default=[1, 2, 3], min_length=1)
    """Seeds of each setting; settings are ranked by the mean."""
    metric: Metric = "auto"
    """Score on dev that ranks the settings; auto: as training.metric."""
    pruner: Literal["none", "median", "halving"] = "none"
    """Ends a setting early by the curve of its first seed: below the median, or in the lower half (halving)."""
    storage: str | None = absent("sqlite:///study.db")
    """Address of Optuna's study, relative to the working directory; by default a file in the sweep folder."""
    space: Annotated[Tables, Values("a table { KEY = values }")] = Field(
        min_length=1, examples=[{"model.cell": ["lstm", "gru"]}]
    )
    """The keys that vary, each with a list of values or a range.

    A range is { low = 5e-4, high = 1e-2, log = true }; one of decimals needs a step in a grid. A key with
    { values = [...], when = { KEY = VALUE } } varies only if the other key has that value, or one of a list of values.
    """

    @field_validator("seeds")
    @classmethod
    def _check_unique(cls, seeds: list[int]) -> list[int]:
        if len(set(seeds)) < len(seeds):
            raise ValueError(f"seeds should not repeat, got {seeds}")
        return seeds


class SweepFile(Section):
    """A sweep's file; its config sections override the base for all trials."""

    base: str = Field(examples=["pos.toml"])
    """The config that the sweep starts from; the path is relative to the sweep file."""
    data: Tables = Field(default={})
    features: Tables = Field(default={})
    model: Tables = Field(default={})
    heads: Tables = Field(default={})
    training: Tables = Field(default={})
    sweep: Sweep

    @property
    def sections(self) -> Tables:
        """Config sections of the file."""
        return {name: getattr(self, name) for name in ("data", "features", "model", "heads", "training")}


def parse_sweep_file(tables: Tables) -> tuple[SweepFile | None, list[str]]:
    """Parse a sweep's file; invalid keys are left out.

    Returns:
        The file, or None if `base` or `[sweep.space]` is unusable; and one line for each problem.
    """
    problems: list[str] = []
    valid = tables
    while True:
        try:
            return SweepFile.model_validate(valid), problems
        except pydantic.ValidationError as error:
            errors: list[Tables] = [dict(details) for details in error.errors()]
            problems += [problem for details in errors if (problem := _describe(details)) not in problems]
            keys = [details["loc"][:2] if details["loc"][0] == "sweep" else details["loc"][:1] for details in errors]
            if {("base",), ("sweep",), ("sweep", "space")} & set(keys):
                return None, problems
            for key in keys:
                valid = _remove_key(valid, key)


def _remove_key(tables: Tables, key: tuple[str, ...]) -> Tables:
    first, *rest = key
    if not rest:
        return {name: value for name, value in tables.items() if name != first}
    return {**tables, first: _remove_key(tables[first], tuple(rest))}


def _describe(details: Tables) -> str:
    """Describe a problem in one line, with suggestions from a sweep's keys for an unknown key."""
    if details["type"] != "extra_forbidden":
        return describe_problem(details)
    *parents, last = details["loc"]
    close = difflib.get_close_matches(str(last), (Sweep if parents else SweepFile).model_fields, n=1)
    return f"{'.'.join(map(str, details['loc']))}: unknown key" + (f"; did you mean `{close[0]}`?" if close else "")


def merge(tables: Tables, others: Tables) -> None:
    """Override `tables` by `others` in place, nested tables key by key."""
    for key, value in others.items():
        if isinstance(value, dict) and isinstance(tables.get(key), dict):
            merge(tables[key], value)
        else:
            tables[key] = value
