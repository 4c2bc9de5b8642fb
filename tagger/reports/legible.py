"""Tokens and tags as a reader can see them: nothing in them is hidden, and they run the way that they are read."""

import re
import unicodedata
from typing import Literal

from tagger.checks.characters import INVISIBLE

MAX_TOKEN = 120  # characters of a token or tag that a page shows
HIDDEN_SPACE = re.compile(r"^ +| +$|[\t\n]")  # one between two words of a token is seen


def visible(text: str) -> str:
    """A token or tag with nothing in it that cannot be seen, cut where it is long.

    >>> visible("zero\\u200bwidth"), visible(" "), visible("10 000")
    ('zero[U+200B]width', '␣', '10 000')
    """
    text = text if len(text) <= MAX_TOKEN else f"{text[: MAX_TOKEN - 1]}…"
    return HIDDEN_SPACE.sub(
        lambda spaces: "␣" * len(spaces[0]), INVISIBLE.sub(lambda sign: f"[U+{ord(sign[0]):04X}]", text)
    )


def sentence_case(text: str) -> str:
    """A text with a capital at its beginning.

    >>> sentence_case("macro F1")
    'Macro F1'
    """
    return f"{text[:1].upper()}{text[1:]}"


def direction(*texts: str) -> Literal["ltr", "rtl"]:
    """Which way a sentence of these tokens runs: as most of its letters do.

    HTML's own `dir=auto` does not see text that is isolated, as each token is here.
    """
    classes = [unicodedata.bidirectional(letter) for text in texts for letter in text]
    n_right_to_left = sum(each in ("R", "AL") for each in classes)
    return "rtl" if n_right_to_left > classes.count("L") else "ltr"
