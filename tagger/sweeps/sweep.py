"""A sweep from its file to a ranking, and to the test score of the winner alone."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import Any

from tagger.errors import ConfigError, DataError, RunError, TaggerError
from tagger.evaluation.tagged_files import evaluate_tagger
from tagger.files import write_file, writing
from tagger.reports.evaluation_text import warn_of_baselines
from tagger.sweeps.leaderboard import Row, ranked
from tagger.sweeps.lock import NAME as LOCK
from tagger.sweeps.lock import locked
from tagger.sweeps.plan import Plan
from tagger.sweeps.schedule import Schedule, Workers
from tagger.sweeps.search import Search
from tagger.sweeps.space import Setting, shown_setting
from tagger.sweeps.status import Status, write_status
from tagger.sweeps.trials import Hashes, Trial, check_files, digest, trials_of, without_places
from tagger.tagging.tagger import Tagger
from tagger.training.prepare import prepare

GO_ON = "the same command goes on, and runs no finished trial again"

log = logging.getLogger("tagger")


@dataclass(frozen=True, slots=True)
class Swept:
    """A sweep that has come to its end.

    Args:
        rows: ranked.
        metric: that they are ranked by, on dev.
        winner: the best trial of the best setting.
        test: its evaluation on test as metrics.json has one; None where there is no test split.
    """

    rows: list[Row]
    metric: str
    winner: Trial
    test: dict[str, Any] | None


def sweep(
    plan: Plan,
    folder: Path,
    workers: Workers,
    *,
    retry: int = 0,
    max_failures: int | None = None,
    listen: Callable[[Status], None] = lambda status: None,
) -> Swept:
    """Runs what a plan describes; what was finished in the folder before is not run again.

    Args:
        plan: of a sweep's file.
        folder: of the sweep; each trial has a run folder in it.
        workers: that run the trials; they are closed at the end.
        retry: how often a trial that fails, or has failed before, is tried again.
        max_failures: failed trials that end the sweep; None: it goes on.
        listen: told of each change.

    Raises:
        TaggerError: data is missing, another sweep runs in the folder, or no setting has come to its end.
        KeyboardInterrupt: after Ctrl-C; the message says how to go on, and how far the sweep was.
    """
    hashes = Hashes()
    check_files(plan, hashes)
    of_folder = f" in {folder.resolve()}" if plan.sweep.storage else ""  # where other sweeps may have theirs
    study_name = f"{plan.name}{of_folder} {study_of(plan, hashes)}"
    _check_folder(folder)
    with locked(folder), _resumable():
        status = Status(plan.n_trials, plan.metric)
        search = Search(
            plan.space,
            settings=plan.settings if plan.sweep.sampler != "tpe" else None,
            n_settings=plan.sweep.settings,
            pruner=plan.sweep.pruner,
            storage=plan.sweep.storage or f"sqlite:///{(folder / 'study.db').absolute()}",
            name=study_name,
        )

        def make_trials(setting: Setting) -> list[Trial]:
            return trials_of(plan, setting, folder, hashes)

        schedule = Schedule(
            folder, search, workers, make_trials, status,
            prunes=plan.sweep.pruner != "none", retry=retry, max_failures=max_failures, listen=listen,
        )  # fmt: skip
        _recall(search, schedule, make_trials, plan, retry=retry > 0)
        _take_over(search, schedule, make_trials, plan, status)
        schedule.write()
        try:
            schedule.run()
        except KeyboardInterrupt:
            raise KeyboardInterrupt(f"{status.counts()}; {GO_ON}") from None
        finally:
            workers.close()
            write_status(folder, status)
        n_before = len(status.having("finished")) - status.n_trained
        log.info("%s%s", status.counts(), f", {n_before} of them before" if n_before else "")
        rows = ranked(schedule.rows.values())
        from tagger.sweeps.report import write_sweep_report  # loads scikit-learn: no trial waits for it

        def report(test: dict[str, Any] | None) -> None:
            tried = search.tried()
            path = write_sweep_report(plan, folder, tried, rows, make_trials, metric=status.metric, test=test)
            log.info("the report is %s", path)

        if not rows or not rows[0].is_whole:
            report(None)
            raise RunError(
                f"{folder}: no setting has come to its end with all its seeds",
                f"{folder / 'failures.jsonl'} says why; --retry 1 tries them again",
            )
        winner = rows[0].best_trial
        _link(folder / "best", winner.name)
        try:
            test = _score_test(plan, folder, winner)
        except TaggerError:  # of the file of test, which no trial has read
            report(None)
            raise
        report(test)
        return Swept(rows, status.metric, winner, test)


def study_of(plan: Plan, hashes: Hashes) -> str:
    """A name for all that makes scores comparable and parameters mean the same; how many settings are tried is apart.

    Raises:
        DataError: a file of the base cannot be read.
    """
    base = plan.base
    if isinstance(base.data.test, str):  # no trial sees it
        base = base.model_copy(update={"data": base.data.model_copy(update={"test": None})})
    space = [
        [
            dimension.key,
            asdict(dimension.domain) if is_dataclass(dimension.domain) else dimension.domain,
            dimension.when,
        ]
        for dimension in plan.space.dimensions
    ]
    how = [plan.sweep.sampler, plan.sweep.seeds, plan.metric, plan.sweep.pruner]
    return digest([without_places(base), hashes.of(base), space, how])[:12]


def _check_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise RunError(f"{folder}: is a file, not a folder", "choose another with --run DIR")
    if folder.exists() and any(folder.iterdir()) and not (folder / LOCK).exists():
        raise RunError(f"{folder}: holds files, and no sweep", "choose another with --run DIR")


def _recall(
    search: Search, schedule: Schedule, make_trials: Callable[[Setting], list[Trial]], plan: Plan, *, retry: bool
) -> None:
    """Ranks what the study has seen the end of; what is not in the folder any more, or failed, is tried again."""
    for setting, state in search.tried():
        if state not in ("complete", "pruned", "fail"):
            continue
        try:
            trials = make_trials(setting)
        except (ConfigError, DataError):  # it was told when it was tried
            continue
        results = [trial.result(plan.metric) for trial in trials if trial.is_finished]
        if results:
            schedule.add(setting, results, is_whole=len(results) == len(trials))
        if (state == "complete" and len(results) < len(trials)) or (state == "fail" and retry):
            search.try_again(setting)
        elif state == "pruned":
            schedule.note(trials[0], "pruned")
        elif state == "fail":
            for trial in trials:
                if not trial.is_finished:
                    schedule.note(trial, "failed")


def _take_over(
    search: Search, schedule: Schedule, make_trials: Callable[[Setting], list[Trial]], plan: Plan, status: Status
) -> None:
    """Tells a new study what was finished before its file was changed, as far as it is of the same make."""
    n = 0
    for setting in search.earlier_settings():
        try:
            trials = make_trials(setting)
        except (ConfigError, DataError):  # of the base as it is now
            continue
        results = [trial.result(plan.metric) for trial in trials if trial.is_finished]
        if len(results) == len(trials):
            schedule.add(setting, results, is_whole=True)
            search.take_over(setting, schedule.rows[shown_setting(setting)].mean, trials[0].curve())
            n += 1
            if setting not in plan.settings:
                status.total += len(trials)
        elif results and plan.sweep.sampler == "tpe":
            search.enqueue(setting)
    if n:
        log.info("%s settings that were finished before are taken over", n)


@contextmanager
def _resumable() -> Iterator[None]:
    """Says of a Ctrl-C how to go on after it, if nothing else says more."""
    try:
        yield
    except KeyboardInterrupt as interrupt:
        raise KeyboardInterrupt(str(interrupt) or GO_ON) from None


def _link(place: Path, target: str) -> None:
    """Makes a link to the winner's folder, in the place of another."""
    unfinished = place.with_name(f"{place.name}.tmp")
    with writing(place):
        unfinished.unlink(missing_ok=True)
        unfinished.symlink_to(target, target_is_directory=True)
        unfinished.replace(place)


def _score_test(plan: Plan, folder: Path, winner: Trial) -> dict[str, Any] | None:
    """The winner's evaluation on test, by its saved bundle; one that was scored before is read.

    None stands for a config without a test split.
    """
    config, place = plan.config(winner.setting, winner.seed, with_test=True), folder / "test.json"
    if config.data.test is None and config.data.folds is None:
        return None
    what = {"trial": winner.name, "seed": winner.seed, "setting": winner.setting, "files": Hashes().of(config)}
    if place.is_file():
        scored = json.loads(place.read_text(encoding="utf-8"))
        if {key: scored.get(key) for key in what} == what:
            return dict(scored["test"])
    evaluation = evaluate_tagger(Tagger.load(winner.folder), prepare(config).splits["test"])[0]
    warn_of_baselines(evaluation, "test")
    write_file(place, json.dumps({**what, "test": evaluation.to_json()}, indent=2, ensure_ascii=False) + "\n")
    return evaluation.to_json()
