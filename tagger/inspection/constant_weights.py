"""Weights that all have one value, and biases of 0, for examples computed by hand."""

from collections.abc import Iterable

import numpy as np

from tagger.encoding.arrays import Floats
from tagger.errors import ConfigError
from tagger.inputs.description import Layer

LARGEST = float(np.finfo(np.float32).max)


def constant_weights(layers: Iterable[Layer], value: float) -> dict[str, Floats]:
    """Set every weight to a value and every bias to 0, but the bias of an LSTM's forget gate to 1, as Keras does.

    Args:
        layers: layers whose sizes are all known.
        value: a number of single precision.

    Raises:
        ConfigError: the value is not a finite number of single precision.

    Source: Jozefowicz et al. (2015) for the forget gate.
    """
    if not abs(value) <= LARGEST:
        raise ConfigError(f"--constant: expected a finite number of single precision, got {value}")
    weights: dict[str, Floats] = {}
    for layer in layers:
        for weight in layer.weights:
            shape = tuple(int(size) for size in weight.shape)
            is_bias = weight.name.endswith(("/bias", "/offset"))
            weights[weight.name] = np.full(shape, 0 if is_bias else value, np.float32)
            if is_bias and layer.kind.endswith("LSTM"):
                units = shape[-1] // 4
                weights[weight.name][units : 2 * units] = 1
    return weights
