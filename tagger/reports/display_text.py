"""Tokens and tags as text for display: hidden characters made visible, and the writing direction."""

import re
import unicodedata
from typing import Literal

from tagger.checks.characters import INVISIBLE

MAX_TOKEN = 120  # characters of a token or tag that a page shows
HIDDEN_SPACE = re.compile(r"^ +| +$|[\t\n]")  # a space between two words of a token is visible


def visible(text: str) -> str:
    """Replace invisible characters of a token or tag by visible ones, and truncate it to `MAX_TOKEN` characters.

    >>> visible("zero\\u200bwidth"), visible(" "), visible("10 000")
    ('zero[U+200B]width', '␣', '10 000')
    """
    text = text if len(text) <= MAX_TOKEN else f"{text[: MAX_TOKEN - 1]}…"
    return HIDDEN_SPACE.sub(
        lambda spaces: "␣" * len(spaces[0]), INVISIBLE.sub(lambda character: f"[U+{ord(character[0]):04X}]", text)
    )


def sentence_case(text: str) -> str:
    """Capitalise the first character only.

    >>> sentence_case("macro F1")
    'Macro F1'
    """
    return f"{text[:1].upper()}{text[1:]}"


def direction(*tokens: str) -> Literal["ltr", "rtl"]:
    """Writing direction of a sentence: that of most of its letters.

    HTML's `dir=auto` ignores isolated text, and each token on a page is isolated.
    """
    classes = [unicodedata.bidirectional(letter) for token in tokens for letter in token]
    n_right_to_left = sum(each in ("R", "AL") for each in classes)
    return "rtl" if n_right_to_left > classes.count("L") else "ltr"
