"""A sweep from its file to a ranking, and to the test score of the winner alone."""

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tagger.errors import ConfigError, DataError, RunError, TaggerError
from tagger.evaluation.score import has_gold_spans
from tagger.evaluation.tagged_files import evaluate_tagger
from tagger.files import write_file, writing
from tagger.reports.evaluation_text import warn_of_baselines
from tagger.sweeps.leaderboard import Ranked
from tagger.sweeps.lock import NAME as LOCK
from tagger.sweeps.lock import locked
from tagger.sweeps.outcomes import Outcomes
from tagger.sweeps.plan import Plan
from tagger.sweeps.schedule import Schedule, Workers
from tagger.sweeps.search import Search
from tagger.sweeps.space import Range, Setting
from tagger.sweeps.status import Status
from tagger.sweeps.trials import Hashes, MakeTrials, Trial, check_files, digest, trials_of, without_places
from tagger.tagging.tagger import Tagger
from tagger.training.prepare import prepare

GO_ON = "the same command goes on, and runs no finished trial again"

log = logging.getLogger("tagger")


@dataclass(frozen=True, slots=True)
class Swept:
    """A sweep that has come to its end: its rows, ranked by a metric on dev, and the best trial of the best setting.

    `test` is its evaluation on test as metrics.json has one; None where there is no test split.
    """

    rows: list[Ranked]
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
    """Run what a plan describes; what was finished in the folder before is not run again.

    Args:
        plan: of a sweep's file.
        folder: of the sweep; each trial has a run folder in it.
        workers: that run the trials; they are closed at the end.
        retry: how often a trial that fails, or has failed before, is tried again.
        max_failures: failed trials that end the sweep; None: it goes on.
        listen: called with the status after each look at the workers.

    Raises:
        TaggerError: data is missing, another sweep runs in the folder, or no setting has come to its end.
        KeyboardInterrupt: after Ctrl-C; the message says how to go on, and how far the sweep was.
    """
    hashes = Hashes()
    check_files(plan, hashes)
    study = study_of(plan, hashes)
    _check_folder(folder)
    with locked(folder), _resumable():
        search = _open_search(plan, folder, study)
        make_trials = partial(trials_of, plan, folder, hashes)
        outcomes = Outcomes(folder, Status(plan.n_trials, plan.metric), max_failures=max_failures)
        _recall(search, outcomes, make_trials, retry=retry > 0)
        _take_over(search, outcomes, make_trials, plan)
        outcomes.write()
        schedule = Schedule(search, workers, make_trials, outcomes, prunes=plan.sweep.pruner != "none", retry=retry)
        try:
            schedule.run(partial(listen, outcomes.status))
        except KeyboardInterrupt:
            raise KeyboardInterrupt(f"{outcomes.status.counts()}; {GO_ON}") from None
        finally:
            workers.close()
            outcomes.write_status()
        rows, status = outcomes.ranking, outcomes.status
        n_before = len(status.having("finished")) - status.n_trained
        log.info("%s%s", status.counts(), f", {n_before} of them before" if n_before else "")
        from tagger.sweeps.report import write_sweep_report  # loads scikit-learn: no trial waits for it

        write_report = partial(
            write_sweep_report, plan, folder, search.tried(), rows, make_trials, metric=status.metric
        )
        try:
            winner = _link_winner(folder, rows)
            _warn_without_spans(winner, status.metric)
            test = _score_test(plan, folder, winner)
        except TaggerError:
            log.info("the report is %s", write_report(test=None))
            raise
        log.info("the report is %s", write_report(test=test))
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
        [each.key, asdict(each.domain) if isinstance(each.domain, Range) else each.domain, each.when]
        for each in plan.space.dimensions
    ]
    how = [plan.sweep.sampler, plan.sweep.seeds, plan.metric, plan.sweep.pruner]
    return digest([without_places(base), hashes.of(base), space, how])[:12]


def _check_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise RunError(f"{folder}: is a file, not a folder", "choose another with --run DIR")
    if folder.exists() and any(folder.iterdir()) and not (folder / LOCK).exists():
        raise RunError(f"{folder}: holds files, and no sweep", "choose another with --run DIR")


def _open_search(plan: Plan, folder: Path, study: str) -> Search:
    of_folder = f" in {folder.resolve()}" if plan.sweep.storage else ""  # where other sweeps may have theirs
    return Search(
        plan.space,
        settings=plan.settings if plan.sweep.sampler != "tpe" else None,
        n_settings=plan.sweep.settings,
        pruner=plan.sweep.pruner,
        storage=plan.sweep.storage or f"sqlite:///{(folder / 'study.db').absolute()}",
        name=f"{plan.name}{of_folder} {study}",
    )


