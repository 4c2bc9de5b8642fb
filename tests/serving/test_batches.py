"""Requests that are tagged together."""

import asyncio
import threading

import pytest

from tagger.corpus.sentence import Sentence
from tagger.errors import DataError
from tagger.serving.batches import BatchTagger
from tagger.tagging.tagger import Tagger
from tests.bundles import save_words_bundle


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_words_bundle(tmp_path_factory.mktemp("batches") / "bundle")


class Hold:
    """Calls of a tagger wait until they may go on; it notes the number of sentences of each."""

    def __init__(self, tagger: Tagger) -> None:
        self.tag_window = tagger.tag_window
        self.sizes: list[int] = []
        self.begun, self.may_go_on = threading.Event(), threading.Event()

    def __call__(self, sentences, **options):
        self.sizes.append(len(sentences))
        self.begun.set()
        self.may_go_on.wait()
        return self.tag_window(sentences, **options)


@pytest.fixture
def held(folder, monkeypatch):
    tagger = Tagger.load(folder, threads=1)
    hold = Hold(tagger)
    monkeypatch.setattr(tagger, "tag_window", hold)
    batches = BatchTagger(tagger)
    yield hold, batches
    hold.may_go_on.set()
    batches.close()


def tags(tagged):
    return " ".join(tag for sentence in tagged for tag in sentence.tags)


async def started(hold, batches, *requests):
    """Tasks of requests: the first one is being tagged, the others wait."""
    first = asyncio.create_task(batches.tag([Sentence(("first",))], tags))
    await asyncio.to_thread(hold.begun.wait)
    tasks = [first, *(asyncio.create_task(batches.tag(*request)) for request in requests)]
    await asyncio.sleep(0)  # the tasks run until they wait
    return tasks


def test_requests_that_wait_together_are_tagged_in_one_call(held):
    hold, batches = held

    async def main():
        requests = [([Sentence((word,)), Sentence(("x",))], tags) for word in ("John", "loves")]
        tasks = await started(hold, batches, *requests)
        hold.may_go_on.set()
        return await asyncio.gather(*tasks)

    assert asyncio.run(main()) == ["O", "S O", "V O"]
    assert hold.sizes == [1, 4]


def test_a_request_that_fails_fails_alone(held):
    hold, batches = held

    async def main():
        wrong = Sentence(("1",), numbers=((1.0,),))
        tasks = await started(hold, batches, ([Sentence(("John",))], tags), ([wrong], tags))
        hold.may_go_on.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    first, right, error = asyncio.run(main())
    assert (first, right) == ("O", "S")
    assert isinstance(error, DataError)


def test_a_request_for_which_nobody_waits_is_not_tagged(held):
    hold, batches = held

    async def main():
        first, second, third = await started(
            hold, batches, ([Sentence(("a",))] * 7, tags), ([Sentence(("John",))], tags)
        )
        second.cancel()
        await asyncio.sleep(0)
        hold.may_go_on.set()
        return await asyncio.gather(first, third)

    assert asyncio.run(main()) == ["O", "S"]
    assert hold.sizes == [1, 1]


def test_requests_that_wait_at_the_end_are_answered(folder):
    batches = BatchTagger(Tagger.load(folder, threads=1))

    async def main():
        tasks = [asyncio.create_task(batches.tag([Sentence(("John",))], tags)) for _ in range(50)]
        await asyncio.sleep(0)
        batches.close()
        return await asyncio.gather(*tasks)

    assert asyncio.run(main()) == ["S"] * 50
