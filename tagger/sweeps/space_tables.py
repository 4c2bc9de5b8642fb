"""Parse `[sweep.space]` into a space, and collect all its problems."""

import difflib
import itertools
import math
from collections.abc import Iterator, Mapping
from typing import Any

from tagger.sweeps.space import Dimension, Range, Space, format_value, index_of

TABLE_KEYS = ("values", "low", "high", "log", "step", "when")  # keys of a table that describes a dimension


def parse_space(tables: Mapping[str, Any]) -> tuple[Space, list[str]]:
    """Parse `[sweep.space]`; invalid keys are left out of the space.

    A key's values are a list; or a table with `low` and `high`, and optionally `log` and `step`; or a table with
    `values`. A table may have `when`: the value, or values, that another key must have for this key to apply.

    Returns:
        The space, and one line for each problem.
    """
    problems: list[str] = []
    dimensions: dict[str, Dimension] = {}
    for key, table in _flatten(tables):
        domain = _parse_domain(key, table, problems)
        if domain is not None:
            when = table.get("when", {}) if isinstance(table, Mapping) else {}
            if not isinstance(when, Mapping):
                problems.append(f"{key}: `when` should be a table {{ KEY = VALUE }}, got {format_value(when)}")
                when = {}
            dimensions[key] = Dimension(key, domain, dict(when))
    varying = {key for key, _ in _flatten(tables)}
    for key, dimension in dimensions.items():
        dimensions[key] = Dimension(key, dimension.domain, _parse_conditions(dimension, dimensions, varying, problems))
    problems += itertools.chain.from_iterable(_nested_key_problems(each, dimensions) for each in dimensions.values())
    ordered = _sort_by_conditions(dimensions, problems)
    return Space(tuple(ordered)), problems


def _flatten(tables: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted keys and their values; an unquoted dotted key is a nested table in TOML."""
    for name, value in tables.items():
        if isinstance(value, Mapping) and value and not value.keys() & set(TABLE_KEYS):
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _parse_domain(key: str, table: object, problems: list[str]) -> tuple[Any, ...] | Range | None:
    if isinstance(table, Mapping):
        if unknown := [name for name in table if name not in TABLE_KEYS]:
            close = difflib.get_close_matches(unknown[0], TABLE_KEYS, n=1)
            problems.append(f"{key}: unknown `{unknown[0]}`" + (f"; did you mean `{close[0]}`?" if close else ""))
            return None
        if "values" in table and not table.keys() <= {"values", "when"}:
            problems.append(f"{key}: takes either `values` or a range (`low`, `high`, `log`, `step`), not both")
            return None
        if "values" not in table:
            return _parse_range(key, table, problems)
        values = table["values"]
    else:
        values = table
    if not isinstance(values, list):
        problems.append(
            f"{key}: should be a list of values, {{ low, high }} or {{ values, when }}, got {format_value(values)}"
        )
        return None
    if not values:
        problems.append(f"{key}: the list is empty; give the values to try")
        return None
    if len({format_value(value) for value in values}) < len(values):
        problems.append(f"{key}: values should not repeat, got {format_value(values)}")
        return None
    return tuple(values)


def _parse_range(key: str, table: Mapping[str, Any], problems: list[str]) -> Range | None:
    low, high, log, step = table.get("low"), table.get("high"), table.get("log", False), table.get("step")
    n_before = len(problems)
    problems += [
        f"{key}: `{name}` should be a number, got {format_value(table.get(name))}"
        for name in ("low", "high")
        if not _is_number(table.get(name))
    ]
    if not isinstance(log, bool):
        problems.append(f"{key}: `log` should be true or false, got {format_value(log)}")
    if step is not None and not (_is_number(step) and step > 0):
        problems.append(f"{key}: `step` should be a number greater than 0, got {format_value(step)}")
    if len(problems) > n_before:
        return None
    if low >= high:  # type: ignore[operator]
        problems.append(f"{key}: `low` should be less than `high`, got {format_value(low)} and {format_value(high)}")
    if log is True and low <= 0:  # type: ignore[operator]
        problems.append(f"{key}: `low` should be greater than 0 with `log = true`, got {format_value(low)}")
    if log is True and step is not None:
        problems.append(f"{key}: `step` cannot be used with `log = true`")
    if isinstance(low, int) and isinstance(high, int) and isinstance(step, float):
        problems.append(f"{key}: `step` should be a whole number, as low and high are, got {format_value(step)}")
    return Range(low, high, log, step) if len(problems) == n_before else None  # type: ignore[arg-type]


def _parse_conditions(
    dimension: Dimension, dimensions: Mapping[str, Dimension], varying: set[str], problems: list[str]
) -> dict[str, list[Any]]:
    """For each other key that `when` names, the list of its accepted values; the file may give a single value."""
    conditions = {}
    for other, accepted in dimension.when.items():
        name = f"{dimension.key}: `when` names {other}"
        if other not in varying:
            close = difflib.get_close_matches(other, varying, n=1)
            problems.append(f"{name}, which does not vary" + (f"; did you mean `{close[0]}`?" if close else ""))
        elif other not in dimensions:
            continue  # its own problem is reported already
        elif isinstance(domain := dimensions[other].domain, Range):
            problems.append(f"{name}, which is a range; a condition needs a list of values")
        else:
            values = (
                [accepted] if index_of(accepted, domain) is not None or not isinstance(accepted, list) else accepted
            )
            unknown = [value for value in values if index_of(value, domain) is None]
            if unknown or not values:
                values_text = format_value([*domain])
                problems.append(f"{name} = {format_value(accepted)}, which is not one of its values {values_text}")
            conditions[other] = values
    return conditions


def _nested_key_problems(dimension: Dimension, dimensions: Mapping[str, Dimension]) -> Iterator[str]:
    """Problems of a key inside a table that varies too: it applies only if the value of that key is a table."""
    parts = dimension.key.split(".")
    for end in range(1, len(parts)):
        parent = ".".join(parts[:end])
        if parent in dimensions:
            values = dimension.when.get(parent, dimensions[parent].corners())
            if not all(isinstance(value, Mapping) for value in values):
                yield (
                    f"{dimension.key}: belongs to {parent}, which varies and is not always a table; "
                    f'add the tables that it applies to: when = {{ "{parent}" = … }}'
                )


def _sort_by_conditions(dimensions: Mapping[str, Dimension], problems: list[str]) -> list[Dimension]:
    """Sort dimensions so that each comes after those that its conditions name and the table that it belongs to."""
    ordered: dict[str, Dimension] = {}
    rest = dict(dimensions)
    while rest:
        free = [key for key, dimension in rest.items() if not _depends_on(key, dimension, rest)]
        if not free:
            problems.append(f"{', '.join(rest)}: circular conditions")
            break
        for key in free:
            ordered[key] = rest.pop(key)
    return list(ordered.values())


def _depends_on(key: str, dimension: Dimension, others: Mapping[str, Dimension]) -> list[str]:
    return [other for other in others if other in dimension.when or key.startswith(f"{other}.")]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
