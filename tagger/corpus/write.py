"""Sentences to files."""

from collections.abc import Iterable, Iterator

from tagger.corpus import columns, conllu, jsonl, slash, table
from tagger.corpus.layout import Format
from tagger.corpus.sentence import Sentence


def write_sentences(sentences: Iterable[Sentence], to_format: Format, *, tag: str = "upos") -> Iterator[str]:
    """Tagged sentences as text, piece by piece as they come; a reader of the format gives back tokens and tags.

    Args:
        sentences: tagged.
        to_format: which format; `auto` is columns, a table has the columns sentence, token and tag.
        tag: of CoNLL-U, the field, or the key of FEATS or MISC, that holds the tag.

    Raises:
        DataError: a token or tag that the format cannot say; names where the sentence came from.
    """
    match to_format:
        case "csv":
            yield from table.write_rows(sentences)
        case "conllu":
            yield from (conllu.write_sentence(sentence, tag) for sentence in sentences)
        case "jsonl":
            yield from map(jsonl.write_sentence, sentences)
        case "slash":
            yield from map(slash.write_sentence, sentences)
        case _:
            yield from map(columns.write_sentence, sentences)
