from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tagger.corpus.tokenizer import Token, has_unspaced_script, tokenize

PIECES = [
    *"aZ7 \t\u00a0.,:;-'’`\"()!?/@#&$+_*<>",
    "n't",
    "'s",
    "http://",
    "www.",
    ".com",
    "Mr.",
    "non-",
    "1,0",
    "can",
    "not",
]
PIECES += ["é", "e\u0301", "हि", "مَ", "א", "我", "ไ", "\u200d", "\u00ad", "😀", "❤\ufe0f", "🇩", "🏽", "\u2028", "\x1c"]
TEXTS = st.text() | st.lists(st.sampled_from(PIECES)).map("".join)


def words(text: str) -> list[str]:
    return [token.text for token in tokenize(text)]


@pytest.mark.parametrize(
    "tokens",
    [
        "I ca|n't say I 'm sure|, but John|'s dog would|n't|'ve",
        "Do|n’t you know she|’s right|?",
        "You can|not leave| , I 'm gon|na cry",
        "the cats|' food|, five o'clock in the '60s or 1970's|, I love 'em",
        '“|Stop|”|, he said|, ‘|now|’| — or "|never|"',
        "Wait|... what|?!| No|!!!",
        "Mr. and Mrs. Lee|, e.g. from the U.S.|, met J. S. Bach at 5 p.m. on Jan. 3|.",
        "apples|, pears|, etc|.",
        "$|1,000.50 is 12.5|% of .5 and +44",
        "10:30|pm|, 35|mm|, 3rd|, 1990s|, 1,000th",
        "11/28/2000|, 9/11|, 1|/|2|, 1999|-|2004",
        "Call 713-853-3989 or 345-9945",
        "a well|-|known co-worker|'s e-mail|, a 15|-|year|-|old non-U.S. Ph.D. student",
        "see http://ex.org/a_(b)?c=d,e#f|, www.ex.org|. Or me.too+x@ex.co.uk|!",
        "my-file.v2.doc|, foo.com|, comp.sources.unix and the end|.|Next",
        "and|/|or AT&T|, (|see [|2|]|)",
        "nice :-)| bad :( <3 ^_^ 👨‍👩‍👧|❤️‍🔥|❤️|👍🏽|👍|🇩🇪|🇫🇷",
        "@user likes #topic and #|1",
    ],
)
def test_english_is_tokenized_like_the_english_web_treebank(tokens: str):
    """A bar separates words without a space between them."""
    text = tokens.replace("|", "")

    assert words(text) == tokens.replace("|", " ").split()


@pytest.mark.parametrize(
    "tokens",
    [
        "मैं हिन्दी में लिखता हूँ|।",
        "كَتَبَ الوَلَدُ|، مرحبا|؟",
        'שָׁלוֹם צה"ל ש״ס',
        "می‌خواهم",
        "L'homme qu'il a vu|, dell'arte",
        "cafe\u0301 na\u00efve co\u00adop",
        "¿|Qué tal|?| «|Bien|»",
        "А. С. Пушкин об'їзд",
        "한국어는 띄어쓰기가 있다|.",
    ],
)
def test_other_scripts_and_languages_keep_their_words_whole(tokens: str):
    assert words(tokens.replace("|", "")) == tokens.replace("|", " ").split()


@pytest.mark.parametrize("text", ["我爱北京", "これはペンです", "ฉันรักเธอ", "ພາສາລາວ", "ភាសាខ្មែរ", "မြန်မာဘာသာ"])
def test_letters_of_an_unspaced_script_are_one_word_and_are_reported(text: str):
    assert words(f"{text}, {text}") == [text, ",", text]
    assert has_unspaced_script(f"Some {text}")


@pytest.mark.parametrize("text", ["", "plain, naïve 42", "한국어", "हिन्दी", "مرحبا", "ру́сский", "「」、。・", "😀"])
def test_spaced_scripts_punctuation_and_symbols_are_not_reported_as_unspaced(text: str):
    assert not has_unspaced_script(text)


def test_a_token_has_its_start_and_end():
    assert tokenize(" I'm\tin") == [Token("I", 1, 2), Token("'m", 2, 4), Token("in", 5, 7)]


@given(TEXTS)
@example("")
def test_tokens_are_in_order_and_only_white_space_is_dropped(text: str):
    tokens = tokenize(text)

    assert all(token.text == text[token.start : token.end] for token in tokens)
    assert all(token.text and not any(map(str.isspace, token.text)) for token in tokens)
    assert all(left.end <= right.start for left, right in pairwise(tokens))
    assert "".join(token.text for token in tokens) == "".join(text.split())


@given(
    st.lists(
        st.text("bdfhjklmpqrvwxyz", min_size=2) | st.sampled_from(["The", "cats", "n't", "'s", "3.5", "U.S.", "--"])
    )
)
def test_ordinary_words_delimited_by_spaces_are_kept(tokens: list[str]):
    assert words(" ".join(tokens)) == tokens


@given(TEXTS, TEXTS)
def test_a_line_break_separates_words(left: str, right: str):
    tokens = tokenize(f"{left}\n{right}")

    assert not any(token.start <= len(left) < token.end for token in tokens)


UNITS = ["a", "'", ".", "http://", "a.", "a.A", "a-", "1,", "1-", "1/", "1.", "@", "a@", "a'", "n't", "Mr.", "-.", "a&"]
UNITS += ["#a", "[", "_", "non-", "\u0301", "a\u0301", "😀\u200d", 'א"', " ", "a. "]


@pytest.mark.parametrize("unit", UNITS)
def test_long_repetitive_texts_are_tokenized_in_reasonable_time(unit: str):
    text = unit * (100_000 // len(unit)) + "aa'"

    assert "".join(words(text)) == "".join(text.split())
