"""Outcomes of a sweep so far, kept in its folder: the ranking, the state of each trial, and failures."""

import logging
from pathlib import Path

from tagger.errors import TrainingError
from tagger.sweeps.failures import Failure, read_failures, record_failure
from tagger.sweeps.leaderboard import Ranked, ranked, write_leaderboard
from tagger.sweeps.space import Setting, shown_setting
from tagger.sweeps.status import Status, TrialStatus, write_status
from tagger.sweeps.trials import Result, Trial

log = logging.getLogger("tagger")


class Outcomes:
    """The outcomes of a sweep, whose status is kept up to date; `max_failures` failed trials end it, if not None."""

    def __init__(self, folder: Path, status: Status, *, max_failures: int | None) -> None:
        self._folder, self.status, self._metric, self._max_failures = folder, status, status.metric, max_failures
        self._rows: dict[str, Ranked] = {}  # by setting
        self.failed = {failure.trial for failure in read_failures(folder)}  # names, of earlier starts too
        self._n_failed = 0

    @property
    def ranking(self) -> list[Ranked]:
        """Settings with their results, the best first."""
        return ranked(self._rows.values())

    def result(self, trial: Trial) -> Result:
        """The result of a finished trial, by the metric that the sweep ranks by."""
        return trial.result(self._metric)

    def rank(self, setting: Setting, results: list[Result], *, is_whole: bool) -> Ranked:
        """Take the results of a setting into the ranking, in the place of earlier ones."""
        row = self._rows[shown_setting(setting)] = Ranked(setting, results, is_whole)
        self.status.metric = results[0].metric  # what "auto" has come to
        for result in results:
            known = self.status_of(result.trial)
            known.state, known.score = "finished", result.score
        return row

    def status_of(self, trial: Trial) -> TrialStatus:
        """The status of a trial; a new one at first."""
        new = TrialStatus(trial.name, trial.setting, trial.seed, trial.config.training.epochs)
        known = self.status.trials.setdefault(trial.name, new)
        self.status.total = max(self.status.total, len(self.status.trials))  # some are of the file as it was before
        return known

    def add_failure(self, failure: Failure) -> None:
        """Record a failure.

        Raises:
            TrainingError: it is one too many.
        """
        record_failure(self._folder, failure)
        self.failed.add(failure.trial)
        self._n_failed += 1
        seed = "" if failure.seed is None else f", seed {failure.seed}"
        log.warning("%s  failed  %s%s: %s", failure.trial, shown_setting(failure.setting), seed, failure.reason)
        if self._max_failures and self._n_failed >= self._max_failures:
            trials = "trial ends" if self._n_failed == 1 else "trials end"
            raise TrainingError(
                f"{self._n_failed} failed {trials} the sweep, as --max-failures has it; the last: {failure.reason}",
                f"{self._folder / 'failures.jsonl'} has the end of each log",
            )

    def write(self) -> None:
        """Write leaderboard and status."""
        rows = self.ranking
        self.status.best = (rows[0].setting, rows[0].mean) if rows and rows[0].is_whole else None
        write_leaderboard(self._folder, rows, self.status.metric)
        self.write_status()

    def write_status(self) -> None:
        """Write `status.json`."""
        write_status(self._folder, self.status)
