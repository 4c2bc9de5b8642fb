"""The answers of a tagged sentence as all formats write them: their names, and what a format cannot hold."""

from collections.abc import Mapping, Sequence
from typing import NoReturn

from tagger.corpus.layout import JSONL_HINT
from tagger.errors import DataError
from tagger.tagging.tagged import Answer, Tagged


def refuse(tagged: Tagged, what: str, characters: str, columns: Sequence[tuple[str, ...]]) -> NoReturn:
    """Refuse a token or an answer with a character that would be read back as the end of a cell or of a line."""
    word = next(word for words in columns for word in words if {*word} & {*characters})
    raise DataError(f"{tagged.sentence.location}: {what} cannot hold {word!r}", JSONL_HINT)


def answers_by_name(tagged: Tagged) -> Mapping[str, Answer]:
    """The answers of all heads by name; `tag` is the name of the only head of tags."""
    return tagged.answers or {"tag": Answer("tag", tagged.tags, tagged.confidence)}


def confidence_name(answer: str) -> str:
    """Name of the column, key or comment with the confidence of the answer that has this name there."""
    return f"{answer}_confidence"
