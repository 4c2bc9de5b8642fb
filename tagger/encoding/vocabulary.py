"""Symbols ↔ ids."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

PADDING, UNKNOWN = 0, 1  # ids; the first known symbol has id 2


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Known symbols, each once, most frequent first; id 0 is padding, id 1 any symbol that is not known."""

    symbols: tuple[str, ...]
    ids: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", {symbol: i for i, symbol in enumerate(self.symbols, UNKNOWN + 1)})

    def __len__(self) -> int:
        """How many ids there are, padding and unknown included."""
        return len(self.symbols) + 2

    def id_of(self, symbol: str) -> int:
        """The symbol's id, `UNKNOWN` if it has none."""
        return self.ids.get(symbol, UNKNOWN)


def count_symbols(symbols: Iterable[tuple[str, int]]) -> dict[str, int]:
    """How often each symbol occurs, most frequent first (ties by symbol), from counts that may name it again.

    >>> count_symbols([("a", 1), ("b", 2), ("c", 2), ("b", 1)])
    {'b': 3, 'c': 2, 'a': 1}
    """
    counts: dict[str, int] = defaultdict(int)
    for symbol, n in symbols:
        counts[symbol] += n
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
