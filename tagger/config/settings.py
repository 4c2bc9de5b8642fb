"""Settings: `KEY=VALUE` of `--set`, and the keys that a sweep varies."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pydantic

from tagger.config.config import Config
from tagger.config.older import REMOVED
from tagger.config.paths import PATHS, absolute_path, make_absolute
from tagger.config.reference import NAME, closest_key, in_reference, reference
from tagger.errors import ConfigError
from tagger.terminal_text import command_line
from tagger.toml_file import MAX_DEPTH, parse_toml, with_slashes

# Keys below them are tags, or names of heads.
FREE = (
    "data.map.", "data.sources.heads.", "heads.NAME.map.", "heads.NAME.class_weights.", "training.class_weights.",
)  # fmt: skip
ITEM = re.compile(r"(\w+)\[(\d+)\]")  # an item of a list of tables: sources[0]


def apply_setting(tables: dict[str, Any], setting: str) -> None:
    """Change a config's tables by one setting; a path is relative to the working directory, `KEY=` removes the key.

    Raises:
        ConfigError: it is not KEY=VALUE, or removes a key that no config has.
    """
    key, equals, text = setting.partition("=")
    key, text = key.strip(), text.strip()
    if not equals or not all(key.split(".")):
        raise ConfigError(f"--set {setting}: expected KEY=VALUE", "for example --set training.epochs=10")
    if key.count(".") > MAX_DEPTH:
        raise ConfigError(
            f"--set {setting:.80}: a config has no key of so many parts", "`tagger config` lists the keys"
        )
    try:
        value = parse_toml(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError as error:
        if text.startswith('"') and "\\" in text:
            raise ConfigError(f"--set {setting}: not TOML: {error}", with_slashes(key, text.strip('"'))) from None
        value = text
    except ValueError as error:
        raise ConfigError(f"--set {setting:.80}: not a value that can be read: {error}") from None
    if text and in_reference(key) in PATHS and isinstance(value, str):
        value = absolute_path(Path(), value, key)
    if text and key == "data.sources":
        make_absolute({"data": {"sources": value}}, Path())
    table = set_value(tables, key, value)
    if not text:
        if not _is_known(key):
            raise ConfigError(f"--set {setting}: a config has no key {key}", how_to_set(setting, key))
        del table[key.rpartition(".")[2]]


def _is_known(key: str) -> bool:
    """Whether a config may have the key: one of the reference, [heads], or a tag in a table of tags."""
    generic = in_reference(key)
    return generic.startswith(FREE) or generic == "heads" or generic in reference()


def how_to_set(setting: str, problems: str) -> str | None:
    """Hint for a setting that causes one of the problems; None if it causes none."""
    key, _, text = setting.partition("=")
    key, known = key.strip(), reference()
    section = re.escape(key.partition(".")[0])
    if not re.search(rf"^ *({re.escape(key)}(?![\w-])|{section}: unknown key)", problems, re.MULTILINE):
        return None
    if key == "heads":
        return "`tagger config heads` describes the table"
    generic = in_reference(key)
    excluded = re.search(
        rf"^ *{re.escape(key)}: (is for (?:a head|tags)|cannot be (?:set|used))\b.*", problems, re.MULTILINE
    )
    if excluded:
        instead = re.search(r"data\.sources|heads\.NAME\.\w+", excluded[0])
        return f"remove {_typed(key, text)}; `tagger config {instead[0] if instead else generic}` describes what to set"
    described = next((free[:-1] for free in FREE if generic.startswith(free)), generic)
    if described in known:
        meant = re.search(rf"^ *{re.escape(key)}: .*; (?:did you mean `(.+?)`|write (.+))", problems, re.MULTILINE)
        inner = (each for name, each in known.items() if name.startswith(f"{generic}.") and not each.is_table)
        example = next(inner) if known[described].is_table else known[described]
        if described == "data.sources":
            example = known[described]
        name = example.name.replace(generic, key, 1)
        example_text = _typed(key, meant[1] or meant[2]) if meant else _typed(name, example.example)
        return f"for example {example_text}; `tagger config {described}` describes the key"
    if key in REMOVED:
        return f"remove {_typed(key, text)}"
    close = closest_key(key, may_be_table=False)
    if close and close.startswith(f"heads.{NAME}."):
        table, _, last = close.rpartition(".")
        return f"`{last}` is a key of a head, [{table}]; `tagger config {close}` describes it"
    if close:
        texts = (text, f"[{text}]", known[in_reference(close)].example)
        return _typed(close, next(each for each in texts if not text or _is_valid(close, each)))
    if closest := closest_key(key):
        return f"`tagger config {in_reference(closest)}` describes the table"
    return "`tagger config` lists the keys; for example --set training.epochs=10"


def _is_valid(key: str, text: str) -> bool:
    """Whether a config may have the value of a setting."""
    tables: dict[str, Any] = {"data": {"train": "train.tsv", "dev": 0.1}}
    if ITEM.search(key):  # a file cannot be known to be wrong
        return True
    apply_setting(tables, f"{key}={text}")
    try:
        Config.model_validate(tables)
    except pydantic.ValidationError as error:
        return not any(".".join(map(str, problem["loc"])).startswith(key) for problem in error.errors())
    return True


def _typed(key: str, value: str) -> str:
    return command_line("--set", f"{key}={value}")


def set_value(tables: dict[str, Any], key: str, value: object) -> dict[str, Any]:
    """Set the value of a dotted key; returns the table that holds it.

    Raises:
        ConfigError: the key names an item of a list that the tables do not have.
    """
    *parents, last = key.split(".")
    table = tables
    for parent in parents:
        if item := ITEM.fullmatch(parent):
            table = _item(table.get(item[1]), int(item[2]), key)
            continue
        if not isinstance(table.get(parent), dict):
            table[parent] = {}  # `words = false` makes room for `features.words.dim=50`
        table = table[parent]
    table[last] = value
    return table


def _item(tables: object, index: int, key: str) -> dict[str, Any]:
    """The table with an index, from 0, in a list of tables."""
    if not isinstance(tables, list) or index >= len(tables) or not isinstance(tables[index], dict):
        n = len(tables) if isinstance(tables, list) else 0
        has = f"{n} [[data.sources]], and the first is data.sources[0]" if n else "no [[data.sources]]"
        raise ConfigError(f"--set {key}: the config has {has}")
    item: dict[str, Any] = tables[index]
    return item
