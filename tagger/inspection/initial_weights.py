"""Weights of a network that was never trained: random ones as Keras starts with, or one value for all."""

import zlib
from collections.abc import Callable, Iterable

import numpy as np

from tagger.encoding.arrays import Doubles, Floats
from tagger.errors import ConfigError
from tagger.inputs.description import Layer

LARGEST = float(np.finfo(np.float32).max)

Shape = tuple[int, ...]
Start = Callable[[Layer, str, Shape], Doubles]  # initial values of a weight that is no bias, by its layer and name


def constant_weights(layers: Iterable[Layer], value: float) -> dict[str, Floats]:
    """Set every weight to a value and every bias to 0, but the bias of an LSTM's forget gate to 1, as Keras does.

    Args:
        layers: layers whose sizes are all known.
        value: a number of single precision.

    Raises:
        ConfigError: the value is not a finite number of single precision.
    """
    if not abs(value) <= LARGEST:
        raise ConfigError(f"--constant: expected a finite number of single precision, got {value}")
    return _weights(layers, lambda layer, name, shape: np.full(shape, value))


def random_weights(layers: Iterable[Layer], seed: int) -> dict[str, Floats]:
    """Draw the weights that training starts with, from the distributions of Keras and of this project's embeddings.

    Kernels are uniform by Glorot & Bengio (2010), recurrent kernels orthogonal (Saxe et al., 2014), vectors of symbols
    uniform with a norm of about 1, biases as in `constant_weights`, scales of a normalisation 1, scores of a CRF 0. The
    numbers are not those that Keras draws from the same seed.

    Args:
        layers: layers whose sizes are all known.
        seed: random seed; a weight depends on it, on its name and on its shape.
    """

    def start(layer: Layer, name: str, shape: Shape) -> Doubles:
        rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
        if layer.kind == "Embedding":
            limit = (3 / shape[-1]) ** 0.5
        elif name.endswith("/recurrent"):
            return _orthogonal(rng, shape)
        elif name.endswith("/kernel"):
            n_positions = int(np.prod(shape[:-2]))  # of a filter; 1 for a matrix
            limit = (6 / (n_positions * (shape[-2] + shape[-1]))) ** 0.5
        else:
            return np.full(shape, 1.0 if name.endswith("/scale") else 0.0)
        return rng.uniform(-limit, limit, shape)

    return _weights(layers, start)


def _weights(layers: Iterable[Layer], start: Start) -> dict[str, Floats]:
    weights: dict[str, Floats] = {}
    for layer in layers:
        for weight in layer.weights:
            shape = tuple(int(size) for size in weight.shape)
            if not weight.name.endswith(("/bias", "/offset")):
                weights[weight.name] = start(layer, weight.name, shape).astype(np.float32)
                continue
            bias = weights[weight.name] = np.zeros(shape, np.float32)
            if layer.kind.endswith("LSTM"):  # an open forget gate: Jozefowicz et al. (2015)
                units = shape[-1] // 4
                bias[units : 2 * units] = 1
    return weights


def _orthogonal(rng: np.random.Generator, shape: Shape) -> Doubles:
    """A matrix whose rows, or columns if there are fewer, are orthonormal, uniform over all such matrices."""
    n_rows, n_columns = shape
    q, r = np.linalg.qr(rng.normal(size=(max(shape), min(shape))))
    q *= np.sign(np.diag(r))
    return np.asarray(q.T if n_rows < n_columns else q)
