"""Settings: `KEY=VALUE` of `--set`, and the keys that a sweep varies."""

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pydantic

from tagger.config.older import REMOVED
from tagger.config.paths import PATHS, absolute_path
from tagger.config.reference import closest_key, reference
from tagger.config.sections import Config
from tagger.errors import ConfigError
from tagger.toml_file import with_slashes

FREE = ("data.map.", "training.class_weights.")  # keys below them are tags


def apply_setting(tables: dict[str, Any], setting: str) -> None:
    """Change a config's tables by one setting; a path is relative to the working directory, `KEY=` removes the key.

    Raises:
        ConfigError: it is not KEY=VALUE, or removes a key that no config has.
    """
    key, equals, text = setting.partition("=")
    key, text = key.strip(), text.strip()
    if not equals or not all(key.split(".")):
        raise ConfigError(f"--set {setting}: expected KEY=VALUE", "for example --set training.epochs=10")
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError) as error:
        if text.startswith('"') and "\\" in text:
            raise ConfigError(f"--set {setting}: not TOML: {error}", with_slashes(key, text.strip('"'))) from None
        value = text
    if text and key in PATHS and isinstance(value, str):
        value = absolute_path(Path(), value, key)
    table = set_value(tables, key, value)
    if not text:
        if not key.startswith(FREE) and key not in reference():
            raise ConfigError(f"--set {setting}: a config has no key {key}", how_to_set(setting, key))
        del table[key.rpartition(".")[2]]


def how_to_set(setting: str, problems: str) -> str | None:
    """Hint for a setting that causes one of the problems; None if it causes none."""
    key, _, text = setting.partition("=")
    key, known = key.strip(), reference()
    section = re.escape(key.partition(".")[0])
    if not re.search(rf"^ *({re.escape(key)}\b|{section}: unknown key)", problems, re.MULTILINE):
        return None
    described = next((free[:-1] for free in FREE if key.startswith(free)), key)
    if described in known:
        meant = re.search(rf"^ *{re.escape(key)}: .*; (?:did you mean `(.+?)`|write (.+))", problems, re.MULTILINE)
        inner = (each for name, each in known.items() if name.startswith(f"{key}.") and not each.is_table)
        example = next(inner) if known[described].is_table else known[described]
        example_text = _typed(key, meant[1] or meant[2]) if meant else _typed(example.name, example.example)
        return f"for example {example_text}; `tagger config {described}` describes the key"
    if key in REMOVED:
        return f"remove {_typed(key, text)}"
    if close := closest_key(key, may_be_table=False):
        texts = (text, f"[{text}]", known[close].example)
        return _typed(close, next(each for each in texts if not text or _is_valid(close, each)))
    return "`tagger config` lists the keys; for example --set training.epochs=10"


def _is_valid(key: str, text: str) -> bool:
    """Whether a config may have the value of a setting."""
    tables: dict[str, Any] = {"data": {"train": "train.tsv", "dev": 0.1}}
    apply_setting(tables, f"{key}={text}")
    try:
        Config.model_validate(tables)
    except pydantic.ValidationError as error:
        return not any(".".join(map(str, problem["loc"])).startswith(key) for problem in error.errors())
    return True


def _typed(key: str, value: str) -> str:
    return shlex.join(["--set", f"{key}={value}"])


def set_value(tables: dict[str, Any], key: str, value: object) -> dict[str, Any]:
    """Set the value of a dotted key; returns the table that holds it."""
    *parents, last = key.split(".")
    table = tables
    for parent in parents:
        if not isinstance(table.get(parent), dict):
            table[parent] = {}  # `words = false` makes room for `features.words.dim=50`
        table = table[parent]
    table[last] = value
    return table
