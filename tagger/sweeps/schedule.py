"""The loop of a sweep: settings are asked for, trials given to workers, and what comes of them is told."""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tagger.errors import ConfigError, DataError, TrainingError
from tagger.sweeps.failures import Failure, read_failures, record_failure
from tagger.sweeps.leaderboard import Row, ranked, write_leaderboard
from tagger.sweeps.search import Asked, Search
from tagger.sweeps.space import Setting, shown_setting
from tagger.sweeps.status import State, Status, TrialStatus, write_status
from tagger.sweeps.trials import Result, Trial
from tagger.sweeps.worker import Began, Ended, EpochDone, Task

log = logging.getLogger("tagger")


class Workers(Protocol):
    """Whatever runs trials: processes of this machine, or of others."""

    @property
    def threads(self) -> int:
        """That each trial computes with."""

    @property
    def n_free(self) -> int:
        """How many trials can be given."""

    @property
    def running(self) -> dict[str, int]:
        """The names of trials that run, and the bytes of memory of each."""

    def submit(self, task: Task) -> None:
        """Has a trial trained."""

    def events(self) -> Iterator[tuple[str, Began | EpochDone | Ended]]:
        """What has happened since, by name of the trial; waits a moment if that is nothing."""

    def answer(self, name: str, *, go_on: bool) -> None:
        """After `EpochDone`: whether the trial goes on."""

    def close(self) -> None:
        """Ends all that runs, at once."""


@dataclass
class _Open:
    """A setting some of whose trials have not ended."""

    asked: Asked
    trials: list[Trial]
    results: dict[int, Result] = field(default_factory=dict)  # by seed
    failed: set[int] = field(default_factory=set)  # seeds
    taken: set[int] = field(default_factory=set)  # seeds that were looked at


