"""Failed trials, one per line in `failures.jsonl`: the setting, the reason and the end of the log."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tagger.files import writing
from tagger.sweeps.space import Setting

NAME = "failures.jsonl"


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed trial.

    Args:
        trial: name of the trial; empty if its setting is impossible.
        setting: value of each varying key.
        seed: seed of the training; None if the setting is impossible.
        reason: one line or more.
        lines: last lines of the trial's log.
    """

    trial: str
    setting: Setting
    seed: int | None
    reason: str
    lines: Sequence[str]


def record_failure(folder: Path, failure: Failure) -> None:
    """Append a failure to the file, on a line of its own even if a killed process left the last line incomplete."""
    path = folder / NAME
    with writing(path):
        is_incomplete = path.exists() and path.read_bytes()[-1:] not in (b"", b"\n")
        with path.open("a", encoding="utf-8") as file:
            file.write(("\n" if is_incomplete else "") + json.dumps(asdict(failure), ensure_ascii=False) + "\n")


def read_failures(folder: Path) -> list[Failure]:
    """Read the failures so far; incomplete lines, left by a killed process, are skipped."""
    try:
        lines = (folder / NAME).read_text(encoding="utf-8", errors="replace").split("\n")
    except FileNotFoundError:
        return []
    return [failure for line in lines if (failure := _parse_line(line))]


def _parse_line(line: str) -> Failure | None:
    try:
        return Failure(**json.loads(line))
    except ValueError:
        return None
