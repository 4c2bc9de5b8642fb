"""`[sweep.space]` → what varies, and all that is wrong with it."""

import difflib
import itertools
import math
from collections.abc import Iterator, Mapping
from typing import Any

from tagger.sweeps.space import Dimension, Range, Space, place, shown_value

PARTS = ("values", "low", "high", "log", "step", "when")  # what a table of values may have


def parse_space(tables: Mapping[str, Any]) -> tuple[Space, list[str]]:
    """The space as `[sweep.space]` has it, as far as it is sound, and what is wrong with the rest, a line each.

    A key's values are a list; or a table with `low` and `high`, which may have `log` and `step`; or a table with
    `values`. A table may have `when`: by other key the value, or the values, under which this one counts.
    """
    problems: list[str] = []
    dimensions: dict[str, Dimension] = {}
    for key, written in _flat(tables):
        domain = _domain(key, written, problems)
        if domain is not None:
            when = written.get("when", {}) if isinstance(written, Mapping) else {}
            if not isinstance(when, Mapping):
                problems.append(f"{key}: `when` should be a table {{ KEY = VALUE }}, got {shown_value(when)}")
                when = {}
            dimensions[key] = Dimension(key, domain, dict(when))
    varying = {key for key, _ in _flat(tables)}
    for key, dimension in dimensions.items():
        dimensions[key] = Dimension(key, dimension.domain, _conditions(dimension, dimensions, varying, problems))
    problems += itertools.chain.from_iterable(_part_problems(each, dimensions) for each in dimensions.values())
    ordered = _ordered(dimensions, problems)
    return Space(tuple(ordered)), problems


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
    dimension: Dimension, dimensions: Mapping[str, Dimension], varying: set[str], problems: list[str]
) -> dict[str, list[Any]]:
    """By other key, the values under which the dimension counts: one or a list of them may be written."""
    conditions = {}
    for other, wanted in dimension.when.items():
        name = f"{dimension.key}: `when` names {other}"
        if other not in varying:
            close = difflib.get_close_matches(other, varying, n=1)
            problems.append(f"{name}, which does not vary" + (f"; did you mean `{close[0]}`?" if close else ""))
        elif other not in dimensions:
            continue  # that is wrong itself, and told
        elif isinstance(domain := dimensions[other].domain, Range):
            problems.append(f"{name}, which is a range; a condition needs a list of values")
        else:
            values = [wanted] if place(wanted, domain) is not None or not isinstance(wanted, list) else wanted
            strange = [value for value in values if place(value, domain) is None]
            if strange or not values:
                problems.append(f"{name} = {shown_value(wanted)}, which is none of its values {shown_value([*domain])}")
            conditions[other] = values
    return conditions


def _part_problems(dimension: Dimension, dimensions: Mapping[str, Dimension]) -> Iterator[str]:
    """A key inside a table that varies counts only where that is a table."""
    parts = dimension.key.split(".")
    for end in range(1, len(parts)):
        parent = ".".join(parts[:end])
        if parent in dimensions:
            values = dimension.when.get(parent, dimensions[parent].corners())
            if not all(isinstance(value, Mapping) for value in values):
                yield (
                    f"{dimension.key}: is a part of {parent}, which varies and is not always a table; "
                    f'say under which it counts: when = {{ "{parent}" = … }}'
                )


def _ordered(dimensions: Mapping[str, Dimension], problems: list[str]) -> list[Dimension]:
    """As written, but each behind those that its conditions name, and behind the table that it is a part of."""
    ordered: dict[str, Dimension] = {}
    rest = dict(dimensions)
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


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
