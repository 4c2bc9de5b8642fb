"""Windows of a stream, handed over early when the stream pauses."""

import queue
import threading
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def windows_at_pauses(items: Iterable[T], size: int, *, pause: float = 0.05) -> Iterator[list[T]]:
    """Lists of up to `size` items in their order; what is there is given when nothing comes for `pause` seconds.

    The items are read in a thread of their own, at most two windows ahead. An error that reading them raises is raised
    here, after the items before it.
    """
    # What is read, then None at the end, or the error that ended it.
    read: queue.Queue[tuple[T] | BaseException | None] = queue.Queue(maxsize=size)

    def read_all() -> None:
        try:
            for item in items:
                read.put((item,))
            read.put(None)
        except BaseException as error:
            read.put(error)

    threading.Thread(target=read_all, daemon=True).start()
    window: list[T] = []
    while True:
        try:
            found = read.get(timeout=pause if window else None)
        except queue.Empty:
            yield window
            window = []
            continue
        if isinstance(found, tuple):
            window.append(found[0])
            if len(window) < size:
                continue
        if window:
            yield window
            window = []
        if isinstance(found, BaseException):
            raise found
        if found is None:
            return
