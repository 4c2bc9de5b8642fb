"""Weights read back from a tagger's ONNX graphs, with the names and shapes that Keras uses."""

from collections.abc import Mapping

import numpy as np
import onnx
from onnx import numpy_helper

from tagger.encoding.arrays import Array, Floats
from tagger.errors import BundleError
from tagger.heads.chain import Chain
from tagger.inputs.embedding import vectors_name
from tagger.inputs.nodes import HALF
from tagger.tagging.architecture import Architecture, Graphs
from tagger.tagging.bundle import FORMS_GRAPH, SENTENCES_GRAPH, Bundle


def saved_weights(bundle: Bundle, graphs: Graphs) -> dict[str, Floats]:
    """Return all weights of a saved tagger by name, those of a CRF included.

    Raises:
        BundleError: see `graph_weights`.
    """
    chains = {
        f"{head.name}/{name}": scores
        for head, target in zip(bundle.architecture.heads, bundle.targets, strict=True)
        for name, scores in ({} if target.chain is None else target.chain._asdict()).items()
    }
    return graph_weights(bundle.architecture, graphs) | chains


def graph_weights(architecture: Architecture, graphs: Graphs) -> dict[str, Floats]:
    """Return the weights in the graphs by the names that `build_graphs` takes; a CRF's are not in the graphs.

    Raises:
        BundleError: a graph cannot be read, or does not fit this network.
    """
    form_constants = _constants(graphs.forms, FORMS_GRAPH) if graphs.forms else {}
    sentence_constants = _constants(graphs.sentences, SENTENCES_GRAPH)
    constants = form_constants | sentence_constants
    # Used in decoding, not in a graph.
    chain_names = {f"{head.name}/{part}" for head in architecture.heads for part in Chain._fields}
    try:
        for kernel in form_constants.keys() & sentence_constants.keys():  # each graph has the rows of its own inputs
            constants[kernel] = np.concatenate([form_constants[kernel], sentence_constants[kernel]])
        for name in [name for name in constants if name.endswith("/recurrent_bias")]:
            bias = name.replace("recurrent_bias", "bias")
            constants[bias] = np.stack([constants[bias], constants[name]])
        shapes = {weight.name: weight.shape for layer in architecture.describe() for weight in layer.weights}
        weights = {name: _weight(constants, vectors_name(name)) for name in shapes if name not in chain_names}
        if wrong := [name for name, values in weights.items() if values.shape != shapes[name]]:
            raise ValueError(f"{wrong[0]} is {weights[wrong[0]].shape} and should be {shapes[wrong[0]]}")
        return weights
    except KeyError as error:
        raise BundleError(f"the graphs are not of this bundle's network: they lack {error}") from None
    except ValueError as error:  # shapes that do not match
        raise BundleError(f"the graphs are not of this bundle's network: {error}") from None


def _weight(constants: Mapping[str, Array], name: str) -> Floats:
    """Return a weight in single precision; a quantised table is multiplied by its rows' scales."""
    stored: Floats = constants[name].astype(np.float32)
    scales = constants.get(f"{name}/scale")
    return stored if scales is None else stored * scales.astype(np.float32)


def _constants(graph: bytes, name: str) -> dict[str, Array]:
    try:
        tensors = onnx.load_from_string(graph).graph.initializer
    except Exception as error:  # protobuf's decoding error has no public name
        raise BundleError(f"{name} cannot be read: {error}") from None
    return {tensor.name.removesuffix(HALF): np.asarray(numpy_helper.to_array(tensor)) for tensor in tensors}
