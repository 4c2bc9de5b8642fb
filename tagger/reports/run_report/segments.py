"""Segment scores of series as tables, from `segments` of `metrics.json`, and their errors."""

from collections.abc import Mapping, Sequence
from typing import Any

from tagger.reports.display_text import visible
from tagger.reports.figures import FigureTable
from tagger.reports.metric_names import most_frequent
from tagger.reports.page import number, percent
from tagger.reports.segment_errors import SegmentError, steps_text
from tagger.reports.segment_text import Segments, delays

MAX_PREDICTED = 200  # characters
HEADER = ("precision", "recall", "F1", "F1 at IoU 0.75", "gold", "predicted", "spurious")


def segment_tables(segments: Segments, split: str) -> list[FigureTable]:
    """Two tables of a page: the scores of each state's segments, and the delays."""

    def row(name: str, scores: Mapping[str, Any]) -> list[str]:
        ratios = [scores["iou_50"][key] for key in ("precision", "recall", "f1")] + [scores["iou_75"]["f1"]]
        return [name, *map(percent, ratios), *(number(scores[key]) for key in ("gold", "predicted", "spurious"))]

    macro = (segments[iou]["macro_f1"] for iou in ("iou_50", "iou_75"))
    rows = [
        row(state, scores) for state, scores in most_frequent(segments["states"], lambda row: row["gold"])[0].items()
    ]
    rows += [row("all", segments), ["mean of the states", "", "", *map(percent, macro), "", "", ""]]
    return [
        FigureTable(f"Segments of each state on {split}", ["state", *HEADER], rows, is_user_text=True),
        FigureTable("Delay of onsets and offsets", ["end", "delay"], [list(each) for each in delays(segments).items()]),
    ]


def segment_error_table(errors: Sequence[SegmentError], split: str) -> FigureTable:
    """A table with a row for each gold segment with wrong steps."""
    rows = [
        [
            error.state,
            visible(error.predicted, MAX_PREDICTED),
            number(error.series),
            steps_text(error.first, error.last),
            number(error.n_wrong),
            " to ".join(map(visible, error.time)) if error.time else "",
        ]
        for error in errors
    ]
    header = ["state", "predicted", "series", "steps", "wrong steps", "time"]
    if not any(error.time for error in errors):
        header, rows = header[:-1], [row[:-1] for row in rows]
    return FigureTable(f"Segments with wrong steps on {split}", header, rows, is_user_text=True, choices=["state"])
