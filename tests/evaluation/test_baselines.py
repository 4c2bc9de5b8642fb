from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.corpus.layout import Layout
from tagger.corpus.sentence import Sentence
from tagger.encoding.lexicon import Lexicon, count_lexicon
from tagger.evaluation.baselines import single_word_taggers, suffix_tagger
from tagger.reading.whole_files import read_tagged
from tagger.reports.metric_names import BASELINES

WORDS = st.text("abc", max_size=5)


def test_unseen_word_is_tagged_by_its_longest_suffix_in_train():
    guess = suffix_tagger({"going": "V", "sing": "V", "ring": "N", "king": "N", "thing": "N", "at": "P"}, "X")

    assert guess("sing") == "V"
    assert guess("outgoing") == "V"  # -going
    assert guess("bing") == "N"  # -ing: N three times, V twice
    assert guess("cat") == "P"
    assert guess("dog") == "N"  # -g
    assert guess("what?") == "X"


def test_ties_between_tags_of_a_suffix_go_to_the_first_in_the_alphabet():
    assert suffix_tagger({"xa": "N", "ya": "A"}, "N")("za") == "A"


@given(st.dictionaries(WORDS, st.sampled_from("NVA")), WORDS)
def test_longest_suffix_equals_that_of_a_search_over_all_suffixes(forms, word):
    expected = forms.get(word, "X")
    if word not in forms:
        for length in range(len(word), 0, -1):
            tags = Counter(tag for form, tag in forms.items() if form.endswith(word[-length:]))
            if tags:
                expected = min(tags, key=lambda tag: (-tags[tag], tag))
                break

    assert suffix_tagger(forms, "X")(word) == expected


def test_baselines_give_the_majority_tag_the_word_s_own_tag_or_that_of_its_suffix():
    baselines = single_word_taggers(Lexicon("N", {"run": "V"}))

    assert [(name, guess("run"), guess("Run")) for name, guess in baselines.items()] == [
        ("majority_tag", "N", "N"),
        ("most_frequent_tag", "V", "N"),
        ("suffix", "V", "V"),
    ]


def test_majority_tag_is_the_only_baseline_without_words():
    assert list(single_word_taggers(Lexicon("N", None))) == ["majority_tag"]
    assert [*single_word_taggers(Lexicon("N", {})), "bag_of_words"] == [*BASELINES]


def test_form_with_several_scored_tags_is_ambiguous():
    train = [Sentence(("run", "run", "a", "a", "Run"), ("N", "V", "D", "_", "V"))]

    assert count_lexicon(train, reads_words=True, ignore=("_",)).ambiguous == frozenset({"run"})
    assert count_lexicon(train, reads_words=False).ambiguous is None


def test_form_with_different_tags_in_two_lexicons_is_ambiguous_in_both_together():
    old, new = Lexicon("N", {"a": "N", "b": "N"}, frozenset("a")), Lexicon("V", {"b": "V", "c": "V"}, frozenset("c"))

    assert new.extended_with(old).ambiguous == frozenset("abc")
    assert new.extended_with(Lexicon("N", {"a": "N"})).ambiguous is None


def test_baselines_of_the_english_web_treebank_equal_the_published_ones(shared_data):
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
