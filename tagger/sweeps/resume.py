"""Restore the outcomes of a sweep that was started before, and reuse results from before its file was changed."""

import logging

from tagger.corpus.counted import counted
from tagger.errors import ConfigError, DataError
from tagger.sweeps.outcomes import Outcomes
from tagger.sweeps.plan import Plan
from tagger.sweeps.search import Search
from tagger.sweeps.space import Setting
from tagger.sweeps.trials import MakeTrials, Trial

log = logging.getLogger("tagger")


def restore_outcomes(search: Search, outcomes: Outcomes, make_trials: MakeTrials, *, retry: bool) -> None:
    """Rank the settings that the study has finished; queue those whose trials are missing, or failed if `retry`."""
    for setting, state in search.tried_settings():
        if state not in ("complete", "pruned", "fail") or not (trials := _possible_trials(make_trials, setting)):
            continue
        results = [outcomes.result(trial) for trial in trials if trial.is_finished]
        is_complete = len(results) == len(trials)
        if results:
            outcomes.rank(setting, results, is_complete=is_complete)
        if (state == "complete" and not is_complete) or (state == "fail" and retry):
            search.try_again(setting)
        elif state == "pruned":
            outcomes.status_of(trials[0]).state = "pruned"
        elif state == "fail":
            for trial in trials:
                if not trial.is_finished:
                    outcomes.status_of(trial).state = "failed"


def reuse_earlier_results(search: Search, outcomes: Outcomes, make_trials: MakeTrials, plan: Plan) -> None:
    """Add results from before the sweep's file was changed to the new study, where they are still valid."""
    n = 0
    for setting in search.earlier_settings():
        trials = _possible_trials(make_trials, setting)
        results = [outcomes.result(trial) for trial in trials if trial.is_finished]
        if results and len(results) == len(trials):
            row = outcomes.rank(setting, results, is_complete=True)
            search.add_earlier_result(setting, row.mean, trials[0].curve())
            n += 1
            if setting not in plan.settings:
                outcomes.status.total += len(trials)
        elif results and plan.sweep.sampler == "tpe":
            search.enqueue(setting)
    if n:
        log.info("reused the results of %s from before the file was changed", counted(n, "setting"))


def _possible_trials(make_trials: MakeTrials, setting: Setting) -> list[Trial]:
    """Trials of a setting; none if it is impossible, which was reported when it was tried."""
    try:
        return make_trials(setting)
    except (ConfigError, DataError):
        return []
