"""The sentences of a file in a few flat arrays: 12 bytes per token, tag and line, besides the distinct strings."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, repeat
from operator import eq
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from tagger.corpus.answers import Answers, AnswersCollector, Numbering
from tagger.corpus.hashes import COLUMN_FACTOR, combine_steps, hashes_of
from tagger.corpus.sentence import Sentence

Ids = npt.NDArray[np.int32]
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Sentences(Sequence[Sentence]):
    """A compact sequence of sentences; each `Sentence` is built on access.

    `offsets` and `rows`, which only writing a file back needs, are not kept: they are None.

    Args:
        forms: distinct tokens, in order of first use.
        tokens: (steps,) indices into `forms`.
        starts: (sentences + 1,) index of each sentence's first step, and the number of steps.
        tag_names: distinct tags, in order of first use.
        tags: (steps,) indices into `tag_names`; None unless all sentences are tagged.
        numbers: (steps, columns) numeric values; None unless all sentences have them.
        cells: distinct values of the columns used as symbols.
        columns: (steps, columns) indices into `cells`; None unless all sentences have them.
        groups: distinct groups.
        group: (sentences,) indices into `groups`.
        paths: distinct paths of the files.
        path: (sentences,) indices into `paths`.
        lines: (sentences,) number of each sentence's first line in its file.
        line_offsets: (steps,) number of lines between a token and the first line of its sentence.
        answers: the answers, if the sentences have them instead of tags; empty unless all have as many.
    """

    forms: tuple[str, ...]
    tokens: Ids
    starts: Positions
    tag_names: tuple[str, ...]
    tags: Ids | None
    numbers: npt.NDArray[np.float64] | None
    cells: tuple[str, ...]
    columns: Ids | None
    groups: tuple[str, ...]
    group: Ids
    paths: tuple[str, ...]
    path: Ids
    lines: Positions
    line_offsets: Ids
    answers: tuple[Answers, ...] = ()

    @classmethod
    def collect(cls, sentences: Iterable[Sentence], *, per_sentence: Sequence[bool] | None = None) -> "Sentences":
        """Collect sentences from an iterable, which is read once; `Sentences` are returned unchanged.

        Args:
            sentences: the sentences.
            per_sentence: for each answer, whether it is a label; by default, as the first sentence that has it.
        """
        if isinstance(sentences, Sentences):
            return sentences
        forms, tag_names, cells, groups, paths = (Numbering() for _ in range(5))
        answers = AnswersCollector(per_sentence)
        tokens, tags, columns, group, path, line_offsets = (array("i") for _ in range(6))
        numbers, lines, lengths = array("d"), array("q"), array("q")
        n_tagged = n_measured = n_columned = 0
        for sentence in sentences:
            lengths.append(len(sentence.tokens))
            tokens.fromlist([*map(forms.__getitem__, sentence.tokens)])
            if sentence.tags is not None:
                n_tagged += 1
                tags.fromlist([*map(tag_names.__getitem__, sentence.tags)])
            answers.add(sentence.answers, len(sentence.tokens))
            if sentence.numbers is not None:
                n_measured += 1
                numbers.extend(chain.from_iterable(sentence.numbers))
            if sentence.columns is not None:
                n_columned += 1
                columns.extend(map(cells.__getitem__, chain.from_iterable(sentence.columns)))
            group.append(groups[sentence.group])
            path.append(paths[sentence.path])
            lines.append(sentence.line)
            if isinstance(sentence.token_lines, range):
                line_offsets.extend(range(len(sentence.tokens)))
            else:
                token_lines = sentence.token_lines or repeat(sentence.line, len(sentence.tokens))
                line_offsets.extend(line - sentence.line for line in token_lines)
        n = len(lengths)
        starts = np.concatenate([[0], np.cumsum(np.frombuffer(lengths, np.int64), dtype=np.int64)])
        n_steps = int(starts[-1])
        return cls(
            forms=tuple(forms),
            tokens=np.frombuffer(tokens, np.int32),
            starts=starts,
            tag_names=tuple(tag_names),
            tags=np.frombuffer(tags, np.int32) if n_tagged == n else None,
            numbers=_table(np.frombuffer(numbers, np.float64), n_steps) if n_measured == n else None,
            cells=tuple(cells),
            columns=_table(np.frombuffer(columns, np.int32), n_steps) if n_columned == n else None,
            groups=tuple(groups),
            group=np.frombuffer(group, np.int32),
            paths=tuple(paths),
            path=np.frombuffer(path, np.int32),
            lines=np.frombuffer(lines, np.int64),
            line_offsets=np.frombuffer(line_offsets, np.int32),
            answers=answers.answers(),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(eq, self, other))

    def __len__(self) -> int:
        return len(self.lines)

    @overload
    def __getitem__(self, i: int) -> Sentence: ...
    @overload
    def __getitem__(self, i: slice) -> list[Sentence]: ...
    def __getitem__(self, i: int | slice) -> Sentence | list[Sentence]:
        if isinstance(i, slice):
            return [self._sentence(k) for k in range(*i.indices(len(self)))]
        if not -len(self) <= i < len(self):
            raise IndexError(i)
        return self._sentence(i % len(self))

    def __iter__(self) -> Iterator[Sentence]:
        return map(self._sentence, range(len(self)))

    @property
    def lengths(self) -> Positions:
        """(sentences,) number of steps of each."""
        return np.diff(self.starts)

    def form_counts(self) -> dict[str, int]:
        """Count each distinct token."""
        return _counts(self.forms, self.tokens)

    def tag_counts(self) -> dict[str, int]:
        """Count each tag."""
        return {} if self.tags is None else _counts(self.tag_names, self.tags)

    def tag_pair_counts(self) -> dict[tuple[str | None, str | None], int]:
        """Count pairs of neighbouring tags; None marks the start or end of a sentence."""
        if self.tags is None:
            return {}
        names, border = (*self.tag_names, None), len(self.tag_names)
        bordered = np.insert(self.tags, self.starts, border).astype(np.int64)
        pairs, counts = np.unique(bordered[:-1] * len(names) + bordered[1:], return_counts=True)
        return {
            (names[pair // len(names)], names[pair % len(names)]): n
            for pair, n in zip(pairs.tolist(), counts.tolist(), strict=True)
        }

    def form_tag_counts(self) -> Iterator[tuple[str, str, int]]:
        """Yield (token, tag, count) for each distinct pair."""
        if self.tags is None:
            return
        n = len(self.tag_names)
        pairs, counts = np.unique(self.tokens * np.int64(n) + self.tags, return_counts=True)
        for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True):
            yield self.forms[pair // n], self.tag_names[pair % n], count

    def hashes(self) -> npt.NDArray[np.uint64]:
        """(sentences,) hashes of tokens, numbers and columns, comparable between any `Sentences`.

        Polynomial hashes modulo 2 ** 64, over the columns of a step and over the steps. Numbers and columns are
        included only if all sentences have them.
        """
        steps = hashes_of(self.forms)[self.tokens]
        for column in () if self.columns is None else self.columns.T:
            steps = steps * COLUMN_FACTOR + hashes_of(self.cells)[column]
        for numbers in () if self.numbers is None else self.numbers.T:
            bits = (numbers + 0.0).view(np.uint64)  # adding 0.0 turns -0.0 into 0.0, which has other bits
            steps = steps * COLUMN_FACTOR + (bits ^ bits >> np.uint64(32))
        return combine_steps(steps, self.starts)

    def cell_counts(self, column: int) -> dict[str, int]:
        """Count the values of a column.

        Args:
            column: index of the column, from 0.
        """
        return {} if self.columns is None else _counts(self.cells, self.columns[:, column])

    def take(self, indices: Sequence[int] | Positions) -> "Sentences":
        """Select the sentences with these indices, in this order."""
        chosen = np.asarray(indices, np.int64)
        return self.cut(chosen, np.zeros_like(chosen), self.lengths[chosen])

    def cut(self, chosen: Positions, first: Positions, lengths: Positions) -> "Sentences":
        """Select a part of each of some sentences.

        Args:
            chosen: (parts,) indices of the sentences.
            first: (parts,) index of the first step of each part in its sentence.
            lengths: (parts,) steps of each part.
        """
        starts = np.concatenate([[0], np.cumsum(lengths)])
        firsts = self.starts[chosen] + first
        steps = np.repeat(firsts - starts[:-1], lengths) + np.arange(starts[-1])
        skipped = np.zeros(len(chosen), np.int32)  # lines between the first one of a sentence and of its part
        skipped[first > 0] = self.line_offsets[firsts[first > 0]]
        used, tokens = np.unique(self.tokens[steps], return_inverse=True)
        return replace(
            self,
            forms=tuple(map(self.forms.__getitem__, used.tolist())),
            tokens=tokens.astype(np.int32),
            starts=starts,
            tags=None if self.tags is None else self.tags[steps],
            numbers=None if self.numbers is None else self.numbers[steps],
            columns=None if self.columns is None else self.columns[steps],
            group=self.group[chosen],
            path=self.path[chosen],
            lines=self.lines[chosen] + skipped,
            line_offsets=self.line_offsets[steps] - np.repeat(skipped, lengths),
            answers=tuple(each.take(chosen if each.per_sentence else steps) for each in self.answers),
        )

    def having(self, i: int) -> Positions:
        """Indices of the sentences that have an answer.

        Args:
            i: index of the answer.
        """
        return np.flatnonzero(self.answers[i].is_present(self.starts))

    def view(self, i: int) -> "Sentences":
        """The sentences that have an answer, with this answer as their tags.

        If it is a label, each sentence has one step, whose token is the text (its tokens, joined by spaces) and whose
        tag is the label.

        Args:
            i: index of the answer.
        """
        answer, chosen = self.answers[i], self.having(i)
        if not answer.per_sentence:
            tagged = replace(self, tag_names=answer.names, tags=answer.ids, answers=())
            return tagged if len(chosen) == len(self) else tagged.take(chosen)
        texts = Numbering()
        tokens = [texts[" ".join(self._tokens(k))] for k in chosen.tolist()]
        return replace(
            self,
            forms=tuple(texts),
            tokens=np.array(tokens, np.int32),
            starts=np.arange(len(chosen) + 1),
            tag_names=answer.names,
            tags=answer.ids[chosen],
            numbers=None,
            columns=None,
            group=self.group[chosen],
            path=self.path[chosen],
            lines=self.lines[chosen],
            line_offsets=np.zeros(len(chosen), np.int32),
            answers=(),
        )

    def with_tags(self, change: Callable[[tuple[str, ...]], Iterable[str]]) -> "Sentences":
        """Copy with changed tags.

        Args:
            change: function from the tags of a sentence to as many new ones.
        """
        names, tags = Numbering(), array("i")
        for i in range(len(self)):
            tags.extend(map(names.__getitem__, change(self._tags(i) or ())))
        return replace(self, tag_names=tuple(names), tags=np.frombuffer(tags, np.int32))

    def _tags(self, i: int) -> tuple[str, ...] | None:
        if self.tags is None:
            return None
        return tuple(map(self.tag_names.__getitem__, self.tags[self.starts[i] : self.starts[i + 1]].tolist()))

    def _tokens(self, i: int) -> tuple[str, ...]:
        return tuple(map(self.forms.__getitem__, self.tokens[self.starts[i] : self.starts[i + 1]].tolist()))

    def _sentence(self, i: int) -> Sentence:
        start, end = self.starts[i], self.starts[i + 1]
        numbers = columns = None
        if self.numbers is not None:
            numbers = tuple(map(tuple, self.numbers[start:end].tolist()))
        if self.columns is not None:
            columns = tuple(tuple(map(self.cells.__getitem__, row)) for row in self.columns[start:end].tolist())
        return Sentence(
            tokens=self._tokens(i),
            tags=self._tags(i),
            numbers=numbers,
            columns=columns,
            group=self.groups[self.group[i]],
            path=self.paths[self.path[i]],
            line=int(self.lines[i]),
            token_lines=self._token_lines(i),
            answers=tuple([each.of_sentence(i, start, end) for each in self.answers]) if self.answers else (),
        )

    def _token_lines(self, i: int) -> Sequence[int]:
        start, end, line = self.starts[i], self.starts[i + 1], int(self.lines[i])
        last = self.line_offsets[end - 1] if start < end else 0
        if last == 0:
            return ()
        if last == end - start - 1:  # as many lines as tokens
            return range(line, line + int(end - start))
        return [line + offset for offset in self.line_offsets[start:end].tolist()]


def _counts(names: Sequence[str], ids: Ids) -> dict[str, int]:
    counts = np.bincount(ids, minlength=len(names)).tolist()
    return {name: n for name, n in zip(names, counts, strict=True) if n}


def _table(values: npt.NDArray[Any], n_steps: int) -> npt.NDArray[Any] | None:
    """Reshape to (steps, columns); None if steps differ in their number of values."""
    if n_steps and len(values) % n_steps:
        return None
    return values.reshape(n_steps, -1 if n_steps else 0)
