"""Sentences to text in any file format."""

from collections.abc import Iterable, Iterator

from tagger.corpus.formats import load_format
from tagger.corpus.layout import Layout
from tagger.corpus.sentence import Sentence
from tagger.format_names import FormatName

BYTE_ORDER_MARK = "\ufeff"


def write_sentences(sentences: Iterable[Sentence], to_format: FormatName, layout: Layout) -> Iterator[str]:
    """Write tagged sentences as pieces of text, from which a reader gets the same tokens and tags.

    If the text starts with U+FEFF, a byte order mark is put before it, since readers drop one.

    Args:
        sentences: tagged sentences.
        to_format: format to write.
        layout: layout of the file they were read from; CoNLL-U gets the tags in the column they came from.

    Raises:
        DataError: the format cannot hold a token or tag; names the file and line of the sentence.
    """
    pieces = load_format(to_format).write(sentences, layout)
    for first in pieces:
        yield BYTE_ORDER_MARK + first if first.startswith(BYTE_ORDER_MARK) else first
        yield from pieces
