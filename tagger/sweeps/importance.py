"""Importance of each key of a space for the score."""

from collections.abc import Sequence

import optuna
from optuna.importance import FanovaImportanceEvaluator, MeanDecreaseImpurityImportanceEvaluator

from tagger.config.older import RENAMED
from tagger.sweeps.sampling import completed_trial
from tagger.sweeps.space import Setting, Space

MIN_SETTINGS = 4
SEED = 1  # seed of the random forests: equal scores give equal importances


def key_importance(space: Space, scored: Sequence[tuple[Setting, float]]) -> dict[str, tuple[float, float]]:
    """Importance of each key, from 0 to 1, by fANOVA and by mean decrease in impurity.

    Only keys that apply in all settings are included. Empty if there are fewer than `MIN_SETTINGS` settings, or if all
    scores are equal.

    Source: Hutter, Hoos & Leyton-Brown (2014), An Efficient Approach for Assessing Hyperparameter Importance, as
    implemented by Optuna.
    """
    if len(scored) < MIN_SETTINGS or len({score for _, score in scored}) == 1:
        return {}
    study = optuna.create_study(direction="maximize")
    study.add_trials([completed_trial(space, setting, score) for setting, score in scored])
    by_variance, by_impurity = (
        optuna.importance.get_param_importances(study, evaluator=evaluator)
        for evaluator in (FanovaImportanceEvaluator(seed=SEED), MeanDecreaseImpurityImportanceEvaluator(seed=SEED))
    )
    return {RENAMED.get(name, name): (value, by_impurity[name]) for name, value in by_variance.items()}
