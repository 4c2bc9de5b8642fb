"""The weights that stand in a tagger's ONNX graphs, by the names and in the shapes that Keras has.

They are read rather than the file of Keras beside them, as they are what tags: what is shown is what is computed. Their
names are ours and stay, where those in a file of Keras are another matter with each version of Keras, and a bundle
tags, and can be inspected, without h5py.
"""

import numpy as np
import onnx
from onnx import numpy_helper

from tagger.encoding.arrays import Floats
from tagger.errors import BundleError
from tagger.heads.chain import Chain
from tagger.inputs.embedding import vectors_name
from tagger.tagging.architecture import Architecture, Graphs
from tagger.tagging.bundle import FORMS_GRAPH, SENTENCES_GRAPH


def graph_weights(architecture: Architecture, graphs: Graphs) -> dict[str, Floats]:
    """The weights by the names that `build_graphs` knows them by; those of a CRF are not in the graphs.

    Raises:
        BundleError: they are no such models, or not of this network.
    """
    of_forms = _constants(graphs.forms, FORMS_GRAPH) if graphs.forms else {}
    of_sentences = _constants(graphs.sentences, SENTENCES_GRAPH)
    found = of_forms | of_sentences
    of_chain = {f"{architecture.head.name}/{part}" for part in Chain._fields}  # which decodes, in no graph
    try:
        for kernel in of_forms.keys() & of_sentences.keys():  # each graph has the rows of its own inputs
            found[kernel] = np.concatenate([of_forms[kernel], of_sentences[kernel]])
        for name in [name for name in found if name.endswith("/recurrent_bias")]:
            bias = name.replace("recurrent_bias", "bias")
            found[bias] = np.stack([found[bias], found[name]])
        shapes = {weight.name: weight.shape for layer in architecture.describe() for weight in layer.weights}
        weights = {name: found[vectors_name(name)] for name in shapes if name not in of_chain}
        if other := [name for name, values in weights.items() if values.shape != shapes[name]]:
            raise ValueError(f"{other[0]} is {weights[other[0]].shape} and should be {shapes[other[0]]}")
        return weights
    except KeyError as error:
        raise BundleError(f"the graphs are not of this bundle's network: they lack {error}") from None
    except ValueError as error:  # shapes that do not go together
        raise BundleError(f"the graphs are not of this bundle's network: {error}") from None


def _constants(graph: bytes, name: str) -> dict[str, Floats]:
    try:
        tensors = onnx.load_from_string(graph).graph.initializer
    except Exception as error:  # protobuf's error of what is no model has no public name
        raise BundleError(f"{name} cannot be read: {error}") from None
    return {tensor.name: np.asarray(numpy_helper.to_array(tensor)) for tensor in tensors}
