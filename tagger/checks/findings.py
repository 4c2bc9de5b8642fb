"""Findings: certain and likely errors, with their number, locations and advice."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal, NamedTuple

import numpy as np

from tagger.corpus.chunks import display_path
from tagger.corpus.file_notes import MAX_LISTED
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.corpus.terms import in_terms

VERBATIM = re.compile(r"((?<!\w)'[^']*'|`[^`]*`|\w+(?:\.\w+)+)")
N_BAD_ROWS = 3  # locations in a summary line of unreadable rows


class Location(NamedTuple):
    """Path and line of a finding, with a note on it; lines count from 1, None is the file as a whole."""

    path: str
    line: int | None = None
    note: str = ""

    def __str__(self) -> str:
        return self.path if self.line is None else f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Finding:
    """A certain error or a likely one (warning).

    Args:
        key: kind of finding, for programs.
        level: an error makes the data unusable.
        split: name of the split; None if several splits or none are concerned.
        count: number of occurrences.
        message: one line for people.
        advice: meaning of the finding, and remedy.
        locations: the first occurrences.
        head: name of the head whose answers it is about; None if it is about no answers, or if there is only one head.
    """

    key: str
    level: Literal["error", "warning"]
    split: str | None
    count: int
    message: str
    advice: str
    locations: tuple[Location, ...]
    head: str | None = None

    @property
    def headline(self) -> str:
        """The message after the name of the head, if any."""
        return f"{self.head}: {self.message}" if self.head else self.message


class FlaggedToken(NamedTuple):
    """A token of a finding, with a note on it."""

    sentence: Sentence
    position: int  # index of the token, from 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Split:
    """A named split, as a list of sentences and as flat arrays.

    Args:
        name: name of the split.
        sentences: one sentence or more.
        flat: the same sentences as arrays.
    """

    name: str
    sentences: Sequence[Sentence]
    flat: Sentences

    @classmethod
    def of(cls, name: str, sentences: Sequence[Sentence]) -> "Split":
        """Build a split from its sentences."""
        return cls(name, sentences, Sentences.collect(sentences))

    def flag(self, step: int, note: str = "") -> Location:
        """Locate the token at a step of the flat arrays, without its sentence, which may have millions of steps."""
        return Location(self.flat.paths[self.flat.path[self._sentence_at(step)]], self.line(step), note)

    def line(self, step: int) -> int:
        """Line of the token at a step of the flat arrays."""
        return int(self.flat.lines[self._sentence_at(step)] + self.flat.line_offsets[step])

    def _sentence_at(self, step: int) -> int:
        return int(np.searchsorted(self.flat.starts, step, side="right")) - 1


def finding_at(
    key: str,
    split: str | None,
    tokens: Iterable[FlaggedToken | Location],
    message: str,
    advice: str,
    *,
    count: int | None = None,
    is_error: bool = False,
) -> Finding:
    """Build a finding from tokens; its locations are their lines.

    Args:
        key: kind of finding.
        split: name of the split, if one is concerned.
        tokens: the first occurrences at least, or their locations.
        message: one line for people, without the name of the split.
        advice: meaning and remedy.
        count: number of occurrences; None counts `tokens`.
        is_error: whether the data is unusable.
    """
    if count is None:
        tokens = [*tokens]
        count = len(tokens)
    level: Literal["error", "warning"] = "error" if is_error else "warning"
    return Finding(key, level, split, count, with_split(split, message), advice, tuple(_locations(tokens)))


def with_split(split: str | None, message: str) -> str:
    """A message after the name of its split, if any."""
    return f"{split}: {message}" if split else message


def _locations(tokens: Iterable[FlaggedToken | Location]) -> Iterator[Location]:
    for token in islice(tokens, MAX_LISTED):
        if isinstance(token, Location):
            yield token
            continue
        sentence, position, note = token
        line = sentence.token_lines[position] if sentence.token_lines else sentence.line
        yield Location(sentence.path, line, note)


def in_series_terms(findings: Iterable[Finding]) -> list[Finding]:
    """Findings about tokens and tags in the words for series; what is quoted and keys of a config stay as they are."""

    def text(of_sentences: str) -> str:
        parts = VERBATIM.split(of_sentences)  # every other part is verbatim
        return "".join(part if i % 2 else in_terms(part, is_series=True) for i, part in enumerate(parts))

    return [replace(each, message=text(each.message), advice=text(each.advice)) for each in findings]


def errors_first(findings: Iterable[Finding]) -> list[Finding]:
    """Errors, then warnings, otherwise in the same order."""
    return sorted(findings, key=lambda finding: finding.level != "error")


def summary_lines(findings: Iterable[Finding]) -> list[str]:
    """One line per finding with its first location, or the first three for unreadable rows."""
    return [f"{finding.headline}; first {', '.join(_first_locations(finding))}" for finding in findings]


def _first_locations(finding: Finding) -> Iterator[str]:
    for location in finding.locations[: N_BAD_ROWS if finding.key == "bad-rows" else 1]:
        reason = f" ({location.note})" if finding.key == "bad-rows" else ""
        yield f"{location._replace(path=display_path(location.path))}{reason}"
