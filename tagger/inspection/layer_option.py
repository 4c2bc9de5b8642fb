"""The option `--layer`: a recurrent layer in a line of text, such as `gru units=9 inputs=10 reset_after=false`."""

import difflib
from typing import Any, get_args

from tagger.errors import ConfigError
from tagger.inputs.cells import CELLS
from tagger.inputs.recurrent import Merge, Recurrent

EXAMPLE = 'for example --layer "lstm units=3 inputs=5 bidirectional=true merge=concat steps=4"'
NUMBERS = ("units", "inputs", "steps")
FLAGS = ("bidirectional", "reset_after")


def parse_layer(text: str) -> tuple[Recurrent, int | None]:
    """Parse a layer: its cell, then `key=value` for `units` and `inputs`, and perhaps for other keys.

    Returns:
        The layer, and the number of steps if the text sets it.

    Raises:
        ConfigError: the text is not a layer; names the problem.
    """
    cell, *settings = text.split() or [""]
    cell = {"simplernn": "simple_rnn", "rnn": "simple_rnn"}.get(cell.lower(), cell.lower())
    if cell not in tuple(CELLS):
        raise _error(f"expected a cell first, {_or(tuple(CELLS))}, got {cell!r}")
    values: dict[str, Any] = {}
    for setting in settings:
        key, has_value, value = setting.partition("=")
        if not has_value:
            raise _error(f"expected key=value, got {setting!r}")
        if key in values:
            raise _error(f"{key} is set twice")
        values[key] = _value(key, value.lower())
    for key in ("units", "inputs"):
        if key not in values:
            raise _error(f"{key} is missing")
    n_steps = values.pop("steps", None)
    values = {"bidirectional": False, "merge": "concat", "reset_after": True, **values}
    if not values["reset_after"] and cell != "gru":
        raise _error(f"reset_after is an option of gru, not of {cell}")
    return Recurrent(name=cell, cell=cell, **values), n_steps


def _value(key: str, value: str) -> int | bool | str:
    if key in NUMBERS:
        if not value.isdecimal() or int(value) == 0:
            raise _error(f"{key} should be a whole number greater than 0, got {value!r}")
        return int(value)
    if key in FLAGS:
        if value not in ("true", "false"):
            raise _error(f"{key} should be true or false, got {value!r}")
        return value == "true"
    if key == "merge":
        if value not in get_args(Merge):
            raise _error(f"merge should be {_or(get_args(Merge))}, got {value!r}")
        return value
    close = difflib.get_close_matches(key, (*NUMBERS, *FLAGS, "merge"), n=1)
    raise _error(f"unknown key {key!r}" + (f"; did you mean {close[0]}?" if close else ""))


def _error(message: str) -> ConfigError:
    return ConfigError(f"--layer: {message}", EXAMPLE)


def _or(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
