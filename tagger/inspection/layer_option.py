"""The option `--layer`: recurrent layers in a line of text, such as `gru units=9 inputs=10 reset_after=false`."""

import difflib
from dataclasses import replace
from typing import Any, NamedTuple, get_args

from tagger.errors import ConfigError
from tagger.heads.softmax import Softmax
from tagger.inputs.cells import CELLS
from tagger.inputs.description import SENTENCE, Layer
from tagger.inputs.recurrent import Merge, Recurrent

EXAMPLE = 'for example --layer "lstm units=3 inputs=5 bidirectional=true merge=concat steps=4"'
NUMBERS = ("inputs", "dense", "steps")
FLAGS = ("bidirectional", "reset_after", "return_sequences")
KEYS = ("units", *NUMBERS, *FLAGS, "merge")


class LayerText(NamedTuple):
    """Recurrent layers in a line of text, the lowest first, and perhaps a dense layer above them.

    Args:
        layers: the recurrent layers.
        returns_sequences: whether the last of them returns its output at each step, or only the final one.
        dense: the dense layer, as the head of a network; None without one.
        n_steps: number of steps, if the text sets it.
    """

    layers: tuple[Recurrent, ...]
    returns_sequences: bool
    dense: Softmax | None
    n_steps: int | None

    def describe(self) -> tuple[Layer, ...]:
        """Describe the layers as in Keras, where `return_sequences` is a switch of a layer and no layer of its own."""
        *lower, last = (layer.describe() for layer in self.layers)
        if not self.returns_sequences:
            last = replace(last, output=(*SENTENCE, last.output[-1]))
        dense = [self.dense.describe(last.output[-1])[-1]] if self.dense else []
        return (*lower, last, *dense)


def parse_layer(text: str) -> LayerText:
    """Parse a layer: its cell, then `key=value` for `units` and `inputs`, and perhaps for other keys.

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
    n_steps, n_outputs = values.pop("steps", None), values.pop("dense", None)
    returns_sequences = values.pop("return_sequences", True)
    values = {"bidirectional": False, "merge": "concat", "reset_after": True, **values}
    if not values["reset_after"] and cell != "gru":
        raise _error(f"reset_after is an option of gru, not of {cell}")
    dense = None if n_outputs is None else Softmax(n_outputs, "dense", pool=None if returns_sequences else "last")
    return LayerText(_layers(cell, **values), returns_sequences, dense, n_steps)


def _layers(cell: str, *, units: tuple[int, ...], inputs: int, **settings: Any) -> tuple[Recurrent, ...]:
    layers: list[Recurrent] = []
    for i, each in enumerate(units, 1):
        name = f"{cell}_{i}" if len(units) > 1 else cell
        width = layers[-1].width if layers else inputs
        layers.append(Recurrent(name=name, cell=cell, inputs=width, units=each, **settings))
    return tuple(layers)


def _value(key: str, value: str) -> tuple[int, ...] | int | bool | str:
    if key == "units":
        return tuple(_number(key, number) for number in value.split(","))
    if key in NUMBERS:
        return _number(key, value)
    if key in FLAGS:
        if value not in ("true", "false"):
            raise _error(f"{key} should be true or false, got {value!r}")
        return value == "true"
    if key == "merge":
        if value not in get_args(Merge):
            raise _error(f"merge should be {_or(get_args(Merge))}, got {value!r}")
        return value
    close = difflib.get_close_matches(key, KEYS, n=1)
    raise _error(f"unknown key {key!r}" + (f"; did you mean {close[0]}?" if close else ""))


def _number(key: str, value: str) -> int:
    if not value.isdecimal() or int(value) == 0:
        raise _error(f"{key} should be a whole number greater than 0, got {value!r}")
    return int(value)


def _error(message: str) -> ConfigError:
    return ConfigError(f"--layer: {message}", EXAMPLE)


def _or(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
