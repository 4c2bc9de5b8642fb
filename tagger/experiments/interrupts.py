"""Ctrl-C while there is something worth saving."""

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
    n_interrupts = 0

    def note(signal_number: int, frame: FrameType | None) -> None:
        nonlocal n_interrupts
        n_interrupts += 1
        log.warning("interrupted: stopping, and saving the best so far" if n_interrupts == 1 else "saving, one moment")

    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    before = signal.signal(signal.SIGINT, note)
    try:
        yield lambda: n_interrupts > 0
    finally:
        signal.signal(signal.SIGINT, before)
