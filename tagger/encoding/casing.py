"""How a word is written: one of a few classes."""

from functools import lru_cache

CASINGS = ("lower", "upper", "title", "mixed", "number", "alphanumeric", "other")  # ids from 1; 0 is padding


@lru_cache(maxsize=1 << 16)
def casing_id(token: str) -> int:
    """The id of a token's class of casing, from 1.

    >>> [CASINGS[casing_id(token) - 1] for token in ("we", "EU", "A", "Paris", "iPad", "1,000", "B2B", "--", "日本")]
    ['lower', 'upper', 'title', 'title', 'mixed', 'number', 'alphanumeric', 'other', 'other']
    """
    return CASINGS.index(_casing(token)) + 1


def _casing(token: str) -> str:
    if any(character.isdigit() for character in token):
        return "alphanumeric" if any(character.isalpha() for character in token) else "number"
    if token.islower():
        return "lower"
    if token.isupper() and len(token) > 1:
        return "upper"
    if token[:1].isupper() and not any(character.isupper() for character in token[1:]):
        return "title"
    return "mixed" if any(character.isupper() for character in token) else "other"
