"""Ctrl-C deferred until training can save its best weights."""

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
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

    with _handled_by(note):
        yield interrupted


def ignored_interrupts() -> AbstractContextManager[None]:
    """Lets what must not be broken off run to its end through a Ctrl-C."""
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
