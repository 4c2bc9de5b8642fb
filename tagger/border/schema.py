"""Schemas of JSON values: a value that differs is an error that names its key, what was expected and what it is.

A schema says what a value should be, and which parts it has. Values are checked, and not changed.

>>> network = record({"units": list_of(whole(1, 65_536))})
>>> check({"units": [100, -3]}, network)
Traceback (most recent call last):
ValueError: units[1]: expected a whole number from 1 to 65,536, got -3
"""

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

MISSING = object()
LARGEST = 10**15  # counts above it are a mistake, and their sums could overflow
SHOWN = 40  # characters of a value in a message

Parts = Iterator[tuple[str, Any, "Schema"]]  # key, value and schema of each part of a value


class Schema(NamedTuple):
    """A description of a value, and a check of it.

    Args:
        expected: its description in messages.
        holds: whether a value, without its parts, is one.
        parts: the parts of such a value.
    """

    expected: str
    holds: Callable[[Any], bool]
    parts: Callable[[Any], Parts] = lambda value: iter(())


def check(value: object, schema: Schema, key: str = "") -> None:
    """Check a value.

    Args:
        value: as returned by `parse_json`.
        schema: its schema.
        key: its key, dotted; empty for the whole.

    Raises:
        ValueError: names the first key that differs.
    """
    if value is MISSING:
        raise ValueError(f"{key}: missing; expected {schema.expected}")
    if not schema.holds(value):
        raise ValueError(f"{key}{': ' if key else ''}expected {schema.expected}, got {shown(value)}")
    for name, part, part_schema in schema.parts(value):
        check(part, part_schema, f"{key}{name}" if key or not name.startswith(".") else name[1:])


def shown(value: object) -> str:
    """A value in a message: as in JSON, shortened."""
    if isinstance(value, dict):
        return "an object" if value else "{}"
    if isinstance(value, list):
        return f"a list of {len(value):,}" if value else "[]"
    if isinstance(value, int) and not -LARGEST < value < LARGEST:
        return "a larger number" if value > 0 else "a lower number"
    text = json.dumps(value, ensure_ascii=True)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def whole(low: int = 0, high: int = LARGEST) -> Schema:
    """A whole number."""
    limits = f"from {low:,} to {high:,}" if high < LARGEST else f"of {low:,} or more"
    return Schema(f"a whole number {limits}", lambda value: type(value) is int and low <= value <= high)


def number(low: float = -sys.float_info.max, high: float = sys.float_info.max, *, above: float | None = None) -> Schema:
    """A finite number, from `low` to `high` or greater than `above`."""
    limits = f" from {low:g} to {high:g}" if high < sys.float_info.max else ""
    limits = f" greater than {above:g}" if above is not None else limits

    def holds(value: Any) -> bool:
        return type(value) in (int, float) and low <= value <= high and (above is None or value > above)

    return Schema(f"a finite number{limits}", holds)


def one_of(*choices: str) -> Schema:
    """One of some texts."""
    expected = " or ".join(filter(None, [", ".join(map(json.dumps, choices[:-1])), json.dumps(choices[-1])]))
    return Schema(expected, lambda value: isinstance(value, str) and value in choices)


def either(*schemas: Schema) -> Schema:
    """A value of one of several kinds; the first that holds says which parts it has."""

    def parts(value: Any) -> Parts:
        return next(schema for schema in schemas if schema.holds(value)).parts(value)

    expected = " or ".join(schema.expected for schema in schemas)
    return Schema(expected, lambda value: any(schema.holds(value) for schema in schemas), parts)


def nullable(schema: Schema) -> Schema:
    """A value, or null."""
    return either(schema, NULL)


def list_of(item: Schema, low: int = 0, high: int | None = None) -> Schema:
    """A list of so many items."""
    limits = f"{low:,}" if low == high else f"{low:,} or more" if high is None else f"{low:,} to {high:,}"
    return Schema(
        f"a list of {limits}" if low or high is not None else "a list",
        lambda value: isinstance(value, list) and low <= len(value) and (high is None or len(value) <= high),
        lambda value: ((f"[{i}]", part, item) for i, part in enumerate(value)),
    )


def mapping_of(item: Schema, *, low: int = 0, keys: Schema | None = None) -> Schema:
    """An object with any keys, or keys of a schema, and values of one."""

    def parts(value: Any) -> Parts:
        for key, part in value.items():
            name = _part_name(key)
            if keys and not keys.holds(key):
                yield name, key, keys
            yield name, part, item

    expected = f"an object with {low:,} or more keys" if low else "an object"
    return Schema(expected, lambda value: isinstance(value, dict) and len(value) >= low, parts)


def record(keys: Mapping[str, Schema], optional: Mapping[str, Schema] = {}, *, closed: bool = False) -> Schema:
    """An object with some keys, which may have some others; any further ones are not checked, or an error if closed."""

    def parts(value: Any) -> Parts:
        for key in value if closed else ():
            if key not in keys and key not in optional:
                yield _part_name(key), value[key], NO_KEY
        for key, schema in keys.items():
            yield _part_name(key), value.get(key, MISSING), schema
        for key, schema in optional.items():
            if key in value:
                yield _part_name(key), value[key], schema

    return Schema("an object", lambda value: isinstance(value, dict), parts)


def variant(key: str, records: Mapping[str, Schema]) -> Schema:
    """An object whose other keys depend on the text of one."""

    def parts(value: Any) -> Parts:
        yield _part_name(key), value.get(key, MISSING), one_of(*records)
        yield from records[value[key]].parts(value)

    return Schema("an object", lambda value: isinstance(value, dict), parts)


def _part_name(key: str) -> str:
    return f".{key}" if re.fullmatch(r"[A-Za-z0-9_-]+", key) else f"[{shown(key)}]"


NO_KEY = Schema("no such key", lambda value: False)
NULL = Schema("null", lambda value: value is None)
FLAG = Schema("true or false", lambda value: isinstance(value, bool))
TEXT = Schema("a text", lambda value: isinstance(value, str))
COUNT = whole()
RATIO = number(0, 1)
