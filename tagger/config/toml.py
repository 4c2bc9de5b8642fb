"""Configs read from TOML files and written as TOML."""

import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pydantic
import tomli_w

from tagger.config.config import Config
from tagger.config.older import upgraded_tables
from tagger.config.paths import make_absolute
from tagger.config.problems import describe_problems
from tagger.config.reference import in_reference, reference
from tagger.config.settings import apply_setting, how_to_set
from tagger.config.values import Section
from tagger.errors import ConfigError
from tagger.terminal_text import command_line
from tagger.toml_file import read_tables

MAX_PROBLEMS, MAX_LENGTH = 100, 1_000  # problems in a message, and characters of each


def load_config(path: Path, settings: list[str] | None = None) -> Config:
    """Load a config file, with some values replaced by settings.

    Args:
        path: a TOML file; the paths in it are relative to it.
        settings: `KEY=VALUE` each, the key dotted, the value as in TOML or a bare text; paths in it are relative to the
            working directory. `KEY=` takes the key away.

    Raises:
        ConfigError: names the file and every key that is wrong, missing or unknown.
    """
    tables = read_tables(path)
    if _is_in_run_folder(path):
        tables = upgraded_tables(tables)
    try:
        make_absolute(tables, path.parent)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error.message}", error.hint) from None
    alone = deepcopy(tables)
    for setting in settings or []:
        apply_setting(tables, setting)
    try:
        return parse_config(tables, str(path))
    except ConfigError as error:
        raise ConfigError(error.message, _hint(error.message, path, settings or [], alone)) from None


def _is_in_run_folder(path: Path) -> bool:
    """Whether it is the resolved config in a run folder, which an earlier version may have written."""
    return path.name == "config.toml" and (path.with_name("log.txt").exists() or path.with_name("bundle").exists())


def _hint(problems: str, path: Path, settings: list[str], alone: dict[str, Any]) -> str:
    """The hint for a wrong config: how to write the setting that causes a problem, else how to look up a key."""
    for setting in settings:
        if hint := how_to_set(setting, problems):
            return hint
    if other := re.search(r"; remove it: (--set \S+)", problems):
        return f"{other[1]} removes the other key"
    if settings:
        try:
            parse_config(alone)
        except ConfigError:
            pass
        else:
            return f"remove or change {command_line('--set', settings[-1])}: the file itself is valid"
    named = map(in_reference, re.findall(r"^  ([\w.[\]-]+)", problems, re.MULTILINE))
    known = next((key for key in named if key in reference()), None)
    checks = f"`{command_line('tagger', 'check', path)}` checks a config without training"
    return f"`tagger config {known}` describes the key; {checks}" if known else checks


def parse_config(tables: dict[str, Any], name: str = "config") -> Config:
    """The config of parsed TOML tables; `name` stands for it in messages.

    Raises:
        ConfigError: every problem at once.
    """
    try:
        return Config.model_validate(tables)
    except pydantic.ValidationError as error:
        errors = error.errors()
        shown = errors[:MAX_PROBLEMS]
        problems = [*dict.fromkeys(line for details in shown for line in describe_problems(dict(details)))]
        n = len(problems) + len(errors) - len(shown)
        more = [f"  and {n - len(problems):,} more"] if n > len(problems) else []
        count = f"{n:,} problem{'s' if n > 1 else ''}"
        raise ConfigError(
            "\n".join([f"{name}: {count}", *(f"  {_shortened(problem)}" for problem in problems), *more])
        ) from None


def _shortened(problem: str) -> str:
    return problem if len(problem) <= MAX_LENGTH else f"{problem[:MAX_LENGTH]} …"


def with_every_key(config: Config) -> Config:
    """The same config with every key marked as set, so that no plan changes it."""
    updates: dict[str, Any] = {
        name: section.model_copy(update=dict(section)) for name, section in config if isinstance(section, Section)
    }
    updates["heads"] = {name: head.model_copy(update=dict(head)) for name, head in config.heads.items()}
    return config.model_copy(update=updates)


def dump_config(config: Config) -> str:
    """The config as TOML with all defaults, absent keys as comments; it reads back as the same config."""
    tables = config.model_dump()
    _remove_absent_tables(tables)
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


def _remove_absent_tables(tables: dict[str, Any]) -> None:
    """Remove [heads] and [[data.sources]] if they are empty, else the keys that they do not have or replace."""
    data = tables["data"]
    for table in (*tables["heads"].values(), *data["sources"]):
        for key in [key for key, value in table.items() if value is None]:
            del table[key]
    if tables["heads"]:
        del data["tag"], data["label"]
    else:
        del tables["heads"]
    if data["sources"]:
        for key in ("train", "dev", "test", "folds", "fold", "group", "format", "token", "sentence"):
            del data[key]
    else:
        del data["sources"]
    if tables["training"]["best_head"] is None:
        del tables["training"]["best_head"]
