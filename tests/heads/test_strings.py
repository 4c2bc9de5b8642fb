"""Strings of tokens as edit scripts, and back."""

from hypothesis import given
from hypothesis import strategies as st

from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.encoding.batches import NOT_SCORED
from tagger.encoding.lexicon import Lexicon, count_lexicon
from tagger.heads.strings import scripts_of, string_of
from tagger.heads.target import TagTarget

LEMMAS = [
    Sentence(("Cities", "went", "cities"), tags=("city", "go", "city")),
    Sentence(("parties",), tags=("party",)),
]
SENTENCES = Sentences.collect(LEMMAS)
LEMMA = TagTarget(("always/go", "lower/end-3+y"), Lexicon("lower/end-3+y", None), name="lemma", kind="string")


def test_strings_are_learned_and_scored_as_scripts():
    expected = [("lower/end-3+y", "always/go", "lower/end-3+y"), ("lower/end-3+y",)]

    assert [sentence.tags for sentence in LEMMA.learned(SENTENCES)] == expected
    assert [sentence.tags for sentence in LEMMA.in_file_terms(SENTENCES)] == expected
    assert scripts_of(SENTENCES).tag_counts() == {"lower/end-3+y": 3, "always/go": 1}
    assert count_lexicon(scripts_of(SENTENCES), reads_words=True).forms == {
        "Cities": "lower/end-3+y",
        "went": "always/go",
        "cities": "lower/end-3+y",
        "parties": "lower/end-3+y",
    }


def test_ids_of_scripts_leave_out_ignored_strings_and_count_unknown_scripts_as_none_of_the_tags():
    target = TagTarget(("lower/end-3+y",), Lexicon("lower/end-3+y", None), ignore=("be",), kind="string")
    other = Sentences.collect([Sentence(("Cities", "are", "went"), tags=("city", "be", "go"))])

    ids = target.ids(target.learned(other))

    assert ids is not None
    assert ids.tolist() == [0, NOT_SCORED, 1]


def test_sentences_without_strings_stay_without():
    untagged = Sentences.collect([Sentence(("a",))])

    assert scripts_of(untagged) is untagged
    assert len(scripts_of(Sentences.collect([]))) == 0


def test_predicted_scripts_become_strings_and_a_token_that_does_not_fit_stays():
    tokens = ("Parties", "is", "is")

    assert LEMMA.values_and_spans(("lower/end-3+y", "always/go", "lower/end-3+y"), tokens) == (
        ("party", "go", "is"),
        None,
    )


@given(st.lists(st.tuples(st.text(min_size=1), st.text()), min_size=1))
def test_scripts_give_the_strings_back(pairs):
    forms, strings = zip(*pairs, strict=True)
    sentences = Sentences.collect([Sentence(forms, tags=strings), Sentence(forms[::-1], tags=strings[::-1])])

    scripts = scripts_of(sentences)

    assert [sentence.tokens for sentence in scripts] == [forms, forms[::-1]]
    for sentence, original in zip(scripts, sentences, strict=True):
        assert tuple(map(string_of, sentence.tags or (), sentence.tokens)) == original.tags
