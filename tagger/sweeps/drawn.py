"""A sweep's space in Optuna's terms, and Optuna's draws as settings."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import TrialState

from tagger.sweeps.space import Dimension, Range, Setting, Space

SEED = 1  # of what samplers draw: the same file always draws the same settings
DRAWS = 100  # for one more setting, before a space is taken for searched through

optuna.logging.set_verbosity(optuna.logging.ERROR)


def draw_settings(space: Space, n: int) -> list[Setting]:
    """Settings drawn at random, each once, fewer where the space has no more; more of them begin with the same ones."""
    sampler = optuna.samplers.RandomSampler(seed=SEED)
    study = optuna.create_study(sampler=sampler)
    drawn: dict[str, Setting] = {}
    misses = 0
    while len(drawn) < n and misses < DRAWS:
        setting = suggested(study.ask(), space)
        misses = misses + 1 if written(setting) in drawn else 0
        drawn.setdefault(written(setting), setting)
    return list(drawn.values())


def suggested(trial: optuna.trial.Trial, space: Space) -> Setting:
    """The setting of a study's trial, drawn key by key: which ones count depends on those before."""
    setting: Setting = {}
    for dimension in space.dimensions:
        if dimension.counts_in(setting):
            setting[dimension.key] = dimension.value(_suggest(trial, dimension))
    return setting


def study_trial(
    space: Space,
    setting: Setting,
    score: float,
    *,
    curve: Mapping[int, float] = MappingProxyType({}),
    attributes: Mapping[str, Any] = MappingProxyType({}),
) -> optuna.trial.FrozenTrial:
    """A finished trial of a study: its mean score over seeds, and its curve, the score on dev after each epoch."""
    params = space.params(setting) or {}
    return optuna.trial.create_trial(
        state=TrialState.COMPLETE,
        params=params,
        distributions={
            dimension.key: _distribution(dimension) for dimension in space.dimensions if dimension.key in params
        },
        value=score,
        intermediate_values=dict(curve),
        user_attrs=dict(attributes),
    )


def _suggest(trial: optuna.trial.Trial, dimension: Dimension) -> float:
    match _distribution(dimension):
        case CategoricalDistribution(choices=choices):
            return int(trial.suggest_categorical(dimension.key, [*range(len(choices))]))
        case IntDistribution(low=low, high=high, step=step, log=log):
            return trial.suggest_int(dimension.key, low, high, step=step, log=log)
        case real:
            return trial.suggest_float(dimension.key, real.low, real.high, step=real.step, log=real.log)


def _distribution(dimension: Dimension) -> CategoricalDistribution | IntDistribution | FloatDistribution:
    """The distribution of a dimension: of choices their indices, as Optuna knows no lists and no tables."""
    domain = dimension.domain
    if not isinstance(domain, Range):
        return CategoricalDistribution([*range(len(domain))])
    numbers = domain.numbers()
    high = numbers[-1] if numbers else domain.high  # which a step may not meet
    if domain.is_whole:
        return IntDistribution(int(domain.low), int(high), log=domain.log, step=int(domain.step or 1))
    return FloatDistribution(domain.low, high, log=domain.log, step=domain.step)


def written(setting: Setting) -> str:
    """A text that two settings share if and only if they are the same."""
    return json.dumps(setting, sort_keys=True)
