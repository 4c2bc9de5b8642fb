"""The keys of a run's config as a table that marks the values that differ from their defaults."""

from collections.abc import Iterator
from typing import Any

from tagger.config.reference import in_reference, reference
from tagger.config.values import shown
from tagger.corpus.counted import counted
from tagger.reports.display_text import visible
from tagger.reports.figures import FigureTable
from tagger.toml_file import parse_toml

MAX_KEYS = 500
MAX_VALUE = 200  # characters


def config_table(text: str) -> FigureTable:
    """The keys of a config with their values, defaults and meanings; a key of an older version has only its value.

    Args:
        text: a config as TOML, such as training writes it.

    Raises:
        ValueError: it is not TOML.
    """
    rows = []
    for name, value in _flat(parse_toml(text), ""):
        key = reference().get(in_reference(name))
        written, default = visible(shown(value), MAX_VALUE), key.default if key else ""
        differs = key is not None and not key.is_required and shown(value) != default
        rows.append([name, written, "yes" if differs else "", default or "–", key.summary if key else ""])
    n_differing = sum(row[2] == "yes" for row in rows)
    verb = "differs from its default" if n_differing == 1 else "differ from their defaults"
    caption = f"Keys of the config; {counted(n_differing, 'value')} {verb}"
    if len(rows) > MAX_KEYS:
        caption += f" (the first {MAX_KEYS} of {len(rows):,} keys)"
    header = ["key", "value", "differs", "default", "meaning"]
    return FigureTable(caption, header, rows[:MAX_KEYS], is_user_text=True, choices=["differs"])


def _flat(value: object, name: str) -> Iterator[tuple[str, Any]]:
    """Each key that is no table, by its dotted name."""
    key = reference().get(in_reference(name))
    if isinstance(value, dict) and (key is None or key.is_table):
        for inner, each in value.items():
            yield from _flat(each, f"{name}.{inner}" if name else inner)
    elif isinstance(value, list) and key is not None and key.is_table:
        for i, each in enumerate(value):
            yield from _flat(each, f"{name}[{i}]")
    else:
        yield name, value