class Schedule:
    """What is running, what waits, and what has come of the rest.

    Args:
        folder: of the sweep.
        search: that settings come from.
        workers: that trials go to.
        make_trials: the trials of a setting; raises ConfigError where it is impossible, DataError where a file
            of it cannot be read.
        status: that is kept up to date.
        prunes: whether settings may be given up by the first seed's scores; then the others wait for it.
        retry: how often a failed trial is tried again.
        max_failures: failed trials that end the sweep; None: it goes on.
        listen: told of each change.
    """

    def __init__(
        self,
        folder: Path,
        search: Search,
        workers: Workers,
        make_trials: Callable[[Setting], list[Trial]],
        status: Status,
        *,
        prunes: bool,
        retry: int,
        max_failures: int | None,
        listen: Callable[[Status], None],
    ) -> None:
        self._folder, self._search, self._workers, self._make_trials = folder, search, workers, make_trials
        self._status, self._prunes, self._listen = status, prunes, listen
        self._retry, self._max_failures, self._n_failed = retry, max_failures, 0
        self._metric = status.metric
        self._failed_before = {failure.trial for failure in read_failures(folder)}
        self._n_tries: dict[str, int] = {}
        self._ready: deque[Trial] = deque()
        self._waiting: dict[str, list[_Open]] = {}  # by trial: two settings may come to the same config
        self.rows: dict[str, Row] = {}  # by setting

    def run(self) -> None:
        """Runs until no setting is left.

        Raises:
            TrainingError: too many trials have failed.
        """
        self._fill()
        while self._waiting:
            for name, event in self._workers.events():
                self._handle(name, event)
            for name, memory in self._workers.running.items():
                self._status.trials[name].memory = memory
            self._listen(self._status)
            self._fill()
        self._status.ended = True

    def add(self, setting: Setting, results: list[Result], *, is_whole: bool) -> None:
        """Takes results of a setting into the ranking."""
        self.rows[shown_setting(setting)] = Row(setting, results, is_whole)
        self._status.metric = results[0].metric  # what "auto" has come to
        for result in results:
            trial = self._trial_status(result.trial)
            trial.state, trial.score = "finished", result.score

    def note(self, trial: Trial, state: State) -> None:
        """Says of a trial that does not run what is known of it."""
        self._trial_status(trial).state = state

    def write(self) -> None:
        """Keeps the ranking and the status in the sweep's folder."""
        rows = ranked(self.rows.values())
        self._status.best = (rows[0].setting, rows[0].mean) if rows and rows[0].is_whole else None
        write_leaderboard(self._folder, rows, self._status.metric)
        write_status(self._folder, self._status)

    def _fill(self) -> None:
        while self._workers.n_free and (trial := self._next()):
            self.note(trial, "running")
            self._workers.submit(Task(trial.folder, trial.config, self._workers.threads))
            write_status(self._folder, self._status)

    def _next(self) -> Trial | None:
        """The next trial to run; None where there is none at the moment."""
        while not self._ready:
            asked = self._search.ask()
            if asked is None:
                return None
            try:
                setting = _Open(asked, self._make_trials(asked.setting))
            except (ConfigError, DataError) as error:
                self._search.tell(asked, None)
                self._record(Failure("", asked.setting, None, error.message, ()))
                continue
            self._take(setting, setting.trials[:1] if self._prunes else setting.trials)
        return self._ready.popleft()

    def _take(self, setting: _Open, trials: list[Trial]) -> None:
        """Sees to trials of a setting: what has ended is noted, the others wait for a worker."""
        for trial in trials:
            setting.taken.add(trial.seed)
            if trial.is_finished:
                self._finished(setting, trial)
            elif trial.name in self._failed_before and not self._retry:
                setting.failed.add(trial.seed)
                self.note(trial, "failed")
            elif trial.name in self._waiting:
                self._waiting[trial.name].append(setting)
            else:
                self._waiting[trial.name] = [setting]
                self._n_tries[trial.name] = self._retry + (trial.name not in self._failed_before)
                self._ready.append(trial)
        self._settle(setting)

    def _handle(self, name: str, event: Began | EpochDone | Ended) -> None:
        open_settings = self._waiting[name]
        trial = next(trial for trial in open_settings[0].trials if trial.name == name)
        match event:
            case Began():
                self._trial_status(trial).began = time.time()
            case EpochDone():
                known = self._trial_status(trial)
                known.epoch, known.score = event.number, event.score
                write_status(self._folder, self._status)
                self._workers.answer(name, go_on=not self._is_pruned(open_settings, trial, event))
            case Ended(outcome="finished" | "failed") if trial.is_finished:  # a process may die when its run is whole
                del self._waiting[name]
                self._status.n_trained += 1
                for setting in open_settings:
                    self._finished(setting, trial)
                self._tell_finished(trial, open_settings[0].results[trial.seed])
                for setting in open_settings:
                    self._settle(setting)
            case Ended(outcome="finished"):
                self._failed(trial, Ended("failed", "its run folder is not whole"))
            case Ended(outcome="pruned"):
                del self._waiting[name]
                self.note(trial, "pruned")
                log.info("%s  given up after epoch %s  %s", name, self._status.trials[name].epoch, _described(trial))
                for setting in open_settings:
                    self._search.tell(setting.asked, None, is_pruned=True)
                write_status(self._folder, self._status)
            case Ended(outcome="failed"):
                self._failed(trial, event)

    def _is_pruned(self, open_settings: list[_Open], trial: Trial, event: EpochDone) -> bool:
        """Whether a trial is given up; only the first seed's scores say, and of no setting that another may need."""
        setting = open_settings[0]
        if not self._prunes or len(open_settings) > 1 or trial is not setting.trials[0]:
            return False
        # The epochs before may be those of a sweep that was killed, which this one's study has not heard of.
        before = {epoch: score for epoch, score in trial.curve().items() if epoch < event.number}
        return self._search.report(setting.asked, before | {event.number: event.score})

    def _finished(self, setting: _Open, trial: Trial) -> None:
        result = trial.result(self._metric)
        setting.results[trial.seed] = result
        if self._prunes and trial.name == setting.trials[0].name:
            self._search.report(setting.asked, trial.curve())

    def _failed(self, trial: Trial, ended: Ended) -> None:
        self._n_tries[trial.name] -= 1
        if self._n_tries[trial.name]:
            log.warning("%s  failed and is tried again: %s", trial.name, ended.reason)
            self._ready.appendleft(trial)
            return
        self.note(trial, "failed")
        self._failed_before.add(trial.name)
        open_settings = self._waiting.pop(trial.name)
        for setting in open_settings:
            setting.failed.add(trial.seed)
        self._record(Failure(trial.name, trial.setting, trial.seed, ended.reason, ended.lines))
        for setting in open_settings:
            self._settle(setting)

    def _record(self, failure: Failure) -> None:
        record_failure(self._folder, failure)
        self._n_failed += 1
        seed = "" if failure.seed is None else f", seed {failure.seed}"
        log.warning("%s  failed  %s%s: %s", failure.trial, shown_setting(failure.setting), seed, failure.reason)
        if self._max_failures and self._n_failed >= self._max_failures:
            trials = "trial ends" if self._n_failed == 1 else "trials end"
            raise TrainingError(
                f"{self._n_failed} failed {trials} the sweep, as --max-failures has it; the last: {failure.reason}",
                f"{self._folder / 'failures.jsonl'} has the end of each log",
            )

    def _settle(self, setting: _Open) -> None:
        """Ranks what has come of a setting so far; goes on with its other seeds, or tells the study if that was all."""
        results = [setting.results[trial.seed] for trial in setting.trials if trial.seed in setting.results]
        if results:
            self.add(setting.asked.setting, results, is_whole=len(results) == len(setting.trials))
            self.write()
        if len(results) + len(setting.failed) < len(setting.taken):
            return
        rest = [trial for trial in setting.trials if trial.seed not in setting.taken]
        if rest and results:
            self._take(setting, rest)
            return
        # Of a setting that fails with its first seed the sampler learns no more from the others.
        is_whole = len(results) == len(setting.trials)
        self._search.tell(setting.asked, self.rows[shown_setting(setting.asked.setting)].mean if is_whole else None)

    def _tell_finished(self, trial: Trial, result: Result) -> None:
        n = len(self._status.having("finished")) + 1
        log.info(
            "%s  %s/%s  dev %s %.4f  %.0f s  %s MB  %s",
            trial.name, n, self._status.total, result.metric, result.score, result.seconds,
            f"{self._trial_status(trial).memory / 1e6:,.0f}", _described(trial),
        )  # fmt: skip

    def _trial_status(self, trial: Trial) -> TrialStatus:
        new = TrialStatus(trial.name, trial.setting, trial.seed, trial.config.training.epochs)
        known = self._status.trials.setdefault(trial.name, new)
        self._status.total = max(self._status.total, len(self._status.trials))  # some are of the file as it was before
        return known


def _described(trial: Trial) -> str:
    return f"{shown_setting(trial.setting)}, seed {trial.seed}".removeprefix(", ")
