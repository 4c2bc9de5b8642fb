"""Taggers of single words, the baselines of a model."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import takewhile

from tagger.encoding.lexicon import Lexicon


def single_word_taggers(lexicon: Lexicon) -> dict[str, Callable[[str], str]]:
    """Taggers that look at no sentence, by name; only that of the most frequent tag where no words are read."""
    forms, majority = lexicon.forms, lexicon.majority
    taggers: dict[str, Callable[[str], str]] = {"majority_tag": lambda word: majority}
    if forms is not None:
        taggers["most_frequent_tag"] = lambda word: forms.get(word, majority)
        taggers["suffix"] = suffix_tagger(forms, majority)
    return taggers


def suffix_tagger(forms: dict[str, str], majority: str) -> Callable[[str], str]:
    """A tagger that guesses the tag of an unseen word from its suffix; a known word has its own.

    The guess is the most frequent tag of the forms that share the longest suffix with the word.
    Every form has one vote, however often it occurs: unseen words are rare ones, and behave like rare ones (Brants,
    2000). Of equally frequent tags, the first by alphabet counts; a word with no known end gets the majority's tag.

    Args:
        forms: of train, each with its most frequent tag.
        majority: the most frequent tag of train.

    >>> guess = suffix_tagger({"walking": "VERB", "talking": "VERB", "king": "NOUN", "quickly": "ADV"}, "NOUN")
    >>> guess("king"), guess("balking"), guess("slowly"), guess("42")
    ('NOUN', 'VERB', 'ADV', 'NOUN')
    """
    # Sorted from their ends, the forms with a suffix stand side by side, and the one with the longest is a neighbour.
    turned = sorted((form[::-1], tag) for form, tag in forms.items())
    keys = [key for key, _ in turned]

    @cache
    def most_frequent(suffix: str) -> str:
        """The most frequent tag of the forms that end so; the suffix is turned as well."""
        width = len(suffix)
        start, end = (side(keys, suffix, key=lambda key: key[:width]) for side in (bisect_left, bisect_right))
        tags = Counter(tag for _, tag in turned[start:end])
        return min(tags, key=lambda tag: (-tags[tag], tag))

    def guess(word: str) -> str:
        if word in forms:
            return forms[word]
        key = word[::-1]
        nearest = bisect_left(keys, key)
        shared = max((_n_shared(key, neighbour) for neighbour in keys[max(nearest - 1, 0) : nearest + 1]), default=0)
        return most_frequent(key[:shared]) if shared else majority

    return guess


def _n_shared(left: str, right: str) -> int:
    """The number of characters that both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(left, right, strict=False)))
