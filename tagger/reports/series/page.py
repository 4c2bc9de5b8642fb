"""The page of tagged series that `tagger predict --html` writes."""

import heapq
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tagger.corpus.counted import counted
from tagger.corpus.layout import Column, Layout
from tagger.heads.target import TagTarget
from tagger.reports.display_text import visible
from tagger.reports.error_analysis import Outcome
from tagger.reports.figures import FigureTable
from tagger.reports.page import number, percent, render
from tagger.reports.segment_errors import SegmentError, ascends, segment_errors
from tagger.reports.series.columns import MAX_CHANNELS, channels_of
from tagger.reports.series.drawing import Drawing, draw_series
from tagger.reports.series.gold import gold_states
from tagger.reports.series.segments import States, find_segments, states_of
from tagger.tagging.line import MAX_COLUMNS
from tagger.tagging.tagged import Tagged

MAX_HEIGHT, MAX_BYTES = 6_000, 1_300_000  # of all drawings of a page
MAX_STATES = 20  # rows of the table of states
MAX_ERRORS = 20
Counts = dict[str, float]


@dataclass(frozen=True, slots=True)
class Series:
    """A tagged series as arrays.

    Args:
        number: its number in the input, from 1.
        tagged: the series.
        predicted: predicted states; None if only labels are predicted.
        gold: gold states, with the same indices; None if unknown.
        ignore: gold states that are never wrong.
    """

    number: int
    tagged: Tagged
    predicted: States | None
    gold: States | None
    ignore: Sequence[str]

    @property
    def n_scored(self) -> int:
        """Number of steps with a gold state that is scored."""
        return 0 if self.gold is None else int(np.isin(self.gold.ids, self._scored()).sum())

    @property
    def n_right(self) -> int:
        """Number of scored steps with the gold state."""
        if self.gold is None or self.predicted is None:
            return 0
        return int((np.isin(self.gold.ids, self._scored()) & (self.gold.ids == self.predicted.ids)).sum())

    def _scored(self) -> list[int]:
        return [i for i, name in enumerate(self.gold.names if self.gold else ()) if name not in self.ignore]


