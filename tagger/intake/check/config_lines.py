"""Lines of a config's file to which its problems belong."""

import re
from collections.abc import Mapping
from pathlib import Path

from tagger.checks.findings import Finding, Location
from tagger.errors import ConfigError
from tagger.toml_file import read_toml

HEADER = re.compile(r"\s*\[{1,2}([^\[\]]++)\]")
SETTING = re.compile(r"\s*([\w.\"'-]+)\s*=")


def config_finding(path: Path, error: ConfigError) -> Finding:
    """The finding for a config that cannot be loaded, with a location per problem."""
    message, *problems = error.message.removeprefix(f"{path}: ").split("\n")
    if problems:
        problems, lines = [problem.strip() for problem in problems], _lines_of_keys(path)
        locations = [Location(str(path), _line_in(lines, problem.partition(":")[0]), problem) for problem in problems]
    else:
        line = re.search(r"\bline (\d+)", message)
        locations = [Location(str(path), int(line[1]) if line else line_of(path, message.partition(":")[0]))]
    locations.sort(key=lambda location: location.line or 0)
    advice = "Correct the config first: its data has not been checked."
    if error.hint and not problems:
        advice = f"{error.hint}. {advice}"
    return Finding("config", "error", None, len(locations), f"config: {message}", advice, tuple(locations))


def line_of(path: Path, key: str) -> int | None:
    """The line in which a config sets a dotted key, otherwise the first line of the table that the key belongs to."""
    return _line_in(_lines_of_keys(path), key)


def _lines_of_keys(path: Path) -> dict[str, int]:
    """The first line of each key and table of a config; empty if it cannot be read."""
    try:
        text = read_toml(path)
    except ConfigError:
        return {}
    lines: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.split("\n"), 1):
        if header := HEADER.match(line):
            table = name = header[1]
        elif setting := SETTING.match(line):
            name = f"{table}.{setting[1]}" if table else setting[1]
        else:
            continue
        lines.setdefault(re.sub(r"[\"'\s]", "", name), number)
    return lines


def _line_in(lines: Mapping[str, int], key: str) -> int | None:
    key = key.partition("[")[0]
    while key and key not in lines:
        key = key.rpartition(".")[0]
    return lines.get(key)
