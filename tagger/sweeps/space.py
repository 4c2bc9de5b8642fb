"""The space of a sweep: which keys vary, over which values, and under which conditions."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Setting = dict[str, Any]  # the value of each key that counts
Params = dict[str, Any]  # the same as a study has it: of choices the index, of ranges the number


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from low to high, both included.

    Args:
        low: whole numbers come out where this and `high` are whole.
        high: not below `low`.
        log: whether each order of magnitude is as likely as the next.
        step: between numbers; None: any number between, or any whole one.
    """

    low: float
    high: float
    log: bool = False
    step: float | None = None

    @property
    def is_whole(self) -> bool:
        """Whether its numbers are whole."""
        return isinstance(self.low, int) and isinstance(self.high, int)

    def numbers(self) -> list[float] | None:
        """All of them in order; None where they cannot be told one by one.

        >>> Range(1, 7, step=3).numbers(), Range(0.0, 1.0).numbers()
        ([1, 4, 7], None)
        """
        step = self.step or (1 if self.is_whole and not self.log else None)
        if step is None:
            return None
        n = math.floor((self.high - self.low) / step + 1e-9)  # 0.1 three times is a little more than 0.3
        return [round(self.low + i * step, 12) for i in range(n + 1)]

    def holds(self, value: object) -> bool:
        """Whether a value is one of its numbers."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not self.low <= value <= self.high:
            return False
        numbers = self.numbers()
        return value in numbers if numbers is not None else isinstance(value, int) or not self.is_whole

    def told(self, number: float) -> float:
        """A number of the range as it is written: with four digits that count, where it may have any.

        >>> Range(1e-4, 1e-2, log=True).told(0.000153548229756525)
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
        key: dotted, of the config.
        domain: its values in their order, or a range.
        when: by other key, the values of that one under which this key counts.
    """

    key: str
    domain: tuple[Any, ...] | Range
    when: dict[str, list[Any]] = field(default_factory=dict)

    def counts_in(self, setting: Mapping[str, Any]) -> bool:
        """Whether the key counts, by the values of the others."""
        return all(key in setting and place(setting[key], values) is not None for key, values in self.when.items())

    def param(self, value: object) -> Any:
        """The value as a study has it; None where it is none of this dimension's."""
        if isinstance(self.domain, Range):
            return value if self.domain.holds(value) else None
        return place(value, self.domain)

    def value(self, param: Any) -> Any:
        """The value that a study's parameter stands for."""
        return self.domain.told(param) if isinstance(self.domain, Range) else self.domain[param]

    def corners(self) -> Sequence[Any]:
        """All choices, or the two ends of a range."""
        if not isinstance(self.domain, Range):
            return self.domain
        numbers = self.domain.numbers()
        return [self.domain.low, numbers[-1] if numbers else self.domain.high]


@dataclass(frozen=True, slots=True)
class Space:
    """Keys that vary, with their values, each behind those that its conditions name."""

    dimensions: tuple[Dimension, ...]

    def grid(self) -> Iterator[Setting]:
        """Each combination of values once, the last key varying fastest; a key that does not count has no value.

        Ranges that cannot be told number by number are left out; `grid_problems` tells them.
        """
        return self._grid({}, self.dimensions)

    def _grid(self, setting: Setting, rest: Sequence[Dimension]) -> Iterator[Setting]:
        if not rest:
            yield dict(setting)
            return
        dimension = rest[0]
        if not dimension.counts_in(setting):
            yield from self._grid(setting, rest[1:])
            return
        values = dimension.domain.numbers() if isinstance(dimension.domain, Range) else dimension.domain
        for value in values or ():
            yield from self._grid({**setting, dimension.key: value}, rest[1:])

    def grid_problems(self) -> list[str]:
        """Why it cannot be searched as a grid, a line for each key."""
        return [
            f"{dimension.key}: a grid needs single values: give a list, or a range with a `step` and without `log`"
            for dimension in self.dimensions
            if isinstance(dimension.domain, Range) and dimension.domain.numbers() is None
        ]

    def params(self, setting: Mapping[str, Any]) -> Params | None:
        """A setting as a study has it; None where it is not of this space."""
        params = {}
        for dimension in self.dimensions:
            if dimension.counts_in(setting) != (dimension.key in setting):
                return None
            if dimension.key in setting:
                params[dimension.key] = dimension.param(setting[dimension.key])
        whole = setting.keys() <= params.keys() and None not in params.values()
        return params if whole else None

    def setting(self, params: Params) -> Setting | None:
        """The setting that a study's parameters stand for; None where one is missing."""
        setting: Setting = {}
        for dimension in self.dimensions:
            if dimension.counts_in(setting):
                if dimension.key not in params:
                    return None
                setting[dimension.key] = dimension.value(params[dimension.key])
        return setting


def shown_setting(setting: Mapping[str, Any]) -> str:
    """A setting in one line, as TOML would have it.

    >>> shown_setting({"model.cell": "gru", "model.units": [64, 64]})
    'model.cell = "gru", model.units = [64, 64]'
    """
    return ", ".join(f"{key} = {shown_value(value)}" for key, value in setting.items())


def shown_value(value: object) -> str:
    """A value as TOML writes it."""
    if isinstance(value, Mapping):
        return (
            "{ " + ", ".join(f"{key} = {shown_value(inner)}" for key, inner in value.items()) + " }" if value else "{}"
        )
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(shown_value, value))}]"
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False, default=str)


def place(value: object, values: Sequence[Any]) -> int | None:
    """Where a value stands among others, told apart as TOML does: 1 is neither 1.0 nor true."""
    written = shown_value(value)
    return next((i for i, other in enumerate(values) if shown_value(other) == written), None)
