"""Space of a sweep: the keys that vary, their values, and the conditions under which they apply."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tagger.config.older import EARLIER

Setting = dict[str, Any]  # value of each key that applies
Params = dict[str, Any]  # the same setting as a study stores it: the index of a choice, the number in a range


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from low to high, both included.

    Args:
        low: lowest value. If both ends are whole, all values are whole.
        high: highest value, not below `low`.
        log: whether values are sampled on a logarithmic scale.
        step: difference between values; None: any value, or any whole one.
    """

    low: float
    high: float
    log: bool = False
    step: float | None = None

    @property
    def is_whole(self) -> bool:
        """Whether all values are whole numbers."""
        return isinstance(self.low, int) and isinstance(self.high, int)

    def values(self) -> list[float] | None:
        """All values in ascending order; None if they cannot be enumerated.

        >>> Range(1, 7, step=3).values(), Range(0.0, 1.0).values()
        ([1, 4, 7], None)
        """
        step = self.step or (1 if self.is_whole and not self.log else None)
        if step is None:
            return None
        n = math.floor((self.high - self.low) / step + 1e-9)  # 0.1 three times is a little more than 0.3
        return [round(self.low + i * step, 12) for i in range(n + 1)]

    def contains(self, value: object) -> bool:
        """Whether a value lies in the range and on its steps."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not self.low <= value <= self.high:
            return False
        values = self.values()
        return value in values if values is not None else isinstance(value, int) or not self.is_whole

    def rounded(self, number: float) -> float:
        """Round a number of a continuous range to four significant digits, within the range.

        >>> Range(1e-4, 1e-2, log=True).rounded(0.000153548229756525)
        0.0001535
        """
        if self.is_whole:
            return number
        if self.step is not None:
            return round(number, 12)
        return min(max(float(f"{number:.4g}"), self.low), self.high)


@dataclass(frozen=True, slots=True)
class Dimension:
    """A key that varies.

    Args:
        key: dotted key of the config.
        domain: list of values, or a range.
        when: conditions: the key applies if each of these other keys has one of the listed values.
    """

    key: str
    domain: tuple[Any, ...] | Range
    when: dict[str, list[Any]] = field(default_factory=dict)

    def applies_in(self, setting: Mapping[str, Any]) -> bool:
        """Whether the conditions of the key hold in a setting."""
        return all(key in setting and index_of(setting[key], values) is not None for key, values in self.when.items())

    @property
    def param(self) -> str:
        """Name of the study's parameter: the key, by its earlier name if it was renamed."""
        return EARLIER.get(self.key, self.key)

    def to_param(self, value: object) -> Any:
        """The study's parameter for a value; None if the dimension does not contain the value."""
        if isinstance(self.domain, Range):
            return value if self.domain.contains(value) else None
        return index_of(value, self.domain)

    def from_param(self, param: Any) -> Any:
        """The value of a study's parameter."""
        return self.domain.rounded(param) if isinstance(self.domain, Range) else self.domain[param]

    def corners(self) -> Sequence[Any]:
        """All choices, or the two ends of a range."""
        if not isinstance(self.domain, Range):
            return self.domain
        values = self.domain.values()
        return [self.domain.low, values[-1] if values else self.domain.high]


@dataclass(frozen=True, slots=True)
class Space:
    """Dimensions of a sweep, each after those that its conditions name."""

    dimensions: tuple[Dimension, ...]

    def grid(self) -> Iterator[Setting]:
        """Every combination of values once, the last key varying fastest; keys that do not apply are left out.

        Dimensions that cannot be enumerated have no values here; `grid_problems` reports them.
        """
        return self._grid({}, self.dimensions)

    def _grid(self, setting: Setting, rest: Sequence[Dimension]) -> Iterator[Setting]:
        if not rest:
            yield dict(setting)
            return
        dimension = rest[0]
        if not dimension.applies_in(setting):
            yield from self._grid(setting, rest[1:])
            return
        values = dimension.domain.values() if isinstance(dimension.domain, Range) else dimension.domain
        for value in values or ():
            yield from self._grid({**setting, dimension.key: value}, rest[1:])

    def grid_problems(self) -> list[str]:
        """One line for each key that cannot be searched as a grid."""
        return [
            f"{dimension.key}: a grid needs single values: give a list, or a range with a `step` and without `log`"
            for dimension in self.dimensions
            if isinstance(dimension.domain, Range) and dimension.domain.values() is None
        ]

    def to_params(self, setting: Mapping[str, Any]) -> Params | None:
        """The study's parameters for a setting; None if the space does not contain the setting."""
        params = {}
        for dimension in self.dimensions:
            if dimension.applies_in(setting) != (dimension.key in setting):
                return None
            if dimension.key in setting:
                params[dimension.key] = dimension.to_param(setting[dimension.key])
        is_complete = setting.keys() <= params.keys() and None not in params.values()
        return params if is_complete else None

    def from_params(self, params: Params) -> Setting | None:
        """The setting of a study's parameters; None if one is missing."""
        setting: Setting = {}
        for dimension in self.dimensions:
            if dimension.applies_in(setting):
                if dimension.key not in params:
                    return None
                setting[dimension.key] = dimension.from_param(params[dimension.key])
        return setting


def format_setting(setting: Mapping[str, Any]) -> str:
    """Format a setting as one line of TOML.

    >>> format_setting({"model.cell": "gru", "model.units": [64, 64]})
    'model.cell = "gru", model.units = [64, 64]'
    """
    return ", ".join(f"{key} = {format_value(value)}" for key, value in setting.items())


def format_trial(setting: Mapping[str, Any], seed: int) -> str:
    """Format the setting and the seed of a trial.

    >>> format_trial({"model.units": [64]}, 1), format_trial({}, 2)
    ('model.units = [64], seed 1', 'seed 2')
    """
    return f"{format_setting(setting)}, seed {seed}".removeprefix(", ")


def format_value(value: object) -> str:
    """Format a value as TOML."""
    if isinstance(value, Mapping):
        return (
            "{ " + ", ".join(f"{key} = {format_value(inner)}" for key, inner in value.items()) + " }" if value else "{}"
        )
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(format_value, value))}]"
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False, default=str)


def index_of(value: object, values: Sequence[Any]) -> int | None:
    """Index of a value among others, or None; as in TOML, 1, 1.0 and true are different."""
    text = format_value(value)
    return next((i for i, other in enumerate(values) if format_value(other) == text), None)
