"""No test here depends on timing: a source that pauses waits for an event before it continues."""

import itertools
import queue
import threading
from collections.abc import Iterator

import pytest

from tagger.tagging.pauses import windows_at_pauses

LONG = 1e6  # seconds


def pausing(before: list[int], go_on: threading.Event, after: list[int]) -> Iterator[int]:
    yield from before
    assert go_on.wait(30), "the items before the pause were not yielded"
    yield from after


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("n_items", [0, 1, 6, 7, 50])
def test_each_item_is_yielded_once_and_in_order(size, n_items):
    windows = list(windows_at_pauses(range(n_items), size, pause=LONG))

    assert list(itertools.chain.from_iterable(windows)) == list(range(n_items))
    assert [len(window) for window in windows[:-1]] == [size] * (len(windows) - 1)
    assert all(1 <= len(window) <= size for window in windows)


def test_full_window_is_yielded_without_a_pause():
    go_on = threading.Event()
    windows = windows_at_pauses(pausing([1, 2, 3], go_on, [4, 5]), 3, pause=LONG)

    assert next(windows) == [1, 2, 3]
    go_on.set()
    assert list(windows) == [[4, 5]]


def test_incomplete_window_is_yielded_at_a_pause():
    go_on = threading.Event()
    windows = windows_at_pauses(pausing([1, 2], go_on, [3]), 100, pause=0.001)

    received: list[int] = []
    while len(received) < 2:
        received += next(windows)
    assert received == [1, 2]
    go_on.set()
    assert list(itertools.chain.from_iterable(windows)) == [3]


def test_pauses_before_the_first_item_of_a_window_yield_no_empty_window(monkeypatch):
    timeouts: list[float | None] = []

    class RecordingQueue(queue.Queue[object]):
        def get(self, block: bool = True, timeout: float | None = None) -> object:
            timeouts.append(timeout)
            return super().get(block, timeout)

    monkeypatch.setattr(queue, "Queue", RecordingQueue)

    assert list(windows_at_pauses([1, 2, 3], 2, pause=LONG)) == [[1, 2], [3]]
    assert timeouts == [None, LONG, None, LONG]


@pytest.mark.parametrize("error", [ValueError("broken source"), KeyboardInterrupt("broken source")])
@pytest.mark.parametrize("n_before", [0, 1, 2, 3])
def test_error_of_the_source_is_raised_after_the_items_before_it(error, n_before):
    def source() -> Iterator[int]:
        yield from range(n_before)
        raise error

    received: list[int] = []
    with pytest.raises(type(error), match="broken source"):
        received.extend(itertools.chain.from_iterable(windows_at_pauses(source(), 2, pause=LONG)))
    assert received == list(range(n_before))


def test_endless_source_is_read_at_most_two_windows_ahead():
    n_read = 0

    def endless() -> Iterator[int]:
        nonlocal n_read
        while True:
            n_read += 1
            yield n_read

    windows = windows_at_pauses(endless(), 4, pause=LONG)

    for n_yielded in (4, 8, 12):
        next(windows)
        assert n_read <= n_yielded + 4 + 1  # a full queue, and one item waiting for room in it
