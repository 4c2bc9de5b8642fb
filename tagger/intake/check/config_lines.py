"""The line in the config's file for each of its problems."""

import re
import tomllib
from pathlib import Path

from tagger.corpus.checks.findings import Finding, Place
from tagger.errors import ConfigError

LARGEST = 1 << 20  # bytes, above which a file whose name does not say so is no config


def is_config(path: Path) -> bool:
    """Whether a file is a config and not data: by its name, else by its content."""
    if path.suffix.lower() == ".toml":
        return True
    try:
        if not path.is_file() or path.stat().st_size > LARGEST:
            return False
        return isinstance(tomllib.loads(path.read_text(encoding="utf-8-sig")).get("data"), dict)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        return False


def config_finding(path: Path, error: ConfigError) -> Finding:
    """What keeps a config from being read, each problem a place."""
    what, *problems = error.message.removeprefix(f"{path}: ").split("\n")
    if problems:
        told = [problem.strip() for problem in problems]
        places = [Place(str(path), line_of(path, problem.partition(":")[0]), problem) for problem in told]
    else:
        line = re.search(r"\bline (\d+)", what)
        places = [Place(str(path), int(line[1]) if line else None)]
    places.sort(key=lambda place: place.line or 0)
    advice = "Mend the config first: the data that it names has not been looked at."
    return Finding("config", "error", None, len(places), f"config: {what}", advice, tuple(places))


def line_of(path: Path, key: str) -> int | None:
    """The line in which a config sets a dotted key, or else begins the table that the key belongs to."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
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
