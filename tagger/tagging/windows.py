"""A stream of sentences cut into windows that are tagged together, and these into batches."""

from collections.abc import Iterable, Iterator

import numpy as np

from tagger.corpus.sentence import Sentence
from tagger.encoding.batches import Batch, Dataset, pad

WINDOW, WINDOW_STEPS = 2048, 200_000  # sentences, and steps, from which on those at hand are tagged together
BATCH_STEPS = 2048  # of a batch, padding included


def windows_of(sentences: Iterable[Sentence]) -> Iterator[list[Sentence]]:
    """Sentences as they come, so many of them that batches of like length can be made, and no more."""
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
    """Every sentence that has a step, in batches of like length and of up to so many steps, padding included."""
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
