"""Weights of one value and biases of 0, for examples computed by hand."""

from collections.abc import Iterable

import numpy as np

from tagger.encoding.arrays import Floats
from tagger.errors import ConfigError
from tagger.inputs.description import Layer

LARGEST = float(np.finfo(np.float32).max)


def constant_weights(layers: Iterable[Layer], value: float) -> dict[str, Floats]:
    """Every weight a value, every bias 0, but an LSTM's forget gate's, 1 as Keras starts it; all sizes are known.

    Raises:
        ConfigError: the value is nothing that single precision has.

    Source: Jozefowicz et al. (2015) for the forget gate.
    """
    if not abs(value) <= LARGEST:
        raise ConfigError(f"--constant: expected a finite number of single precision, got {value}")
    found: dict[str, Floats] = {}
    for layer in layers:
        for weight in layer.weights:
            shape = tuple(int(size) for size in weight.shape)
            is_bias = weight.name.endswith(("/bias", "/offset"))
            found[weight.name] = np.full(shape, 0 if is_bias else value, np.float32)
            if is_bias and layer.kind.endswith("LSTM"):
                units = shape[-1] // 4
                found[weight.name][units : 2 * units] = 1
    return found
