"""The writing direction of a sentence."""

import unicodedata
from typing import Literal


def direction(*tokens: str) -> Literal["ltr", "rtl"]:
    """Writing direction of a sentence: that of most of its letters.

    HTML's `dir=auto` ignores isolated text, and each token on a page is isolated.
    """
    classes = [unicodedata.bidirectional(letter) for token in tokens for letter in token]
    n_right_to_left = sum(each in ("R", "AL") for each in classes)
    return "rtl" if n_right_to_left > classes.count("L") else "ltr"
