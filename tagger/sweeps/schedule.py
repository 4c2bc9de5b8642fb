"""The loop of a sweep: choose settings, submit their trials to workers, record the outcomes."""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from tagger.errors import ConfigError, DataError
from tagger.reports.metric_names import metric_name
from tagger.sweeps.failures import Failure
from tagger.sweeps.outcomes import Outcomes
from tagger.sweeps.search import PendingSetting, Search
from tagger.sweeps.space import format_trial
from tagger.sweeps.trials import MakeTrials, Result, Trial
from tagger.sweeps.worker import EpochDone, Event, Task, TrialEnded, TrialStarted

log = logging.getLogger("tagger")


class Workers(Protocol):
    """A pool of processes that train trials, on this machine or on others."""

    @property
    def threads(self) -> int:
        """Threads of each trial."""

    @property
    def n_free(self) -> int:
        """Number of trials that can be submitted now."""

    @property
    def running(self) -> dict[str, int]:
        """Bytes of memory of each running trial, by name."""

    def submit(self, task: Task) -> None:
        """Train a trial."""

    def events(self) -> Iterator[tuple[str, Event]]:
        """Events since the last call, each with the name of its trial; waits a moment if there are none."""

    def answer(self, name: str, *, should_continue: bool) -> None:
        """Answer a trial's `EpochDone`: whether it continues."""

    def close(self) -> None:
        """Stop all trials at once."""


@dataclass
class _OpenSetting:
    """A setting some of whose trials have not ended."""

    pending: PendingSetting
    trials: list[Trial]  # one per seed, in the same order
    n_opened: int = 0  # trials, from the first on, that have ended, run, or wait for a worker
    results: dict[int, Result | None] = field(default_factory=dict)  # results by seed; None for a failed trial


@dataclass
class _Job:
    """A trial that runs or waits for a worker."""

    trial: Trial
    n_tries_left: int
    settings: list[_OpenSetting]  # those that need it: two settings may have the same config


