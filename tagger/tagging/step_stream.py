"""Tag a stream of steps as they come, and write each row with its tag."""

import copy
import json
import math
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tagger.border.schema import TEXT, Schema, list_of, record
from tagger.border.strict_json import read_json
from tagger.errors import BundleError, DataError
from tagger.files import write_file
from tagger.head_names import PLAIN_HEAD
from tagger.tagging.output_csv import free_names
from tagger.tagging.pauses import windows_at_pauses
from tagger.tagging.step_input import StepRow, StepTable
from tagger.tagging.stepper import StepAnswer, Stepper, TaggedStep
from tagger.tagging.written_answers import confidence_name

MOST_AT_ONCE = 64  # rows that have come already are tagged together
SHORTEST, LONGEST, N_TIMES = 1e-6, 1e3, 900  # of the classes of latencies, in seconds: each is 2 % above the one before

HELD = Schema("a step", lambda value: True)  # checked by the stepper
STATE = record({"series": TEXT, "rows": list_of(list_of(TEXT)), "held": list_of(HELD)})


class Latencies:
    """Seconds from a line to its answer, counted in classes of a fixed number, so that memory is constant."""

    def __init__(self) -> None:
        self._counts = np.zeros(N_TIMES + 1, np.int64)

    @property
    def n(self) -> int:
        """Number of latencies."""
        return int(self._counts.sum())

    def add(self, seconds: float) -> None:
        """Count a latency."""
        position = math.log(max(seconds, SHORTEST) / SHORTEST) / math.log(LONGEST / SHORTEST)
        self._counts[min(N_TIMES, math.ceil(N_TIMES * position))] += 1

    def quantile(self, share: float) -> float:
        """The latency that a share of all do not exceed, rounded up by 2 % at most; at least one is needed."""
        index = int(np.searchsorted(np.cumsum(self._counts), share * self.n))
        return float(SHORTEST * (LONGEST / SHORTEST) ** (index / N_TIMES))


