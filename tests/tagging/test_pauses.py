"""No test here waits for time to pass: a source that stands still waits to be told to go on."""

import itertools
import queue
import threading
from collections.abc import Iterator

import pytest

from tagger.tagging.pauses import windows_at_pauses

LONG = 1e6  # seconds: no pause is ever so long


def standing_still(before: list[int], go_on: threading.Event, after: list[int]) -> Iterator[int]:
    yield from before
    assert go_on.wait(30), "nobody asked for more: what was there has not been given"
    yield from after


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("n_items", [0, 1, 6, 7, 50])
def test_all_items_come_once_and_in_order(size, n_items):
    windows = list(windows_at_pauses(range(n_items), size, pause=LONG))

    assert list(itertools.chain.from_iterable(windows)) == list(range(n_items))
    assert [len(window) for window in windows[:-1]] == [size] * (len(windows) - 1)
    assert all(1 <= len(window) <= size for window in windows)


def test_a_full_window_is_given_though_no_pause_was_seen():
    go_on = threading.Event()
    windows = windows_at_pauses(standing_still([1, 2, 3], go_on, [4, 5]), 3, pause=LONG)

    assert next(windows) == [1, 2, 3]
    go_on.set()
    assert list(windows) == [[4, 5]]


def test_what_is_there_is_given_at_a_pause():
    go_on = threading.Event()
    windows = windows_at_pauses(standing_still([1, 2], go_on, [3]), 100, pause=0.001)

    given: list[int] = []
    while len(given) < 2:
        given += next(windows)
    assert given == [1, 2]
    go_on.set()
    assert list(itertools.chain.from_iterable(windows)) == [3]


def test_while_nothing_is_there_no_pause_counts_so_that_no_window_is_empty(monkeypatch):
    timeouts: list[float | None] = []

    class Recorded(queue.Queue[object]):
        def get(self, block: bool = True, timeout: float | None = None) -> object:
            timeouts.append(timeout)
            return super().get(block, timeout)

    monkeypatch.setattr(queue, "Queue", Recorded)

    assert list(windows_at_pauses([1, 2, 3], 2, pause=LONG)) == [[1, 2], [3]]
    assert timeouts == [None, LONG, None, LONG]


@pytest.mark.parametrize("error", [ValueError("of the source"), KeyboardInterrupt("of the source")])
@pytest.mark.parametrize("n_before", [0, 1, 2, 3])
def test_an_error_of_the_source_comes_after_the_items_before_it(error, n_before):
    def source() -> Iterator[int]:
        yield from range(n_before)
        raise error

    given: list[int] = []
    with pytest.raises(type(error), match="of the source"):
        given.extend(itertools.chain.from_iterable(windows_at_pauses(source(), 2, pause=LONG)))
    assert given == list(range(n_before))


def test_an_endless_source_is_read_at_most_two_windows_ahead():
    n_read = 0

    def endless() -> Iterator[int]:
        nonlocal n_read
        while True:
            n_read += 1
            yield n_read

    windows = windows_at_pauses(endless(), 4, pause=LONG)

    for n_given in (4, 8, 12):
        next(windows)
        assert n_read <= n_given + 4 + 1  # a window that waits, and one item that waits to join it
