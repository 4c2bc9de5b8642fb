"""Constraints of a scheme: which tags may follow each other, in memory and time that grow with the number of tags.

Whether a tag may follow another depends only on their letters, and on whether they have the same type. So the best, or
the sum, over all tags that may come before a tag needs no matrix of all pairs: it combines, for each letter that may
come before it, all tags with that letter, or those of its type only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from tagger.corpus.schemes import SCHEME_LETTERS, Scheme, can_follow, read_tag
from tagger.encoding.arrays import Doubles, Flags, Floats, Ids, Positions
from tagger.heads.chain import Chain, Decode

LETTERS = "BEIOS"
LOW = -600.0  # exponentials below this one's may be too small for a double


class Groups(NamedTuple):
    """The tags, grouped by letter and type; most groups have one tag.

    Args:
        order: (tags,) ids, those of each group together.
        starts: (groups,) position in `order` of the first tag of each group.
        number_of: (tags,) number of the group of each tag.
        letters, types: (groups,) those of each group; groups of the same letter stand together.
        letter_starts: number of the first group of each letter that occurs.
    """

    order: Positions
    starts: Positions
    number_of: Positions
    letters: Positions
    types: Positions
    letter_starts: Positions


class Neighbours(NamedTuple):
    """The groups whose tags may stand next to the tags of each group, on one side.

    Args:
        any_type: (letters, letters) whether all groups of the row's letter may stand next to those of the column's.
        same_type: arrays (groups,), each with one group of the same type that may stand next to each group because of
            its type; the number of groups where there is none.
    """

    any_type: Flags
    same_type: Sequence[Positions]


@dataclass(frozen=True, eq=False)
class Constraints:
    """Scores of 0 where a scheme allows a tag, and -inf elsewhere.

    Args:
        letters: (tags,) index of each tag's letter in `LETTERS`.
        types: (tags,) number of each tag's type.
        table: (letters, letters, 2) whether a tag with the letter of the column may follow one with that of the row, if
            the types differ, and if they are the same; then it may wherever it may if they differ.
        starts, ends: (tags,) scores of a sentence's first and last tag.
    """

    letters: Positions
    types: Positions
    table: Flags
    starts: Floats
    ends: Floats

    def allows(self, before: Ids | Positions, after: Ids | Positions) -> Flags:
        """Whether tags may follow others, element by element; arguments are ids of shapes that broadcast."""
        is_same = (self.types[before] == self.types[after]).astype(int)
        allowed: Flags = self.table[self.letters[before], self.letters[after], is_same]
        return allowed

    def before(self, tags: Ids | Positions) -> Doubles:
        """(rows, tags) score of each tag before the tag of each row; `tags` are (rows,) ids."""
        return np.where(self.allows(self._ids, tags[:, None]), 0.0, -np.inf)

    def best_before(self, prefixes: Doubles) -> Doubles:
        """(rows, tags) the highest of the scores, (rows, tags), of all tags that may come before each tag."""
        return self._combined(np.maximum, prefixes, self._preceding)

    def log_sums_before(self, prefixes: Doubles) -> Doubles:
        """As `best_before`, but the logarithm of the sum of the exponentials; the highest score of a row is 0."""
        return self._log_sums(prefixes, self._preceding)

    def log_sums_after(self, suffixes: Doubles) -> Doubles:
        """As `log_sums_before`, of all tags that may come after each tag."""
        return self._log_sums(suffixes, self._following)

    def with_scores(self, chain: Chain | None) -> Chain:
        """The scores of a chain, or 0, where they are allowed, -inf elsewhere."""
        scores = Chain(*np.zeros(3, np.float32)) if chain is None else chain
        transitions = np.where(self.allows(self._ids[:, None], self._ids), scores.transitions, np.float32(-np.inf))
        return Chain(transitions, scores.starts + self.starts, scores.ends + self.ends)

    @property
    def fills_any_length(self) -> bool:
        """Whether one tag repeated, such as O, is an allowed sequence of any length."""
        repeats = self.allows(self._ids, self._ids)
        return bool((repeats & np.isfinite(self.starts) & np.isfinite(self.ends)).any())

    def _log_sums(self, scores: Doubles, neighbours: Neighbours) -> Doubles:
        with np.errstate(divide="ignore"):  # no neighbour is possible
            logs: Doubles = np.log(self._combined(np.add, np.exp(scores), neighbours))
        is_low = ((scores < LOW) & (scores > -np.inf)).any(1)
        if is_low.any():  # these few rows are computed in logarithms, which lose no digits
            logs[is_low] = self._combined(np.logaddexp, scores[is_low], neighbours)
        return logs

    def _combined(self, combine: np.ufunc, scores: Doubles, neighbours: Neighbours) -> Doubles:
        """Combine the scores of all neighbours of each tag."""
        nothing = 0.0 if combine is np.add else -np.inf
        groups = self._groups
        by_group = combine.reduceat(scores[:, groups.order], groups.starts, axis=1)
        by_letter = np.full((len(scores), len(LETTERS)), nothing)
        by_letter[:, groups.letters[groups.letter_starts]] = combine.reduceat(by_group, groups.letter_starts, axis=1)
        any_type = combine.reduce(np.where(neighbours.any_type, by_letter[:, :, None], nothing), axis=1)
        combined = any_type[:, groups.letters]
        if len(neighbours.same_type):
            padded = np.concatenate([by_group, np.full((len(scores), 1), nothing)], axis=1)
            for numbers in neighbours.same_type:
                combine(combined, padded[:, numbers], out=combined)
        result: Doubles = combined[:, groups.number_of]
        return result

    @cached_property
    def _ids(self) -> Positions:
        return np.arange(len(self.letters))

    @cached_property
    def _groups(self) -> "Groups":
        order = np.lexsort([self.types, self.letters])
        letters, types = self.letters[order], self.types[order]
        is_first = np.append(True, (letters[1:] != letters[:-1]) | (types[1:] != types[:-1]))
        number_of = np.empty_like(order)
        number_of[order] = np.cumsum(is_first) - 1
        letters, types = letters[is_first], types[is_first]
        letter_starts = np.flatnonzero(np.append(True, np.diff(letters)))
        return Groups(order, np.flatnonzero(is_first), number_of, letters, types, letter_starts)

    @cached_property
    def _preceding(self) -> Neighbours:
        return self._neighbours(self.table)

    @cached_property
    def _following(self) -> Neighbours:
        return self._neighbours(self.table.transpose(1, 0, 2))

    def _neighbours(self, table: Flags) -> Neighbours:
        """Neighbours on the side of the table's rows."""
        is_any, is_same = table[:, :, 0], table[:, :, 1] & ~table[:, :, 0]
        letters, types, missing = self._groups.letters, self._groups.types, len(self._groups.letters)
        group_of = np.full((len(LETTERS), int(types.max()) + 1), missing)
        group_of[letters, types] = np.arange(len(letters))
        rows = [np.where(is_same[i, letters], group_of[i, types], missing) for i in range(len(LETTERS))]
        return Neighbours(is_any, [row for row in rows if (row < missing).any()])


