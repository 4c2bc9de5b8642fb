"""Slash text: `John/S loves/V Jane/O`, one sentence per line; the tag follows the last slash of a word."""

import re
from collections.abc import Iterator

from tagger.corpus.formats import FileFormat, Source, sentences_of_lines
from tagger.corpus.layout import JSONL_HINT
from tagger.corpus.sentence import Sentence
from tagger.errors import DataError

PIECE = re.compile(r"[^ \t]+")  # other white space is part of a token


def read(source: Source) -> Iterator[Sentence]:
    """Read the sentence of each line that is not blank.

    If tags are read, each token needs one; otherwise a tag is optional and is removed.

    Raises:
        DataError: a token is empty or lacks its tag; names the line.
    """
    path, tagged = source.path, source.tagged

    def parse_line(number: int, line: str) -> Sentence | None:
        tokens, tags = [], []
        for piece in PIECE.findall(line):
            token, slash, tag = piece.rpartition("/")
            if not slash and tagged:
                raise DataError(f"{path}:{number}: expected word/TAG, got {piece[:80]!r}, which has no slash")
            if slash and not (token and tag):
                what = "tag" if token else "token"
                raise DataError(f"{path}:{number}: the {what} is empty: {piece[:80]!r}")
            tokens.append(token or piece)
            tags.append(tag)
        return Sentence(tuple(tokens), tuple(tags) if tagged else None, path=path, line=number) if tokens else None

    return sentences_of_lines(source, parse_line)


def write_sentence(sentence: Sentence) -> str:
    """Write a sentence as one line.

    Raises:
        DataError: a token or tag is empty or holds a space, TAB or line end, or a tag holds a slash.
    """
    pairs = list(zip(sentence.tokens, sentence.tags or (), strict=True))
    for token, tag in pairs:
        if not (_is_writable(token) and _is_writable(tag) and "/" not in tag):
            raise DataError(f"{sentence.location}: slash text cannot hold {token!r} with the tag {tag!r}", JSONL_HINT)
    return " ".join(f"{token}/{tag}" for token, tag in pairs) + "\n"


def _is_writable(text: str) -> bool:
    return bool(text) and not set(text) & set(" \t\n\r")


def _recognises(line: str) -> bool:
    """Whether each word has a slash, with text on both sides of the last one."""
    return all(token and tag for token, _, tag in (piece.rpartition("/") for piece in PIECE.findall(line)))


FORMAT = FileFormat(
    read=read,
    write=lambda tagged, _: map(write_sentence, tagged),
    suffixes=(".txt",),
    recognises=_recognises,
    description="word/TAG, a sentence per line",
    is_sentence_a_line=True,
)
