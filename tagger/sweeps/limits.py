"""Time and memory limits of a trial's process, and the last lines of its log."""

import time
from dataclasses import dataclass
from pathlib import Path

from tagger.border.regular import read_regular
from tagger.border.sizes import RECORD
from tagger.sweeps.worker import N_LINES

MB = 10**6
START_TIMEOUT = 300  # seconds to load TensorFlow, generous enough for a busy machine
MAX_GROWTH = 128 * MB  # growth between trials after which a process is replaced


@dataclass
class Usage:
    """Time and memory of a process that trains one trial after the other.

    Args:
        began: time of `time.monotonic` at which training began or, before that, at which the trial was submitted.
        is_training: whether training has begun.
        memory: latest measured memory in bytes.
        memory_at_first: memory in bytes after the first trial; 0 before.
    """

    began: float = 0.0
    is_training: bool = False
    memory: int = 0
    memory_at_first: int = 0

    def begin(self, *, is_training: bool) -> None:
        """Restart the clock, as a trial is submitted or its training begins."""
        self.began, self.is_training = time.monotonic(), is_training

    def exceeded_limit(self, *, timeout: float | None, memory: int | None) -> str | None:
        """Return the reason to end the trial, or None while it is within its limits.

        Args:
            timeout: seconds of training; None: no limit.
            memory: bytes of the process; None: no limit.
        """
        seconds = time.monotonic() - self.began
        if memory and self.memory > memory:
            return f"used {self.memory // MB:,} MB of memory; the limit is {memory // MB:,} MB (--memory)"
        if not self.is_training and seconds > START_TIMEOUT:
            return f"its process was not ready after {START_TIMEOUT} seconds"
        if timeout and self.is_training and seconds > timeout:
            return f"took longer than {timeout:g} s (--timeout)"
        return None

    def has_grown(self) -> bool:
        """Whether the process has grown so much since its first trial that it should be replaced."""
        self.memory_at_first = self.memory_at_first or self.memory
        return self.memory - self.memory_at_first > MAX_GROWTH


def last_lines(path: Path) -> tuple[str, ...]:
    """Read the last lines of a log; none if the file is missing or not a regular file of a log's size."""
    try:
        content = read_regular(path, limit=RECORD)
    except OSError:
        return ()
    return tuple(content.decode("utf-8", "replace").splitlines()[-N_LINES:])
