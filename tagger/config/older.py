"""Keys of earlier versions, renamed in what tagger itself has written: run folders, checkpoints, sweep folders."""

from collections.abc import Mapping
from typing import Any

RENAMED = {
    f"features.{feature}.dropout": f"features.{feature}.unknown_rate"
    for feature in ("words", "chars", "affixes", "columns")
}
EARLIER = {new: old for old, new in RENAMED.items()}
REMOVED = {"training.strategy": "a network trains on one device, a GPU if there is one"}


def upgraded_tables(tables: dict[str, Any]) -> dict[str, Any]:
    """The tables of a config that an earlier version wrote, with today's keys."""
    tables = dict(tables)
    if isinstance(tables.get("features"), dict):
        tables["features"] = tables["features"] | {
            name: _renamed(table, RENAMED) for name, table in _feature_tables(tables).items()
        }
    if isinstance(tables.get("training"), dict) and tables["training"].get("strategy") == "none":
        tables["training"] = {key: value for key, value in tables["training"].items() if key != "strategy"}
    return tables


def upgraded_setting(setting: Mapping[str, Any]) -> dict[str, Any]:
    """A setting of a sweep, {dotted key: value}, with today's keys."""
    return _with_names(setting, RENAMED)


def earlier_setting(setting: Mapping[str, Any]) -> dict[str, Any]:
    """A setting with the keys of earlier versions, so that the studies of sweeps, and their hashes, stay the same."""
    return _with_names(setting, EARLIER)


def with_earlier_keys(tables: dict[str, Any]) -> dict[str, Any]:
    """The tables of a config with the keys of earlier versions, so that the hashes that name trials stay the same."""
    return tables | {
        "features": tables["features"]
        | {name: _renamed(table, EARLIER) for name, table in _feature_tables(tables).items()},
        "training": tables["training"] | {"strategy": "none"},
    }


def _feature_tables(tables: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The tables among the values of `[features]`, keyed by their dotted key's last part."""
    return {name: value for name, value in tables.get("features", {}).items() if isinstance(value, dict)}


def _renamed(table: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    last = {old.rpartition(".")[2]: new.rpartition(".")[2] for old, new in names.items()}
    return {last.get(key, key): value for key, value in table.items()}


def _with_names(setting: Mapping[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """A setting with other names for its keys, and for the keys of tables among its values."""
    tables = {old.rpartition(".")[0] for old in names}
    return {
        names.get(key, key): _renamed(value, names) if key in tables and isinstance(value, dict) else value
        for key, value in setting.items()
    }
