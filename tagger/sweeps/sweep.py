"""Run a sweep: train its trials, rank its settings, and score only the winner on test."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tagger.border.regular import links
from tagger.config.older import EARLIER, earlier_setting
from tagger.corpus.counted import counted
from tagger.errors import RunError, TaggerError
from tagger.evaluation.score import SplitScore
from tagger.reports.metric_names import metric_name
from tagger.sweeps.leaderboard import LeaderboardRow, describe_tie
from tagger.sweeps.lock import NAME as LOCK
from tagger.sweeps.lock import locked
from tagger.sweeps.outcomes import Outcomes
from tagger.sweeps.plan import Plan
from tagger.sweeps.resume import restore_outcomes, reuse_earlier_results
from tagger.sweeps.schedule import Schedule, Workers
from tagger.sweeps.search import Search
from tagger.sweeps.space import Range
from tagger.sweeps.status import Status
from tagger.sweeps.trials import FileHashes, MakeTrials, Trial, check_files, digest, trials_of, without_paths
from tagger.sweeps.winner import BEST, link_winner, score_test, warn_without_spans
from tagger.terminal_text import command_line
from tagger.training.data_files import without_test_files

RESUME_HINT = "the same command resumes the sweep without repeating finished trials"

log = logging.getLogger("tagger")


@dataclass(frozen=True, slots=True)
class SweepResult:
    """Result of a finished sweep.

    Args:
        rows: ranked settings.
        metric: metric of the ranking.
        winner: best trial of the best setting.
        test: the winner's evaluation on test, as in metrics.json; None without a test split.
    """

    rows: list[LeaderboardRow]
    metric: str
    winner: Trial
    test: dict[str, Any] | None

    @property
    def test_score(self) -> SplitScore | None:
        """Score of the winner on test; None without a test split."""
        return self.winner.score(self.test, self.metric) if self.test else None

    def __repr__(self) -> str:
        """The number of settings, the best score, and the winner's folder; `rows` has the settings."""
        parts = [counted(len(self.rows), "setting"), f"dev {metric_name(self.metric)} {self.rows[0].mean:.4f}"]
        if (score := self.test_score) and score.value is not None:
            parts.append(f"test {metric_name(score.metric)} {score.value:.4f}")
        return f"SweepResult({', '.join(parts)}, winner={str(self.winner.folder)!r})"


def sweep(
    plan: Plan,
    folder: Path,
    workers: Workers,
    *,
    retry: int = 0,
    max_failures: int | None = None,
    listen: Callable[[Status], None] = lambda status: None,
) -> SweepResult:
    """Run a sweep, or resume it; trials that are finished in its folder are not repeated.

    Args:
        plan: plan of the sweep.
        folder: folder of the sweep, which contains a run folder for each trial.
        workers: processes that train the trials; closed at the end.
        retry: number of times that a trial is tried again if it fails, or has failed before.
        max_failures: number of failed trials that stops the sweep; None: no limit.
        listen: called with the status after each poll of the workers.

    Raises:
        TaggerError: data is missing, another sweep runs in the folder, or no setting finished.
        KeyboardInterrupt: after Ctrl-C; the message gives the progress and how to resume.
    """
    hashes = FileHashes()
    check_files(plan, hashes)
    study = study_hash(plan, hashes)
    _check_folder(folder)
    with locked(folder), _resumable():
        search = _open_search(plan, folder, study)
        make_trials = partial(trials_of, plan, folder, hashes)
        status = Status(plan.n_trials, plan.metric, n_seeds=len(plan.sweep.seeds))
        outcomes = Outcomes(folder, status, max_failures=max_failures)
        restore_outcomes(search, outcomes, make_trials, retry=retry > 0)
        reuse_earlier_results(search, outcomes, make_trials, plan)
        outcomes.write()
        n_settings, n_seeds = counted(plan.n_settings, "setting"), counted(len(plan.sweep.seeds), "seed")
        log.info("%s × %s = %s", n_settings, n_seeds, counted(plan.n_trials, "trial"))
        schedule = Schedule(search, workers, make_trials, outcomes, prunes=plan.sweep.pruner != "none", retry=retry)
        try:
            schedule.run(partial(listen, outcomes.status))
        except KeyboardInterrupt:
            raise KeyboardInterrupt(f"{outcomes.status.format_counts()}; {RESUME_HINT}") from None
        finally:
            workers.close()
            outcomes.write_status()
        return _finish(plan, folder, search, outcomes, make_trials)


