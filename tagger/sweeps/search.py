"""Which setting is tried next, and which is given up: Optuna's study, which the sweep's own process alone talks to."""

import logging
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import optuna
from optuna.trial import TrialState

from tagger.config.older import upgraded_setting
from tagger.errors import TaggerError
from tagger.sweeps.drawn import SEED, draw_settings, study_trial, suggested, written
from tagger.sweeps.space import Setting, Space

REDRAWS = 10  # of a sampler that draws what was tried before, until chance draws in its place

# What a study's trial is, beside its parameters.
SETTING = "setting"
TAKEN_OVER = "taken over"  # finished before in a sweep of other make, and told for what it teaches
AGAIN = "again"  # the number of the trial whose place it takes

log = logging.getLogger("tagger")


@dataclass(frozen=True, slots=True)
class Asked:
    """A setting that the study waits for, and the epochs that were reported."""

    trial: optuna.trial.Trial
    setting: Setting
    epochs: set[int] = field(default_factory=set)


class Search:
    """A study on disk: settings are asked for, epochs reported, outcomes told; a killed sweep goes on with it.

    Args:
        space: what varies.
        settings: to try in this order; None: the sampler finds them.
        n_settings: how many are tried in all.
        pruner: none, median or halving.
        storage: an address that Optuna takes, such as `sqlite:///study.db`.
        name: of the study; another space, base or metric makes another one.

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
            # A sweep that goes on draws with another seed, or it would draw what it has drawn before.
            self._study.sampler = optuna.samplers.TPESampler(seed=SEED + n_before)
            self._take_up_again()
        except Exception as error:  # of SQLAlchemy, its drivers, or Optuna: there is no common kind
            reason = str(error).partition("\n")[0]
            hint = "`storage` of [sweep] says where it is; without it, it is a file in the sweep's folder"
            raise TaggerError(
                f"the study cannot be opened: {reason}", hint
            ) from error  # no address: it may hold a password
        self._done = {written(setting) for setting, _ in self.tried()}

    def try_again(self, setting: Setting) -> None:
        """Have a setting tried again that failed, or whose trials are not there any more; it counts once."""
        for trial in self._current():
            if trial.user_attrs.get(SETTING) == setting and trial.state.is_finished():
                self._queue_again(trial, setting)

    def take_over(self, setting: Setting, score: float, curve: Mapping[int, float]) -> None:
        """Add what came of a setting before this study began; it does not count as one that is tried."""
        if self._space.params(setting) is None or written(setting) in self._done:
            return
        self._done.add(written(setting))
        attributes = {SETTING: setting, TAKEN_OVER: True}
        self._study.add_trial(study_trial(self._space, setting, score, curve=curve, attributes=attributes))

    def enqueue(self, setting: Setting) -> None:
        """Have a setting tried before others."""
        params = self._space.params(setting)
        if params is not None and written(setting) not in self._done:
            self._done.add(written(setting))
            self._study.enqueue_trial(params)

    def earlier_settings(self) -> Iterator[Setting]:
        """Settings of this space that other studies in the same storage have tried, each once."""
        seen = set(self._done)
        mine = self._study.study_name
        sweep = mine.rpartition(" ")[0]  # the storage may hold studies of others, too
        for name in optuna.get_all_study_names(self._storage):
            if name == mine or name.rpartition(" ")[0] != sweep:
                continue
            for trial in optuna.load_study(study_name=name, storage=self._storage).get_trials(deepcopy=False):
                setting = upgraded_setting(trial.user_attrs.get(SETTING, {}))
                if setting and self._space.params(setting) is not None and written(setting) not in seen:
                    seen.add(written(setting))
                    yield setting

    def ask(self) -> Asked | None:
        """The next setting; None where there is none left."""
        if not self._study.get_trials(deepcopy=False, states=(TrialState.WAITING,)):
            if self._left is not None:
                while self._left and written(self._left[0]) in self._done:
                    self._left.popleft()
                if not self._left:
                    return None
                self.enqueue(self._left.popleft())
            elif self._n_tried() >= self._n_settings:
                return None
            else:
                return self._draw()
        return self._asked(self._study.ask())

    def _draw(self) -> Asked | None:
        """A setting that was not tried before; None where the space has no more."""
        for _ in range(REDRAWS):
            asked = self._study.ask()
            if written(suggested(asked, self._space)) not in self._done:
                return self._asked(asked)
            self._study.tell(asked, state=TrialState.FAIL)  # without SETTING: it counts as nothing
        # What the sampler thinks best is known: chance decides. So many settings cannot all be known ones.
        fresh = (
            setting for setting in draw_settings(self._space, len(self._done) + 1) if written(setting) not in self._done
        )
        if (setting := next(fresh, None)) is None:
            self._n_settings = self._n_tried()
            log.warning("the space has no more settings than the %s that were tried", len(self._done))
            return None
        self.enqueue(setting)
        return self._asked(self._study.ask())

    def _asked(self, trial: optuna.trial.Trial) -> Asked:
        setting = suggested(trial, self._space)
        trial.set_user_attr(SETTING, setting)
        self._done.add(written(setting))
        return Asked(trial, setting)

    def report(self, asked: Asked, curve: Mapping[int, float]) -> bool:
        """Note the score on dev after each epoch so far; whether the setting is to be given up."""
        for epoch in curve.keys() - asked.epochs:
            asked.epochs.add(epoch)
            asked.trial.report(curve[epoch], epoch)
        return asked.trial.should_prune()

    def tell(self, asked: Asked, score: float | None, *, is_pruned: bool = False) -> None:
        """End a setting with what came of it: its mean score, or that it was given up, or that it failed."""
        ended = TrialState.PRUNED if is_pruned else TrialState.FAIL
        self._study.tell(asked.trial, score, ended if score is None else None)

    def tried(self) -> list[tuple[Setting, str]]:
        """The settings so far in their order, and of each its state: waiting, running, complete, pruned or fail."""
        return [
            (trial.user_attrs[SETTING], trial.state.name.lower())
            for trial in self._current()
            if SETTING in trial.user_attrs
        ]

    def _current(self) -> list[optuna.trial.FrozenTrial]:
        """The study's trials but those whose place others have taken."""
        trials = self._study.get_trials(deepcopy=False)
        replaced = {trial.user_attrs.get(AGAIN) for trial in trials}
        return [trial for trial in trials if trial.number not in replaced]

    def _n_tried(self) -> int:
        """How many settings count as tried."""
        return sum(SETTING in trial.user_attrs and TAKEN_OVER not in trial.user_attrs for trial in self._current())

    def _take_up_again(self) -> None:
        """Queues the settings that a killed sweep was at."""
        for trial in self._current():
            if trial.state == TrialState.RUNNING:
                setting = self._space.setting(trial.params)
                if setting is not None:  # else it was killed while the setting was drawn, and nothing has begun
                    self._queue_again(trial, setting)
                self._study.tell(trial.number, state=TrialState.FAIL)

    def _queue_again(self, trial: optuna.trial.FrozenTrial, setting: Setting) -> None:
        # Before the first one is told: a kill in between costs nothing, as AGAIN says that it is queued.
        self._study.enqueue_trial(trial.params, user_attrs={SETTING: setting, AGAIN: trial.number})


def _pruner(name: str) -> optuna.pruners.BasePruner:
    if name == "median":
        return optuna.pruners.MedianPruner(n_startup_trials=4, n_warmup_steps=2)  # the first epoch says little
    if name == "halving":
        return optuna.pruners.SuccessiveHalvingPruner(min_resource=2, reduction_factor=2)  # at 2, 4, 8, … epochs
    return optuna.pruners.NopPruner()
