"""A sample of settings that covers a sweep's space, for checks before any trial runs."""

import random
from collections.abc import Iterator

from tagger.sweeps.space import Dimension, Setting, Space, format_setting

N_RANDOM = 1_000


def covering_settings(space: Space) -> Iterator[Setting]:
    """Settings that contain every choice and both ends of every range, then random ones; none twice."""
    rng = random.Random(1)
    seen = set()
    required = [_required(space, dimension, value) for dimension in space.dimensions for value in dimension.corners()]
    for fixed in [*required, *[{} for _ in range(N_RANDOM)]]:
        setting = _random_setting(space, rng, fixed)
        if format_setting(setting) not in seen:
            seen.add(format_setting(setting))
            yield setting


def _required(space: Space, dimension: Dimension, value: object) -> Setting:
    """A value of a dimension, and values of other keys that fulfil its conditions."""
    by_key = {other.key: other for other in space.dimensions}
    required: Setting = {}
    for other, values in dimension.when.items():
        required |= _required(space, by_key[other], values[0])
    return {**required, dimension.key: value}


def _random_setting(space: Space, rng: random.Random, fixed: Setting) -> Setting:
    setting: Setting = {}
    for dimension in space.dimensions:
        if dimension.applies_in(setting):
            value = rng.choice(dimension.corners())
            setting[dimension.key] = fixed.get(dimension.key, value)
    return setting
