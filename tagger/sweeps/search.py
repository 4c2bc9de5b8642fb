"""Search of a sweep's space: an Optuna study that chooses the next setting and prunes settings.

Only the sweep's own process uses the study.
"""

import logging
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import optuna
from optuna.trial import TrialState

from tagger.config.older import upgraded_setting
from tagger.errors import TaggerError
from tagger.sweeps.sampling import (
    SEED,
    completed_trial,
    sample_settings,
    setting_key,
    setting_of_params,
    study_params,
    suggest_setting,
)
from tagger.sweeps.space import Setting, Space

MAX_REPEATS = 10  # known settings that the sampler may suggest in a row before a random one is taken

# User attributes of a study's trial.
SETTING = "setting"
FROM_EARLIER_STUDY = "taken over"  # true if another study of this sweep tried the setting
RETRY_OF = "again"  # number of the trial that this one replaces

log = logging.getLogger("tagger")


@dataclass(frozen=True, slots=True)
class PendingSetting:
    """A setting whose outcome the study waits for, and the epochs reported so far."""

    trial: optuna.trial.Trial
    setting: Setting
    epochs: set[int] = field(default_factory=set)


class Search:
    """A study on disk; it resumes after the sweep is killed.

    Args:
        space: keys that vary.
        settings: settings to try, in this order; None: the sampler chooses them.
        n_settings: number of settings to try.
        pruner: none, median or halving.
        storage: an address that Optuna accepts, such as `sqlite:///study.db`.
        name: name of the study; another space, base or metric needs another name.

    Raises:
        TaggerError: the storage cannot be used.
    """

    def __init__(
        self, space: Space, *, settings: Sequence[Setting] | None, n_settings: int, pruner: str, storage: str, name: str
    ) -> None:
        self._space, self._n_settings, self._storage = space, n_settings, storage
        self._left = None if settings is None else deque(settings)
        try:
            self._study = optuna.create_study(
                storage=storage, study_name=name, direction="maximize", load_if_exists=True, pruner=_pruner(pruner)
            )
            n_before = len(self._study.get_trials(deepcopy=False))
            # A resumed sweep needs another seed, or it would suggest the same settings again.
            self._study.sampler = optuna.samplers.TPESampler(seed=SEED + n_before)
            self._requeue_interrupted()
        except Exception as error:  # SQLAlchemy, its drivers and Optuna share no base class of errors
            reason = str(error).partition("\n")[0]
            hint = "`storage` in [sweep] is its address; without it, the study is a file in the sweep's folder"
            raise TaggerError(
                f"the study cannot be opened: {reason}", hint
            ) from error  # the address is not shown: it may contain a password
        self._known = {setting_key(setting) for setting, _ in self.tried_settings()}

    def try_again(self, setting: Setting) -> None:
        """Queue a setting again whose trials failed or are missing; it still counts as one setting."""
        for trial in self._current_trials():
            if upgraded_setting(trial.user_attrs.get(SETTING, {})) == setting and trial.state.is_finished():
                self._requeue(trial, setting)

    def add_earlier_result(self, setting: Setting, score: float, curve: Mapping[int, float]) -> None:
        """Add the result of a setting from an earlier study; it does not count as tried in this one."""
        if self._space.to_params(setting) is None or setting_key(setting) in self._known:
            return
        self._known.add(setting_key(setting))
        attributes = {SETTING: setting, FROM_EARLIER_STUDY: True}
        self._study.add_trial(completed_trial(self._space, setting, score, curve=curve, attributes=attributes))

    def enqueue(self, setting: Setting) -> None:
        """Queue a setting to be tried before others."""
        params = study_params(self._space, setting)
        if params is not None and setting_key(setting) not in self._known:
            self._known.add(setting_key(setting))
            self._study.enqueue_trial(params)

    def earlier_settings(self) -> Iterator[Setting]:
        """Settings of this space that earlier studies of this sweep tried, each once."""
        seen = set(self._known)
        own_name = self._study.study_name
        sweep = own_name.rpartition(" ")[0]  # the storage may contain studies of other sweeps, too
        for name in optuna.get_all_study_names(self._storage):
            if name == own_name or name.rpartition(" ")[0] != sweep:
                continue
            for trial in optuna.load_study(study_name=name, storage=self._storage).get_trials(deepcopy=False):
                setting = upgraded_setting(trial.user_attrs.get(SETTING, {}))
                if setting and self._space.to_params(setting) is not None and setting_key(setting) not in seen:
                    seen.add(setting_key(setting))
                    yield setting

    def next_setting(self) -> PendingSetting | None:
        """The next setting to try; None if none is left."""
        if not self._study.get_trials(deepcopy=False, states=(TrialState.WAITING,)):
            if self._left is not None:
                while self._left and setting_key(self._left[0]) in self._known:
                    self._left.popleft()
                if not self._left:
                    return None
                self.enqueue(self._left.popleft())
            elif self._n_tried() >= self._n_settings:
                return None
            else:
                return self._sample()
        return self._pending(self._study.ask())

    def _sample(self) -> PendingSetting | None:
        """A new setting chosen by the sampler; None if the space has no more."""
        for _ in range(MAX_REPEATS):
            trial = self._study.ask()
            if setting_key(suggest_setting(trial, self._space)) not in self._known:
                return self._pending(trial)
            self._study.tell(trial, state=TrialState.FAIL)  # has no SETTING, so it does not count as tried
        # The sampler suggests only known settings. One more random setting than are known must include a new one.
        candidates = sample_settings(self._space, len(self._known) + 1)
        setting = next((setting for setting in candidates if setting_key(setting) not in self._known), None)
        if setting is None:
            self._n_settings = self._n_tried()
            log.warning("all %s settings of the space have been tried", len(self._known))
            return None
        self.enqueue(setting)
        return self._pending(self._study.ask())

    def _pending(self, trial: optuna.trial.Trial) -> PendingSetting:
        setting = suggest_setting(trial, self._space)
        trial.set_user_attr(SETTING, setting)
        self._known.add(setting_key(setting))
        return PendingSetting(trial, setting)

    def report(self, pending: PendingSetting, curve: Mapping[int, float]) -> bool:
        """Report the score on dev by epoch; return whether the setting should be pruned."""
        for epoch in curve.keys() - pending.epochs:
            pending.epochs.add(epoch)
            pending.trial.report(curve[epoch], epoch)
        return pending.trial.should_prune()

    def finish(self, pending: PendingSetting, score: float | None, *, is_pruned: bool = False) -> None:
        """Record the outcome of a setting: its mean score, or None if it was pruned or failed."""
        state = TrialState.PRUNED if is_pruned else TrialState.FAIL
        self._study.tell(pending.trial, score, state if score is None else None)

    def tried_settings(self) -> list[tuple[Setting, str]]:
        """Settings in the order of the study, each with its state: waiting, running, complete, pruned or fail."""
        return [
            (upgraded_setting(trial.user_attrs[SETTING]), trial.state.name.lower())
            for trial in self._current_trials()
            if SETTING in trial.user_attrs
        ]

    def _current_trials(self) -> list[optuna.trial.FrozenTrial]:
        """Trials of the study that no other trial replaces."""
        trials = self._study.get_trials(deepcopy=False)
        replaced = {trial.user_attrs.get(RETRY_OF) for trial in trials}
        return [trial for trial in trials if trial.number not in replaced]

    def _n_tried(self) -> int:
        trials = self._current_trials()
        return sum(SETTING in trial.user_attrs and FROM_EARLIER_STUDY not in trial.user_attrs for trial in trials)

    def _requeue_interrupted(self) -> None:
        """Queue the settings that were being tried when the sweep was killed."""
        for trial in self._current_trials():
            if trial.state == TrialState.RUNNING:
                setting = setting_of_params(self._space, trial.params)
                if setting is not None:  # None: the sweep was killed before the setting was complete
                    self._requeue(trial, setting)
                self._study.tell(trial.number, state=TrialState.FAIL)

    def _requeue(self, trial: optuna.trial.FrozenTrial, setting: Setting) -> None:
        # Done before the old trial is closed: if the sweep is killed in between, RETRY_OF shows that it is queued.
        self._study.enqueue_trial(trial.params, user_attrs={SETTING: setting, RETRY_OF: trial.number})


def _pruner(name: str) -> optuna.pruners.BasePruner:
    if name == "median":
        return optuna.pruners.MedianPruner(n_startup_trials=4, n_warmup_steps=2)  # the first epochs say little
    if name == "halving":
        return optuna.pruners.SuccessiveHalvingPruner(min_resource=2, reduction_factor=2)  # at 2, 4, 8, … epochs
    return optuna.pruners.NopPruner()
