"""Untagged files with one word per line: tokens with blank lines between sentences, or short lines of text."""

import logging
from collections.abc import Sequence
from itertools import groupby

from tagger.corpus.chunks import display_path
from tagger.corpus.tokenizer import has_unspaced_script
from tagger.reading.column_profile import NEARLY_ALL, PIECE, fraction

MAX_CHARACTERS = 20  # mean length of a token; longer lines are addresses, or text in a script without spaces
MAX_UNSPACED = 4  # the same in such scripts, where a token rarely has more than three characters
MIN_TOKENS = 3  # mean number of lines between blank lines, below which they may be short paragraphs
MIN_LINES = 3  # lines of a file that is warned of

log = logging.getLogger("tagger")


def is_token_per_line(lines: Sequence[str]) -> bool:
    """Whether a file has one token per line, and blank lines between sentences.

    Args:
        lines: first lines of the file.

    >>> is_token_per_line(["The", "cat", "purrs", "", "It", "sleeps", "."]), is_token_per_line(["Yes", "", "No"])
    (True, False)
    """
    sizes = [len([*group]) for is_blank, group in groupby(lines, key=_is_blank) if not is_blank]
    return len(sizes) > 1 and sum(sizes) >= MIN_TOKENS * len(sizes) and _is_word_per_line(lines)


def warn_of_word_per_line(lines: Sequence[str], path: str) -> None:
    """Warn if a file that is read as text, one sentence per line, may have one token per line.

    Args:
        lines: first lines of the file.
        path: path of the file, for the warning.
    """
    if len(lines) - sum(map(_is_blank, lines)) >= MIN_LINES and _is_word_per_line(lines):
        log.warning(
            "%s: nearly every line has one word: if these are tokens, add --input-format columns", display_path(path)
        )


def _is_word_per_line(lines: Sequence[str]) -> bool:
    words = [line.strip(" \t") for line in lines if not _is_blank(line)]
    if fraction(len(PIECE.findall(word)) == 1 for word in words) <= NEARLY_ALL:
        return False
    limit = MAX_UNSPACED if fraction(map(has_unspaced_script, words)) > 0.5 else MAX_CHARACTERS
    return sum(map(len, words)) < limit * len(words)


def _is_blank(line: str) -> bool:
    return not line.strip(" \t")
