"""Time and memory limits of a trial's process, and the last lines of its log."""

import time
from dataclasses import dataclass
from pathlib import Path

from tagger.sweeps.worker import N_LINES

MB = 10**6
START = 300  # seconds that loading TensorFlow may take, on however busy a machine
GROWTH = 128 * MB  # after which a process is replaced, whatever it keeps


@dataclass
class Usage:
    """Time and memory of a process that trains one trial after the other.

    Args:
        began: when it began to train its trial, or before that, when it was given it; as `time.monotonic` counts.
        is_training: whether it has begun to.
        memory: bytes that it held at the last look.
        memory_at_first: bytes after its first trial; 0 before.
    """

    began: float = 0.0
    is_training: bool = False
    memory: int = 0
    memory_at_first: int = 0

    def begin(self, *, is_training: bool) -> None:
        """Count the seconds of a trial that is given, or that now trains."""
        self.began, self.is_training = time.monotonic(), is_training

    def excess(self, *, timeout: float | None, memory: int | None) -> str | None:
        """Why the trial has to be ended, if it has to: seconds of training, or bytes of the process; None: any."""
        seconds = time.monotonic() - self.began
        if memory and self.memory > memory:
            return f"took {self.memory // MB:,} MB of memory, and --memory allows {memory // MB:,}"
        if not self.is_training and seconds > START:
            return f"its process was not ready after {START} seconds"
        if timeout and self.is_training and seconds > timeout:
            return f"was not done after {timeout:g} seconds, as --timeout has it"
        return None

    def has_grown(self) -> bool:
        """Whether a process that has ended a trial should be replaced."""
        self.memory_at_first = self.memory_at_first or self.memory
        return self.memory - self.memory_at_first > GROWTH


def last_lines(path: Path) -> tuple[str, ...]:
    """The end of a log; nothing where there is none."""
    try:
        return tuple(path.read_text(encoding="utf-8", errors="replace").splitlines()[-N_LINES:])
    except FileNotFoundError:
        return ()
