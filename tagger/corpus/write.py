"""Sentences to files."""

from collections.abc import Iterable, Iterator

from tagger.corpus.formats import load_format
from tagger.corpus.layout import Layout
from tagger.corpus.sentence import Sentence
from tagger.format_names import FormatName

MARK = "\ufeff"


def write_sentences(sentences: Iterable[Sentence], to_format: FormatName, layout: Layout) -> Iterator[str]:
    """Tagged sentences as text, piece by piece as they come; a reader of the format gives back tokens and tags.

    Where the text begins as a byte order mark does, which a reader drops, one goes before it.

    Args:
        sentences: tagged.
        to_format: which format.
        layout: that they were read by; tags that are written to CoNLL-U stand where it had them.

    Raises:
        DataError: a token or tag cannot be written in the format; names where the sentence came from.
    """
    pieces = load_format(to_format).write(sentences, layout)
    for first in pieces:
        yield MARK + first if first.startswith(MARK) else first
        yield from pieces