class Schedule:
    """Running and waiting trials, and the settings that they belong to.

    Args:
        search: chooses the settings.
        workers: train the trials.
        make_trials: function that returns the trials of a setting.
        outcomes: where outcomes are recorded.
        prunes: whether settings may be pruned by the scores of their first seed; their other seeds wait for it.
        retry: number of times that a failed trial is tried again.
    """

    def __init__(
        self, search: Search, workers: Workers, make_trials: MakeTrials, outcomes: Outcomes, *, prunes: bool, retry: int
    ) -> None:
        self._search, self._workers, self._make_trials, self._outcomes = search, workers, make_trials, outcomes
        self._prunes, self._retry = prunes, retry
        self._jobs: dict[str, _Job] = {}  # keys: names of trials
        self._waiting: deque[Trial] = deque()  # those of the jobs that wait for a worker

    def run(self, changed: Callable[[], None]) -> None:
        """Run until no setting is left; `changed` is called after each poll of the workers.

        Raises:
            TrainingError: too many trials have failed.
        """
        self._fill_workers()
        while self._jobs:
            for name, event in self._workers.events():
                self._handle(self._jobs[name], event)
            for name, memory in self._workers.running.items():
                self._outcomes.status.trials[name].memory = memory
            changed()
            self._fill_workers()
        self._outcomes.status.ended = True

    def _fill_workers(self) -> None:
        while self._workers.n_free and (trial := self._next_trial()):
            self._outcomes.status_of(trial).state = "running"
            self._workers.submit(Task(trial.folder, trial.config, self._workers.threads))
            self._outcomes.write_status()

    def _next_trial(self) -> Trial | None:
        """The next trial to run; None if there is none at the moment."""
        while not self._waiting:
            pending = self._search.next_setting()
            if pending is None:
                return None
            try:
                trials = self._make_trials(pending.setting)
            except (ConfigError, DataError) as error:
                self._search.finish(pending, None)
                self._outcomes.add_failure(Failure("", pending.setting, None, error.message, ()))
            else:
                self._open_trials(_OpenSetting(pending, trials), 1 if self._prunes else len(trials))
        return self._waiting.popleft()

    def _open_trials(self, setting: _OpenSetting, n: int) -> None:
        """Open the next `n` trials of a setting: record those that have ended, queue the others."""
        trials = setting.trials[setting.n_opened :][:n]
        setting.n_opened += n
        for trial in trials:
            has_failed = trial.name in self._outcomes.failed
            if trial.is_finished:
                self._add_result(setting, trial, self._outcomes.result(trial))
            elif has_failed and not self._retry:
                setting.results[trial.seed] = None
                self._outcomes.status_of(trial).state = "failed"
            elif trial.name in self._jobs:
                self._jobs[trial.name].settings.append(setting)
            else:
                self._jobs[trial.name] = _Job(trial, self._retry + (not has_failed), [setting])
                self._waiting.append(trial)
        self._update_setting(setting)

    def _handle(self, job: _Job, event: Event) -> None:
        status = self._outcomes.status_of(job.trial)
        match event:
            case TrialStarted():
                status.began = time.time()
            case EpochDone():
                status.epoch, status.score = event.number, event.score
                self._outcomes.write_status()
                self._workers.answer(job.trial.name, should_continue=not self._should_prune(job, event))
            case TrialEnded(outcome="pruned"):
                self._prune(job)
            case TrialEnded() if job.trial.is_finished:  # its process may die after the run is finished
                self._finish(job)
            case TrialEnded(outcome="finished"):
                self._fail(job, TrialEnded("failed", "its run folder is incomplete"))
            case TrialEnded():
                self._fail(job, event)

    def _should_prune(self, job: _Job, event: EpochDone) -> bool:
        """Whether to prune a trial: only the first seed of a setting, and only if no other setting needs the trial."""
        setting = job.settings[0]
        if not self._prunes or len(job.settings) > 1 or job.trial is not setting.trials[0]:
            return False
        # Earlier epochs may come from a sweep that was killed, which were not reported to this study.
        before = {epoch: score for epoch, score in job.trial.curve().items() if epoch < event.number}
        return self._search.report(setting.pending, before | {event.number: event.score})

    def _prune(self, job: _Job) -> None:
        del self._jobs[job.trial.name]
        status = self._outcomes.status_of(job.trial)
        status.state = "pruned"
        description = format_trial(status.setting, status.seed)
        log.info("%s  pruned after epoch %s  %s", status.name, status.epoch, description)
        for setting in job.settings:
            self._search.finish(setting.pending, None, is_pruned=True)
        self._outcomes.write_status()

    def _finish(self, job: _Job) -> None:
        del self._jobs[job.trial.name]
        trial = job.trial
        result, status = self._outcomes.result(trial), self._outcomes.status
        status.n_trained += 1
        status.trials[trial.name].seconds = time.time() - status.trials[trial.name].began  # with reading and saving
        log.info(
            "%s  %s/%s  dev %s %.4f  %.0f s  %s MB  %s",
            trial.name, len(status.in_state("finished")) + 1, status.total, metric_name(result.metric),
            result.score, result.seconds, f"{status.trials[trial.name].memory / 1e6:,.0f}",
            format_trial(trial.setting, trial.seed),
        )  # fmt: skip
        for setting in job.settings:
            self._add_result(setting, trial, result)
            self._update_setting(setting)

    def _fail(self, job: _Job, event: TrialEnded) -> None:
        trial = job.trial
        job.n_tries_left -= 1
        if job.n_tries_left:
            log.warning("%s  failed, trying again: %s", trial.name, event.reason)
            self._waiting.appendleft(trial)
            return
        del self._jobs[trial.name]
        self._outcomes.status_of(trial).state = "failed"
        self._outcomes.add_failure(Failure(trial.name, trial.setting, trial.seed, event.reason, event.lines))
        for setting in job.settings:
            setting.results[trial.seed] = None
            self._update_setting(setting)

    def _add_result(self, setting: _OpenSetting, trial: Trial, result: Result) -> None:
        setting.results[trial.seed] = result
        if self._prunes and trial.name == setting.trials[0].name:
            self._search.report(setting.pending, trial.curve())

    def _update_setting(self, setting: _OpenSetting) -> None:
        """Rank a setting by its results so far; then open its other seeds, or report its outcome to the study."""
        results = [result for trial in setting.trials if (result := setting.results.get(trial.seed))]
        is_complete, mean = len(results) == len(setting.trials), None
        if results:
            mean = self._outcomes.rank(setting.pending.setting, results, is_complete=is_complete).mean
            self._outcomes.write()
        if len(setting.results) < setting.n_opened:
            return
        n_left = len(setting.trials) - setting.n_opened
        if n_left and results:  # if the first seed failed, the sampler learns nothing from the others
            self._open_trials(setting, n_left)
        else:
            self._search.finish(setting.pending, mean if is_complete else None)
