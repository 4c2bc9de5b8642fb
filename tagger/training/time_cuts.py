"""Cuts in time: train, dev and test are the beginning, the middle and the end of each series.

Steps that follow each other are alike. A random split of the steps of a series puts neighbours of train into test, and
the score is too good; a cut in time scores what comes later, as in use (Bergmeir & Benítez, 2012, On the use of
cross-validation for time series predictor evaluation). A gap keeps out steps whose values still overlap with those
before, such as moving averages (h-block of Burman et al., 1994; `gap` of scikit-learn's TimeSeriesSplit).

In use, a network has read what came before. So it reads dev and test after their *context*, the steps before them:
their numbers, without tags. Steps of a gap are context, too: a gap keeps train and the scored steps apart, and the
sensor does not pause there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from tagger.config import Data
from tagger.corpus.chunks import display_path
from tagger.corpus.counted import counted
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.encoding.arrays import Positions
from tagger.errors import ConfigError

ORDER = ("train", "dev", "test")  # of the parts of a series
MAX_CONTEXT = 5000  # steps


class Cuts(NamedTuple):
    """Series that are cut in time.

    Args:
        splits: the parts of series in train, dev and test, in the order of the file.
        in_context: the parts in dev and test, each after its context, without tags and answers.
    """

    splits: dict[str, Sentences]
    in_context: dict[str, Sentences]


def cut_in_time(
    sentences: Sequence[Sentence], data: Data, table: str = "data", *, max_context: int = MAX_CONTEXT
) -> Cuts:
    """Cut each series into train, then dev, then test; the steps of gaps are in none.

    A series that is too short to be cut is in train as a whole.

    Args:
        sentences: all series of train's file.
        data: the shares of dev and test, and the gap in steps.
        table: name of the table with the shares, for messages.
        max_context: most steps of a context.

    Raises:
        ConfigError: all series are too short to be cut.
    """
    flat = Sentences.collect(sentences)
    lengths = flat.lengths
    shares = {split: share for split in ("dev", "test") if isinstance(share := getattr(data, split), float)}
    sizes = {split: np.rint(lengths * share).astype(np.int64) for split, share in shares.items()}
    n_train = lengths - sum(sizes.values()) - data.gap * len(sizes)
    is_cut = (n_train > 0) & np.all([size > 0 for size in sizes.values()], axis=0)
    if not is_cut.any():
        longest = int(lengths.argmax())
        raise ConfigError(
            f'{table}.split: "time" cannot cut {len(flat):,} series: the longest, at '
            f"{flat[longest].location}, has {counted(int(lengths[longest]), 'step')}, of which {_needs(data, shares)}",
            f'larger shares, a smaller {table}.gap, or {table}.split = "random", which keeps series whole',
        )
    splits = {"train": flat.cut(np.arange(len(flat)), np.zeros_like(lengths), np.where(is_cut, n_train, lengths))}
    chosen, in_context = np.flatnonzero(is_cut), {}
    first = n_train[chosen] + data.gap
    untagged = replace(flat, tags=None, answers=())
    for split, size in sizes.items():
        splits[split] = flat.cut(chosen, first, size[chosen])
        n_context = np.minimum(first, max_context)
        in_context[split] = untagged.cut(chosen, first - n_context, size[chosen] + n_context)
        first = first + size[chosen] + data.gap
    return Cuts(splits, in_context)


def shorten_context(in_context: Sentences, parts: Sentences, max_context: int) -> Sentences:
    """Leave at most `max_context` steps before each part."""
    n_skipped = np.maximum(0, in_context.lengths - parts.lengths - max_context)
    return in_context.cut(np.arange(len(parts)), n_skipped, in_context.lengths - n_skipped)


def steps_of_parts(in_context: Sentences, parts: Sentences) -> Positions:
    """(steps of all parts,) index of each step of a part among the steps with context."""
    n_before = in_context.starts[1:] - parts.starts[1:]  # steps of contexts, up to the end of each part
    return np.repeat(n_before, parts.lengths) + np.arange(parts.starts[-1])


def _needs(data: Data, shares: Mapping[str, float]) -> str:
    parts = [f"{split} takes {share:g}" for split, share in shares.items()]
    return f"{' and '.join(parts)}, and each gap {counted(data.gap, 'step')}" if data.gap else " and ".join(parts)


def describe_cuts(splits: Mapping[str, Sequence[Sentence]], data: Data) -> str:
    """Describe in one line how the series of train's file were cut."""
    steps = {split: len(Sentences.collect(series).tokens) for split, series in splits.items()}
    n = sum(steps.values())
    parts = ", ".join(f"{split} {n_steps:,} steps ({n_steps / n:.1%})" for split, n_steps in steps.items())
    n_whole = len(splits["train"]) - len(next(series for split, series in splits.items() if split != "train"))
    whole = f"; {n_whole:,} short series whole in train" if n_whole else ""
    gap = f", with gaps of {counted(data.gap, 'step')}" if data.gap else ""
    return f"{display_path(splits['train'][0].path)} is cut in time, each series by itself{gap}: {parts}{whole}"