def _recall(search: Search, outcomes: Outcomes, make_trials: MakeTrials, *, retry: bool) -> None:
    """Rank what the study has seen the end of; what is not in the folder any more, or failed, is tried again."""
    for setting, state in search.tried():
        if state not in ("complete", "pruned", "fail") or not (trials := _possible(make_trials, setting)):
            continue
        results = [outcomes.result(trial) for trial in trials if trial.is_finished]
        is_whole = len(results) == len(trials)
        if results:
            outcomes.rank(setting, results, is_whole=is_whole)
        if (state == "complete" and not is_whole) or (state == "fail" and retry):
            search.try_again(setting)
        elif state == "pruned":
            outcomes.status_of(trials[0]).state = "pruned"
        elif state == "fail":
            for trial in trials:
                if not trial.is_finished:
                    outcomes.status_of(trial).state = "failed"


def _take_over(search: Search, outcomes: Outcomes, make_trials: MakeTrials, plan: Plan) -> None:
    """Tell a new study what was finished before its file was changed, as far as it is of the same make."""
    n = 0
    for setting in search.earlier_settings():
        trials = _possible(make_trials, setting)
        results = [outcomes.result(trial) for trial in trials if trial.is_finished]
        if results and len(results) == len(trials):
            row = outcomes.rank(setting, results, is_whole=True)
            search.take_over(setting, row.mean, trials[0].curve())
            n += 1
            if setting not in plan.settings:
                outcomes.status.total += len(trials)
        elif results and plan.sweep.sampler == "tpe":
            search.enqueue(setting)
    if n:
        log.info("%s settings that were finished before are taken over", n)


def _possible(make_trials: MakeTrials, setting: Setting) -> list[Trial]:
    """The trials of a setting; none where it is impossible, which was reported when it was tried."""
    try:
        return make_trials(setting)
    except (ConfigError, DataError):
        return []


@contextmanager
def _resumable() -> Iterator[None]:
    """Say of a Ctrl-C how to go on after it, if nothing else says more."""
    try:
        yield
    except KeyboardInterrupt as interrupt:
        raise KeyboardInterrupt(str(interrupt) or GO_ON) from None


def _link_winner(folder: Path, rows: Sequence[Ranked]) -> Trial:
    """The best trial of the best setting; `best` becomes a link to its folder.

    Raises:
        RunError: no setting has a rank.
    """
    if not rows or not rows[0].is_whole:
        raise RunError(
            f"{folder}: no setting has come to its end with all its seeds",
            f"{folder / 'failures.jsonl'} says why; --retry 1 tries them again",
        )
    winner, link, unfinished = rows[0].best_trial, folder / "best", folder / "best.tmp"
    with writing(link):
        unfinished.unlink(missing_ok=True)
        unfinished.symlink_to(winner.name, target_is_directory=True)
        unfinished.replace(link)
    return winner


def _warn_without_spans(winner: Trial, metric: str) -> None:
    dev = json.loads((winner.folder / "metrics.json").read_text(encoding="utf-8"))["dev"]
    if metric == "span_f1" and not has_gold_spans(dev):
        log.warning("dev: no spans, of which span F1 says nothing: the smallest network with the lowest loss leads")


def _score_test(plan: Plan, folder: Path, winner: Trial) -> dict[str, Any] | None:
    """The winner's evaluation on test, by its saved bundle; one that was scored before is read.

    None stands for a config without a test split.
    """
    config, path = plan.config(winner.setting, winner.seed, with_test=True), folder / "test.json"
    if config.data.test is None and config.data.folds is None:
        return None
    scored = {"trial": winner.name, "seed": winner.seed, "setting": winner.setting, "files": Hashes().of(config)}
    if path.is_file():
        before = json.loads(path.read_text(encoding="utf-8"))
        if {key: before.get(key) for key in scored} == scored:
            return dict(before["test"])
    evaluation = evaluate_tagger(Tagger.load(winner.folder), prepare(config).splits["test"])[0]
    warn_of_baselines(evaluation, "test")
    write_file(path, json.dumps({**scored, "test": evaluation.to_json()}, indent=2, ensure_ascii=False) + "\n")
    return evaluation.to_json()
