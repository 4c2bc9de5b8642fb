"""Weights read back from a tagger's ONNX graphs, with the names and shapes that Keras uses."""

from collections.abc import Mapping

import numpy as np

from tagger.encoding.arrays import Array, Floats
from tagger.heads.chain import Chain
from tagger.inputs.embedding import vectors_name
from tagger.inputs.stored import HALF
from tagger.tagging.architecture import FORMS_GRAPH, SENTENCES_GRAPH, Architecture, Graphs
from tagger.tagging.bundle import Bundle
from tagger.tagging.onnx_file import read_constants


def saved_weights(bundle: Bundle, graphs: Graphs) -> dict[str, Floats]:
    """Return all weights of a saved tagger by name, those of a CRF included."""
    chains = {
        f"{head.name}/{name}": scores
        for head, target in zip(bundle.architecture.heads, bundle.targets, strict=True)
        for name, scores in ({} if target.chain is None else target.chain._asdict()).items()
    }
    return graph_weights(bundle.architecture, graphs) | chains


def graph_weights(architecture: Architecture, graphs: Graphs) -> dict[str, Floats]:
    """Return the weights in the graphs by the names that `build_graphs` takes; a CRF's are not in the graphs.

    Args:
        architecture: the network.
        graphs: its graphs, as made by `build_graphs` or `rebuild_graphs`.
    """
    form_constants = _constants(graphs.forms, FORMS_GRAPH) if graphs.forms else {}
    sentence_constants = _constants(graphs.sentences, SENTENCES_GRAPH)
    constants = form_constants | sentence_constants
    # Used in decoding, not in a graph.
    chain_names = {f"{head.name}/{part}" for head in architecture.heads for part in Chain._fields}
    for kernel in form_constants.keys() & sentence_constants.keys():  # each graph has the rows of its own inputs
        constants[kernel] = np.concatenate([form_constants[kernel], sentence_constants[kernel]])
    for name in [name for name in constants if name.endswith("/recurrent_bias")]:
        bias = name.replace("recurrent_bias", "bias")
        constants[bias] = np.stack([constants[bias], constants[name]])
    names = [weight.name for layer in architecture.describe() for weight in layer.weights]
    return {name: _weight(constants, vectors_name(name)) for name in names if name not in chain_names}


def _weight(constants: Mapping[str, Array], name: str) -> Floats:
    """Return a weight in single precision; a quantised table is multiplied by its rows' scales."""
    stored: Floats = constants[name].astype(np.float32)
    scales = constants.get(f"{name}/scale")
    return stored if scales is None else stored * scales.astype(np.float32)


def _constants(graph: bytes, name: str) -> dict[str, Array]:
    return {tensor.removesuffix(HALF): values for tensor, values in read_constants(graph, name).items()}
