"""Map symbols to ids and back."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

PADDING, UNKNOWN = 0, 1  # ids; the first known symbol has id 2


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Distinct known symbols, most frequent first; id 0 is padding, id 1 stands for all unknown symbols."""

    symbols: tuple[str, ...]
    ids: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", {symbol: i for i, symbol in enumerate(self.symbols, UNKNOWN + 1)})

    def __len__(self) -> int:
        """Number of ids, padding and unknown included."""
        return len(self.symbols) + 2

    def id_of(self, symbol: str) -> int:
        """Id of a symbol, `UNKNOWN` if it is not in the vocabulary."""
        return self.ids.get(symbol, UNKNOWN)


def count_symbols(symbols: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Total count of each symbol, most frequent first, ties in alphabetical order.

    >>> count_symbols([("a", 1), ("b", 2), ("c", 2), ("b", 1)])
    {'b': 3, 'c': 2, 'a': 1}
    """
    counts: dict[str, int] = defaultdict(int)
    for symbol, n in symbols:
        counts[symbol] += n
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
