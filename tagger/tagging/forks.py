"""Forks of a process that tags: no fork while ONNX Runtime works in another thread.

A fork copies locks as they are, without the threads that would release them: a child that is forked while another
thread is in ONNX Runtime could wait for its locks for ever. So a fork waits for calls in progress, a batch at most for
each thread, and new calls wait for the fork.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_changed = threading.Condition()
_working: set[int] = set()  # threads that are in ONNX Runtime
_n_forking = 0  # threads that fork or wait to fork


@contextmanager
def not_forked() -> Iterator[None]:
    """Delay forks of this process by other threads."""
    thread = threading.get_ident()
    with _changed:
        while _n_forking:
            _changed.wait()
        _working.add(thread)
    try:
        yield
    finally:
        with _changed:
            _working.discard(thread)
            if _n_forking:
                _changed.notify_all()


def _before() -> None:
    global _n_forking
    _changed.acquire()  # released after the fork
    _n_forking += 1
    while _working - {threading.get_ident()}:  # a signal handler may fork in a thread that is working itself
        _changed.wait()


def _after_in_parent() -> None:
    global _n_forking
    _n_forking -= 1
    _changed.notify_all()
    _changed.release()


def _after_in_child() -> None:
    global _changed, _n_forking
    _changed, _n_forking = threading.Condition(), 0


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(before=_before, after_in_parent=_after_in_parent, after_in_child=_after_in_child)
