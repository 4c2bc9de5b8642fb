"""Statistics of the cells of a column, by which words, tags, numbers, counters and times are recognised."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import islice, pairwise

N_ROWS = 20_000  # first rows of a file, on which all guesses are based
N_DIGITS = 18  # of the largest count
NEARLY_ALL = 0.95  # fraction that counts as all, because data have errors
OUTSIDE = frozenset(["O", "o", "_", "-", "*", ""])  # cells of tokens outside of spans
MISSING_CELLS = frozenset(["", "nan", "na", "n/a", "null", "none", "?"])  # among numbers
ISO_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:?\d\d[\d:.,]*([Zz]|[+-]\d\d:?\d\d)?")
PIECE = re.compile(r"[^ \t]+")  # part of a line between spaces
WORD = re.compile(r"[^\W\d_][^\d:=|<>/()*\[\]+]*")  # a letter, and no characters of annotation
TAG = re.compile(r"[BIESLUMbieslum][-_].|<.+>|.+[-_][BIESLUM]")  # spelled as only tags are
BRACKETED = re.compile(r"[^()]*(\(.|[^()]\))")  # a bracket beside something else


def fraction(values: Iterable[object]) -> float:
    """Fraction of true values among the first `N_ROWS`, 0 to 1."""
    first = list(islice(values, N_ROWS))
    return sum(map(bool, first)) / len(first) if first else 0.0


def is_number(cell: str) -> bool:
    """Whether a cell is a number."""
    try:
        float(cell)
    except ValueError:
        return False
    return cell.strip("+-").lower() not in ("nan", "inf", "infinity")  # these may be words


def is_count(cell: str) -> bool:
    """Whether a cell is a whole number without a sign, short enough to count something."""
    return cell.isdecimal() and len(cell) <= N_DIGITS


class ColumnProfile:
    """Statistics of the cells of one column; fractions are of its cells, from 0 to 1."""

    def __init__(self, index: int, sentences: list[list[list[str]]]) -> None:
        self.index = index
        self.sentences = [[row[index] for row in sentence] for sentence in sentences]
        self.cells = [cell for sentence in self.sentences for cell in sentence]
        self.counts = Counter(self.cells)
        self.n_rows = self.counts.total()
        self.n_values = len(self.counts)
        self.is_blank = set(self.counts) <= {"_", "-", ""}
        self.is_number = self.fraction(is_number) > NEARLY_ALL or self._is_sparse_number()
        self.is_filled = self.counts[""] <= max(1, (1 - NEARLY_ALL) * self.n_rows) or self._is_sparse_number()
        self.words = self.fraction(lambda value: bool(WORD.fullmatch(value)))
        self.richness = self.n_values * (self.words + 0.05) * (1 - 0.8 * self.fraction(str.isupper))

    def fraction(self, test: Callable[[str], object]) -> float:
        """Fraction of cells that pass a test."""
        return sum(n for value, n in self.counts.items() if test(value)) / self.n_rows

    def _is_sparse_number(self) -> bool:
        """Whether many cells are missing, and the others are numbers as of measurements: with decimals, or many."""
        n_missing = sum(n for value, n in self.counts.items() if value.strip().lower() in MISSING_CELLS)
        n_numbers = sum(n for value, n in self.counts.items() if is_number(value))
        if n_numbers <= max(0.1 * self.n_rows, NEARLY_ALL * (self.n_rows - n_missing)):
            return False
        n_whole = sum(n for value, n in self.counts.items() if value.lstrip("+-").isdecimal())
        return n_whole < 0.5 * n_numbers or (n_numbers > 0.5 * self.n_rows and self.n_values > 20)

    @cached_property
    def uppercase(self) -> float:
        """Fraction of upper-case cells among cells with letters."""
        n_letters = sum(n for value, n in self.counts.items() if value.upper() != value.lower())
        return sum(n for value, n in self.counts.items() if value.isupper()) / max(1, n_letters)

    @property
    def n_inside(self) -> int:
        """Number of cells that are neither blank nor O."""
        return self.n_rows - sum(self.counts[value] for value in OUTSIDE)

    @cached_property
    def mean_pieces(self) -> float:
        """Mean number of pieces between spaces in a cell."""
        return sum(n * len(value.split()) for value, n in self.counts.items()) / self.n_rows

    @cached_property
    def is_measurement(self) -> bool:
        """Whether the cells are numbers, other than a few whole ones, which may be tags."""
        is_whole = self.fraction(lambda value: value.lstrip("+-").isdecimal()) > NEARLY_ALL
        return self.is_number and (not is_whole or self.n_values > 20)

    @cached_property
    def is_date(self) -> bool:
        """Whether the cells are dates or times: ISO 8601, or digits, but neither letters nor numbers."""

        def is_date(cell: str) -> bool:
            has_digits = any(map(str.isdigit, cell)) and not any(map(str.isalpha, cell))
            return has_digits or bool(ISO_TIME.fullmatch(cell))

        return self.fraction(is_date) > NEARLY_ALL and not self.is_number

    @cached_property
    def is_counter(self) -> bool:
        """Whether the cells count the rows of a sentence."""
        steps = list(self._steps())
        is_next = (is_count(a) and is_count(b) and int(b) == int(a) + 1 for a, b in steps)
        return bool(steps) and fraction(is_next) > 0.8

    @cached_property
    def is_increasing(self) -> bool:
        """Whether the cells are numbers that rise from row to row."""
        steps = [(float(a), float(b)) for a, b in self._steps() if is_number(a) and is_number(b)]
        return self.is_number and len(steps) > 20 and fraction(a < b for a, b in steps) > 0.99

    @cached_property
    def n_restarts(self) -> int:
        """Number of times a counter restarts in a file that is one sentence; 0 if the column is no counter."""
        if len(self.sentences) > 1 or not self.is_counter:
            return 0
        return sum(not (is_count(a) and is_count(b)) or int(b) <= int(a) for a, b in self._steps())

    @cached_property
    def is_sentence_label(self) -> bool:
        """Whether all cells of a sentence are the same, such as its intent, but not those of all sentences."""
        long = [set(sentence) for sentence in self.sentences if len(sentence) > 1]
        usual = self.counts.most_common(1)[0][0]
        return (
            len(long) > 1
            and self.n_values > 1
            and usual not in ("O", "_")
            and fraction(len(s) == 1 for s in long) > 0.99
        )

    @cached_property
    def is_repetitive(self) -> bool:
        """Whether values repeat as often as tags do."""
        return self.n_values <= (0.3 if self.n_rows >= 200 else 0.7) * self.n_rows or self.n_rows < 20

    @cached_property
    def is_tag_like(self) -> bool:
        """Whether cells are spelled as only tags are, except outside of spans."""
        tags, outside = self.fraction(TAG.match), self.fraction(OUTSIDE.__contains__)
        return tags > 0 and tags + outside > 0.9

    @cached_property
    def is_bracketed(self) -> bool:
        """Whether cells open and close brackets over rows: `(PERSON*`, `*)`, `(12`."""
        n_values = len(self.counts.keys() - OUTSIDE)
        n_bracketed = sum(bool(BRACKETED.match(value)) for value in self.counts)
        return n_bracketed > 0.8 * n_values

    def similarity(self, other: "ColumnProfile") -> float:
        """Fraction of rows in which two columns are equal but for case."""
        return fraction(a.lower() == b.lower() for a, b in zip(self.cells, other.cells, strict=True))

    def predictability(self, tokens: "ColumnProfile") -> float:
        """Fraction of the errors of the majority baseline that a majority per token avoids, from 0 to 1.

        Both are fitted on the first half of the rows and compared on the second. 0 means that tokens say nothing
        about the column, 1 that they determine it.
        """
        half = self.n_rows // 2
        usual = Counter(self.cells[:half]).most_common(1)[0][0] if half else ""
        seen: dict[str, Counter[str]] = {}
        for token, value in zip(tokens.cells[:half], self.cells[:half], strict=True):
            seen.setdefault(token, Counter())[value] += 1
        by_token = {token: values.most_common(1)[0][0] for token, values in seen.items()}
        rows = list(zip(tokens.cells[half:], self.cells[half:], strict=True))
        n_wrong = sum(value != usual for _, value in rows)
        n_wrong_by_token = sum(value != by_token.get(token, usual) for token, value in rows)
        return max(0.0, 1 - n_wrong_by_token / n_wrong) if n_wrong else 0.0

    def edge(self, position: int) -> tuple[str, float]:
        """The most frequent value in the first (0) or last (-1) row of sentences, and the fraction that has it."""
        value, n = Counter(sentence[position] for sentence in self.sentences).most_common(1)[0]
        return value, n / len(self.sentences)

    def is_shifted(self, other: "ColumnProfile") -> bool:
        """Whether it repeats another column one or two rows away, as features of neighbouring words do."""
        usual, n = other.counts.most_common(1)[0]
        if (
            abs(self.n_values - other.n_values) > 3 + 0.05 * other.n_values
            or not 0.8 * n < self.counts[usual] < 1.2 * n
        ):
            return False

        def equal_at(shift: int) -> float:
            pairs = [
                (a, b)
                for mine, theirs in zip(self.sentences, other.sentences, strict=True)
                for a, b in zip(mine[max(0, shift) :], theirs[max(0, -shift) :], strict=False)
                if b != usual
            ]
            return fraction(a == b for a, b in pairs) if len(pairs) > 20 else 0.0

        unshifted = equal_at(0)
        return any(max(NEARLY_ALL, unshifted) < equal_at(shift) for shift in (1, -1, 2, -2))

    def _steps(self) -> Iterator[tuple[str, str]]:
        return (pair for sentence in self.sentences for pair in pairwise(sentence))
