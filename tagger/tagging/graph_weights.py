"""The weights that stand in a tagger's ONNX graph, back in the shapes that Keras has: what `build_graph` did, undone.

The graph is read rather than `model.weights.h5` beside it, as it is what tags: what is shown is what is computed. Its
names are ours and stay, where those in a file of Keras are another matter with each version of Keras, and a bundle
tags, and can be inspected, without h5py.
"""

from collections.abc import Callable

import numpy as np
import onnx
from onnx import numpy_helper

from tagger.encoding.batches import Floats
from tagger.errors import BundleError
from tagger.tagging.architecture import Architecture, Recurrent
from tagger.tagging.graph import GATE_ORDER

Constant = Callable[[str], Floats]


def graph_weights(architecture: Architecture, graph: bytes) -> dict[str, Floats]:
    """The weights by the names that `build_graph` knows them by; those of a CRF are not in the graph.

    Args:
        architecture: of the network.
        graph: a serialised ONNX model, as `build_graph` makes it.

    Raises:
        BundleError: it is no such model, or not of this network.
    """
    try:
        constants = {tensor.name: tensor for tensor in onnx.load_from_string(graph).graph.initializer}
        return _weights(architecture, lambda name: np.asarray(numpy_helper.to_array(constants[name]), np.float32))
    except KeyError as error:
        raise BundleError(f"tagger.onnx is not the graph of this bundle's network: it lacks {error}") from None
    except (
        Exception
    ) as error:  # protobuf's error of what is no model has no public name; shapes that differ: ValueError
        raise BundleError(f"tagger.onnx cannot be read: {error}") from None


def _weights(architecture: Architecture, constant: Constant) -> dict[str, Floats]:
    weights: dict[str, Floats] = {}
    if architecture.words and architecture.words.dim is not None:
        weights["words"] = constant("words/vectors")
    if characters := architecture.characters:
        weights["characters"] = constant("characters/vectors")
        if characters.kind == "lstm":
            weights |= _recurrent(characters.lstm, constant)
        else:
            weights["characters/kernel"] = constant("characters/W").transpose(2, 1, 0)
            weights["characters/bias"] = constant("characters/B")
    for symbols in architecture.symbols:
        weights[symbols.name] = constant(f"{symbols.name}/vectors")
    for layer in architecture.layers:
        if layer.norm:
            weights |= {name: constant(name) for name in (f"{layer.norm}/scale", f"{layer.norm}/offset")}
        weights |= _recurrent(layer, constant)
    return weights | {name: constant(name) for name in ("head/kernel", "head/bias")}


def _recurrent(layer: Recurrent, constant: Constant) -> dict[str, Floats]:
    """Kernel, recurrent kernel and bias of each direction, gates in Keras' order."""
    order = np.argsort(GATE_ORDER[layer.cell])

    def gates_last(stacked: Floats) -> Floats:
        """(gates * units, inputs) in ONNX's order to (inputs, gates * units) in Keras'."""
        gates = np.split(stacked, len(order))
        return np.concatenate([gates[gate] for gate in order]).T

    has_two_biases = layer.cell == "gru" and layer.reset_after
    found: dict[str, Floats] = {}
    for i, direction in enumerate(layer.directions):
        name = f"{layer.name}/{direction}"
        found[f"{name}/kernel"] = gates_last(constant(f"{layer.name}/W")[i])
        found[f"{name}/recurrent"] = gates_last(constant(f"{layer.name}/R")[i])
        biases = np.stack([gates_last(half[:, None])[0] for half in np.split(constant(f"{layer.name}/B")[i], 2)])
        found[f"{name}/bias"] = biases if has_two_biases else biases[0]
    return found
