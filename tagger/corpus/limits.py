"""Bounds on what is held of a file in memory: a line or sentence without an end is an error."""

from collections.abc import Iterable, Iterator

from tagger.corpus.sentence import Sentence
from tagger.errors import DataError

LINES, CHARACTERS = 2, 50  # the most lines and characters of a sentence with its comments, per token that it may have
FEW = 5_000  # tokens; a bound on fewer leaves that on lines and characters as it is for these
N_LINES, N_CHARACTERS = 20_000, 4_000_000  # first lines of a file, by which its layout is guessed


def too_large(location: str, problem: str, max_tokens: int | None) -> DataError:
    """The error for content beyond a bound.

    Args:
        location: file and line.
        problem: the content, and its bound.
        max_tokens: the value of data.max_tokens, which the hint raises; None if no key of the config does.
    """
    if max_tokens is None:
        return DataError(f"{location}: {problem}", "is the file damaged?")
    hint = "is the file damaged, or does nothing end its sentences or series (a blank line, another id)? If not,"
    more = f"data.max_tokens = {2 * max_tokens} allows more, and predict --stream tags a series of any length"
    return DataError(f"{location}: {problem}", f"{hint} {more}")


def too_many_tokens(sentence: Sentence, max_tokens: int) -> DataError:
    """The error for a sentence with more tokens than `max_tokens`."""
    return too_large(sentence.location, f"a sentence of more than {max_tokens:,} tokens", max_tokens)


def first_lines(lines: Iterable[str], n: int = N_LINES) -> Iterator[str]:
    """Yield the first lines: up to `n`, and up to `N_CHARACTERS`, but at least one."""
    n_characters = 0
    for number, line in enumerate(lines, 1):
        yield line
        n_characters += len(line)
        if number >= n or n_characters >= N_CHARACTERS:
            return
