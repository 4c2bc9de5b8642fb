"""Sentences' tags in another notation or with other types, and checks that they can be scored."""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from tagger.corpus.schemes import convert, read_tag
from tagger.corpus.spelling import BIES, Notation
from tagger.errors import DataError

if TYPE_CHECKING:
    from tagger.corpus.sentences import Sentences  # loads NumPy, which a single sentence does not need

MOST_LISTED = 20  # tags in a message

log = logging.getLogger("tagger")


def rewritten(
    tags: Sequence[str], source: Notation, target: Notation, *, ignore: Collection[str] = (), mend: bool = False
) -> tuple[str, ...]:
    """A sentence's tags in another notation, ignored ones as they are; all are where either has no scheme.

    Args:
        tags: in the source's notation.
        source: their notation.
        target: the notation that is wanted.
        ignore: tags that stay.
        mend: whether tags that are not valid are mended also where the scheme is the same.
    """
    if "none" in (source.scheme, target.scheme) or (source == target and not mend):
        return tuple(tags)
    read: Iterable[str] = map(source.spelling.read, tags)
    if mend or source.scheme != target.scheme:
        read = convert([*read], source.scheme, target.scheme)
    return tuple(tag if tag in ignore else target.spelling.write(new) for tag, new in zip(tags, read, strict=True))


def all_rewritten(
    sentences: "Sentences", source: Notation, target: Notation, *, ignore: Collection[str] = ()
) -> "Sentences":
    """The sentences with their tags in another notation; see `rewritten`."""
    if source == target:
        return sentences
    return sentences.with_tags(lambda tags: rewritten(tags, source, target, ignore=ignore))


def types_of(tags: Iterable[str], notation: Notation) -> set[str]:
    """The types of spans that some tags have."""
    read = (read_tag(notation.spelling.read(tag)) for tag in tags if notation.scheme != "none")
    return {span_type for letter, span_type in read if letter != "O"}


def with_types(tags: Sequence[str], names: Mapping[str, str], notation: Notation) -> tuple[str, ...]:
    """A sentence's tags with the types of spans renamed.

    >>> with_types(["B-LOC", "I-LOC", "O"], {"LOC": "geo"}, Notation("bio"))
    ('B-geo', 'I-geo', 'O')
    """
    # Two types that become one may touch, which iob1 and ioe1 tell by letters that two types do not need.
    whole = Notation("bioes" if notation.scheme in ("iob1", "ioe1") else notation.scheme)
    return rewritten([with_type(tag, names) for tag in rewritten(tags, notation, whole)], whole, notation)


def with_type(tag: str, names: Mapping[str, str]) -> str:
    """A tag as it is inside with its type renamed; a type that is renamed O leaves no span."""
    letter, hyphen, span_type = tag.partition("-")
    if not hyphen or read_tag(tag)[0] == "O" or span_type not in names:
        return tag
    return "O" if names[span_type] == "O" else f"{letter}-{names[span_type]}"


def spelled(names: Iterable[str], types: Collection[str], notation: Notation) -> tuple[str, ...]:
    """Names of tags, and for each that is a type of spans the tags of that type."""
    tags = (
        (name, *(notation.spelling.write(f"{letter}-{name}") for letter in BIES if name in types)) for name in names
    )
    return tuple(dict.fromkeys(chain.from_iterable(tags)))


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