class StepStream:
    """Tags the rows of a table as they come.

    Args:
        table: the rows.
        stepper: tags the steps; its series goes on if the first row is of the same one.
        state: the state of a stream that this one carries on, for the rows that wait for later ones; the stepper has
            the same.
        confidence: whether to write confidence.
        is_open: whether the last series may go on in another stream; else it ends with the rows.

    Attributes:
        latencies: time from a row to the answer that it allows.
        n_steps: number of rows.
        n_series: number of series that had a step.
    """

    def __init__(
        self,
        table: StepTable,
        stepper: Stepper,
        state: Mapping[str, Any] | None = None,
        *,
        confidence: bool = False,
        is_open: bool = False,
    ) -> None:
        self._table, self._stepper, self._confidence, self._is_open = table, stepper, confidence, is_open
        self._series: str = state["series"] if state else ""
        self._held: list[list[str]] = state["rows"] if state else []  # cells of rows that wait for later ones
        self._is_new = True  # whether the next step is the first one of a series, or of this stream
        self._line_number = 0
        self._note_written()
        self.latencies, self.n_steps, self.n_series = Latencies(), 0, 0

    def header(self, tag: str) -> list[str]:
        """Names of all columns that are written; empty if the file has no names.

        Args:
            tag: name of the column of tags, if the tagger has no heads with names.
        """
        header, targets = self._table.header, self._stepper.targets
        names, confidences = [target.name for target in targets], [confidence_name(target.name) for target in targets]
        if names == [PLAIN_HEAD]:
            names, confidences = [tag], ["confidence"]
        if self._confidence:
            names += confidences
        return [*header, *free_names(self._table.path, header, names)] if header else []

    def lines(self) -> Iterator[str]:
        """Yield text to write and flush at once: the lines that have come, each with its answers.

        Raises:
            DataError: a row cannot be read, after the answers for the rows before it.
        """
        rows = ((time.perf_counter(), row) for row in self._table.rows)
        for window in windows_at_pauses(rows, MOST_AT_ONCE, pause=0):
            for block in _blocks(window):
                yield from self._block_lines(block)
        if not self._is_open:
            yield from self._end_series()

    def state(self) -> dict[str, Any]:
        """The state after the text that was written for certain, and the number of the last line that it knows.

        That is all text that was taken, but for the last one until the next is asked for.
        """
        state, series, line, rows = self._written
        return {"series": series, "line": line, "rows": rows, **state()}

    def _block_lines(self, block: list[tuple[float, StepRow]]) -> Iterator[str]:
        if not block:
            is_break = not self._is_new and not self._table.has_series
            yield from self._end_series()
            if is_break:
                yield "\n"
            return
        if block[0][1].series != self._series:
            yield from self._end_series()
        for rows, answers in self._tagged(block):
            self.n_series += self._is_new
            self._is_new, self._series = False, block[0][1].series
            self._line_number = rows[-1][1].step.line
            yield self._answered([row.cells for _, row in rows], answers)
            now = time.perf_counter()
            for came, _ in rows[len(rows) - len(answers) :]:  # the rows that had answers follow
                self.latencies.add(now - came)
            self.n_steps += len(rows)
            self._note_written()

    def _answered(self, rows: Sequence[list[str]], answers: Sequence[TaggedStep]) -> str:
        """The lines of rows that have answers; further rows are held until theirs come."""
        rows = [*self._held, *rows]
        self._held = rows[len(answers) :]
        return "".join(map(self._line, rows, answers))

    def _tagged(
        self, block: Sequence[tuple[float, StepRow]]
    ) -> Iterator[tuple[Sequence[tuple[float, StepRow]], list[TaggedStep]]]:
        """Tag the rows of a block together; if one of them cannot be tagged, those before it one by one."""
        try:
            answers = self._stepper.add_all([row.step for _, row in block])
        except DataError as error:
            if len(block) == 1:
                raise DataError(f"{block[0][1].step.location}: {error.message}", error.hint) from None
            for each in block:
                yield from self._tagged([each])
        else:
            yield block, answers

    def _line(self, cells: list[str], answer: TaggedStep) -> str:
        answers = [*answer.answers.values()] or [StepAnswer(answer.tag, answer.confidence)]
        confidences = [f"{each.confidence:.4f}" for each in answers] if self._confidence else []
        return self._table.line([*cells, *(each.tag for each in answers), *confidences])

    def _end_series(self) -> Iterator[str]:
        """Yield the lines of the rows that wait for later ones, and begin a new series."""
        if text := self._answered([], self._stepper.finish()):
            yield text
        self._is_new = True
        self._note_written()

    def _note_written(self) -> None:
        self._written = copy.copy(self._stepper).state, self._series, self._line_number, self._held


def _blocks(window: Iterable[tuple[float, StepRow | None]]) -> Iterator[list[tuple[float, StepRow]]]:
    """Group rows of one series; an empty list stands where a series ends."""
    block: list[tuple[float, StepRow]] = []
    for arrival, row in window:
        if block and (row is None or row.series != block[0][1].series):
            yield block
            block = []
        if row is None:
            yield []
        else:
            block.append((arrival, row))
    if block:
        yield block


def read_state(path: Path) -> dict[str, Any] | None:
    """The state in a file, of which the part of the stepper is not checked; None if there is no such file.

    Raises:
        BundleError: it is not a state.
    """
    try:
        state: dict[str, Any] = read_json(path, STATE, BundleError, "another file begins a new series")
    except FileNotFoundError:
        return None
    n_held = len(state["held"])
    if len(state["rows"]) != n_held:
        raise BundleError(f"{path}: rows: expected a list of {n_held:,}, as in held, got {len(state['rows']):,}")
    return state


def write_state(path: Path, state: dict[str, Any]) -> None:
    """Write a state, whole or not at all."""
    write_file(path, f"{json.dumps(state)}\n")
