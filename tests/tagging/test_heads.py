"""A saved tagger of several heads: a label, two tags and a string."""

from pathlib import Path

import pytest

from tagger.corpus.sentence import Sentence
from tagger.heads.strings import string_of
from tagger.tagging.bundle import load_bundle
from tagger.tagging.tagged import Answer
from tagger.tagging.tagger import Tagger
from tests.bundles import save_heads_bundle, save_series_bundle

SENTENCES = ["Ada Byron plays The Harp", "", "Byron", "play"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return save_heads_bundle(tmp_path_factory.mktemp("heads") / "bundle")


@pytest.fixture(scope="module")
def model(folder) -> Tagger:
    return Tagger.load(folder)


def test_sentence_has_the_answer_of_each_head(model):
    tagged = model.tag(SENTENCES)[0]

    assert {name: answer.values for name, answer in tagged.answers.items()} == {
        "intent": ("play",),
        "pos": ("NOUN", "NOUN", "VERB", "X", "X"),
        "names": ("B-per", "I-per", "O", "O", "O"),
        "lemma": ("Ada", "Byron", "play", "the", "harp"),
    }
    assert [answer.kind for answer in tagged.answers.values()] == ["label", "tag", "tag", "string"]
    assert [answer.spans for answer in tagged.answers.values()] == [None, None, ((0, 2, "per"),), None]
    assert (tagged["intent"], tagged["lemma"][2], tagged.label) == ("play", "play", "play")


def test_tags_are_those_of_the_first_head_of_tags_and_else_of_strings(model, tmp_path):
    (tagged,) = model.tag(["Ada plays"])
    (strings,) = Tagger.load(save_heads_bundle(tmp_path / "strings", ["intent", "lemma"])).tag(["Ada plays"])
    (spans,) = Tagger.load(save_heads_bundle(tmp_path / "names", ["lemma", "names"])).tag(["Ada plays"])
    (label,) = Tagger.load(save_heads_bundle(tmp_path / "label", ["intent"])).tag(["Ada plays"])

    assert (tagged.tags, tagged.spans) == (("NOUN", "VERB"), None)
    assert tagged.confidence == tagged.answers["pos"].confidence
    assert strings.tags == ("Ada", "play")
    assert (spans.tags, spans.spans) == (("B-per", "O"), ((0, 1, "per"),))
    assert (label.tags, label.confidence, label.spans, label.label) == ((), (), None, "play")


def test_confidence_is_a_probability_for_each_value_and_empty_if_not_requested(model):
    (tagged,) = model.tag(["Ada plays"])
    (bare,) = model.tag(["Ada plays"], confidence=False)

    assert [len(answer.confidence) for answer in tagged.answers.values()] == [1, 2, 2, 2]
    assert tagged.label_confidence == tagged.answers["intent"].confidence[0]
    assert all(0 < value < 1 for answer in tagged.answers.values() for value in answer.confidence)
    assert {answer.confidence for answer in bare.answers.values()} == {()}
    assert bare.label_confidence is None
    assert [answer.values for answer in bare.answers.values()] == [answer.values for answer in tagged.answers.values()]


def test_sentence_without_tokens_has_no_label(model):
    tagged = model.tag(SENTENCES)[1]

    assert tagged.answers["intent"] == Answer("label", ())
    assert (tagged.label, tagged.label_confidence, tagged["intent"], tagged["lemma"]) == (None, None, None, ())


def test_unknown_head_is_a_key_error_that_names_the_heads(model):
    with pytest.raises(KeyError, match="no head 'ner'; the tagger has intent, pos, names, lemma"):
        model.tag(["Ada"])[0]["ner"]


def test_heads_together_answer_as_each_head_alone(model, tmp_path):
    together = model.tag(SENTENCES)

    for name in together[0].answers:
        alone = Tagger.load(save_heads_bundle(tmp_path / name, [name])).tag(SENTENCES)
        assert [tagged.answers[name] for tagged in alone] == [tagged.answers[name] for tagged in together]


def test_batch_gives_the_same_answers_as_its_sentences_one_by_one(model):
    one_by_one = [model.tag([sentence])[0] for sentence in SENTENCES]

    for tagged, alone in zip(model.tag(SENTENCES), one_by_one, strict=True):
        for name, answer in tagged.answers.items():
            assert answer.values == alone.answers[name].values
            assert answer.confidence == pytest.approx(alone.answers[name].confidence)


def test_string_of_a_token_that_is_too_short_for_its_script_is_the_token():
    assert string_of("lower/end-3+y", "a") == "a"


def test_best_sequences_are_those_of_the_first_head_of_tags(model):
    tagged, empty = model.tag(["Ada plays", ""], best=3)

    assert tagged.best[0].tags == tagged.tags == ("NOUN", "VERB")
    assert len({ranked.tags for ranked in tagged.best}) == 3
    assert [ranked.answers["pos"].values for ranked in tagged.best] == [ranked.tags for ranked in tagged.best]
    assert {ranked["lemma"] for ranked in tagged.best} == {("Ada", "play")}
    assert (empty.best[0].probability, empty.label) == (1.0, None)


def test_best_sequences_without_a_head_of_tags_are_an_error(tmp_path):
    model = Tagger.load(save_heads_bundle(tmp_path / "bundle", ["intent", "lemma"]))

    with pytest.raises(ValueError, match="best ranks sequences of tags, and this tagger has no head of tags"):
        model.tag(["Ada"], best=2)


def test_label_of_a_series_is_that_of_its_mean(tmp_path):
    model = Tagger.load(save_series_bundle(tmp_path / "bundle"))

    sentences = [
        Sentence(tuple(map(str, xs)), numbers=tuple((x, 0.0) for x in xs)) for xs in ((1.5, 0.6), (0.9, 1.05), (2.0,))
    ]
    assert [tagged.label for tagged in model.tag(sentences)] == ["high", "low", "high"]


def test_representation_of_a_tagger_names_its_heads(folder):
    assert repr(Tagger.load(folder)) == (
        f"Tagger({folder}: simple_rnn [4], 2 labels of intent, 3 tags of pos, 3 tags of names, 3 edit scripts of lemma)"
    )


def test_loading_reverses_saving_of_several_heads(model, folder):
    loaded = load_bundle(folder)[0]

    assert loaded == model.bundle
    assert [target.name for target in loaded.targets] == ["intent", "pos", "names", "lemma"]
    assert loaded.targets[2].chain is not None
    assert loaded.targets[2].chain.transitions[1].tolist() == [0, 0.5, 0]
    assert [loaded.targets[i].lexicon.ambiguous for i in range(4)] == [None, None, {"Byron"}, None]
