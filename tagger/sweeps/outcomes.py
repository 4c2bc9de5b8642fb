"""Outcomes of a sweep so far: ranking, status of each trial, and failures, all kept in its folder."""

import logging
from pathlib import Path

from tagger.corpus.counted import counted
from tagger.errors import TrainingError
from tagger.sweeps.failures import NAME as FAILURES
from tagger.sweeps.failures import Failure, read_failures, record_failure
from tagger.sweeps.leaderboard import LeaderboardRow, rank_rows, write_leaderboard
from tagger.sweeps.space import Setting, format_setting
from tagger.sweeps.status import Status, TrialStatus, write_status
from tagger.sweeps.trials import Result, Trial

log = logging.getLogger("tagger")


class Outcomes:
    """Outcomes of a sweep.

    Args:
        folder: folder of the sweep.
        status: status of the sweep, kept up to date here.
        max_failures: number of failed trials that stops the sweep; None: no limit.
    """

    def __init__(self, folder: Path, status: Status, *, max_failures: int | None) -> None:
        self._folder, self.status, self._metric, self._max_failures = folder, status, status.metric, max_failures
        self._rows: dict[str, LeaderboardRow] = {}  # keys: settings
        self.failed = {failure.trial for failure in read_failures(folder)}  # trial names, of earlier starts too
        self._n_failed = 0

    @property
    def ranking(self) -> list[LeaderboardRow]:
        """Settings with their results, the best first."""
        return rank_rows(self._rows.values())

    def result(self, trial: Trial) -> Result:
        """Result of a finished trial by the sweep's metric."""
        return trial.result(self._metric)

    def rank(self, setting: Setting, results: list[Result], *, is_complete: bool) -> LeaderboardRow:
        """Add the results of a setting to the ranking, in place of its earlier ones."""
        row = self._rows[format_setting(setting)] = LeaderboardRow(setting, results, is_complete)
        self.status.metric = results[0].metric  # "auto" is resolved by now
        for result in results:
            status = self.status_of(result.trial)
            status.state, status.score = "finished", result.score
            status.seconds = max(status.seconds or 0.0, result.seconds)
        return row

    def status_of(self, trial: Trial) -> TrialStatus:
        """Status of a trial, added if it is new."""
        new = TrialStatus(trial.name, trial.setting, trial.seed, trial.config.training.epochs)
        status = self.status.trials.setdefault(trial.name, new)
        # Trials of an earlier version of the sweep's file are not in the planned total.
        self.status.total = max(self.status.total, len(self.status.trials))
        return status

    def add_failure(self, failure: Failure) -> None:
        """Record a failure.

        Raises:
            TrainingError: the limit of failed trials is reached.
        """
        record_failure(self._folder, failure)
        self.failed.add(failure.trial)
        self._n_failed += 1
        seed = "" if failure.seed is None else f", seed {failure.seed}"
        log.warning("%s  failed  %s%s: %s", failure.trial, format_setting(failure.setting), seed, failure.reason)
        if self._max_failures and self._n_failed >= self._max_failures:
            raise TrainingError(
                f"stopped after {counted(self._n_failed, 'failed trial')}, the limit of --max-failures; "
                f"the last failure: {failure.reason}",
                f"{self._folder / FAILURES} has the last lines of each log",
            )

    def write(self) -> None:
        """Write the leaderboard and the status."""
        rows = self.ranking
        self.status.best = (rows[0].setting, rows[0].mean) if rows and rows[0].is_complete else None
        write_leaderboard(self._folder, rows, self.status.metric)
        self.write_status()

    def write_status(self) -> None:
        """Write `status.json`."""
        write_status(self._folder, self.status)
