"""The line in the config's file for each of its problems."""

import re
from pathlib import Path

from tagger.checks.findings import Finding, Place
from tagger.errors import ConfigError
from tagger.toml_file import read_toml


def config_finding(path: Path, error: ConfigError) -> Finding:
    """What keeps a config from being read, each problem a place."""
    what, *problems = error.message.removeprefix(f"{path}: ").split("\n")
    if problems:
        told = [problem.strip() for problem in problems]
        places = [Place(str(path), line_of(path, problem.partition(":")[0]), problem) for problem in told]
    else:
        line = re.search(r"\bline (\d+)", what)
        places = [Place(str(path), int(line[1]) if line else line_of(path, what.partition(":")[0]))]
    places.sort(key=lambda place: place.line or 0)
    advice = "Mend the config first: the data that it names has not been looked at."
    if error.hint and not problems:
        advice = f"{error.hint[0].upper()}{error.hint[1:]}. {advice}"
    return Finding("config", "error", None, len(places), f"config: {what}", advice, tuple(places))


def line_of(path: Path, key: str) -> int | None:
    """The line in which a config sets a dotted key, or else begins the table that the key belongs to."""
    try:
        text = read_toml(path)
    except ConfigError:
        return None
    lines: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.split("\n"), 1):
        if header := re.match(r"\s*\[+\s*([^\]]+?)\s*\]", line):
            table = name = header[1]
        elif setting := re.match(r"\s*([\w.\"'-]+)\s*=", line):
            name = f"{table}.{setting[1]}" if table else setting[1]
        else:
            continue
        lines.setdefault(re.sub(r"[\"'\s]", "", name), number)
    key = key.partition("[")[0]
    while key and key not in lines:
        key = key.rpartition(".")[0]
    return lines.get(key)
