"""Trials that failed, a line each in `failures.jsonl`: what was tried, why it failed, and the end of its log."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tagger.files import writing
from tagger.sweeps.space import Setting

NAME = "failures.jsonl"


@dataclass(frozen=True, slots=True)
class Failure:
    """A trial that failed.

    Args:
        trial: its name; empty where its setting is impossible and so has none.
        setting: what it has that the base has not.
        seed: of its training; None where the setting is impossible.
        reason: one line or more.
        lines: the end of its log.
    """

    trial: str
    setting: Setting
    seed: int | None
    reason: str
    lines: Sequence[str]


def record_failure(folder: Path, failure: Failure) -> None:
    """Adds a line to the file; half a line, of a process that was killed, keeps its own."""
    path = folder / NAME
    with writing(path):
        is_broken = path.exists() and path.read_bytes()[-1:] not in (b"", b"\n")
        with path.open("a", encoding="utf-8") as file:
            file.write(("\n" if is_broken else "") + json.dumps(asdict(failure), ensure_ascii=False) + "\n")


def read_failures(folder: Path) -> list[Failure]:
    """The failures so far; half a line, of a process that was killed, is none."""
    try:
        lines = (folder / NAME).read_text(encoding="utf-8", errors="replace").split("\n")
    except FileNotFoundError:
        return []
    return [failure for line in lines if (failure := _parsed(line))]


def _parsed(line: str) -> Failure | None:
    try:
        return Failure(**json.loads(line))
    except ValueError:
        return None
