"""The loop of a sweep: settings are asked for, their trials given to workers, and outcomes noted."""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from tagger.errors import ConfigError, DataError
from tagger.sweeps.failures import Failure
from tagger.sweeps.outcomes import Outcomes
from tagger.sweeps.search import Asked, Search
from tagger.sweeps.space import shown_setting
from tagger.sweeps.trials import MakeTrials, Result, Trial
from tagger.sweeps.worker import Began, Ended, EpochDone, Task

log = logging.getLogger("tagger")


class Workers(Protocol):
    """Whatever runs trials: processes of this machine, or of others."""

    @property
    def threads(self) -> int:
        """Threads that each trial computes with."""

    @property
    def n_free(self) -> int:
        """How many trials can be given."""

    @property
    def running(self) -> dict[str, int]:
        """The names of trials that run, and the bytes of memory of each."""

    def submit(self, task: Task) -> None:
        """Have a trial trained."""

    def events(self) -> Iterator[tuple[str, Began | EpochDone | Ended]]:
        """Events since the last call, by name of the trial; waits a moment if there are none."""

    def answer(self, name: str, *, go_on: bool) -> None:
        """After `EpochDone`: whether the trial goes on."""

    def close(self) -> None:
        """End all that runs, at once."""


@dataclass
class _Open:
    """A setting some of whose trials have not ended."""

    asked: Asked
    trials: list[Trial]  # in the order of seeds
    n_taken: int = 0  # of the trials, from the first on: those that have ended, run, or wait for a worker
    ended: dict[int, Result | None] = field(default_factory=dict)  # by seed; None of a failed trial


@dataclass
class _Job:
    """A trial that runs or waits for a worker."""

    trial: Trial
    n_tries: int  # that it has left
    settings: list[_Open]  # that need it: two may come to the same config


