"""Drawings of the worst and the best series, from the channels that a run keeps and its predictions."""

from collections.abc import Sequence

import numpy as np

from tagger.corpus.counted import counted
from tagger.reports.page import percent
from tagger.reports.run_report.record import HeadRecord
from tagger.reports.segment_errors import ascends
from tagger.reports.series.drawing import Drawing, draw_series
from tagger.reports.series.segments import states_of
from tagger.reports.series.worst_and_best import KeptSeries


def series_drawings(head: HeadRecord, split: str, prefix: str) -> list[Drawing]:
    """Draw the series that a run keeps, the one with the lowest accuracy first.

    Args:
        head: results of a head of states.
        split: the split that details are shown of.
        prefix: beginning of ids in the page.
    """
    kept = head.kept_series.get(split, ())
    names = ("Worst", "Best") if len(kept) > 1 else ("One",)
    return [_drawing(head, split, prefix, each, name) for each, name in zip(kept, names, strict=False)]


def _drawing(head: HeadRecord, split: str, prefix: str, kept: KeptSeries, name: str) -> Drawing:
    outcome, ignore = head.outcomes[split][kept.number - 1], head.ignore
    known: Sequence[str] = sorted(head.evaluated[split]["tags"])
    gold = states_of(outcome.gold, known)
    predicted = states_of(outcome.predicted, gold.names)
    scored = [gold == tag for gold, tag in zip(outcome.gold, outcome.predicted, strict=True) if gold not in ignore]
    accuracy = f", accuracy {percent(sum(scored) / len(scored))}" if scored else ""
    return draw_series(
        f"{prefix}{name.lower()}-series",
        f"{name} series of {split}, number {kept.number:,}: {counted(kept.n_steps, 'step')}{accuracy}",
        kept.channels,
        kept.n_steps,
        n_channels=kept.n_channels,
        predicted=predicted,
        gold=gold,
        ignore=ignore,
        confidence=np.array(outcome.confidence),
        times=outcome.tokens if ascends(outcome.tokens) else None,
    )
