"""How much each key of a space decides about the score."""

from collections.abc import Sequence

import optuna
from optuna.importance import FanovaImportanceEvaluator, MeanDecreaseImpurityImportanceEvaluator

from tagger.sweeps.drawn import study_trial
from tagger.sweeps.space import Setting, Space

LEAST = 4  # settings, without which there is nothing to tell
SEED = 1  # of the forests: the same scores always come to the same importance


def importance(space: Space, scored: Sequence[tuple[Setting, float]]) -> dict[str, tuple[float, float]]:
    """By key, its share of the differences in score, by fANOVA and by mean decrease in impurity.

    Only keys that count in all settings are told. Nothing is, where there are few settings or all are equal.

    Source: Hutter, Hoos & Leyton-Brown (2014), An Efficient Approach for Assessing Hyperparameter Importance; as Optuna
    has it.
    """
    if len(scored) < LEAST or len({score for _, score in scored}) == 1:
        return {}
    study = optuna.create_study(direction="maximize")
    study.add_trials([study_trial(space, setting, score) for setting, score in scored])
    by_variance, by_impurity = (
        optuna.importance.get_param_importances(study, evaluator=evaluator)
        for evaluator in (FanovaImportanceEvaluator(seed=SEED), MeanDecreaseImpurityImportanceEvaluator(seed=SEED))
    )
    return {key: (share, by_impurity[key]) for key, share in by_variance.items()}
