"""An answer of many sentences in a flat array: ids of its distinct values, per token or per sentence."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt

from tagger.corpus.sentence import Answer

MISSING = -1

Ids = npt.NDArray[np.int32]


class Numbering(dict[str, int]):
    """Ids of strings, from 0 in order of first use."""

    def __missing__(self, symbol: str) -> int:
        new = self[symbol] = len(self)
        return new


@dataclass(frozen=True, eq=False)
class Answers:
    """One answer of all sentences.

    Args:
        names: distinct values, in order of first use.
        ids: (steps,) or (sentences,) indices into `names`; `MISSING` where the sentence lacks the answer.
        per_sentence: whether it is a label of each sentence, not a tag or string of each token.
    """

    names: tuple[str, ...]
    ids: Ids
    per_sentence: bool

    def is_present(self, starts: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """(sentences,) whether each has the answer; a sentence without tokens can have a label only.

        Args:
            starts: (sentences + 1,) index of each sentence's first step, and the number of steps.
        """
        is_present: npt.NDArray[np.bool_] = self.ids != MISSING
        if not self.per_sentence:
            n_present = np.concatenate([[0], np.cumsum(is_present)])[starts]
            is_present = n_present[1:] > n_present[:-1]
        return is_present

    def of_sentence(self, i: int, start: int, end: int) -> Answer:
        """The answer of a sentence.

        Args:
            i: index of the sentence.
            start: index of its first step.
            end: index after its last step.
        """
        if self.per_sentence:
            return None if self.ids[i] == MISSING else self.names[self.ids[i]]
        if start == end or self.ids[start] == MISSING:
            return None
        return tuple(map(self.names.__getitem__, self.ids[start:end].tolist()))

    def take(self, indices: npt.NDArray[Any]) -> "Answers":
        """Select steps, or sentences if the answer is a label, by their indices."""
        return replace(self, ids=self.ids[indices])


class AnswersCollector:
    """Collector of the answers of sentences.

    Args:
        per_sentence: for each answer, whether it is a label; None to conclude it from the sentences.
    """

    def __init__(self, per_sentence: Sequence[bool] | None) -> None:
        self.columns = None if per_sentence is None else [_Column(is_label) for is_label in per_sentence]
        self.is_even = True  # whether all sentences have as many answers

    def add(self, answers: Sequence[Answer], n_steps: int) -> None:
        """Add the answers of a sentence.

        Args:
            answers: its answers.
            n_steps: number of its tokens.

        Raises:
            ValueError: an answer is a label here and of tokens elsewhere, or does not have one value per token.
        """
        if self.columns is None:
            self.columns = [_Column(None) for _ in answers]
        if len(answers) != len(self.columns):
            self.is_even = False
        elif self.is_even:
            for column, answer in zip(self.columns, answers, strict=True):
                column.add(answer, n_steps)

    def answers(self) -> tuple[Answers, ...]:
        """The answers of all sentences; empty if these differ in their number."""
        return tuple(column.answers() for column in self.columns or ()) if self.is_even else ()


class _Column:
    """The values of one answer; until one is present, it may be unknown whether it is a label."""

    def __init__(self, per_sentence: bool | None) -> None:
        self.per_sentence = per_sentence
        self.names, self.ids = Numbering(), array("i")
        self.n_sentences = self.n_steps = 0  # as long as it is unknown

    def add(self, answer: Answer, n_steps: int) -> None:
        is_label = isinstance(answer, str)
        if self.per_sentence is None and answer is not None:
            self.per_sentence = is_label
            self.ids.extend(repeat(MISSING, self.n_sentences if is_label else self.n_steps))
        if self.per_sentence is None:
            self.n_sentences += 1
            self.n_steps += n_steps
        elif answer is None:
            self.ids.extend(repeat(MISSING, 1 if self.per_sentence else n_steps))
        elif is_label != self.per_sentence:
            raise ValueError("expected an answer to be a label of all sentences, or of tokens in all sentences")
        elif isinstance(answer, str):
            self.ids.append(self.names[answer])
        elif len(answer) != n_steps:
            raise ValueError(f"expected a value for each of {n_steps} tokens, got {len(answer)}")
        else:
            self.ids.fromlist([*map(self.names.__getitem__, answer)])

    def answers(self) -> Answers:
        if self.per_sentence is None:
            self.ids.extend(repeat(MISSING, self.n_steps))
        return Answers(tuple(self.names), np.frombuffer(self.ids, np.int32), bool(self.per_sentence))