def _finish(plan: Plan, folder: Path, search: Search, outcomes: Outcomes, make_trials: MakeTrials) -> SweepResult:
    """Score the winner on test, and write the report, also if there is no winner or its score fails."""
    rows, status = outcomes.ranking, outcomes.status
    n_before = len(status.in_state("finished")) - status.n_trained
    log.info("%s%s", status.format_counts(), f", {n_before} of them earlier" if n_before else "")
    from tagger.sweeps.report import write_sweep_report  # loads scikit-learn, for which no trial should wait

    write_report = partial(
        write_sweep_report, plan, folder, search.tried_settings(), rows, make_trials, metric=status.metric
    )
    try:
        winner = link_winner(folder, rows)
        warn_without_spans(winner, status.metric)
        if tie := describe_tie(rows, status.metric):
            log.info("%s", tie)
        test = score_test(plan, folder, winner)
    except TaggerError:
        log.info("the report is %s", write_report(test=None))
        raise
    log.info("the report is %s", write_report(test=test))
    return SweepResult(rows, status.metric, winner, test)


def study_hash(plan: Plan, hashes: FileHashes) -> str:
    """Hash of everything on which the study's scores and parameters depend; the number of settings is not part of it.

    Raises:
        DataError: a file of the base cannot be read.
    """
    base = plan.base.model_copy(update={"data": without_test_files(plan.base.data)})  # no trial reads them
    space = [
        [
            each.param,
            asdict(each.domain) if isinstance(each.domain, Range) else _earlier(each.key, each.domain),
            {EARLIER.get(key, key): _earlier(key, values) for key, values in each.when.items()},
        ]
        for each in plan.space.dimensions
    ]
    options = [plan.sweep.sampler, plan.sweep.seeds, plan.metric, plan.sweep.pruner]
    return digest([without_paths(base), hashes.of_config(base), space, options])[:12]


def _earlier(key: str, values: Sequence[Any]) -> list[Any]:
    """Values of a key, tables with their earlier keys."""
    return [value for each in values for value in earlier_setting({key: each}).values()]


def _check_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise RunError(f"{folder}: is a file, not a folder", "choose another with --run DIR")
    if folder.exists() and any(folder.iterdir()) and not (folder / LOCK).exists():
        raise RunError(f"{folder}: contains files but no sweep", "choose another with --run DIR")
    for path in links(folder):  # files elsewhere would be changed
        if path.stem != BEST:  # or best.tmp, left by a process that was killed
            raise RunError(f"{path}: is a link, which could lead anywhere", f"remove it: {command_line('rm', path)}")


def _open_search(plan: Plan, folder: Path, study: str) -> Search:
    # A storage of the user's own may also contain studies of other folders.
    suffix = f" in {folder.resolve()}" if plan.sweep.storage else ""
    return Search(
        plan.space,
        settings=plan.settings if plan.sweep.sampler != "tpe" else None,
        n_settings=plan.sweep.settings,
        pruner=plan.sweep.pruner,
        storage=plan.sweep.storage or f"sqlite:///{(folder / 'study.db').absolute()}",
        name=f"{plan.name}{suffix} {study}",
    )


@contextmanager
def _resumable() -> Iterator[None]:
    """Add to a Ctrl-C without a message how to resume the sweep."""
    try:
        yield
    except KeyboardInterrupt as interrupt:
        raise KeyboardInterrupt(str(interrupt) or RESUME_HINT) from None
