"""The channels of the worst and the best series of a split, which a run keeps for its report: its data may move."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np

from tagger.border.schema import check
from tagger.border.strict_json import parse_json
from tagger.corpus.sentences import Sentences
from tagger.files import write_file
from tagger.reports.error_analysis import Outcome
from tagger.reports.record_schema import CHANNELS
from tagger.reports.series.columns import (
    MAX_CHANNELS,
    Channel,
    channel_from_json,
    channel_to_json,
    channels_of,
)
from tagger.tagging.line import column_starts
from tagger.tagging.tagged import Answer


class KeptSeries(NamedTuple):
    """A series that a run keeps: its number, from 1, its first channels, and the numbers of channels and steps."""

    number: int
    channels: Sequence[Channel]
    n_channels: int
    n_steps: int


def worst_and_best(
    series: Iterable[tuple[Sequence[str], Sequence[str]]], *, ignore: Collection[str] = ()
) -> list[tuple[int, float]]:
    """The numbers, from 1, and accuracies of the series with the lowest and the highest accuracy, or of the only one.

    Of several, the longest one. A series with less than half of the median number of scored steps is neither: a short
    one is easily all right or all wrong.

    >>> worst_and_best([("aaaa", "abaa"), ("aaa", "aaa"), ("a", "b"), ("aa", "aa")])
    [(1, 0.75), (2, 1.0)]

    Args:
        series: gold and predicted states of each series.
        ignore: gold states that are not scored.
    """
    ranked = []
    for number, (gold, predicted) in enumerate(series, 1):
        is_right = [a == b for a, b in zip(gold, predicted, strict=True) if a not in ignore]
        if is_right:
            ranked.append((sum(is_right) / len(is_right), len(is_right), -number))
    if not ranked:
        return []
    shortest = median(n for _, n, _ in ranked) / 2
    ranked = [each for each in ranked if each[1] >= shortest]
    worst = min(ranked, key=lambda each: (each[0], -each[1], -each[2]))
    chosen = dict.fromkeys([worst, max(ranked)])
    return [(-number, accuracy) for accuracy, _, number in chosen]


def kept_series_name(predictions: str) -> str:
    """Name of the file of kept series beside one of predictions.

    >>> kept_series_name("test.tsv")
    'test.series.json'
    """
    return f"{predictions.removesuffix('.tsv')}.series.json"


def write_kept_series(
    path: Path,
    sentences: Sentences,
    predicted: Sequence[Answer],
    names: Sequence[str],
    *,
    ignore: Collection[str],
) -> None:
    """Write the channels of the worst and the best series as pixels of a drawing show them; at most some 300 kB.

    Args:
        path: path of the file.
        sentences: the series of a split, with gold states and numbers.
        predicted: the answer of the head for each.
        names: names of the numeric columns.
        ignore: gold states that are not scored.
    """
    if sentences.numbers is None:
        return
    positions = np.flatnonzero(sentences.lengths)  # a file of predictions has no series without a step
    pairs = ((sentences[i].tags or (), predicted[i].values) for i in positions.tolist())
    kept = []
    for number, _ in worst_and_best(pairs, ignore=ignore):
        i = int(positions[number - 1])
        start, stop = sentences.starts[i], sentences.starts[i + 1]
        channels = channels_of(names[:MAX_CHANNELS], sentences.numbers[start:stop, :MAX_CHANNELS])
        kept.append(
            {
                "number": number,
                "steps": int(stop - start),
                "n_channels": len(names),
                "channels": [*map(channel_to_json, channels)],
            }
        )
    write_file(path, json.dumps({"series": kept}) + "\n")


def parse_kept_series(text: str, outcomes: Sequence[Outcome]) -> list[KeptSeries]:
    """Parse what `write_kept_series` wrote.

    Args:
        text: the file.
        outcomes: all series of the split.

    Raises:
        ValueError: it does not have this form, or does not match the outcomes; names the key.
    """
    value: Mapping[str, list[Mapping[str, Any]]] = parse_json(text)
    check(value, CHANNELS)
    kept = []
    for i, each in enumerate(value["series"]):
        number, n_steps, channels = each["number"], each["steps"], each["channels"]
        if number > len(outcomes) or len(outcomes[number - 1].tokens) != n_steps:
            raise ValueError(f"series[{i}]: expected a series of the predictions, with as many steps")
        parsed = [channel_from_json(channel) for channel in channels]
        n_columns = len(column_starts(n_steps))
        for channel in parsed:
            low, high = channel.extremes
            if (
                not (len(low) == len(high) == n_columns)
                or (np.isnan(low) != np.isnan(high)).any()
                or (low > high).any()
            ):
                raise ValueError(f"series[{i}].channels: expected a range of values in each of {n_columns:,} columns")
        kept.append(KeptSeries(number, parsed, max(len(parsed), each["n_channels"]), n_steps))
    return kept
