"""A sweep's space as Optuna distributions, and settings sampled from it."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import TrialState

from tagger.config.older import EARLIER, RENAMED
from tagger.sweeps.space import Dimension, Range, Setting, Space

SEED = 1  # seed of the samplers: the same file always samples the same settings
MAX_REPEATS = 100  # samples in a row without a new setting, after which a space counts as exhausted

optuna.logging.set_verbosity(optuna.logging.ERROR)


def sample_settings(space: Space, n: int) -> list[Setting]:
    """Sample `n` different settings at random, or all of them if the space has fewer.

    The sequence does not depend on `n`: a larger sample begins with the smaller one.
    """
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=SEED))
    settings: dict[str, Setting] = {}
    n_repeats = 0
    while len(settings) < n and n_repeats < MAX_REPEATS:
        setting = suggest_setting(study.ask(), space)
        n_repeats = n_repeats + 1 if setting_key(setting) in settings else 0
        settings.setdefault(setting_key(setting), setting)
    return list(settings.values())


def suggest_setting(trial: optuna.trial.Trial, space: Space) -> Setting:
    """Sample a setting for a study's trial, key by key, as earlier values decide which keys apply."""
    setting: Setting = {}
    for dimension in space.dimensions:
        if dimension.applies_in(setting):
            setting[dimension.key] = dimension.from_param(_suggest(trial, dimension))
    return setting


def study_params(space: Space, setting: Mapping[str, Any]) -> dict[str, Any] | None:
    """The parameters of a setting by their names in a study; None if the space does not contain the setting."""
    params = space.to_params(setting)
    return None if params is None else {EARLIER.get(key, key): param for key, param in params.items()}


def setting_of_params(space: Space, params: Mapping[str, Any]) -> Setting | None:
    """The setting of a study's parameters; None if one is missing."""
    return space.from_params({RENAMED.get(name, name): param for name, param in params.items()})


def completed_trial(
    space: Space,
    setting: Setting,
    score: float,
    *,
    curve: Mapping[int, float] = MappingProxyType({}),
    attributes: Mapping[str, Any] = MappingProxyType({}),
) -> optuna.trial.FrozenTrial:
    """Build a completed trial of a study.

    Args:
        space: space of the setting.
        setting: the setting that was tried.
        score: mean score over seeds.
        curve: score on dev by epoch.
        attributes: user attributes of the trial.
    """
    params = study_params(space, setting) or {}
    return optuna.trial.create_trial(
        state=TrialState.COMPLETE,
        params=params,
        distributions={
            dimension.param: _distribution(dimension) for dimension in space.dimensions if dimension.param in params
        },
        value=score,
        intermediate_values=dict(curve),
        user_attrs=dict(attributes),
    )


def _suggest(trial: optuna.trial.Trial, dimension: Dimension) -> float:
    match _distribution(dimension):
        case CategoricalDistribution(choices=choices):
            return int(trial.suggest_categorical(dimension.param, [*range(len(choices))]))
        case IntDistribution(low=low, high=high, step=step, log=log):
            return trial.suggest_int(dimension.param, low, high, step=step, log=log)
        case real:
            return trial.suggest_float(dimension.param, real.low, real.high, step=real.step, log=real.log)


def _distribution(dimension: Dimension) -> CategoricalDistribution | IntDistribution | FloatDistribution:
    """Distribution of a dimension; choices are given by index, as Optuna accepts no lists or tables."""
    domain = dimension.domain
    if not isinstance(domain, Range):
        return CategoricalDistribution([*range(len(domain))])
    values = domain.values()
    high = values[-1] if values else domain.high  # the last step may end below `high`
    if domain.is_whole:
        return IntDistribution(int(domain.low), int(high), log=domain.log, step=int(domain.step or 1))
    return FloatDistribution(domain.low, high, log=domain.log, step=domain.step)


def setting_key(setting: Setting) -> str:
    """Text that is equal for equal settings only."""
    return json.dumps(setting, sort_keys=True)
