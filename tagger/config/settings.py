"""Settings: `KEY=VALUE` of `--set`, and the keys that a sweep varies."""

import difflib
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

from tagger.config.paths import PATHS, absolute_path
from tagger.config.reference import Key, reference
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
    if key in known:
        example = next(each for name, each in known.items() if name.startswith(key) and not each.is_table)
        return f"for example {_with_example(example)}; `tagger config {key}` describes the key"
    last = key.rpartition(".")[2]
    elsewhere = [name for name in known if "." in name and name.rpartition(".")[2] == last]
    if close := elsewhere or difflib.get_close_matches(key, known, n=1):
        return shlex.join(["--set", f"{close[0]}={text}"])
    return "`tagger config` lists the keys; for example --set training.epochs=10"


def _with_example(key: Key) -> str:
    return shlex.join(["--set", f"{key.name}={key.example}"])


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
