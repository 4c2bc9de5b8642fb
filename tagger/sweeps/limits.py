"""What the process of a trial may take, and what is kept of it where it takes more."""

from pathlib import Path

from tagger.sweeps.worker import N_LINES

MB = 10**6
START = 300  # seconds that loading TensorFlow may take, on however busy a machine
GROWTH = 128 * MB  # after which a process is replaced, whatever it keeps


def excess(
    *, memory: int, most_memory: int | None, seconds: float, timeout: float | None, is_training: bool
) -> str | None:
    """Why a trial has to be ended, if it has to.

    Args:
        memory: bytes that its process holds.
        most_memory: that it may hold; None: any.
        seconds: since it began to train; or before that, since it was given.
        timeout: of training; None: never.
        is_training: whether it has begun to.
    """
    if most_memory and memory > most_memory:
        return f"took {memory // MB:,} MB of memory, and --memory allows {most_memory // MB:,}"
    if not is_training and seconds > START:
        return f"its process was not ready after {START} seconds"
    if timeout and is_training and seconds > timeout:
        return f"was not done after {timeout:g} seconds, as --timeout has it"
    return None


def last_lines(path: Path) -> tuple[str, ...]:
    """The end of a log; nothing where there is none."""
    try:
        return tuple(path.read_text(encoding="utf-8", errors="replace").splitlines()[-N_LINES:])
    except FileNotFoundError:
        return ()
