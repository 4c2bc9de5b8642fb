"""What varies in a sweep: which keys, over which values, and under which conditions."""

import difflib
import itertools
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Setting = dict[str, Any]  # the value of each key that counts
Params = dict[str, Any]  # the same as a study has it: of choices the index, of ranges the number

PARTS = ("values", "low", "high", "log", "step", "when")


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
        return all(key in setting and _place(setting[key], values) is not None for key, values in self.when.items())

    def param(self, value: object) -> Any:
        """The value as a study has it; None where it is none of this dimension's."""
        if isinstance(self.domain, Range):
            return value if self.domain.holds(value) else None
        return _place(value, self.domain)

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
    """What varies.

    Args:
        dimensions: each behind those that its conditions name.
    """

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


def parse_space(tables: Mapping[str, Any]) -> tuple[Space, list[str]]:
    """The space as `[sweep.space]` has it, as far as it is sound, and what is wrong with the rest, a line each.

    A key's values are a list; or a table with `low` and `high`, which may have `log` and `step`; or a table with
    `values`. A table may have `when`: by other key the value, or the values, under which this one counts.
    """
    problems: list[str] = []
    found: dict[str, Dimension] = {}
    for key, written in _flat(tables):
        domain = _domain(key, written, problems)
        if domain is not None:
            when = written.get("when", {}) if isinstance(written, Mapping) else {}
            if not isinstance(when, Mapping):
                problems.append(f"{key}: `when` should be a table {{ KEY = VALUE }}, got {shown_value(when)}")
                when = {}
            found[key] = Dimension(key, domain, dict(when))
    varying = {key for key, _ in _flat(tables)}
    for key, dimension in found.items():
        found[key] = Dimension(key, dimension.domain, _conditions(dimension, found, varying, problems))
    problems += itertools.chain.from_iterable(_part_problems(dimension, found) for dimension in found.values())
    ordered = _ordered(found, problems)
    return Space(tuple(ordered)), problems


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


def _flat(tables: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Keys with dots, whether they were written in quotes or TOML made tables of them."""
    for name, value in tables.items():
        if isinstance(value, Mapping) and value and not value.keys() & set(PARTS):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _domain(key: str, written: object, problems: list[str]) -> tuple[Any, ...] | Range | None:
    if isinstance(written, Mapping):
        if unknown := [part for part in written if part not in PARTS]:
            close = difflib.get_close_matches(unknown[0], PARTS, n=1)
            problems.append(f"{key}: unknown `{unknown[0]}`" + (f"; did you mean `{close[0]}`?" if close else ""))
            return None
        if "values" in written and not written.keys() <= {"values", "when"}:
            problems.append(f"{key}: `values` is a list, and low, high, log and step make a range: take one of them")
            return None
        if "values" not in written:
            return _range(key, written, problems)
        written = written["values"]
    if not isinstance(written, list):
        problems.append(
            f"{key}: should be a list of values, {{ low, high }} or {{ values, when }}, got {shown_value(written)}"
        )
        return None
    if not written:
        problems.append(f"{key}: the list is empty; give the values to try")
        return None
    if len({shown_value(value) for value in written}) < len(written):
        problems.append(f"{key}: each value once, got {shown_value(written)}")
        return None
    return tuple(written)


def _range(key: str, written: Mapping[str, Any], problems: list[str]) -> Range | None:
    low, high, log, step = written.get("low"), written.get("high"), written.get("log", False), written.get("step")
    before = len(problems)
    problems += [
        f"{key}: `{name}` should be a number, got {shown_value(written.get(name))}"
        for name in ("low", "high")
        if not _is_number(written.get(name))
    ]
    if not isinstance(log, bool):
        problems.append(f"{key}: `log` should be true or false, got {shown_value(log)}")
    if step is not None and not (_is_number(step) and step > 0):
        problems.append(f"{key}: `step` should be a number greater than 0, got {shown_value(step)}")
    if len(problems) > before:
        return None
    if low >= high:  # type: ignore[operator]
        problems.append(f"{key}: `low` should be less than `high`, got {shown_value(low)} and {shown_value(high)}")
    if log is True and low <= 0:  # type: ignore[operator]
        problems.append(f"{key}: `low` should be greater than 0 where `log = true`, got {shown_value(low)}")
    if log is True and step is not None:
        problems.append(f"{key}: `step` does not go with `log = true`")
    if isinstance(low, int) and isinstance(high, int) and isinstance(step, float):
        problems.append(f"{key}: `step` should be a whole number, as low and high are, got {shown_value(step)}")
    return Range(low, high, log, step) if len(problems) == before else None  # type: ignore[arg-type]


def _conditions(
    dimension: Dimension, found: Mapping[str, Dimension], varying: set[str], problems: list[str]
) -> dict[str, list[Any]]:
    """By other key, the values under which the dimension counts: one or a list of them may be written."""
    conditions = {}
    for other, wanted in dimension.when.items():
        name = f"{dimension.key}: `when` names {other}"
        if other not in varying:
            close = difflib.get_close_matches(other, varying, n=1)
            problems.append(f"{name}, which does not vary" + (f"; did you mean `{close[0]}`?" if close else ""))
        elif other not in found:
            continue  # that is wrong itself, and told
        elif isinstance(domain := found[other].domain, Range):
            problems.append(f"{name}, which is a range; a condition needs a list of values")
        else:
            values = [wanted] if _place(wanted, domain) is not None or not isinstance(wanted, list) else wanted
            strange = [value for value in values if _place(value, domain) is None]
            if strange or not values:
                problems.append(f"{name} = {shown_value(wanted)}, which is none of its values {shown_value([*domain])}")
            conditions[other] = values
    return conditions


def _part_problems(dimension: Dimension, found: Mapping[str, Dimension]) -> Iterator[str]:
    """A key inside a table that varies counts only where that is a table."""
    parts = dimension.key.split(".")
    for end in range(1, len(parts)):
        parent = ".".join(parts[:end])
        if parent in found:
            values = dimension.when.get(parent, found[parent].corners())
            if not all(isinstance(value, Mapping) for value in values):
                yield (
                    f"{dimension.key}: is a part of {parent}, which varies and is not always a table; "
                    f'say under which it counts: when = {{ "{parent}" = … }}'
                )


def _ordered(found: Mapping[str, Dimension], problems: list[str]) -> list[Dimension]:
    """As written, but each behind those that its conditions name, and behind the table that it is a part of."""
    ordered: dict[str, Dimension] = {}
    rest = dict(found)
    while rest:
        free = [key for key, dimension in rest.items() if not _before(key, dimension, rest)]
        if not free:
            problems.append(f"{', '.join(rest)}: their conditions go in a circle")
            break
        for key in free:
            ordered[key] = rest.pop(key)
    return list(ordered.values())


def _before(key: str, dimension: Dimension, rest: Mapping[str, Dimension]) -> list[str]:
    return [other for other in rest if other in dimension.when or key.startswith(f"{other}.")]


def _place(value: object, values: Sequence[Any]) -> int | None:
    """Where a value stands among others, told apart as TOML does: 1 is neither 1.0 nor true."""
    written = shown_value(value)
    return next((i for i, other in enumerate(values) if shown_value(other) == written), None)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
