import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagger.corpus import Layout, Sentence
from tagger.corpus.formats.slash import write_sentence
from tagger.errors import ConfigError, DataError
from tagger.reading.read import read_sentences

SLASH = Layout("slash")


def test_a_line_is_a_sentence_of_words_with_their_tags(pairs):
    text = "John/S loves/V Jane/O\n\n  She/S \t sleeps/V"

    assert pairs(text, format="slash") == [
        [("John", "S"), ("loves", "V"), ("Jane", "O")],
        [("She", "S"), ("sleeps", "V")],
    ]


def test_the_tag_follows_the_last_slash(pairs):
    assert pairs("1/2/CD //SYM http://a/b/X #/O", format="slash") == [
        [("1/2", "CD"), ("/", "SYM"), ("http://a/b", "X"), ("#", "O")]
    ]


def test_only_spaces_and_tabs_separate_words(pairs):
    assert pairs("New\u00a0York/X\u3000a/Y b\x0c/Z", format="slash") == [
        [("New\u00a0York/X\u3000a", "Y"), ("b\x0c", "Z")]
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a/X\n\nJohn loves/V", "3: expected word/TAG, got 'John', which has no slash"),
        ("a/X /V", "1: the token is empty: '/V'"),
        ("a/X b/", "1: the tag is empty: 'b/'"),
        ("/", "1: the token is empty: '/'"),
    ],
)
def test_a_word_without_its_tag_is_reported_with_file_and_line(pairs, text, message):
    with pytest.raises(DataError) as caught:
        pairs(text, format="slash")

    assert caught.value.message.endswith(f"train.tsv:{message}")


def test_tags_are_optional_if_they_are_not_read():
    (sentence,) = read_sentences(io.BytesIO(b"John/S loves Jane/O"), SLASH, tagged=False)

    assert (sentence.tokens, sentence.tags) == (("John", "loves", "Jane"), None)


@pytest.mark.parametrize(
    "options", [{"token": 0}, {"tag": "upos"}, {"numeric": ("x",)}, {"sentence": "id"}, {"per_row": "sentence"}]
)
def test_keys_of_the_layout_without_meaning_in_slash_text_are_refused(pairs, options):
    with pytest.raises(ConfigError, match=r"train\.tsv: read as slash: (data|features)\."):
        pairs("a/X\n", format="slash", **options)


def test_a_written_sentence_is_a_line():
    assert write_sentence(Sentence(("1/2", "kg"), ("CD", "NN"))) == "1/2/CD kg/NN\n"


@pytest.mark.parametrize(
    ("token", "tag"),
    [("New York", "X"), ("a\tb", "X"), ("a\n", "X"), ("a", "X/Y"), ("a", "X Y"), ("", "X"), ("a", "")],
)
def test_tokens_and_tags_that_slash_text_cannot_hold_are_refused(token, tag):
    with pytest.raises(DataError, match=r"in\.tsv:7: slash text cannot hold .* with the tag ") as caught:
        write_sentence(Sentence(("fine", token), ("X", tag), path="in.tsv", line=7))

    assert "--format jsonl" in (caught.value.hint or "")


WORDS = st.text(st.characters(exclude_characters=" \t\r\n\0", exclude_categories=["Cs"]), min_size=1)


@given(st.lists(st.lists(st.tuples(WORDS, WORDS.filter(lambda tag: "/" not in tag)), min_size=1), min_size=1))
def test_reading_undoes_writing(sentences):
    written = "".join(
        write_sentence(Sentence(tuple(token for token, _ in steps), tuple(tag for _, tag in steps)))
        for steps in sentences
    )

    read_back = read_sentences(io.BytesIO(("\ufeff" + written).encode()), SLASH)

    assert [list(zip(sentence.tokens, sentence.tags or (), strict=True)) for sentence in read_back] == sentences
