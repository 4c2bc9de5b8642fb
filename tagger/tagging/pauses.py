"""Windows of a stream that are cut short when the stream pauses."""

import queue
import threading
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def windows_at_pauses(items: Iterable[T], size: int, *, pause: float = 0.05) -> Iterator[list[T]]:
    """Group items into lists of `size`, or fewer when no item arrives for `pause` seconds.

    A thread reads the items, at most two windows ahead. An error raised by the source is raised here, after the items
    before it.

    Args:
        items: a possibly slow source.
        size: the largest number of items in a window.
        pause: seconds to wait for the next item before an incomplete window is yielded.
    """
    # 1-tuples of an item, then None at the end, or the error that ended the source.
    incoming: queue.Queue[tuple[T] | BaseException | None] = queue.Queue(maxsize=size)

    def read_all() -> None:
        try:
            for item in items:
                incoming.put((item,))
            incoming.put(None)
        except BaseException as error:
            incoming.put(error)

    threading.Thread(target=read_all, daemon=True).start()
    window: list[T] = []
    while True:
        try:
            received = incoming.get(timeout=pause if window else None)
        except queue.Empty:
            yield window
            window = []
            continue
        if isinstance(received, tuple):
            window.append(received[0])
            if len(window) < size:
                continue
        if window:
            yield window
            window = []
        if isinstance(received, BaseException):
            raise received
        if received is None:
            return
