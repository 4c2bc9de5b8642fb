"""Statistics of a run's data."""

import json

from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.training.statistics import Answers, data_json

TAGGED = Sentences.collect([Sentence(("a", "b", "a"), ("X", "Y", "Y")), Sentence(("c",), ("X",))])
LABELLED = Sentences.collect([Sentence(("a b a",), ("long",))])


def read(text: str, split: str = "train"):
    return json.loads(text)["splits"][split]


def test_tags_of_sentences_are_counted_at_the_top():
    train = read(data_json({"train": TAGGED}, ambiguous=("a",), initial_tagger=None))

    assert (train["tags"], train["n_tags"]) == ({"X": 2, "Y": 2}, 2)
    assert (train["ambiguous_words"], train["ambiguous_tokens"]) == (1, 2)
    assert "heads" not in train


def test_answers_are_counted_by_head():
    heads = {"pos": Answers({"train": TAGGED}, ("a", "b")), "topic": Answers({"train": LABELLED}, None)}
    train = read(data_json({"train": TAGGED}, initial_tagger=None, heads=heads))

    assert train["heads"] == {
        "pos": {
            "sentences": 2,
            "tags": {"X": 2, "Y": 2},
            "n_tags": 2,
            "ambiguous_words": 2,
            "ambiguous_tokens": 3,
        },
        "topic": {
            "sentences": 1,
            "tags": {"long": 1},
            "n_tags": 1,
            "ambiguous_words": None,
            "ambiguous_tokens": None,
        },
    }
    assert not {"tags", "n_tags", "ambiguous_words", "ambiguous_tokens"} & train.keys()
    assert (train["sentences"], train["tokens"]) == (2, 4)


def test_a_head_without_answers_in_a_split_is_left_out_there():
    heads = {"topic": Answers({"train": LABELLED}, None)}
    text = data_json({"train": TAGGED, "dev": TAGGED}, initial_tagger=None, heads=heads)

    assert [*read(text)["heads"]] == ["topic"]
    assert read(text, "dev")["heads"] == {}
