"""Cuts in time: train, dev and test are the beginning, the middle and the end of each series.

Steps that follow each other are alike. A random split of the steps of a series puts neighbours of train into test, and
the score is too good; a cut in time scores what comes later, as in use (Bergmeir & Benítez, 2012, On the use of
cross-validation for time series predictor evaluation). A gap keeps out steps whose values still overlap with those
before, such as moving averages (h-block of Burman et al., 1994; `gap` of scikit-learn's TimeSeriesSplit).
"""

from collections.abc import Mapping, Sequence

import numpy as np

from tagger.config import Data
from tagger.corpus.chunks import display_path
from tagger.corpus.counted import counted
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.errors import ConfigError

ORDER = ("train", "dev", "test")  # of the parts of a series


def cut_in_time(sentences: Sequence[Sentence], data: Data, table: str = "data") -> dict[str, Sentences]:
    """Cut each series into train, then dev, then test; the steps of gaps are in none.

    A series that is too short to be cut is in train as a whole. The beginning of dev and test does not see the steps
    before it.

    Args:
        sentences: all series of train's file.
        data: the shares of dev and test, and the gap in steps.
        table: name of the table with the shares, for messages.

    Returns:
        The series of each split, in the order of the file.

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
    chosen = np.flatnonzero(is_cut)
    first = n_train[chosen] + data.gap
    for split, size in sizes.items():
        splits[split] = flat.cut(chosen, first, size[chosen])
        first = first + size[chosen] + data.gap
    return splits


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
