"""TOML in and out."""

import difflib
import re
import shlex
import tomllib
from copy import deepcopy
from pathlib import Path
from typing import Any

import pydantic
import tomli_w

from tagger.config.problems import describe_problem, known_keys
from tagger.config.sections import Config
from tagger.errors import ConfigError
from tagger.toml_file import ESCAPED, read_tables, with_slashes

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
FREE = ("data.map.", "training.class_weights.")  # keys below them are tags


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
    try:
        make_absolute(tables, path.parent)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error.message}", error.hint) from None
    alone = deepcopy(tables)
    for setting in settings or []:
        _set(tables, setting)
    try:
        return parse_config(tables, str(path))
    except ConfigError as error:
        raise ConfigError(error.message, _hint(error.message, path, settings or [], alone)) from None


def _hint(problems: str, path: Path, settings: list[str], alone: dict[str, Any]) -> str:
    """The hint for a wrong config: another setting, if one is to blame, else how to check the file."""
    for setting in settings:
        if hint := _how_to_set(setting, problems):
            return hint
    if settings:
        try:
            parse_config(alone)
        except ConfigError:
            pass
        else:
            return f"without {shlex.join(['--set', settings[-1]])}, or with another value: the file itself is sound"
    return f"`tagger check {shlex.quote(str(path))}` checks a config without training"


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


def with_every_key(config: Config) -> Config:
    """The same config as if it had been written with every default."""
    return config.model_copy(update={name: section.model_copy(update=dict(section)) for name, section in config})


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
            table[last] = _absolute_path(directory, table[last], path)


def _absolute_path(directory: Path, path: str, key: str) -> str:
    if REFERENCE.fullmatch(path):
        return path
    if "\0" in path:
        raise ConfigError(f"{key}: {path!r}: a path cannot hold a NUL")
    try:
        absolute = (directory / Path(path).expanduser()).absolute().resolve()
        escape = next((escape for sign, escape in ESCAPED.items() if sign in path), None)
        if escape and path[:1] != "/" and not absolute.exists():
            raise ConfigError(
                f"{key}: {path!r}: `{escape}` in double quotes is one character, not a backslash and a letter",
                with_slashes(key.rpartition(".")[2], path),
            )
    except (OSError, RuntimeError) as error:  # a name that is too long; a home that is nobody's
        raise ConfigError(f"{key}: {path[:80]!r}: no path: {getattr(error, 'strerror', None) or error}") from None
    return str(absolute)


def _set(tables: dict[str, Any], setting: str) -> None:
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
        value = _absolute_path(Path(), value, key)
    table = set_value(tables, key, value)
    if not text:
        if not key.startswith(FREE) and not any(f"{name}.".startswith(f"{key}.") for name in known_keys()):
            raise ConfigError(f"--set {setting}: no key of a config is called {key}", _how_to_set(setting, key))
        del table[key.rpartition(".")[2]]


def _how_to_set(setting: str, problems: str) -> str | None:
    """How to write a setting whose key problems name, or that of the key that was meant."""
    key, _, text = setting.partition("=")
    key, known = key.strip(), known_keys()
    section = re.escape(key.partition(".")[0])
    if not re.search(rf"^ *({re.escape(key)}\b|{section}: unknown key)", problems, re.MULTILINE):
        return None
    last = key.rpartition(".")[2]
    if key in known:
        return f"for example {_typed(key, known[key])}"
    if below := next((name for name in known if name.startswith(f"{key}.")), None):
        return f"for example {_typed(below, known[below])}"
    elsewhere = [name for name in known if name.rpartition(".")[2] == last]
    close = elsewhere or difflib.get_close_matches(key, known, n=1)
    return _typed(close[0], text) if close else "a key of the config, for example --set training.epochs=10"


def _typed(key: str, value: str) -> str:
    return shlex.join(["--set", f"{key}={value}"])


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
