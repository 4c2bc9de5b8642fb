"""Ctrl-C, deferred until training has saved its best weights."""

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType

log = logging.getLogger("tagger")


@contextmanager
def deferred_interrupts() -> Iterator[Callable[[], bool]]:
    """Defer Ctrl-C; yields a function that returns whether Ctrl-C was pressed.

    Outside the main thread it always returns False, because Python delivers signals to the main thread only.
    """
    was_interrupted = is_logged = False

    def handle(signal_number: int, frame: FrameType | None) -> None:
        nonlocal was_interrupted
        was_interrupted = True  # logged later: the signal may have arrived in the middle of a line

    def interrupted() -> bool:
        nonlocal is_logged
        if was_interrupted and not is_logged:
            is_logged = True
            log.warning("interrupted: stopping, and saving the best epoch so far")
        return was_interrupted

    with _handled_by(handle):
        yield interrupted


def ignored_interrupts() -> AbstractContextManager[None]:
    """Ignore Ctrl-C while something runs that must complete."""
    return _handled_by(signal.SIG_IGN)


@contextmanager
def _handled_by(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
