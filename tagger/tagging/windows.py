"""Windows of a stream of sentences, which are tagged together, and their batches."""

from collections.abc import Iterable, Iterator

import numpy as np

from tagger.corpus.sentence import Sentence
from tagger.encoding.batches import Batch, Dataset, pad

WINDOW, WINDOW_STEPS = 2048, 200_000  # a window ends at this many sentences or steps
BATCH_STEPS = 2048  # the most steps of a batch with several sentences, padding included


def windows_of(sentences: Iterable[Sentence]) -> Iterator[list[Sentence]]:
    """Group a stream of sentences into windows: large enough for batches of similar length, small in memory."""
    window: list[Sentence] = []
    n_steps = 0
    for sentence in sentences:
        window.append(sentence)
        n_steps += len(sentence)
        if len(window) == WINDOW or n_steps >= WINDOW_STEPS:
            yield window
            window, n_steps = [], 0
    if window:
        yield window


def batches_of(data: Dataset) -> Iterator[Batch]:
    """Group the sentences that have a step into batches of similar length and at most `BATCH_STEPS` padded steps."""
    lengths = data.lengths
    order = np.argsort(lengths, kind="stable")
    order = order[lengths[order] > 0]
    groups, first = [], 0
    for i, length in enumerate(lengths[order].tolist()):
        if (i + 1 - first) * length > BATCH_STEPS and i > first:
            groups.append(order[first:i])
            first = i
    groups.append(order[first:])
    yield from (pad(data, group) for group in groups if len(group))
