"""TOML in and out."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pydantic
import tomli_w

from tagger.config.problems import describe_problem
from tagger.config.sections import Config
from tagger.errors import ConfigError

REFERENCE = re.compile(
    r"([A-Za-z][\w-]+):([\w-]+)"
)  # a file of a public data set, such as ewt:train; a drive has one letter
PATHS = (  # the keys that may hold one
    "data.train",
    "data.dev",
    "data.test",
    "features.words.vectors",
    "features.words.word_list",
)


def load_config(path: Path, settings: list[str] | None = None) -> Config:
    """A config file, with some values set otherwise.

    Args:
        path: a TOML file; the paths in it are relative to it.
        settings: `KEY=VALUE` each, the key dotted, the value as in TOML or a bare text; paths in it are relative to the
            working directory. `KEY=` takes the key away.

    Raises:
        ConfigError: names the file and every key that is wrong, missing or unknown.
    """
    tables = read_tables(path)
    make_absolute(tables, path.parent)
    for setting in settings or []:
        _set(tables, setting)
    try:
        return parse_config(tables, str(path))
    except ConfigError as error:
        raise ConfigError(error.message, f"`tagger check {path}` checks a config without training") from None


def read_tables(path: Path) -> dict[str, Any]:
    """The tables of a TOML file.

    Raises:
        ConfigError: it cannot be read, or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not TOML: {error}") from None


def parse_config(tables: dict[str, Any], name: str = "config") -> Config:
    """Checks a config that is already in tables; `name` is what messages call it.

    Raises:
        ConfigError: every problem at once.
    """
    try:
        return Config.model_validate(tables)
    except pydantic.ValidationError as error:
        problems = list(dict.fromkeys(describe_problem(dict(details)) for details in error.errors()))
        count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        raise ConfigError("\n".join([f"{name}: {count}", *(f"  {problem}" for problem in problems)])) from None


def dump_config(config: Config) -> str:
    """The config as TOML, every default written, absent values as comments; it reads back as the same config."""
    tables = config.model_dump()
    words, features = config.features.words, tables["features"]
    tables["features"] = {key: False if value is None else value for key, value in features.items()}
    absent = []
    for name, table in (("data", tables["data"]), ("features.words", features["words"] or {})):
        for key in [key for key, value in table.items() if value is None]:
            del table[key]
            absent.append(f"# {name}.{key} is absent")
    if words is not None and (words.kind == "onehot" or words.vectors is not None):
        del features["words"]["dim"]
    return "\n".join([*absent, *([""] if absent else []), tomli_w.dumps(tables)])


def make_absolute(tables: dict[str, Any], directory: Path) -> None:
    """Makes the paths in a config's tables absolute that are relative to a folder.

    Raises:
        ConfigError: one cannot be a path.
    """
    for path in PATHS:
        *parents, last = path.split(".")
        table: Any = tables
        for parent in parents:
            table = table.get(parent) if isinstance(table, dict) else None
        if isinstance(table, dict) and isinstance(table.get(last), str):
            table[last] = _absolute_path(directory, table[last])


def _absolute_path(directory: Path, path: str) -> str:
    if REFERENCE.fullmatch(path):
        return path
    if "\0" in path:
        raise ConfigError(f"{path!r}: a path cannot hold a NUL")
    return str((directory / Path(path).expanduser()).absolute().resolve())


def _set(tables: dict[str, Any], setting: str) -> None:
    key, found, text = setting.partition("=")
    if not found:
        raise ConfigError(f"--set {setting}: expected KEY=VALUE", "for example --set training.epochs=10")
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text
    key = key.strip()
    if text and key in PATHS and isinstance(value, str):
        value = _absolute_path(Path(), value)
    table = set_value(tables, key, value)
    if not text:
        del table[key.rpartition(".")[2]]


def set_value(tables: dict[str, Any], key: str, value: object) -> dict[str, Any]:
    """Sets the value of a dotted key; gives the table that it stands in."""
    *parents, last = key.split(".")
    table = tables
    for parent in parents:
        if not isinstance(table.get(parent), dict):
            table[parent] = {}  # `words = false` makes room for `features.words.dim=50`
        table = table[parent]
    table[last] = value
    return table
