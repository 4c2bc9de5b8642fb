"""Segment scores of series in rows of text, from `segments` of `metrics.json`."""

from collections.abc import Mapping
from typing import Any

from tagger.corpus.counted import counted
from tagger.reports.metric_names import most_frequent

Segments = Mapping[str, Any]
ABOUT = "spurious: predicted inside a series, matches no gold segment and is shorter than any of its state"


def segment_rows(segments: Segments, width: int) -> list[str]:
    """A row for each state, one for all, the mean of the states, and the delays; names take `width` characters."""
    if not segments["gold"] + segments["predicted"]:
        return []
    states, n_left_out = most_frequent(segments["states"], lambda row: row["gold"])

    def line(name: str, row: Mapping[str, Any]) -> str:
        scores = row["iou_50"]
        return (
            f"{name:<{width}}            {scores['precision']:9.4f}  {scores['recall']:6.4f}  {scores['f1']:6.4f}"
            f"  {row['gold']:7,}  {row['predicted']:9,}  {row['spurious']:8,}  {row['iou_75']['f1']:7.4f}"
        )

    return [
        f"{'segment':<{width}}            precision  recall      f1  support  predicted  spurious  f1 0.75",
        *(line(state, row) for state, row in states.items()),
        *([f"… and {n_left_out:,} less frequent states, listed by --format json"] if n_left_out else []),
        line("all", segments),
        f"{'mean':<{width}}            {'':9}  {'':6}  {segments['iou_50']['macro_f1']:6.4f}"
        f"  {'':7}  {'':9}  {'':8}  {segments['iou_75']['macro_f1']:7.4f}",
        "",
        *(f"{end:<{width}}  {text}" for end, text in delays(segments).items()),
        ABOUT,
    ]


def delays(segments: Segments) -> dict[str, str]:
    """The delay of onsets and of offsets in words.

    >>> onset = {"segments": 5, "median": 1.0, "percentile_90": 3.6}
    >>> delays({"onset": onset, "offset": {"segments": 0, "median": None, "percentile_90": None}})["onset"]
    'median +1 step, 90 % at most 3.6 steps off, of 5 matched segments'
    """
    texts = {}
    for end in ("onset", "offset"):
        delay = segments[end]
        texts[end] = "no matched segment has one inside its series"
        if delay["segments"]:
            texts[end] = (
                f"median {_steps(delay['median'], sign='+')}, 90 % at most {_steps(delay['percentile_90'])} off, "
                f"of {counted(delay['segments'], 'matched segment')}"
            )
    return texts


def _steps(value: float, sign: str = "") -> str:
    """`+1 step`, `3.6 steps`; without digits after the point where they are zero, and no sign at zero."""
    text = format(value, f"{sign if value else ''},.1f").removesuffix(".0")
    return f"{text} {'step' if abs(value) == 1 else 'steps'}"
