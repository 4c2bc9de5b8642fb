"""Signals that ask a process to stop: Ctrl-C, SIGTERM, SIGHUP and, on Windows, Ctrl-Break.

They raise KeyboardInterrupt in the main thread. A second one ends a process of the command line at once, with the
files that a killed process leaves; one that follows within an instant belongs to the first, as `timeout` and a terminal
that is closed send two.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from types import FrameType

STOPS: tuple[signal.Signals, ...] = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)
)
INSTANT = 0.2  # seconds

log = logging.getLogger("tagger")

_handled: list[signal.Signals] = [signal.SIGINT]  # those that raise KeyboardInterrupt in this process
_is_program = False  # whether this is a process of the command line, and not of a user's own program
_first: tuple[int, float] | None = None  # the first signal that asked to stop, and its time


def stop_on_signals() -> None:
    """Let all of them stop this process, but a hang-up that its parent has turned off, as `nohup` does."""
    global _is_program
    _is_program = True
    _handled[:] = [each for each in STOPS if each == signal.SIGINT or signal.getsignal(each) != signal.SIG_IGN]
    for each in _handled:
        signal.signal(each, _raise)


def only_shutdown_is_left() -> None:
    """Let Ctrl-C change nothing any more, and the others end the process."""
    for each in _handled:
        signal.signal(each, signal.SIG_IGN if each == signal.SIGINT else signal.SIG_DFL)


def ignore_signals() -> None:
    """Let none of them stop this process, for good."""
    for each in STOPS:
        signal.signal(each, signal.SIG_IGN)


def exit_code() -> int:
    """Exit code of an interrupted process, as shells report it: 128 and the number of the signal."""
    return 128 + (_first[0] if _first else signal.SIGINT)


def _is_first(number: int) -> bool:
    """Whether a signal is the first that asks to stop, or belongs to it; the second ends a process of ours at once."""
    global _first
    if _first is None:
        _first = number, time.monotonic()
        return True
    if time.monotonic() - _first[1] < INSTANT:
        return True
    if _is_program:
        os._exit(128 + number)
    return False


def _raise(number: int, frame: FrameType | None) -> None:
    was_asked = _first is not None
    if _is_first(number) and not was_asked:
        raise KeyboardInterrupt


@contextmanager
def deferred_interrupts() -> Iterator[Callable[[], bool]]:
    """Defer the first request to stop; yields a function that returns whether there was one.

    Outside the main thread it always returns False, because Python delivers signals to the main thread only.
    """
    was_interrupted = is_logged = False

    def defer() -> None:
        nonlocal was_interrupted
        was_interrupted = True  # logged later: the signal may have arrived in the middle of a line

    def interrupted() -> bool:
        nonlocal is_logged
        if was_interrupted and not is_logged:
            is_logged = True
            log.warning("interrupted: stopping, and saving the best epoch so far")
        return was_interrupted

    with interrupts_call(defer):
        yield interrupted


@contextmanager
def interrupts_call(stop: Callable[[], None]) -> Iterator[None]:
    """Call a function at the first request to stop; the second raises KeyboardInterrupt."""
    global _first

    def handle(number: int, frame: FrameType | None) -> None:
        if not _is_first(number):
            raise KeyboardInterrupt
        stop()

    _first = None  # of an earlier training or server in the same process
    with _handled_by(handle):
        yield


def ignored_interrupts() -> AbstractContextManager[None]:
    """Ignore requests to stop while something runs that must complete."""
    return _handled_by(signal.SIG_IGN)


@contextmanager
def _handled_by(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> Iterator[None]:
    with ExitStack() as stack:
        for each in _handled if threading.current_thread() is threading.main_thread() else ():
            stack.callback(signal.signal, each, signal.signal(each, handler))
        yield
