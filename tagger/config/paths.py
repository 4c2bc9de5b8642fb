"""Paths in a config: files, and names of public data sets."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tagger.config.values import SHARE_AS_TEXT
from tagger.errors import ConfigError
from tagger.toml_file import ESCAPED, with_slashes

REFERENCE = re.compile(r"([A-Za-z][\w-]+):([\w-]+)")  # a file of a public data set, ewt:train; a drive has one letter
PATHS = (
    "data.train", "data.dev", "data.test", "data.sources.train", "data.sources.dev", "data.sources.test",
    "features.words.vectors", "features.words.word_list",
)  # fmt: skip


def make_absolute(tables: dict[str, Any], directory: Path) -> None:
    """Makes the paths in a config's tables absolute that are relative to a folder.

    Raises:
        ConfigError: one cannot be a path.
    """
    for path in PATHS:
        table, _, last = path.rpartition(".")
        for name, inner in _tables_at(tables, table.split(".")):
            if isinstance(inner.get(last), str):
                inner[last] = absolute_path(directory, inner[last], f"{name}.{last}")


def _tables_at(tables: dict[str, Any], keys: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The table below some keys with its name, or each table if there is a list of them."""
    table: Any = tables
    for key in keys:
        table = table.get(key) if isinstance(table, dict) else None
    name = ".".join(keys)
    if isinstance(table, dict):
        yield name, table
    elif isinstance(table, list):
        yield from ((f"{name}[{i}]", each) for i, each in enumerate(table) if isinstance(each, dict))


def absolute_path(directory: Path, path: str, key: str) -> str:
    """The absolute path of a key's value that is relative to a folder; the name of a public data set stays.

    Raises:
        ConfigError: it cannot be a path.
    """
    if REFERENCE.fullmatch(path) or (SHARE_AS_TEXT.fullmatch(path) and not (directory / path).exists()):
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
    except (OSError, RuntimeError) as error:  # the name is too long; no such user
        raise ConfigError(f"{key}: {path[:80]!r}: not a path: {getattr(error, 'strerror', None) or error}") from None
    return str(absolute)
