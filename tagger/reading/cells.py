"""A column's values, and what they are like: words, tags, numbers, a count, a time, brackets."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import islice, pairwise

N_ROWS = 20_000  # of a file, that are looked at
MOST = 0.95  # of all: data have faults
OUTSIDE = frozenset(["O", "o", "_", "-", "*", ""])  # what stands where there is nothing to say
PIECE = re.compile(r"[^ \t]+")  # of a line
WORD = re.compile(r"[^\W\d_][^\d:=|<>/()*\[\]+]*")  # a letter, and no sign of annotation
MARKED = re.compile(r"[BIESLUMbieslum][-_].|<.+>|.+[-_][BIESLUM]")  # how only tags are written
BRACKETED = re.compile(r"[^()]*(\(.|[^()]\))")  # a bracket beside something else


def share(values: Iterable[object]) -> float:
    """Of the first values, how many are true, 0 to 1."""
    seen = list(islice(values, N_ROWS))
    return sum(map(bool, seen)) / len(seen) if seen else 0.0


def many(number: int, noun: str) -> str:
    """A count with its noun."""
    return f"{number:,} {noun}{'s' if number != 1 else ''}"


def is_number(cell: str) -> bool:
    """Whether a cell is a number."""
    try:
        float(cell)
    except ValueError:
        return False
    return cell.strip("+-").lower() not in ("nan", "inf", "infinity")  # these may be words


class Cells:
    """A column, sentence by sentence; shares are of its cells, from 0 to 1."""

    def __init__(self, place: int, sentences: list[list[list[str]]]) -> None:
        self.place = place
        self.sentences = [[row[place] for row in sentence] for sentence in sentences]
        self.cells = [cell for sentence in self.sentences for cell in sentence]
        self.counts = Counter(self.cells)
        self.n_rows = self.counts.total()
        self.n_values = len(self.counts)
        self.is_filled = self.counts[""] <= max(1, (1 - MOST) * self.n_rows)
        self.is_blank = set(self.counts) <= {"_", "-", ""}
        self.is_number = self.share(is_number) > MOST
        self.words = self.share(lambda value: bool(WORD.fullmatch(value)))
        self.richness = self.n_values * (self.words + 0.05) * (1 - 0.8 * self.share(str.isupper))

    def share(self, test: Callable[[str], object]) -> float:
        """Of the cells, how many pass."""
        return sum(n for value, n in self.counts.items() if test(value)) / self.n_rows

    @cached_property
    def uppers(self) -> float:
        """The share of cells in upper case among those with letters."""
        n_letters = sum(n for value, n in self.counts.items() if value.upper() != value.lower())
        return sum(n for value, n in self.counts.items() if value.isupper()) / max(1, n_letters)

    @property
    def n_inside(self) -> int:
        """The number of cells that are neither blank nor O."""
        return self.n_rows - sum(self.counts[value] for value in OUTSIDE)

    @cached_property
    def pieces(self) -> float:
        """The mean number of pieces between spaces in a cell."""
        return sum(n * len(value.split()) for value, n in self.counts.items()) / self.n_rows

    @cached_property
    def is_measured(self) -> bool:
        """Whether these are numbers that are no labels."""
        is_whole = self.share(lambda value: value.lstrip("+-").isdecimal()) > MOST
        return self.is_number and (not is_whole or self.n_values > 20)

    @cached_property
    def is_dated(self) -> bool:
        """Whether its values are dates or times: figures, but no letters and no numbers."""
        return self.share(lambda value: any(map(str.isdigit, value)) and not any(map(str.isalpha, value))) > MOST and (
            not self.is_number
        )

    @cached_property
    def counts_up(self) -> bool:
        """Whether it counts the rows of a sentence."""
        steps = list(self._steps())
        return bool(steps) and share(a.isdecimal() and b.isdecimal() and int(b) == int(a) + 1 for a, b in steps) > 0.8

    @cached_property
    def is_time(self) -> bool:
        """Whether these are numbers that rise from row to row."""
        steps = [(float(a), float(b)) for a, b in self._steps() if is_number(a) and is_number(b)]
        return self.is_number and len(steps) > 20 and share(a < b for a, b in steps) > 0.99

    @cached_property
    def n_restarts(self) -> int:
        """How often a count of words begins anew, in a file that is one sentence; 0 where it is no count."""
        if len(self.sentences) > 1 or not self.counts_up:
            return 0
        return sum(not (a.isdecimal() and b.isdecimal()) or int(b) <= int(a) for a, b in self._steps())

    @cached_property
    def is_of_sentences(self) -> bool:
        """Whether it says one thing, such as an intent, all through each sentence."""
        long = [set(sentence) for sentence in self.sentences if len(sentence) > 1]
        usual = self.counts.most_common(1)[0][0]
        return (
            len(long) > 1 and self.n_values > 1 and usual not in ("O", "_") and share(len(s) == 1 for s in long) > 0.99
        )

    @cached_property
    def is_few(self) -> bool:
        """Whether its values repeat as tags do."""
        return self.n_values <= (0.3 if self.n_rows >= 200 else 0.7) * self.n_rows or self.n_rows < 20

    @cached_property
    def is_marked(self) -> bool:
        """Whether its values are written as only tags are, what stands outside of spans aside."""
        marked, outside = self.share(MARKED.match), self.share(OUTSIDE.__contains__)
        return marked > 0 and marked + outside > 0.9

    @cached_property
    def is_bracketed(self) -> bool:
        """Whether its values open and close brackets over rows: `(PERSON*`, `*)`, `(12`."""
        n_values = len(self.counts.keys() - OUTSIDE)
        n_bracketed = sum(bool(BRACKETED.match(value)) for value in self.counts)
        return n_bracketed > 0.8 * n_values

    def like(self, other: "Cells") -> float:
        """Of the rows, how many say the same but for case."""
        return share(a.lower() == b.lower() for a, b in zip(self.cells, other.cells, strict=True))

    def told_by(self, token: "Cells") -> float:
        """Of what the most frequent value gets wrong in later rows, how much each token's most frequent value mends.

        0 is said of a column that tokens say nothing about, 1 of one that they tell wholly.
        """
        half = self.n_rows // 2
        usual = Counter(self.cells[:half]).most_common(1)[0][0] if half else ""
        seen: dict[str, Counter[str]] = {}
        for word, value in zip(token.cells[:half], self.cells[:half], strict=True):
            seen.setdefault(word, Counter())[value] += 1
        known = {word: values.most_common(1)[0][0] for word, values in seen.items()}
        later = list(zip(token.cells[half:], self.cells[half:], strict=True))
        wrong = sum(value != usual for _, value in later)
        still = sum(value != known.get(word, usual) for word, value in later)
        return max(0.0, 1 - still / wrong) if wrong else 0.0

    def edge(self, place: int) -> tuple[str, float]:
        """What most sentences have in their first row (0) or last (-1), and the share of them that have it."""
        value, n = Counter(sentence[place] for sentence in self.sentences).most_common(1)[0]
        return value, n / len(self.sentences)

    def is_beside(self, other: "Cells") -> bool:
        """Whether it says what the other says a row or two away, as columns of a word's neighbours do."""
        usual, n = other.counts.most_common(1)[0]
        if (
            abs(self.n_values - other.n_values) > 3 + 0.05 * other.n_values
            or not 0.8 * n < self.counts[usual] < 1.2 * n
        ):
            return False

        def same(step: int) -> float:
            pairs = [
                (a, b)
                for mine, theirs in zip(self.sentences, other.sentences, strict=True)
                for a, b in zip(mine[max(0, step) :], theirs[max(0, -step) :], strict=False)
                if b != usual
            ]
            return share(a == b for a, b in pairs) if len(pairs) > 20 else 0.0

        here = same(0)
        return any(max(MOST, here) < same(step) for step in (1, -1, 2, -2))

    def _steps(self) -> Iterator[tuple[str, str]]:
        return (pair for sentence in self.sentences for pair in pairwise(sentence))