def scheme_constraints(tags: Sequence[str], scheme: Scheme, decode: Decode) -> Constraints | None:
    """The constraints of a scheme, see `can_follow`; None if all sequences are allowed.

    With `valid`, a tag whose letter is not in the scheme is allowed everywhere.
    """
    if decode == "free" or scheme == "none":
        return None
    known = LETTERS if decode == "strict" else SCHEME_LETTERS[scheme]

    def is_allowed(before: str, after: str, is_same: bool) -> bool:
        are_known = before in known and after in known
        return not are_known or can_follow(f"{before}-x", f"{after}-x" if is_same else f"{after}-y", scheme)

    table = np.array([[[is_allowed(a, b, is_same) for is_same in (False, True)] for b in LETTERS] for a in LETTERS])
    parts = [read_tag(tag) for tag in (None, *tags)]  # None is the boundary of the sentence
    numbers = {span_type: i for i, span_type in enumerate(dict.fromkeys(span_type for _, span_type in parts))}
    letters = np.array([LETTERS.index(letter) for letter, _ in parts])
    types = np.array([numbers[span_type] for _, span_type in parts])
    is_type_of_boundary = (types[1:] == types[0]).astype(int)
    can_start = table[letters[0], letters[1:], is_type_of_boundary]
    can_end = table[letters[1:], letters[0], is_type_of_boundary]
    starts, ends = (np.where(flags, np.float32(0), np.float32(-np.inf)) for flags in (can_start, can_end))
    return Constraints(letters[1:], types[1:], table, starts, ends)


def no_constraints(n_tags: int) -> Constraints:
    """Constraints that allow everything."""
    zeros, scores = np.zeros(n_tags, np.int64), np.zeros(n_tags, np.float32)
    return Constraints(zeros, zeros, np.ones((len(LETTERS), len(LETTERS), 2), bool), scores, scores)
