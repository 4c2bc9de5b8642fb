"""The estimator of scikit-learn, trained; the worked notebook has a grid search."""

import pickle

from sklearn.model_selection import cross_val_predict

from tagger.sklearn import SequenceTagger

SMALL = {"features": {"chars": False, "affixes": False}, "model": {"bidirectional": False}}
X = [["Jane", verb, "Kim"] + ["."] * (i % 2) for i, verb in enumerate(["loves", "sees", "hears"] * 10)]
y = [["S", "V", "O"] + ["X"] * (i % 2) for i in range(len(X))]


def estimator() -> SequenceTagger:
    return SequenceTagger(SMALL, model__units=(8,), training__epochs=10, training__adversarial=0.0, random_state=2)


def test_cross_validated_predictions_are_lists_of_tags_in_the_order_of_the_sentences():
    predicted = cross_val_predict(estimator().set_params(training__epochs=2), X, y, cv=2)

    assert [len(tags) for tags in predicted] == [len(tokens) for tokens in X]
    assert {type(tags) for tags in predicted} == {list}
    assert {tag for tags in predicted for tag in tags} <= {*"SVOX"}


def test_labels_are_learned_and_a_fitted_estimator_pickles():
    labels = ["even", "odd"] * 15

    fitted = estimator().set_params(validation_fraction=None).fit(X, labels)

    assert pickle.loads(pickle.dumps(fitted)).predict(X).tolist() == fitted.predict(X).tolist() == labels
    assert fitted.score(X, labels) == 1.0
    assert fitted.classes_.tolist() == ["even", "odd"]
    assert fitted.tagger_.bundle.provenance["seed"] == 2
