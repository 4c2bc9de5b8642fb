"""Baselines: taggers without a network that tag each word by itself."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import takewhile

from tagger.encoding.lexicon import Lexicon


def single_word_taggers(lexicon: Lexicon) -> dict[str, Callable[[str], str]]:
    """Return taggers of single words by name; without words in the lexicon, only that of the most frequent tag."""
    forms, majority = lexicon.forms, lexicon.majority
    taggers: dict[str, Callable[[str], str]] = {"majority_tag": lambda word: majority}
    if forms is not None:
        taggers["most_frequent_tag"] = lambda word: forms.get(word, majority)
        taggers["suffix"] = suffix_tagger(forms, majority)
    return taggers


def suffix_tagger(forms: dict[str, str], majority: str) -> Callable[[str], str]:
    """Return a tagger that gives known words their most frequent tag and guesses that of unseen words by suffix.

    The guess is the most frequent tag of the forms that share the longest suffix with the word. Each form counts once,
    however often it occurs, as unseen words behave like rare words (Brants, 2000). Ties go to the first tag in the
    alphabet; a word that shares no suffix with any form gets the majority tag.

    Args:
        forms: each form of train with its most frequent tag.
        majority: the most frequent tag of train.

    >>> guess = suffix_tagger({"walking": "VERB", "talking": "VERB", "king": "NOUN", "quickly": "ADV"}, "NOUN")
    >>> guess("king"), guess("balking"), guess("slowly"), guess("42")
    ('NOUN', 'VERB', 'ADV', 'NOUN')
    """
    # Sorted by their reversal, forms with a common suffix are next to each other, and the form with the longest suffix
    # in common with a word is a neighbour of it.
    reversed_forms = sorted((form[::-1], tag) for form, tag in forms.items())
    keys = [key for key, _ in reversed_forms]

    @cache
    def most_frequent(suffix: str) -> str:
        """Return the most frequent tag of the forms whose reversed form starts with `suffix` (reversed)."""
        width = len(suffix)
        start, end = (side(keys, suffix, key=lambda key: key[:width]) for side in (bisect_left, bisect_right))
        tags = Counter(tag for _, tag in reversed_forms[start:end])
        return min(tags, key=lambda tag: (-tags[tag], tag))

    def guess(word: str) -> str:
        if word in forms:
            return forms[word]
        key = word[::-1]
        nearest = bisect_left(keys, key)
        neighbours = keys[max(nearest - 1, 0) : nearest + 1]
        n_shared = max((_prefix_length(key, neighbour) for neighbour in neighbours), default=0)
        return most_frequent(key[:n_shared]) if n_shared else majority

    return guess


def _prefix_length(left: str, right: str) -> int:
    """Return the length of the longest common prefix."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(left, right, strict=False)))
