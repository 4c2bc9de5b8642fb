"""Paths in a config: files, and names of public data sets."""

import re
from pathlib import Path
from typing import Any

from tagger.config.values import SHARE_AS_TEXT
from tagger.errors import ConfigError
from tagger.toml_file import ESCAPED, with_slashes

REFERENCE = re.compile(r"([A-Za-z][\w-]+):([\w-]+)")  # a file of a public data set, ewt:train; a drive has one letter
PATHS = ("data.train", "data.dev", "data.test", "features.words.vectors", "features.words.word_list")


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
            table[last] = absolute_path(directory, table[last], path)


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
