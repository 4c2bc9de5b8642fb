"""Ctrl-C deferred until training can save its best weights."""

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

log = logging.getLogger("tagger")


@contextmanager
def deferred_interrupts() -> Iterator[Callable[[], bool]]:
    """Notes a Ctrl-C instead of breaking off; gives a function that says whether there was one.

    Outside the main thread Python gets no signals, and there is never one.
    """
    noted = is_logged = False

    def note(signal_number: int, frame: FrameType | None) -> None:
        nonlocal noted
        noted = True  # and no word of it here: the signal may have come in the middle of a line

    def interrupted() -> bool:
        nonlocal is_logged
        if noted and not is_logged:
            is_logged = True
            log.warning("interrupted: stopping, and saving the best so far")
        return noted

    if threading.current_thread() is not threading.main_thread():
        yield interrupted
        return
    before = signal.signal(signal.SIGINT, note)
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def ignored_interrupts() -> Iterator[None]:
    """Lets what must not be broken off run to its end through a Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