class SeriesPage:
    """A page of tagged series, which are counted one by one; of the first ones, drawings are kept.

    Args:
        title: name of the tagger.
        source: name of the input.
        layout: layout of the training files, which names the column of gold states.
        targets: what the heads predict.
        numeric: names of the numeric columns.
    """

    def __init__(
        self, title: str, source: str, *, layout: Layout, targets: Sequence[TagTarget], numeric: Sequence[str]
    ) -> None:
        self._title, self._source, self._numeric = title, source, numeric
        self._target = next((target for target in targets if target.kind == "tag"), None)
        self._head = self._target.name if self._target and len(targets) > 1 else ""
        self._column, self._names = _gold_column(layout, self._target)
        self._drawings: list[Drawing] = []
        self._errors: list[SegmentError] = []
        self._states: dict[str, Counts] = defaultdict(lambda: defaultdict(float))
        self._n_series = self._n_steps = self._n_scored = self._n_right = 0
        self._is_full = False

    def add(self, tagged: Tagged) -> None:
        """Count a series with its confidence, and draw it if the page has room."""
        self._n_series += 1
        self._n_steps += len(tagged.tokens)
        if not tagged.tokens:
            return
        states = states_of(tagged.tags, self._target.known_tags) if tagged.tags and self._target else None
        gold, ignore = None, ("", *(self._target.ignore if self._target else ()))
        if states and (names := gold_states(tagged.sentence, self._column, self._names)):
            gold = states_of(names, states.names)
            states = States(gold.names, states.ids)
            outcome = Outcome(tagged.tokens, names, tagged.tags, ())
            errors = segment_errors([outcome], ignore=ignore, numbers=[self._n_series])
            self._errors = heapq.nsmallest(MAX_ERRORS, [*self._errors, *errors], key=lambda error: -error.n_wrong)
        series = Series(self._n_series, tagged, states, gold, ignore)
        self._count(series)
        if not self._is_full:
            drawing = self._draw(series)
            drawings = [*self._drawings, drawing]
            height = sum(each.page_height for each in drawings)
            self._is_full = height > MAX_HEIGHT or sum(each.n_bytes for each in drawings) > MAX_BYTES
            if not self._is_full or not self._drawings:
                self._drawings = drawings

    def _count(self, series: Series) -> None:
        self._n_scored += series.n_scored
        self._n_right += series.n_right
        if series.predicted is None:
            return
        n = len(series.predicted.names)
        steps = np.bincount(series.predicted.ids, minlength=n)
        confidence = np.bincount(series.predicted.ids, np.array(series.tagged.confidence), minlength=n)
        segments = find_segments(series.predicted)
        n_segments = np.bincount(segments.state, minlength=n)
        gold = right = np.zeros(n, np.int64)
        if series.gold is not None:
            gold = np.bincount(series.gold.ids, minlength=n)
            right = np.bincount(series.gold.ids[series.gold.ids == series.predicted.ids], minlength=n)
        for i, name in enumerate(series.predicted.names):
            if name and (steps[i] or gold[i]):
                counts = self._states[name]
                values = {"steps": steps[i], "confidence": confidence[i], "segments": n_segments[i]}
                for key, value in (values | {"gold": gold[i], "right": right[i]}).items():
                    counts[key] += float(value)

    def _draw(self, series: Series) -> Drawing:
        tagged = series.tagged
        numbers = np.array(tagged.sentence.numbers, np.float64).reshape(len(tagged.tokens), -1)
        parts = [counted(len(tagged.tokens), "step")]
        if series.n_scored:
            parts.append(f"accuracy {percent(series.n_right / series.n_scored)}")
        for name, answer in tagged.answers.items():
            if answer.kind == "label" and answer.values:
                parts.append(f"{visible(name, 40)} {visible(answer.values[0], 40)} ({answer.confidence[0]:.3f})")
        if tagged.sentence.line:
            parts.append(f"from line {tagged.sentence.line:,} of {visible(Path(tagged.sentence.path).name, 60)}")
        return draw_series(
            f"series-{series.number}",
            f"Series {series.number:,}: {', '.join(parts)}",
            channels_of(self._numeric[:MAX_CHANNELS], numbers[:, :MAX_CHANNELS]),
            len(tagged.tokens),
            n_channels=len(self._numeric),
            predicted=series.predicted,
            gold=series.gold,
            ignore=series.ignore,
            confidence=None if series.predicted is None else np.array(tagged.confidence, np.float64),
            times=tagged.tokens if ascends(tagged.tokens) else None,
        )

    def html(self) -> str:
        """Render the page: under 2 MB, and ten screens of 900 pixels on a screen 1,280 pixels wide."""
        return render(
            "reports/series/page.html",
            is_series=True,
            title=visible(self._title, 80),
            source=visible(self._source, 80),
            columns=MAX_COLUMNS,
            n_series=self._n_series,
            n_steps=self._n_steps,
            n_channels=len(self._numeric),
            head=self._head,
            accuracy=self._n_right / self._n_scored if self._n_scored else None,
            n_scored=self._n_scored,
            states=self._table(),
            drawings=self._drawings,
            n_left_out=self._n_series - len(self._drawings),
            has_gold=any(each.has_gold for each in self._drawings),
            errors=[visible(str(error), 250) for error in self._errors],
        )

    def _table(self) -> FigureTable | None:
        """Steps and segments of each state, in all series."""
        if not self._states:
            return None
        has_gold, n = self._n_scored > 0, len(self._states)
        frequent = sorted(self._states.items(), key=lambda state: (-state[1]["steps"], state[0]))[:MAX_STATES]
        rows = []
        for name, counts in frequent:
            steps, segments = counts["steps"], counts["segments"]
            row = [visible(name, 60), number(steps), percent(steps / self._n_steps), number(segments)]
            row.append(f"{steps / segments:,.1f}" if segments else "–")
            row.append(f"{counts['confidence'] / steps:.3f}" if steps else "–")
            if has_gold:
                row += [number(counts["gold"]), percent(counts["right"] / counts["gold"] if counts["gold"] else None)]
            rows.append(row)
        caption = "Predicted states of all series"
        if n > MAX_STATES:
            caption += f" (the {MAX_STATES} most frequent of {n:,})"
        header = ["state", "steps", "share", "segments", "mean length", "mean confidence"]
        return FigureTable(
            caption, [*header, *(["gold steps", "accuracy"] if has_gold else [])], rows, is_user_text=True
        )


def _gold_column(layout: Layout, target: TagTarget | None) -> tuple[Column | None, Mapping[str, str]]:
    """The column of the gold states of a head in the files of training, and the states that were renamed."""
    if target is None:
        return None, {}
    answer = next((answer for answer in layout.answers if answer.name == target.name), None)
    return (answer.column, dict(answer.map)) if answer else (layout.tag, dict(layout.map))
