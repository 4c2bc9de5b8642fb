"""The bag of words, and the scores of a split."""

import numpy as np
import pytest

from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.encoding.lexicon import Lexicon
from tagger.evaluation.metrics import evaluate
from tagger.evaluation.scores import Scores
from tagger.heads.target import TagTarget
from tagger.training import bag_of_words as module
from tagger.training.bag_of_words import bag_of_words
from tagger.training.scoring import warn_of_missing_heads

TEXTS = {"play a song": "music", "Play jazz": "music", "rain today": "weather", "will it rain": "weather", "?": "_"}


def labelled(texts: dict[str, str]) -> Sentences:
    return Sentences.collect(Sentence((text,), (label,)) for text, label in texts.items())


def test_a_bag_of_words_learns_words_in_lower_case():
    assert bag_of_words(labelled(TEXTS))(["PLAY it", "RAIN again"]) == ["music", "weather"]


def test_a_bag_of_words_never_predicts_an_ignored_label():
    predicted = bag_of_words(labelled(TEXTS), ["_"])(["?", "play", "unknown words"])

    assert "_" not in predicted


def test_a_bag_of_words_knows_pairs_of_words():
    texts = {"not good": "bad", "good": "good", "not bad": "good", "bad": "bad"}

    assert bag_of_words(labelled(texts))([*texts]) == [*texts.values()]


def test_a_bag_of_words_of_one_label_always_predicts_it():
    assert bag_of_words(labelled({"a": "x", "b": "x"}))(["c", ""]) == ["x", "x"]


def test_a_bag_of_words_of_many_sentences_is_fitted_to_some_of_them(monkeypatch):
    monkeypatch.setattr(module, "MAX_SENTENCES", 100)
    texts = {f"word{i} {'up' if i % 2 else 'down'}": "ab"[i % 2] for i in range(300)}

    predicted = bag_of_words(labelled(texts))(["up", "down"])

    assert predicted == ["b", "a"]


@pytest.mark.parametrize("text", ["", " ", "no known word"])
def test_a_bag_of_words_labels_texts_without_a_known_word(text):
    assert bag_of_words(labelled(TEXTS))([text])[0] in TEXTS.values()


def test_two_fits_of_a_bag_of_words_predict_the_same():
    rng = np.random.default_rng(0)
    words = [f"w{i}" for i in range(20)]
    texts = {" ".join(rng.choice(words, 5)): str(rng.integers(3)) for _ in range(100)}

    assert bag_of_words(labelled(texts))([*texts]) == bag_of_words(labelled(texts))([*texts])


def test_a_head_that_a_split_has_no_answers_of_is_reported(caplog):
    lexicon = Lexicon("N", None)
    targets = [TagTarget(("N",), lexicon, name=name) for name in ("pos", "ner")]
    scores = Scores({"pos": evaluate([["N"]], [["N"]], [["Ada"]], lexicon)}, names_heads=True)

    warn_of_missing_heads(scores, targets, "test")

    assert caplog.messages == ["test has no answers of the head ner, which is not scored on it"]
    assert caplog.records[0].levelname == "WARNING"
