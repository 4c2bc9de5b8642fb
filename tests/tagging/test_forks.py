"""A tagger that was used before a fork, or is in use during it, works in the child."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import pytest

from tagger.tagging import forks, windows
from tagger.tagging.engine import PendingLogits
from tagger.tagging.forks import not_forked
from tagger.tagging.taggable import as_sentence
from tagger.tagging.tagger import Tagger
from tests.bundles import save_words_bundle

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here"),
    # Newer versions of Python warn of each fork of a process with threads.
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]
LIMIT = 10  # seconds after which a child that waits is killed


def sentences(name: str, n: int = 600) -> list[list[str]]:
    return [[f"{name}{i}", "loves", "John"] for i in range(n)]


def is_true_in_child(check: Callable[[], bool]) -> bool:
    """Whether a check is true in a forked process, within the limit."""
    child = os.fork()
    if not child:
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(LIMIT)
            os._exit(0 if check() else 1)
        finally:
            os._exit(2)
    return os.waitpid(child, 0)[1] == 0


@pytest.fixture(params=[1, 2])
def tagger(request, tmp_path) -> Tagger:
    return Tagger.load(save_words_bundle(tmp_path / "bundle"), threads=request.param)


def test_a_used_tagger_tags_known_and_new_words_in_a_forked_process(tagger):
    expected = tagger.tag(sentences("old"))

    def check() -> bool:
        new = [tagged.tags for tagged in tagger.tag(sentences("new"))]
        return tagger.tag(sentences("old")) == expected and new == [tagged.tags for tagged in expected]

    assert is_true_in_child(check)
    assert tagger.tag(sentences("old")) == expected


def tag_and_put(tagger: Tagger, queue: "multiprocessing.SimpleQueue[int]") -> None:
    queue.put(len(tagger.tag(sentences("new"))))


def test_a_used_tagger_tags_in_a_process_of_multiprocessing(tagger):
    tagger.tag(sentences("old"))
    context = multiprocessing.get_context("fork")
    queue = context.SimpleQueue()
    child = context.Process(target=tag_and_put, args=(tagger, queue))
    child.start()
    child.join(LIMIT)

    assert child.exitcode == 0
    assert queue.get() == 600


def test_a_tagger_forked_while_another_thread_computes_form_rows_tags_in_the_child(tagger):
    expected = tagger.tag(sentences("old"))
    with tagger._form_cache._lock:  # as another thread would hold it
        assert is_true_in_child(lambda: tagger.tag(sentences("old")) == expected)


@pytest.fixture
def begun(tagger, monkeypatch) -> Iterator[PendingLogits]:
    """Batches that threads of this process compute, if the tagger has several; they wait for the test's end."""
    monkeypatch.setattr(windows, "BATCH_STEPS", 3)
    compute, process, is_done = tagger._engine._logits, os.getpid(), threading.Event()

    def wait_in_parent(*arguments: Any) -> Any:
        if os.getpid() == process and threading.current_thread() is not threading.main_thread():
            is_done.wait()
        return compute(*arguments)

    monkeypatch.setattr(tagger._engine, "_logits", wait_in_parent)
    window = tagger._start([as_sentence(tokens) for tokens in sentences("old", 20)])
    yield window.logits
    is_done.set()
    window.logits.close()


def test_batches_begun_before_a_fork_are_computed_by_the_child(tagger, begun):
    assert is_true_in_child(lambda: len([*begun]) == 20)


def test_giving_up_batches_begun_before_a_fork_touches_no_future_of_the_parent(tagger, begun):
    def give_up() -> bool:
        # A thread that the child has not may hold the lock of a future for ever.
        Future.cancel = Future.result = None  # type: ignore[method-assign, assignment]
        return begun.close() is None

    assert is_true_in_child(give_up)


def test_a_fork_waits_until_no_other_thread_is_in_onnx_runtime_and_new_calls_wait_for_the_fork():
    entered, began_again, left = threading.Event(), threading.Event(), []

    def compute() -> None:
        with not_forked():
            entered.set()
            while not forks._n_forking:  # until the main thread waits
                pass
            left.append(True)
        with not_forked():
            began_again.set()

    thread = threading.Thread(target=compute)
    thread.start()
    entered.wait()

    assert is_true_in_child(lambda: left == [True] and not began_again.is_set() and not forks._working)
    thread.join()
    assert began_again.is_set()


def test_a_signal_handler_may_fork_in_a_thread_that_is_in_onnx_runtime():
    with not_forked():
        assert is_true_in_child(lambda: True)

    assert not forks._working


def test_many_forks_beside_threads_that_tag_give_children_that_tag(tagger):
    expected, is_done = tagger.tag(sentences("old", 50)), threading.Event()

    def keep_tagging() -> None:
        n = 0
        while not is_done.is_set():
            n += 1
            tagger.tag(sentences(f"new{n}-", 50))

    threads = [threading.Thread(target=keep_tagging) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        assert all(is_true_in_child(lambda: tagger.tag(sentences("old", 50)) == expected) for _ in range(10))
    finally:
        is_done.set()
        for thread in threads:
            thread.join()
