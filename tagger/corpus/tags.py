"""Tags of sentences in another notation or with renamed types, and checks that they can be scored."""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from tagger.corpus.schemes import convert, read_tag
from tagger.corpus.spelling import BIES, Notation
from tagger.errors import DataError

if TYPE_CHECKING:
    from tagger.corpus.sentences import Sentences  # loads NumPy, which a single sentence does not need

MAX_SHOWN = 20  # tags in a message

log = logging.getLogger("tagger")


def convert_tags(
    tags: Sequence[str], source: Notation, target: Notation, *, ignore: Collection[str] = (), repair: bool = False
) -> tuple[str, ...]:
    """Convert the tags of a sentence to another notation; they are unchanged if either has no scheme.

    Args:
        tags: tags of a sentence.
        source: their notation.
        target: notation of the result.
        ignore: tags to leave unchanged.
        repair: whether to repair invalid tags even if the schemes are the same.
    """
    if "none" in (source.scheme, target.scheme) or (source == target and not repair):
        return tuple(tags)
    read: Iterable[str] = map(source.spelling.read, tags)
    if repair or source.scheme != target.scheme:
        read = convert([*read], source.scheme, target.scheme)
    return tuple(tag if tag in ignore else target.spelling.write(new) for tag, new in zip(tags, read, strict=True))


def convert_all_tags(
    sentences: "Sentences", source: Notation, target: Notation, *, ignore: Collection[str] = ()
) -> "Sentences":
    """Convert the tags of all sentences to another notation, see `convert_tags`."""
    if source == target:
        return sentences
    return sentences.with_tags(lambda tags: convert_tags(tags, source, target, ignore=ignore))


def span_types(tags: Iterable[str], notation: Notation) -> set[str]:
    """Return the types of the spans that tags mark."""
    read = (read_tag(notation.spelling.read(tag)) for tag in tags if notation.scheme != "none")
    return {span_type for letter, span_type in read if letter != "O"}


def rename_types(tags: Sequence[str], names: Mapping[str, str], notation: Notation) -> tuple[str, ...]:
    """Rename the types of spans in the tags of a sentence.

    >>> rename_types(["B-LOC", "I-LOC", "O"], {"LOC": "geo"}, Notation("bio"))
    ('B-geo', 'I-geo', 'O')
    """
    # Adjacent spans whose types are merged need other letters in iob1 and ioe1: rename in bioes.
    unambiguous = Notation("bioes" if notation.scheme in ("iob1", "ioe1") else notation.scheme)
    renamed = [rename_type(tag, names) for tag in convert_tags(tags, notation, unambiguous)]
    return convert_tags(renamed, unambiguous, notation)


def rename_type(tag: str, names: Mapping[str, str]) -> str:
    """Rename the type of a tag in plain spelling, such as `B-LOC`; the new name `O` removes the span."""
    letter, hyphen, span_type = tag.partition("-")
    if not hyphen or read_tag(tag)[0] == "O" or span_type not in names:
        return tag
    return "O" if names[span_type] == "O" else f"{letter}-{names[span_type]}"


def expand_types(names: Iterable[str], types: Collection[str], notation: Notation) -> tuple[str, ...]:
    """Add, after each name that is a type of spans, the tags of that type.

    >>> expand_types(["X", "LOC"], {"LOC"}, Notation("bio"))
    ('X', 'LOC', 'B-LOC', 'I-LOC', 'E-LOC', 'S-LOC')
    """
    tags = (
        (name, *(notation.spelling.write(f"{letter}-{name}") for letter in BIES if name in types)) for name in names
    )
    return tuple(dict.fromkeys(chain.from_iterable(tags)))


def check_scored(sentences: "Sentences", ignore: Collection[str]) -> None:
    """Refuse sentences without a tag to score.

    Raises:
        DataError: all their tags are ignored.
    """
    if sentences.tag_counts().keys() <= {*ignore}:
        raise DataError(f"{sentences[0].path}: nothing to score: data.ignore lists every tag of this file")


def warn_of_unknown_tags(sentences: "Sentences", known: Collection[str], name: str, noun: str = "tag") -> None:
    """Log the gold tags that a tagger cannot predict.

    Args:
        sentences: sentences with gold tags.
        known: tags that it can predict, or that are not scored.
        name: name of the file or split.
        noun: what the tags are, in the singular.
    """
    unknown = {tag: n for tag, n in sentences.tag_counts().items() if tag not in known}
    if unknown:
        frequent_first = sorted(unknown.items(), key=lambda item: (-item[1], item[0]))
        shown = format_tags(f"{tag} ({n})" for tag, n in frequent_first)
        log.warning("%s: %ss that train lacks count as errors: %s", name, noun, shown)


def format_tags(tags: Iterable[str], n_shown: int = MAX_SHOWN) -> str:
    """List tags in a message: the first ones, and the number of the others.

    >>> format_tags(["S", "V", "O"])
    'S, V, O'
    >>> format_tags(map(str, range(1000)))[-22:]
    '18, 19, … and 980 more'
    """
    tags = [*tags]
    rest = [f"… and {len(tags) - n_shown:,} more"] if len(tags) > n_shown else []
    return ", ".join([*tags[:n_shown], *rest])
