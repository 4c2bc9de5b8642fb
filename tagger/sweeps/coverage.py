"""A sample of settings that covers a sweep's space, for checks before anything runs."""

import random
from collections.abc import Iterator

from tagger.sweeps.space import Dimension, Setting, Space, shown_setting

N_DRAWN = 1_000


def covering(space: Space) -> Iterator[Setting]:
    """Settings in which each choice and each end of a range occurs, then some that are drawn of those; each once."""
    draw = random.Random(1)
    seen = set()
    wanted = [_needed(space, dimension, value) for dimension in space.dimensions for value in dimension.corners()]
    for needed in [*wanted, *[{} for _ in range(N_DRAWN)]]:
        setting = _drawn(space, draw, needed)
        if shown_setting(setting) not in seen:
            seen.add(shown_setting(setting))
            yield setting


def _needed(space: Space, dimension: Dimension, value: object) -> Setting:
    """The value, and what makes the key count."""
    by_key = {other.key: other for other in space.dimensions}
    needed: Setting = {}
    for other, values in dimension.when.items():
        needed |= _needed(space, by_key[other], values[0])
    return {**needed, dimension.key: value}


def _drawn(space: Space, draw: random.Random, needed: Setting) -> Setting:
    setting: Setting = {}
    for dimension in space.dimensions:
        if dimension.counts_in(setting):
            drawn = draw.choice(dimension.corners())
            setting[dimension.key] = needed.get(dimension.key, drawn)
    return setting
