"""Cells that fit the width of a terminal: how wide they are, shortened in the middle, padded."""

import re
import unicodedata
from itertools import accumulate

_NUMBER = re.compile(r"\[?[-+]?\.?\d[\d.,e+\- ±%/]*\]?")
_DOUBLE = "WF"  # classes of characters of two columns


def columns_of(text: str) -> int:
    """Number of columns that a text takes on a terminal.

    >>> columns_of("naïve"), columns_of("東京"), columns_of("e\u0301")
    (5, 4, 1)
    """
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(each) else 1 + (unicodedata.east_asian_width(each) in _DOUBLE) for each in text
    )


def padded(text: str, width: int, *, right: bool = False) -> str:
    """A cell filled with spaces, to the left of a text if `right`.

    >>> padded("東", 4) + "|", padded("12", 4, right=True)
    ('東  |', '  12')
    """
    spaces = " " * (width - columns_of(text))
    return spaces + text if right else text + spaces


def is_number(text: str) -> bool:
    """Whether a cell is a number, a list or a share of them, which must not be shortened.

    >>> is_number("1e-05"), is_number("[64, 64]"), is_number("3/12"), is_number("64d")
    (True, True, True, False)
    """
    return bool(_NUMBER.fullmatch(text))


def shortened(text: str, width: int) -> str:
    """A text with an ellipsis in place of its middle, if it is wider than `width`.

    >>> shortened("features.chars.units", 11), shortened("gru", 11)
    ('featu…units', 'gru')
    """
    if columns_of(text) <= width:
        return text
    head, tail = (width - 1) - (width - 1) // 2, (width - 1) // 2
    return f"{_beginning(text, head)}…{_beginning(text[::-1], tail)[::-1]}"


def _beginning(text: str, width: int) -> str:
    """The most characters from the beginning that take at most `width` columns."""
    for i, n in enumerate(accumulate(map(columns_of, text))):
        if n > width:
            return text[:i]
    return text
