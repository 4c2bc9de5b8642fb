"""Findings: what is or may be wrong, how often, where, and what to do."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal, NamedTuple

import numpy as np

from tagger.corpus.chunks import display_path
from tagger.corpus.file_notes import MAX_LISTED
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences

N_BAD_ROWS = 3  # that a line in a log names


class Place(NamedTuple):
    """Where something is: a line from 1, or None for a file as a whole; and what is to be seen there."""

    path: str
    line: int | None = None
    note: str = ""

    def __str__(self) -> str:
        return self.path if self.line is None else f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong (error), or may be (warning).

    Args:
        key: of its kind, for programs.
        level: an error makes the data useless as it is.
        split: where it was found; None where it is of several splits or of none.
        count: how many there are.
        what: was found, in words.
        advice: what it means and what to do.
        places: the first of them.
    """

    key: str
    level: Literal["error", "warning"]
    split: str | None
    count: int
    what: str
    advice: str
    places: tuple[Place, ...]


class Hit(NamedTuple):
    """A token that something was found at, and what is to be seen there."""

    sentence: Sentence
    at: int  # which token, from 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Split:
    """The sentences of a split, as they were read, which may keep their rows, and in flat arrays.

    Args:
        name: of the split.
        read: one at least.
        flat: the same.
    """

    name: str
    read: Sequence[Sentence]
    flat: Sentences

    @classmethod
    def of(cls, name: str, sentences: Sequence[Sentence]) -> "Split":
        """The sentences of a split."""
        return cls(name, sentences, Sentences.collect(sentences))

    def hit(self, step: int, note: str = "") -> Hit:
        """The token at a step of the flat arrays."""
        i = int(np.searchsorted(self.flat.starts, step, side="right")) - 1
        return Hit(self.read[i], step - int(self.flat.starts[i]), note)


def finding(
    key: str,
    split: str | None,
    hits: Iterable[Hit],
    what: str,
    advice: str,
    *,
    count: int | None = None,
    is_error: bool = False,
) -> Finding:
    """What was found at tokens; places are their lines where the sentences keep their rows, else the sentences'.

    Args:
        key: of its kind.
        split: where it was found, if it is of one.
        hits: the first of them at least.
        what: was found, in words.
        advice: what to do.
        count: how many there are; None where `hits` are all.
        is_error: whether the data is useless as it is.
    """
    if count is None:
        hits = [*hits]
        count = len(hits)
    level: Literal["error", "warning"] = "error" if is_error else "warning"
    told = f"{split}: {what}" if split else what
    return Finding(key, level, split, count, told, advice, tuple(_places(hits)))


def _places(hits: Iterable[Hit]) -> Iterator[Place]:
    last, lines = None, [0]
    for sentence, at, note in islice(hits, MAX_LISTED):
        if sentence is not last:
            last, lines = sentence, _token_lines(sentence)
        yield Place(sentence.path, lines[at], note)


def _token_lines(sentence: Sentence) -> list[int]:
    """The line of each token, as far as the sentence knows it."""
    if sentence.rows is None:
        return [sentence.line] * len(sentence)
    lines: list[int] = []
    line = sentence.line
    for row, is_token in sentence.rows:
        if is_token:
            lines.append(line)
        if lines:  # a sentence's line is that of its first token
            line += 1 + row.count("\n")
    return lines


def errors_first(findings: Iterable[Finding]) -> list[Finding]:
    """The errors, then the warnings, in their order."""
    return sorted(findings, key=lambda finding: finding.level != "error")


def brief(findings: Iterable[Finding]) -> list[str]:
    """A line for each finding, with its first place, the path as one would type it here; three of rows left out."""
    return [f"{found.what}; first {', '.join(_brief_places(found))}" for found in findings]


def _brief_places(found: Finding) -> Iterator[str]:
    for place in found.places[: N_BAD_ROWS if found.key == "bad-rows" else 1]:
        reason = f" ({place.note})" if found.key == "bad-rows" else ""
        yield f"{place._replace(path=display_path(place.path))}{reason}"


def number_of(noun: str, count: int) -> str:
    """A count with its noun: `1 tag`, `1,000 tags`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