class Schedule:
    """Running and waiting trials, and the settings that they belong to.

    If it prunes, settings may be given up by the first seed's scores, for which the others wait. A failed trial is
    tried again as often as `retry` says.
    """

    def __init__(
        self, search: Search, workers: Workers, make_trials: MakeTrials, outcomes: Outcomes, *, prunes: bool, retry: int
    ) -> None:
        self._search, self._workers, self._make_trials, self._outcomes = search, workers, make_trials, outcomes
        self._prunes, self._retry = prunes, retry
        self._jobs: dict[str, _Job] = {}  # by name of the trial
        self._ready: deque[Trial] = deque()  # those of the jobs that wait for a worker

    def run(self, changed: Callable[[], None]) -> None:
        """Run until no setting is left; `changed` is called after each look at the workers.

        Raises:
            TrainingError: too many trials have failed.
        """
        self._fill()
        while self._jobs:
            for name, event in self._workers.events():
                self._handle(self._jobs[name], event)
            for name, memory in self._workers.running.items():
                self._outcomes.status.trials[name].memory = memory
            changed()
            self._fill()
        self._outcomes.status.ended = True

    def _fill(self) -> None:
        """Give trials to free workers."""
        while self._workers.n_free and (trial := self._next()):
            self._outcomes.status_of(trial).state = "running"
            self._workers.submit(Task(trial.folder, trial.config, self._workers.threads))
            self._outcomes.write_status()

    def _next(self) -> Trial | None:
        """The next trial to run; None where there is none at the moment."""
        while not self._ready:
            asked = self._search.ask()
            if asked is None:
                return None
            try:
                trials = self._make_trials(asked.setting)
            except (ConfigError, DataError) as error:
                self._search.tell(asked, None)
                self._outcomes.add_failure(Failure("", asked.setting, None, error.message, ()))
            else:
                self._take(_Open(asked, trials), 1 if self._prunes else len(trials))
        return self._ready.popleft()

    def _take(self, setting: _Open, n: int) -> None:
        """See to the next trials of a setting: those that have ended are noted, the others wait for a worker."""
        trials = setting.trials[setting.n_taken :][:n]
        setting.n_taken += n
        for trial in trials:
            has_failed = trial.name in self._outcomes.failed
            if trial.is_finished:
                self._add_result(setting, trial, self._outcomes.result(trial))
            elif has_failed and not self._retry:
                setting.ended[trial.seed] = None
                self._outcomes.status_of(trial).state = "failed"
            elif trial.name in self._jobs:
                self._jobs[trial.name].settings.append(setting)
            else:
                self._jobs[trial.name] = _Job(trial, self._retry + (not has_failed), [setting])
                self._ready.append(trial)
        self._settle(setting)

    def _handle(self, job: _Job, event: Began | EpochDone | Ended) -> None:
        known = self._outcomes.status_of(job.trial)
        match event:
            case Began():
                known.began = time.time()
            case EpochDone():
                known.epoch, known.score = event.number, event.score
                self._outcomes.write_status()
                self._workers.answer(job.trial.name, go_on=not self._is_pruned(job, event))
            case Ended(outcome="pruned"):
                self._give_up(job)
            case Ended() if job.trial.is_finished:  # a process may die when its run is whole
                self._finish(job)
            case Ended(outcome="finished"):
                self._fail(job, Ended("failed", "its run folder is not whole"))
            case Ended():
                self._fail(job, event)

    def _is_pruned(self, job: _Job, event: EpochDone) -> bool:
        """Whether a trial is given up; only the first seed's scores say, and of no setting that another may need."""
        setting = job.settings[0]
        if not self._prunes or len(job.settings) > 1 or job.trial is not setting.trials[0]:
            return False
        # The epochs before may be those of a sweep that was killed, which this one's study has not heard of.
        before = {epoch: score for epoch, score in job.trial.curve().items() if epoch < event.number}
        return self._search.report(setting.asked, before | {event.number: event.score})

    def _give_up(self, job: _Job) -> None:
        del self._jobs[job.trial.name]
        known = self._outcomes.status_of(job.trial)
        known.state = "pruned"
        log.info("%s  given up after epoch %s  %s", known.name, known.epoch, _described(job.trial))
        for setting in job.settings:
            self._search.tell(setting.asked, None, is_pruned=True)
        self._outcomes.write_status()

    def _finish(self, job: _Job) -> None:
        del self._jobs[job.trial.name]
        result, status = self._outcomes.result(job.trial), self._outcomes.status
        status.n_trained += 1
        log.info(
            "%s  %s/%s  dev %s %.4f  %.0f s  %s MB  %s",
            job.trial.name, len(status.having("finished")) + 1, status.total, result.metric, result.score,
            result.seconds, f"{status.trials[job.trial.name].memory / 1e6:,.0f}", _described(job.trial),
        )  # fmt: skip
        for setting in job.settings:
            self._add_result(setting, job.trial, result)
            self._settle(setting)

    def _fail(self, job: _Job, ended: Ended) -> None:
        trial = job.trial
        job.n_tries -= 1
        if job.n_tries:
            log.warning("%s  failed and is tried again: %s", trial.name, ended.reason)
            self._ready.appendleft(trial)
            return
        del self._jobs[trial.name]
        self._outcomes.status_of(trial).state = "failed"
        self._outcomes.add_failure(Failure(trial.name, trial.setting, trial.seed, ended.reason, ended.lines))
        for setting in job.settings:
            setting.ended[trial.seed] = None
            self._settle(setting)

    def _add_result(self, setting: _Open, trial: Trial, result: Result) -> None:
        setting.ended[trial.seed] = result
        if self._prunes and trial.name == setting.trials[0].name:
            self._search.report(setting.asked, trial.curve())

    def _settle(self, setting: _Open) -> None:
        """Rank what has come of a setting so far; go on with its other seeds, or tell the study if that was all."""
        results = [result for trial in setting.trials if (result := setting.ended.get(trial.seed))]
        is_whole, mean = len(results) == len(setting.trials), None
        if results:
            mean = self._outcomes.rank(setting.asked.setting, results, is_whole=is_whole).mean
            self._outcomes.write()
        if len(setting.ended) < setting.n_taken:
            return
        n_left = len(setting.trials) - setting.n_taken
        if n_left and results:  # of a setting that fails with its first seed the sampler learns no more from the others
            self._take(setting, n_left)
        else:
            self._search.tell(setting.asked, mean if is_whole else None)


def _described(trial: Trial) -> str:
    return f"{shown_setting(trial.setting)}, seed {trial.seed}".removeprefix(", ")
