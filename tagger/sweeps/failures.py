"""Failed trials, one per line in `failures.jsonl`: the setting, the reason and the end of the log."""

import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tagger.border.regular import open_to_append
from tagger.border.schema import TEXT, check, list_of, nullable, record, whole
from tagger.border.strict_json import parse_json, read_text
from tagger.errors import RunError
from tagger.files import writing
from tagger.sweeps.schemas import NAME_OF_TRIAL, SETTING
from tagger.sweeps.space import Setting

NAME = "failures.jsonl"
FAILURE = record(
    {"trial": NAME_OF_TRIAL, "setting": SETTING, "seed": nullable(whole()), "reason": TEXT, "lines": list_of(TEXT)},
    closed=True,
)


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
    with writing(path), open_to_append(path) as file:
        file.seek(max(0, file.seek(0, io.SEEK_END) - 1))
        is_incomplete = file.read() not in (b"", b"\n")
        line = ("\n" if is_incomplete else "") + json.dumps(asdict(failure), ensure_ascii=False) + "\n"
        file.write(line.encode("utf-8", "surrogateescape"))


def read_failures(folder: Path) -> list[Failure]:
    """Read the failures so far; lines that are incomplete, left by a killed process, or damaged are skipped.

    Raises:
        RunError: the file cannot be read.
    """
    try:
        lines = read_text(folder / NAME, RunError, within=folder).split("\n")
    except FileNotFoundError:
        return []
    return [failure for line in lines if (failure := _parse_line(line))]


def _parse_line(line: str) -> Failure | None:
    try:
        failure = parse_json(line)
        check(failure, FAILURE)
        return Failure(**failure)
    except ValueError:
        return None
