"""Requests that wait together are tagged together: one thread for each tagger takes all that wait."""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tagger.corpus.sentence import Sentence
from tagger.tagging.tagged import Tagged
from tagger.tagging.tagger import Tagger
from tagger.tagging.windows import WINDOW, WINDOW_STEPS

Rendered = str  # what a request gets: made in the thread, so that the event loop stays free


@dataclass(frozen=True, slots=True)
class Job:
    """The sentences of one request.

    Args:
        sentences: the sentences.
        best: number of best sequences, 0 for the tags alone.
        confidence: whether to compute confidence.
        render: function from the tagged sentences to the answer.
        loop: event loop of the request.
        answer: the answer, or an error; cancelled when nobody waits any more.
    """

    sentences: Sequence[Sentence]
    best: int
    confidence: bool
    render: Callable[[list[Tagged]], Rendered]
    loop: asyncio.AbstractEventLoop
    answer: "asyncio.Future[Rendered]" = field(compare=False)

    @property
    def n_steps(self) -> int:
        """Number of steps of all sentences."""
        return sum(map(len, self.sentences))


class BatchTagger:
    """A tagger and the thread that uses it.

    Args:
        tagger: the tagger.
    """

    def __init__(self, tagger: Tagger) -> None:
        self.tagger = tagger
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    async def tag(
        self,
        sentences: Sequence[Sentence],
        render: Callable[[list[Tagged]], Rendered],
        *,
        best: int = 0,
        confidence: bool = True,
    ) -> Rendered:
        """Tag sentences, perhaps together with those of other requests.

        Raises:
            DataError: they cannot be read by this tagger.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Rendered] = loop.create_future()
        self._jobs.put(Job(sentences, best, confidence, render, loop, answer))
        return await answer

    def close(self) -> None:
        """End the thread, when it has done what waits."""
        self._jobs.put(None)
        self._thread.join()

    def _work(self) -> None:
        waiting: Job | None = None
        while True:
            job = waiting or self._jobs.get()
            waiting = None
            if job is None:
                return
            jobs, n_sentences, n_steps = [job], len(job.sentences), job.n_steps
            while n_sentences < WINDOW and n_steps < WINDOW_STEPS:
                try:
                    waiting = self._jobs.get_nowait()
                except queue.Empty:
                    break
                if waiting is None:
                    self._jobs.put(None)
                    break
                if (waiting.best, waiting.confidence) != (job.best, job.confidence):
                    break
                jobs.append(waiting)
                n_sentences, n_steps = n_sentences + len(waiting.sentences), n_steps + waiting.n_steps
                waiting = None
            self._do([job for job in jobs if not job.answer.cancelled()])

    def _do(self, jobs: list[Job]) -> None:
        """Tag the sentences of jobs in one call; if one of them fails, each alone."""
        if not jobs:
            return
        try:
            sentences = [sentence for job in jobs for sentence in job.sentences]
            tagged = iter(self.tagger.tag_window(sentences, best=jobs[0].best, confidence=jobs[0].confidence))
        except Exception as error:
            if len(jobs) == 1:
                _answer(jobs[0], error)
            else:
                for job in jobs:
                    self._do([job])
            return
        for job in jobs:
            mine = [next(tagged) for _ in job.sentences]
            try:
                _answer(job, job.render(mine))
            except Exception as error:
                _answer(job, error)


def _answer(job: Job, result: Rendered | Exception) -> None:
    """Give a job its answer, in its event loop."""

    def set_result() -> None:
        if job.answer.done():
            return
        if isinstance(result, Exception):
            job.answer.set_exception(result)
        else:
            job.answer.set_result(result)

    with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits
        job.loop.call_soon_threadsafe(set_result)
