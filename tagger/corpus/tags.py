"""Sentences' tags in another scheme, and checks that they can be scored."""

import logging
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from tagger.corpus.schemes import Scheme, convert
from tagger.corpus.sentence import Sentence
from tagger.errors import DataError

if TYPE_CHECKING:
    from tagger.corpus.sentences import Sentences  # loads NumPy, which a single sentence does not need

MOST_LISTED = 20  # tags in a message

log = logging.getLogger("tagger")


def in_scheme(sentence: Sentence, scheme: Scheme, wanted: Scheme, *, ignore: Collection[str] = ()) -> Sentence:
    """The sentence with its tags in another scheme, ignored ones as they are; the same where the scheme is the same."""
    if scheme == wanted:
        return sentence
    return replace(sentence, tags=_converted(sentence.tags or (), scheme, wanted, ignore))


def all_in_scheme(
    sentences: "Sentences", scheme: Scheme, wanted: Scheme, *, ignore: Collection[str] = ()
) -> "Sentences":
    """The sentences with their tags in another scheme; see `in_scheme`."""
    if scheme == wanted:
        return sentences
    return sentences.with_tags(lambda tags: _converted(tags, scheme, wanted, ignore))


def _converted(tags: tuple[str, ...], scheme: Scheme, wanted: Scheme, ignore: Collection[str]) -> tuple[str, ...]:
    pairs = zip(tags, convert(tags, scheme, wanted), strict=True)
    return tuple(tag if tag in ignore else new for tag, new in pairs)


def check_scored(sentences: "Sentences", ignore: Collection[str]) -> None:
    """Refuses sentences of which nothing can be scored.

    Raises:
        DataError: all their tags are ignored.
    """
    if sentences.tag_counts().keys() <= {*ignore}:
        raise DataError(f"{sentences[0].path}: nothing to score: data.ignore leaves none of its tags")


def warn_of_unknown_tags(sentences: "Sentences", known: Collection[str], name: str) -> None:
    """Lists the gold tags that a tagger cannot give."""
    unknown = {tag: n for tag, n in sentences.tag_counts().items() if tag not in known}
    if unknown:
        frequent_first = sorted(unknown.items(), key=lambda item: (-item[1], item[0]))
        shown = listed(f"{tag} ({n})" for tag, n in frequent_first)
        log.warning("%s: tags that train lacks count as errors: %s", name, shown)


def listed(tags: Iterable[str]) -> str:
    """Tags in a line of a message, of many the first ones and the number of the others.

    >>> listed(["S", "V", "O"])
    'S, V, O'
    >>> listed(map(str, range(1000)))[-22:]
    '18, 19, … and 980 more'
    """
    tags = [*tags]
    rest = [f"… and {len(tags) - MOST_LISTED:,} more"] if len(tags) > MOST_LISTED else []
    return ", ".join([*tags[:MOST_LISTED], *rest])
