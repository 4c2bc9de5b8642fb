"""Sentences to files."""

from collections.abc import Iterable, Iterator

from tagger.corpus import columns, conllu, jsonl, slash, table
from tagger.corpus.layout import Format
from tagger.corpus.sentence import Sentence

MARK = "\ufeff"


def write_sentences(sentences: Iterable[Sentence], to_format: Format, *, tag: str = "upos") -> Iterator[str]:
    """Tagged sentences as text, piece by piece as they come; a reader of the format gives back tokens and tags.

    Where the text begins as a byte order mark does, which a reader drops, one goes before it.

    Args:
        sentences: tagged.
        to_format: which format; `auto` is columns, a table has the columns sentence, token and tag.
        tag: of CoNLL-U, the field, or the key of FEATS or MISC, that holds the tag.

    Raises:
        DataError: a token or tag that the format cannot say; names where the sentence came from.
    """
    pieces = _pieces(sentences, to_format, tag)
    for first in pieces:
        yield MARK + first if first.startswith(MARK) else first
        yield from pieces


def _pieces(sentences: Iterable[Sentence], to_format: Format, tag: str) -> Iterator[str]:
    match to_format:
        case "csv":
            return table.write_rows(sentences)
        case "conllu":
            return (conllu.write_sentence(sentence, tag) for sentence in sentences)
        case "jsonl":
            return map(jsonl.write_sentence, sentences)
        case "slash":
            return map(slash.write_sentence, sentences)
        case _:
            return map(columns.write_sentence, sentences)
