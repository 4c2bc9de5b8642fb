from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.corpus.layout import Layout
from tagger.corpus.sentence import Sentence
from tagger.encoding.lexicon import Lexicon, count_lexicon
from tagger.evaluation.baselines import single_word_taggers, suffix_tagger
from tagger.reading.read import read_tagged
from tagger.reports.measures import BASELINES

WORDS = st.text("abc", max_size=5)


def test_an_unseen_word_is_tagged_by_the_longest_suffix_that_train_knows():
    guess = suffix_tagger({"going": "V", "sing": "V", "ring": "N", "king": "N", "thing": "N", "at": "P"}, "X")

    assert guess("sing") == "V"
    assert guess("outgoing") == "V"  # -going
    assert guess("bing") == "N"  # -ing: N three times, V twice
    assert guess("cat") == "P"
    assert guess("dog") == "N"  # -g
    assert guess("what?") == "X"


def test_of_equally_frequent_tags_of_a_suffix_the_first_by_alphabet_counts():
    assert suffix_tagger({"xa": "N", "ya": "A"}, "N")("za") == "A"


@given(st.dictionaries(WORDS, st.sampled_from("NVA")), WORDS)
def test_the_suffix_that_decides_is_the_one_that_trying_all_of_them_finds(forms, word):
    expected = forms.get(word, "X")
    if word not in forms:
        for length in range(len(word), 0, -1):
            tags = Counter(tag for form, tag in forms.items() if form.endswith(word[-length:]))
            if tags:
                expected = min(tags, key=lambda tag: (-tags[tag], tag))
                break

    assert suffix_tagger(forms, "X")(word) == expected


def test_baselines_tag_each_word_with_its_own_tag_or_all_with_the_most_frequent():
    baselines = single_word_taggers(Lexicon("N", {"run": "V"}))

    assert [(name, guess("run"), guess("Run")) for name, guess in baselines.items()] == [
        ("majority_tag", "N", "N"),
        ("most_frequent_tag", "V", "N"),
        ("suffix", "V", "V"),
    ]


def test_without_words_the_most_frequent_tag_is_the_only_baseline():
    assert list(single_word_taggers(Lexicon("N", None))) == ["majority_tag"]
    assert list(single_word_taggers(Lexicon("N", {}))) == list(BASELINES)


def test_a_lexicon_knows_which_forms_have_several_tags_that_count():
    train = [Sentence(("run", "run", "a", "a", "Run"), ("N", "V", "D", "_", "V"))]

    assert count_lexicon(train, reads_words=True, ignore=("_",)).ambiguous == frozenset({"run"})
    assert count_lexicon(train, reads_words=False).ambiguous is None


def test_two_lexicons_together_know_forms_as_ambiguous_that_each_has_with_another_tag():
    old, new = Lexicon("N", {"a": "N", "b": "N"}, frozenset("a")), Lexicon("V", {"b": "V", "c": "V"}, frozenset("c"))

    assert new.extended_with(old).ambiguous == frozenset("abc")
    assert new.extended_with(Lexicon("N", {"a": "N"})).ambiguous is None


def test_the_baselines_of_the_english_web_treebank_are_the_published_ones(shared_data):
    train, test = (
        read_tagged(shared_data / "ewt" / f"en_ewt-ud-{split}.conllu", Layout()) for split in ("train", "test")
    )
    lexicon = count_lexicon(train, reads_words=True)
    steps = [step for sentence in test for step in zip(sentence.tokens, sentence.tags or (), strict=True)]
    taggers = single_word_taggers(lexicon)

    accuracies = {name: sum(guess(word) == tag for word, tag in steps) / len(steps) for name, guess in taggers.items()}

    assert lexicon.majority == "NOUN"
    assert lexicon.forms is not None
    assert sum(word not in lexicon.forms for word, _ in steps) == 2292
    assert accuracies["majority_tag"] == sum(tag == "NOUN" for _, tag in steps) / len(steps)
    assert accuracies["most_frequent_tag"] == pytest.approx(0.862, abs=0.0005)
    assert accuracies["suffix"] > accuracies["most_frequent_tag"]
