"""Tables of a sweep on a terminal: they fit its width, whatever the names and values of the keys."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tagger.sweeps.space import Setting, format_value
from tagger.terminal_layout import columns_of, is_number, padded, shortened
from tagger.terminal_text import one_line

MIN_WIDTH = 6  # of a column whose title or values are shortened
GAP = "  "


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Args:
        title: its name.
        cells: one per row.
        priority: columns of the lowest priority are left out first; among equals, the last one.
    """

    title: str
    cells: Sequence[str]
    priority: int = 0

    @property
    def is_numeric(self) -> bool:
        """Whether all cells are numbers or empty, which are never shortened."""
        return all(not cell or is_number(cell) for cell in self.cells)

    @property
    def min_width(self) -> int:
        """Width below which it cannot be shortened."""
        numbers = [columns_of(cell) for cell in self.cells if is_number(cell)]
        return max([min(self.width, MIN_WIDTH), *numbers])

    @property
    def width(self) -> int:
        """Width without shortening."""
        return max(map(columns_of, [self.title, *self.cells]))

    def lines(self, width: int) -> list[str]:
        """The title and the cells, all of one width."""
        is_numeric = self.is_numeric
        return [padded(shortened(text, width), width, right=is_numeric) for text in (self.title, *self.cells)]


def format_table(columns: Sequence[Column], width: int) -> list[str]:
    """Format columns as lines of at most `width` columns of a terminal: the titles, then the rows.

    Titles and values are shortened in the middle, numbers are not; if that does not suffice, columns are left out.
    """
    shown, least = [*columns], [column.min_width for column in columns]
    while len(shown) > 1 and _total(least) > width:
        lowest = min(column.priority for column in shown)
        i = max(i for i, column in enumerate(shown) if column.priority == lowest)
        del shown[i], least[i]
    widths = [min(column.width, max(n, width)) for column, n in zip(shown, least, strict=True)]
    while _total(widths) > width:
        room = [n - smallest for n, smallest in zip(widths, least, strict=True)]
        if not any(n > 0 for n in room):
            break
        widths[max((i for i in range(len(widths)) if room[i] > 0), key=widths.__getitem__)] -= 1
    lines = [column.lines(n) for column, n in zip(shown, widths, strict=True)]
    return [shortened(GAP.join(row).rstrip(), width) for row in zip(*lines, strict=True)]


def varying_keys(settings: Iterable[Setting]) -> list[str]:
    """Keys that have different values in the settings, in the order of the space; all keys if none differs."""
    settings = [*settings]
    keys = dict.fromkeys(key for setting in settings for key in setting)
    varying = [key for key in keys if len({cell(setting, key) for setting in settings}) > 1]
    return varying or [*keys]


def cell(setting: Mapping[str, Any], key: str) -> str:
    """A value of a setting on one line, strings without quotes; empty if the key does not apply."""
    value = setting.get(key)
    return "" if value is None else one_line(value if isinstance(value, str) else format_value(value))


def setting_columns(settings: Sequence[Setting], keys: Iterable[str], priority: int) -> list[Column]:
    """A column for each key, by the last name of its key where that is unique."""
    keys = [*keys]
    last_names = [key.rpartition(".")[2] for key in keys]
    titles = [name if last_names.count(name) == 1 else key for key, name in zip(keys, last_names, strict=True)]
    return [
        Column(one_line(title), [cell(setting, key) for setting in settings], priority)
        for key, title in zip(keys, titles, strict=True)
    ]


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)
